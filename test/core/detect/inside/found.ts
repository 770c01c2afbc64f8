/** A database made from SQL, and what is found inside of its values. */
import Database from 'better-sqlite3'
import { findInside } from '../../../../src/core/detect/inside/find-inside.ts'
import type { InsideReference } from '../../../../src/core/detect/inside/inside-reference.ts'
import { knownIds } from '../../../../src/core/detect/inside/known-ids.ts'
import { keyColumns } from '../../../../src/core/detect/keys.ts'
import { inspect } from '../../../../src/core/engines/sqlite/inspect.ts'
import { formatPlace } from '../../../../src/core/inside/selector.ts'
import type { Message } from '../../../../src/core/message.ts'

export interface Found {
  readonly references: readonly InsideReference[]
  readonly findings: readonly Message[]
  /** `comments.owner_id[owner_type=Post] -> posts.id`, of one choice. */
  chosen(choice: InsideReference['choice']): readonly string[]
  /** The one that is written so. */
  the(text: string): InsideReference
}

export function foundIn(...sql: readonly string[]): Found {
  const db = new Database(':memory:')
  db.defaultSafeIntegers()
  db.pragma('foreign_keys = OFF')
  try {
    for (const text of sql) db.exec(text)
    return found(db)
  } finally {
    db.close()
  }
}

export function found(db: Database.Database): Found {
  const schema = inspect(db)
  const looking = findInside(
    db,
    schema,
    schema.tables.flatMap(table => keyColumns(table)).flatMap(key => knownIds(db, key) ?? []),
  )
  let step = looking.next()
  while (!step.done) step = looking.next()
  const { references, findings } = step.value
  const named = (each: InsideReference) => `${formatPlace(each, each)} -> ${each.of.table}.${each.of.column}`
  return {
    references,
    findings,
    chosen: choice =>
      references
        .filter(each => each.choice === choice)
        .map(named)
        .sort(),
    the: text => {
      const reference = references.find(each => named(each) === text)
      if (reference) return reference
      throw new Error(`${text} is not among\n${references.map(named).join('\n')}`)
    },
  }
}

/** `INSERT` of as many rows, whose values are SQL over the row's number `n`. */
export function rows(table: string, count: number, ...values: readonly string[]): string {
  return `INSERT INTO ${table} WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < ${count}) SELECT ${values.join(', ')} FROM up;`
}

/** A UUID that is told by its number alone, with the bits of version 4. */
export const uuid = (n: string) =>
  `(WITH h(x) AS (SELECT printf('%08x%08x%08x%08x', (${n}) * 2654435761 % 4294967296, (${n}) * 40503 % 4294967296 + 77, (${n}) * 2246822519 % 4294967296, (${n}) * 3266489917 % 4294967296)) SELECT substr(x, 1, 8) || '-' || substr(x, 9, 4) || '-4' || substr(x, 14, 3) || '-a' || substr(x, 18, 3) || '-' || substr(x, 21, 12) FROM h)`

/** 32 hex digits. */
export const hash = (n: string) => `replace(${uuid(n)}, '-', '')`
