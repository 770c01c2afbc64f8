/**
 * The column that tells when the ULID beside an identity was made, where one is wanted: ISO 8601, UTC, with milliseconds.
 * NULL stands for a ULID that was there before. It goes with the ULID: a row that is replaced and keeps that keeps this.
 */
import { columnNamed } from '../engines/sqlite/inspect.ts'
import type { Table } from '../schema/model.ts'
import { quoteName as q, quoteText } from '../schema/names.ts'
import { type ColumnChange, type KeptCells, keptCells, lookup } from './column-changes.ts'

/** `column = value` for the statement that fills the ULID; nothing where no such column is wanted. */
export function generatedAtSet(change: ColumnChange, table: Table, at: number): readonly string[] {
  if (change.generatedAt === null) return []
  return [`${q(change.generatedAt.column)} = ${generatedAtValue(change, table, at)}`]
}

/** Sets aside what stands in a column that was there, where it gives way; null where no such column is, or is wanted. */
export function keptGeneratedAt(
  table: Table,
  change: ColumnChange,
  changes: readonly ColumnChange[],
  at: number,
): KeptCells | null {
  if (change.generatedAt === null || change.generatedAt.store === null) return null
  const { column, store } = change.generatedAt
  const [old, fresh] = [`t.${q(column)}`, generatedAtValue(change, table, at)]
  return keptCells(table, changes, { store, old, fresh, where: `${fresh} IS NOT ${old}` })
}

/** The time of the run where the row gets another ULID than it had; else what the column says already. */
function generatedAtValue(change: ColumnChange, table: Table, at: number): string {
  const existing = (name: string) => columnNamed(table, name)
  const had = existing(change.beside!) ?? change.column // a legacy id that is a ULID becomes the row's
  const said = existing(change.generatedAt!.column)
  const ulid = lookup(change, 't', table)
  const isNew = `coalesce(upper(${ulid}) <> upper(t.${q(had.name)}), ${ulid} IS NOT NULL)`
  const before = said ? `t.${q(said.name)}` : 'NULL'
  return `CASE WHEN ${isNew} THEN ${quoteText(new Date(at).toISOString())} ELSE ${before} END`
}

/** The same for rows `t` that have just got their ULID, one after the other; a legacy id that is one was there before. */
export function stampFilled(
  {
    column,
    ulid,
    generatedAt,
  }: { readonly column: string; readonly ulid: string; readonly generatedAt: string | null },
  table: string,
  where: string,
  at: number,
): readonly string[] {
  if (generatedAt === null) return []
  return [
    `UPDATE ${table} AS t SET ${q(generatedAt)} = ${quoteText(new Date(at).toISOString())} WHERE ${where} AND ${q(generatedAt)} IS NULL AND upper(t.${q(ulid)}) IS NOT upper(t.${q(column)})`,
  ]
}

const now = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"

/** What the triggers have to know of an identity for this. */
interface Stamped {
  readonly table: string
  readonly ulid: string
  readonly generatedAt: string | null
  readonly held: string
}

/** After an insert: the time of the row that was replaced, where its ULID was taken over; else now. `row` finds the row. */
export function stampNew({ table, ulid, generatedAt, held }: Stamped, row: string): readonly string[] {
  if (generatedAt === null) return []
  const replaced = `FROM ${q(held)} h WHERE h.ulid = ${q(table)}.${q(ulid)}`
  return [
    `UPDATE ${q(table)} SET ${q(generatedAt)} = CASE WHEN EXISTS (SELECT 1 ${replaced}) THEN (SELECT h.generated_at ${replaced} LIMIT 1) ELSE ${now} END WHERE ${row} AND ${q(generatedAt)} IS NULL`,
  ]
}

/** After a program has set another ULID, and no time of its own. */
export function stampAgain({ table, generatedAt }: Stamped, row: string): readonly string[] {
  if (generatedAt === null) return []
  const column = q(generatedAt)
  return [`UPDATE ${q(table)} SET ${column} = ${now} WHERE ${row} AND NEW.${column} IS OLD.${column}`]
}
