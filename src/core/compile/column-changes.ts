/** What a plan does to the columns of one table, and the expressions that give each its new value. */
import { columnNamed, keyCollation, positionOf, tableNamed } from '../engines/sqlite/inspect.ts'
import { isSentinel } from '../engines/sqlite/sentinels.ts'
import type { Plan, PlannedIdentity } from '../plan/plan.ts'
import type { Column, Schema, SchemaObject, Table } from '../schema/model.ts'
import { quoteName as q, sameName } from '../schema/names.ts'
import { foreignChanges } from './foreign.ts'
import { type Statement, type Step, statement } from './program.ts'
import type { MapRecord, TableRecord } from './run-record.ts'

export interface TableChange {
  readonly table: Table
  readonly after: string
  readonly steps: readonly Step[]
  readonly record: TableRecord
  readonly indexes: readonly SchemaObject[]
}

export interface ColumnChange {
  readonly column: Column
  readonly beside: string | null
  /** What a contract makes of the column and the ULID column beside it. */
  readonly contracted: PlannedIdentity['contracted']
  readonly map: MapRecord
  readonly role: 'identity' | 'reference'
  /** Beside an identity's ULID, where wanted; `store` is for what stood there before. */
  readonly generatedAt: { readonly column: string; readonly store: string | null } | null
  /** The name under which an integer key goes on, or whatever a contract keeps. */
  readonly legacy: string | null
  readonly sentinels: Plan['sentinels']
  /** Where old values go that the map can't give back; null where it always can. */
  readonly store: string | null
}

export function columnChanges(
  plan: Plan,
  schema: Schema,
  table: Table,
  maps: readonly MapRecord[],
): ColumnChange[] {
  const own = plan.identities.flatMap((identity, index) => {
    const map = maps[index]!
    const parent = tableNamed(schema, identity.table)!
    const storeOf = (column: Column, beside: string | null, at: number) => {
      const needed =
        beside === null
          ? at > 0 &&
            (plan.sentinels === 'null' ||
              !spelledAlike(parent, columnNamed(parent, identity.column)!, column))
          : columnNamed(table, beside) !== undefined
      return needed ? `${map.map.replace('_map_', '_kept_')}_${at}` : null
    }
    const own = sameName(identity.table, table.name)
      ? [columnNamed(table, identity.column)!].map(column => ({
          column,
          beside: identity.beside,
          contracted: identity.contracted,
          map,
          role: 'identity' as const,
          generatedAt:
            identity.generatedAt === undefined
              ? null
              : {
                  column: identity.generatedAt,
                  store: columnNamed(table, identity.generatedAt)
                    ? `${map.map.replace('_map_', '_kept_')}_at`
                    : null,
                },
          legacy: identity.legacy,
          sentinels: plan.sentinels,
          store: storeOf(column, identity.beside, 0),
        }))
      : []
    const references = identity.references
      .map((reference, at) => ({ reference, at: at + 1 }))
      .filter(({ reference }) => sameName(reference.table, table.name))
      .map(({ reference, at }) => {
        const column = columnNamed(table, reference.column)!
        return {
          column,
          beside: reference.beside,
          contracted: reference.contracted,
          map,
          role: 'reference' as const,
          generatedAt: null,
          legacy: reference.legacy,
          sentinels: plan.sentinels,
          store: storeOf(column, reference.beside, at),
        }
      })
    return [...own, ...references]
  })
  return [...own, ...foreignChanges(plan, table, maps)]
}

/**
 * Whether a reference that resolves holds the very bytes of its parent's key. Under other affinities or collations it
 * may be spelled otherwise ('01' for 1, 'A' for 'a'), and undo has to bring that spelling back (HAZARDS B11).
 */
function spelledAlike(parent: Table, key: Column, reference: Column): boolean {
  return (
    key.affinity === 'text' && reference.affinity === 'text' && keyCollation(parent, key.name) === 'BINARY'
  )
}

/** Sets aside, by position, each old value that the map does not hold, beside the ULID that takes its place. */
export function keepSteps(table: Table, change: ColumnChange, changes: readonly ColumnChange[]): Step[] {
  return stepsOf(table, keeping(table, change, changes))
}

/** Both at once. */
export function stepsOf(table: Table, kept: KeptCells | null): Step[] {
  return kept === null ? [] : [kept.make, statement('rewrite', table.name, kept.fill)]
}

/** The same as the table for it, and the statement that fills it, to which a condition on the rows `t` can be added. */
export function keeping(
  table: Table,
  change: ColumnChange,
  changes: readonly ColumnChange[],
): KeptCells | null {
  if (change.store === null) return null
  const column = change.beside === null ? change.column.name : columnNamed(table, change.beside)!.name
  const old = `t.${q(column)}`
  const ulid = lookup(change, 't', table)
  const legacy = (from: string) =>
    `(SELECT m.legacy FROM ${q(from)} m WHERE m.legacy = +${old} AND typeof(m.legacy) = typeof(${old}) AND CAST(m.legacy AS BLOB) IS CAST(${old} AS BLOB))`
  const differs =
    change.beside === null
      ? `${old} IS NOT NULL AND ${ulid} IS NOT ${old} AND (${legacy(change.map.map)} IS NULL AND ${legacy(change.map.orphans)} IS NULL${change.map.elsewhere ? ` OR ${ulid} IN (${severalTimes(change.map.map)})` : ''})`
      : `${ulid} IS NOT ${old}`
  return keptCells(table, changes, { store: change.store, old, fresh: ulid, where: differs })
}

/** SQL: the ULIDs of what stands here in several spellings. */
function severalTimes(map: string): string {
  return `SELECT m.ulid FROM ${q(map)} m GROUP BY m.ulid HAVING count(*) > 1`
}

/** A table of ours, and the statement that fills it; a condition on the rows `t` can be added to that. */
export interface KeptCells {
  readonly make: Statement
  readonly fill: string
}

/** Sets aside what stands in `old` wherever `fresh` takes its place. */
export function keptCells(
  table: Table,
  changes: readonly ColumnChange[],
  cells: { readonly store: string; readonly old: string; readonly fresh: string; readonly where: string },
): KeptCells {
  const row = rowName(table, changes, 't')
  const { store, old, fresh, where } = cells
  return {
    make: statement('rewrite', table.name, `CREATE TABLE ${q(store)}(${cellsOf(row)})`),
    fill: `INSERT INTO ${q(store)} SELECT ${row.map(each => each.value).join(', ')}, ${old}, ${fresh} FROM ${q(table.name)} t WHERE ${where}`,
  }
}

/** The columns of a table of ours that holds cells by the name of their row: what one held, and what it holds then. */
export function cellsOf(row: readonly RowName[], then: 'TEXT' | 'BLOB' = 'TEXT'): string {
  const [columns, names] = [row.map(each => `${each.name} ${each.type}`), row.map(each => each.name)]
  const [first, ...more] = columns
  return more.length === 0
    ? `${first} PRIMARY KEY, value BLOB, ulid ${then}`
    : `${columns.join(', ')}, value BLOB, ulid ${then}, PRIMARY KEY(${names.join(', ')})`
}

/** One part of what a row is called. */
export interface RowName {
  readonly name: string
  readonly type: string
  /** An expression over the row. */
  readonly value: string
}

/** What the row, an alias in SQL, is called afterwards: its number, or its key as the rewrite leaves it. */
export function rowName(table: Table, changes: readonly ColumnChange[], row: string): readonly RowName[] {
  const position = positionOf(table)
  if (position !== null) return [{ name: 'pos', type: 'INTEGER', value: `${row}.${position}` }]
  return table.primaryKey.map((key, at) => {
    const change = changes.find(each => each.beside === null && sameName(each.column.name, key))
    // Only under the affinity of what it is compared with can an index be used.
    const type = change ? 'TEXT' : columnNamed(table, key)!.affinity.toUpperCase()
    return { name: `k${at}`, type, value: change ? lookup(change, row, table) : `${row}.${q(key)}` }
  })
}

/** Condition: the entry `k` of such a table is that row's. */
export function isRow(row: readonly RowName[]): string {
  return row.map(({ name, value }) => `k.${name} ${name === 'pos' ? '=' : 'IS'} ${value}`).join(' AND ')
}

export function keptOf(changes: readonly ColumnChange[]): TableRecord['kept'] {
  return changes.flatMap(({ column, beside, store, generatedAt }) => [
    ...(store === null ? [] : [{ column: beside ?? column.name, store }]),
    ...(generatedAt?.store ? [{ column: generatedAt.column, store: generatedAt.store }] : []),
  ])
}

/** The ULID of a value; a sentinel has none and stays as it is. */
export function lookup(change: ColumnChange, row: string, table: Table): string {
  const value = `${row}.${q(change.column.name)}`
  const position = positionOf(table)
  if (change.role === 'identity' && position !== null)
    return `(SELECT m.ulid FROM ${q(change.map.map)} m WHERE m.pos = ${row}.${position})`
  // The child's affinity must not take part in the comparison, as in a key check: hence the plus (HAZARDS R3).
  const found = (from: string) => `(SELECT m.ulid FROM ${q(from)} m WHERE m.legacy = +${value})`
  return `coalesce(${found(change.map.map)}, ${found(change.map.orphans)}`.concat(
    change.beside !== null
      ? ')'
      : change.sentinels === 'null'
        ? `, CASE WHEN NOT ${isSentinel(value)} THEN ${value} END)`
        : `, ${value})`,
  )
}
