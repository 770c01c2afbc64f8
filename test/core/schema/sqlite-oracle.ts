import Database from 'better-sqlite3'
import { expect } from 'vitest'
import {
  type CreateTable,
  parseCreateTable,
  writtenReferences,
} from '../../../src/core/schema/create-table.ts'
import { foldName, quoteName, unquote } from '../../../src/core/schema/names.ts'

type Db = Database.Database

interface ColumnFacts {
  readonly name: string
  readonly type: string
  readonly notnull: number
  readonly default: string | null
  readonly pk: number
  readonly hidden: number
}

/** What SQLite's pragmas say of a table, in the shape of {@link factsAsParsed}. */
export function factsOfSqlite(db: Db, table: string) {
  const name = quoteName(table)
  const columns = db.prepare(`PRAGMA table_xinfo(${name})`).all() as Record<string, unknown>[]
  const keys = db.prepare(`PRAGMA foreign_key_list(${name})`).all() as Record<string, unknown>[]
  const indexes = db.prepare(`PRAGMA index_list(${name})`).all() as { name: string; origin: string }[]
  const references = new Map<number, { table: string; from: string[]; to: string[] }>()
  for (const key of keys.sort((a, b) => Number(b.id) - Number(a.id) || Number(a.seq) - Number(b.seq))) {
    const reference = references.get(Number(key.id)) ?? {
      table: foldName(String(key.table)),
      from: [],
      to: [],
    }
    reference.from.push(foldName(String(key.from)))
    if (key.to !== null) reference.to.push(foldName(String(key.to)))
    references.set(Number(key.id), reference)
  }
  return {
    columns: columns.map(
      (column): ColumnFacts => ({
        name: String(column.name),
        type: foldName(String(column.type)),
        notnull: Number(column.notnull),
        default: column.dflt_value === null ? null : String(column.dflt_value),
        pk: Number(column.pk),
        hidden: Number(column.hidden),
      }),
    ),
    references: [...references.values()],
    uniqueLists: sortedLists(
      indexes
        .filter(index => index.origin !== 'c')
        .map(index => {
          const parts = db.prepare(`PRAGMA index_info(${quoteName(index.name)})`).all() as { name: string }[]
          return parts.map(part => part.name)
        }),
    ),
  }
}

/** The same facts from nothing but the spans that our reader found in the text. */
export function factsAsParsed(sql: string) {
  const table = parseCreateTable(sql)
  const key = primaryKey(table)
  const alias = rowidAlias(sql, table, key)
  const lists = [
    ...table.columns.flatMap(column =>
      column.constraints.flatMap(c => (c.kind === 'unique' ? [[column.name]] : [])),
    ),
    ...table.constraints.flatMap(c => (c.kind === 'unique' ? [c.columns.map(column => column.name)] : [])),
    ...(key.length > 0 && alias === null ? [key] : []),
  ]
  return {
    columns: table.columns.map((column): ColumnFacts => {
      const pk = key.findIndex(name => foldName(name) === foldName(column.name)) + 1
      const implied = pk > 0 && (table.withoutRowid || (table.strict && alias === null))
      const value = column.constraints.findLast(c => c.kind === 'default')
      const generated = column.constraints.find(c => c.kind === 'generated')
      return {
        name: column.name,
        type:
          column.typeSpan === null
            ? ''
            : foldName(typeText(sql.slice(column.typeSpan.start, column.typeSpan.end))),
        notnull: Number(implied || column.constraints.some(c => c.kind === 'not-null')),
        default:
          value === undefined ? null : valueText(sql.slice(value.valueSpan.start, value.valueSpan.end)),
        pk,
        hidden: generated === undefined ? 0 : generated.stored ? 3 : 2,
      }
    }),
    references: writtenReferences(table).map(reference => ({
      table: foldName(reference.table),
      from: reference.from.map(foldName),
      to: reference.columns.map(column => foldName(column.name)),
    })),
    uniqueLists: sortedLists(lists),
  }
}

/** The stored text of every ordinary table that a user could create again. */
export function tableTexts(db: Db): readonly { readonly name: string; readonly sql: string }[] {
  return allTableTexts(db).filter(table => !/^sqlite_/i.test(table.name))
}

function allTableTexts(db: Db) {
  const tables = "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
  return db.prepare(tables).all() as { name: string; sql: string }[]
}

/** Compares reader and SQLite over every ordinary table of a database, and says how many there were. */
export function everyTableMustAgree(db: Db): number {
  const tables = allTableTexts(db)
  for (const { name, sql } of tables) {
    expect(factsAsParsed(sql), sql).toEqual(factsOfSqlite(db, name))
    expect(parseCreateTable(sql).name, sql).toBe(name)
  }
  return tables.length
}

/** Runs the text in an empty database and returns what SQLite then says of the table. */
export function factsAfterRunning(sql: string) {
  const db = new Database(':memory:')
  try {
    db.exec(sql)
    return factsOfSqlite(db, parseCreateTable(sql).name)
  } finally {
    db.close()
  }
}

function primaryKey(table: CreateTable): readonly string[] {
  for (const column of table.columns) {
    if (column.constraints.some(c => c.kind === 'primary-key')) return [column.name]
  }
  const ofTable = table.constraints.find(c => c.kind === 'primary-key')
  return ofTable === undefined ? [] : ofTable.columns.map(column => column.name)
}

/** HAZARDS B1: exactly INTEGER, and not DESC on the column itself. */
function rowidAlias(sql: string, table: CreateTable, key: readonly string[]): string | null {
  const [name, ...rest] = key
  if (name === undefined || rest.length > 0 || table.withoutRowid) return null
  const column = table.columns.find(column => foldName(column.name) === foldName(name))!
  if (column.typeSpan === null) return null
  const { start, end } = column.typeSpan
  const descending = column.constraints.some(c => c.kind === 'primary-key' && c.descending)
  return foldName(sql.slice(start, end)) === 'integer' && !descending ? name : null
}

function typeText(text: string): string {
  return /^["'`[]/.test(text) ? unquote(text) : text
}

function valueText(text: string): string {
  return text.startsWith('(') ? text.slice(1, -1).replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, '') : text
}

function sortedLists(lists: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(lists.map(list => JSON.stringify(list.map(foldName))))].sort()
}
