import Database from 'better-sqlite3'
import type { SchemaObject } from '../../schema/model.ts'
import type { Connection } from './open.ts'

/** A database in memory with these objects; what can't be made there, for want of a module or a function, is missing. */
export function emptyDatabase(objects: readonly SchemaObject[]): Connection {
  const db = new Database(':memory:')
  db.defaultSafeIntegers(true)
  for (const type of ['table', 'index', 'view', 'trigger'])
    for (const { sql } of objects.filter(object => object.type === type && !/^sqlite_/i.test(object.name)))
      try {
        db.exec(sql)
      } catch {
        // Whoever asks compares with the same on the other side.
      }
  return db
}
