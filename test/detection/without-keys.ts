/** A copy of a database in which no foreign key is declared, and what had been declared. */

import Database from 'better-sqlite3'
import { parseCreateTable } from '../../src/core/schema/create-table.ts'
import { copyDatabase } from '../corpus/folder.ts'
import type { TrueReference } from './truth.ts'

/** The copy at `to` has the same rows and the texts of its tables without `REFERENCES`. */
export function copyWithoutKeys(from: string, to: string): readonly TrueReference[] {
  copyDatabase(from, to)
  const db = new Database(to)
  try {
    const tables = db
      .prepare(
        `SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
      )
      .all() as { name: string; sql: string }[]
    const declared = tables.flatMap(({ name }) => declaredIn(db, name))
    // (Nothing but a test would ever write there: HAZARDS E13.)
    db.unsafeMode(true)
    db.pragma('writable_schema = ON')
    const write = db.prepare('UPDATE sqlite_schema SET sql = ? WHERE type = ? AND name = ?')
    for (const { name, sql } of tables) write.run(withoutReferences(sql), 'table', name)
    db.pragma('writable_schema = RESET')
    return declared
  } finally {
    db.close()
  }
}

/** The text with every foreign key taken out; a table constraint leaves a check that always holds. */
export function withoutReferences(sql: string): string {
  const table = parseCreateTable(sql)
  const cuts = [
    ...table.columns
      .flatMap(column => column.constraints)
      .filter(({ kind }) => kind === 'references' || kind === 'deferrable')
      .map(({ span }) => ({ span, by: '' })),
    ...table.constraints
      .filter(({ kind }) => kind === 'foreign-key')
      .map(({ span }) => ({ span, by: 'CHECK(1)' })),
  ].sort((a, b) => b.span.start - a.span.start)
  return cuts.reduce((text, { span, by }) => text.slice(0, span.start) + by + text.slice(span.end), sql)
}

function declaredIn(db: Database.Database, table: string): TrueReference[] {
  const rows = db.prepare('SELECT * FROM pragma_foreign_key_list(?) ORDER BY id, seq').all(table) as {
    id: number
    table: string
    from: string
    to: string | null
  }[]
  const ids = [...new Set(rows.map(row => row.id))]
  return ids.flatMap(id => {
    const members = rows.filter(row => row.id === id)
    const parent = members[0]!.table
    const key = db
      .prepare('SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk')
      .pluck()
      .all(parent) as string[]
    const to = members.map((member, at) => member.to ?? key[at])
    return to.some(name => name === undefined)
      ? []
      : [{ table, columns: members.map(member => member.from), parent, parentColumns: to as string[] }]
  })
}
