import Database from 'better-sqlite3'
import fc from 'fast-check'
import { test } from 'vitest'
import { everyEditMustHold } from './every-edit.ts'
import { generatedTable } from './generated-tables.ts'
import { everyTableMustAgree, tableTexts } from './sqlite-oracle.ts'

test('what is read of any table equals what SQLite says', () => {
  fc.assert(
    fc.property(generatedTable, sql => {
      const db = new Database(':memory:')
      try {
        db.exec(sql)
        everyTableMustAgree(db)
      } finally {
        db.close()
      }
    }),
    { numRuns: 1000 },
  )
})

test('every edit of any table holds in SQLite', () => {
  fc.assert(
    fc.property(generatedTable, sql => {
      const db = new Database(':memory:')
      db.exec(sql)
      const texts = tableTexts(db)
      db.close()
      for (const table of texts) everyEditMustHold(table.sql)
    }),
    { numRuns: 100 },
  )
})
