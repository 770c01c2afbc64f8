import Database from 'better-sqlite3'
import { expect } from 'vitest'
import {
  type ColumnDefinition,
  parseCreateTable,
  writtenReferences,
} from '../../../src/core/schema/create-table.ts'
import { foldName, quoteName } from '../../../src/core/schema/names.ts'
import {
  addColumn,
  insertColumnConstraint,
  makeReferenceExplicit,
  removeColumn,
  removeColumnConstraint,
  renameColumnDefinition,
  setColumnType,
} from '../../../src/core/schema/table-edits.ts'
import { factsAfterRunning } from './sqlite-oracle.ts'

/** A name that must be quoted, and that no table here has. */
const newName = 'n w'

/** Makes every edit at every column of a table, runs each result in SQLite, and compares what SQLite then says. */
export function everyEditMustHold(sql: string): void {
  addingMustHold(sql)
  referencesMustHold(sql)
  for (const column of parseCreateTable(sql).columns) {
    typeMustHold(sql, column)
    renameMustHold(sql, column)
    removalMustHold(sql, column)
    constraintsMustHold(sql, column)
  }
}

function addingMustHold(sql: string): void {
  const before = factsAfterRunning(sql)
  const added = addColumn(sql, `${quoteName(newName)} TEXT DEFAULT 1`)
  const after = factsAfterRunning(added)
  const column = { name: newName, type: 'text', notnull: 0, default: '1', pk: 0, hidden: 0 }
  expect(after, added).toEqual({ ...before, columns: [...before.columns, column] })
}

function referencesMustHold(sql: string): void {
  const before = factsAfterRunning(sql)
  for (const reference of writtenReferences(parseCreateTable(sql))) {
    const to = reference.from.map((_, position) => `k ${position}`)
    const edited = makeReferenceExplicit(sql, { parent: reference.table, from: reference.from }, to)
    const isChosen = (one: (typeof before.references)[number]) =>
      one.to.length === 0 &&
      one.table === foldName(reference.table) &&
      one.from.join('\0') === reference.from.map(foldName).join('\0')
    const references = before.references.map(one => (isChosen(one) ? { ...one, to } : one))
    expect(factsAfterRunning(edited).references, edited).toEqual(references)
  }
}

function typeMustHold(sql: string, column: ColumnDefinition): void {
  // SQLite allows AUTOINCREMENT on INTEGER alone.
  const automatic = [...parseCreateTable(sql).constraints, ...column.constraints].some(
    one => one.kind === 'primary-key' && one.autoincrement,
  )
  if (automatic) return
  const edited = setColumnType(sql, column.name, 'TEXT')
  const typed = factsAfterRunning(sql).columns.map(one =>
    one.name === column.name ? { ...one, type: 'text' } : one,
  )
  // Whether a key may be NULL hangs on its type, so that is not compared.
  const withoutNull = (columns: typeof typed) => columns.map(one => ({ ...one, notnull: 0 }))
  expect(withoutNull(factsAfterRunning(edited).columns), edited).toEqual(withoutNull(typed))
}

function renameMustHold(sql: string, column: ColumnDefinition): void {
  const all = { keys: true, expressions: true, selfReferences: true }
  const renamed = renameColumnDefinition(sql, column.name, newName, all)
  const before = factsAfterRunning(sql)
  const columns = before.columns.map(one => (one.name === column.name ? { ...one, name: newName } : one))
  expect(factsAfterRunning(renamed).columns, renamed).toEqual(columns)
  // SQLite's own rename is the judge of which uses there are.
  const judged = renamedBySqlite(sql, column.name)
  if (judged !== null) expect(renamed).toBe(judged)
}

function removalMustHold(sql: string, column: ColumnDefinition): void {
  const before = factsAfterRunning(sql)
  const left = before.columns.filter(one => one.name !== column.name)
  let edited: string
  try {
    edited = removeColumn(sql, column.name)
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError)
    return
  }
  if (left.every(one => one.hidden > 0)) return
  // Without its key column there is no WITHOUT ROWID.
  if (parseCreateTable(sql).withoutRowid && left.every(one => one.pk === 0)) return
  expect(factsAfterRunning(edited).columns, edited).toEqual(left)
}

function constraintsMustHold(sql: string, column: ColumnDefinition): void {
  const before = factsAfterRunning(sql)
  const added = insertColumnConstraint(sql, column.name, 'CHECK (1)')
  expect(factsAfterRunning(added), added).toEqual(before)

  for (const constraint of column.constraints) {
    if (constraint.kind === 'primary-key' && parseCreateTable(sql).withoutRowid) continue
    const edited = removeColumnConstraint(sql, column.name, one => one.span.start === constraint.span.start)
    const after = parseCreateTable(edited).columns.find(one => one.name === column.name)!
    expect(after.constraints.length, edited).toBeLessThan(column.constraints.length)
    expect(factsAfterRunning(edited).columns.map(one => one.name)).toEqual(
      before.columns.map(one => one.name),
    )
  }
}

/** Null where SQLite fails at its own text: an INTEGER key in the constraints of a table WITHOUT ROWID (3.53). */
function renamedBySqlite(sql: string, column: string): unknown {
  const db = new Database(':memory:')
  try {
    db.exec(sql)
    const table = quoteName(parseCreateTable(sql).name)
    db.exec(`ALTER TABLE ${table} RENAME COLUMN ${quoteName(column)} TO ${quoteName(newName)}`)
    return db.prepare("SELECT sql FROM sqlite_schema WHERE type = 'table'").pluck().get()
  } catch (error) {
    if (parseCreateTable(sql).withoutRowid && String(error).includes('after rename')) return null
    throw error
  } finally {
    db.close()
  }
}
