/**
 * What an undo has to come to, made without the engine: the same writes, done by hand to the same database that was
 * never migrated. Rows are spoken of by their column `n`, so that one text means the same row under either kind of id;
 * only a new row's own id has to be put in.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { RolledBackTarget } from '../../../src/core/documents.ts'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import type { Choices } from '../../../src/core/requests.ts'
import { undo } from '../../../src/core/rollback/undo.ts'
import {
  change,
  contentOf,
  makeDatabase,
  quoted,
  type Row,
  reading,
  rowsOf,
  type Value,
} from '../../support/database.ts'
import { settingsIn } from '../../support/engine.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { agreeing, type InProcess, inProcess } from '../../support/in-process.ts'

/** A statement that says the same before and after a migration, or a new row whose id is put in. */
export type Write = string | NewRow

export interface NewRow {
  readonly into: string
  /** What the row is known by afterwards. */
  readonly n: number
  /** The id that a program gives it; without one it is left to the table's default. */
  readonly id?: string
  readonly column?: string
  /** Expressions of the other columns. */
  readonly values?: Readonly<Record<string, string>>
  readonly verb?: 'INSERT' | 'INSERT OR REPLACE' | 'UPDATE'
  readonly upsert?: string
}

export interface Undone {
  /** The database after the undo. */
  readonly path: string
  /** The one that was never migrated, with the same writes. */
  readonly byHand: string
  /** What was there before, without the writes. */
  readonly original: string
  readonly document: RolledBackTarget
  readonly context: InProcess
  /** The id that the undo gave (or left) to a new row. */
  idOf(table: string, n: number): Value
}

/** Migrates, writes, takes back; the content must be what the same writes make of the database that was never migrated. */
export async function undoneAsByHand(
  sql: readonly string[],
  choices: Choices,
  writes: readonly Write[],
): Promise<Undone> {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'target'))
  const path = makeDatabase(join(folder, 'target', 'since.db'), ...sql)
  const original = makeDatabase(join(folder, 'original.db'), ...sql)
  const byHand = makeDatabase(join(folder, 'by-hand.db'), ...sql)
  const settings = settingsIn(folder)
  const agreed = { seed: '5eed', ...(await agreeing(path, choices)) }
  await migrate(path, agreed, undefined, inProcess(settings))
  change(path, ...writes.map(write => textOf(write, row => row.id)))
  const context = inProcess(settings)
  const document = await undo(path, undefined, context)
  expect(document.proof.checks.filter(check => !check.ok)).toEqual([])
  const idOf = (table: string, n: number) => {
    const row = writes.find(write => typeof write !== 'string' && write.into === table && write.n === n)
    const column = (row as NewRow | undefined)?.column ?? 'id'
    return rowsOf(path, `SELECT ${quoted(column)} FROM ${quoted(table)} WHERE n = ${n}`)[0]?.[0] ?? null
  }
  change(byHand, ...writes.map(write => textOf(write, row => literalOf(idOf(row.into, row.n)))))
  expect(contentOf(path)).toEqual(contentOf(byHand))
  return { path, byHand, original, document, context, idOf }
}

/** The statement, with the id that `idOf` says; without one the column is left out. */
export function textOf(write: Write, idOf: (row: NewRow) => string | undefined): string {
  if (typeof write === 'string') return write
  const { into, n, column = 'id', values = {}, verb = 'INSERT', upsert = '' } = write
  const id = idOf(write)
  if (verb === 'UPDATE') return `UPDATE ${quoted(into)} SET ${quoted(column)} = ${id} WHERE n = ${n}`
  const all = { ...(id === undefined ? {} : { [column]: id }), n: String(n), ...values }
  return `${verb} INTO ${quoted(into)}(${Object.keys(all).map(quoted).join(', ')}) VALUES(${Object.values(all).join(', ')}) ${upsert}`
}

/** A value as SQL. */
export function literalOf(value: Value): string {
  if (value === null) return 'NULL'
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`
  if (Buffer.isBuffer(value)) return `x'${value.toString('hex')}'`
  return String(value)
}

/** Every id of the table with its row's `n`, in that order. */
export function idsOf(path: string, table: string, column = 'id'): readonly Row[] {
  return reading(
    path,
    db =>
      db
        .prepare(`SELECT n, ${quoted(column)} FROM ${quoted(table)} ORDER BY n`)
        .raw()
        .all() as Row[],
  )
}
