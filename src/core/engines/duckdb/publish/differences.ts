/** What an operation has changed in the working copy: its file before against its file after, row by row. */
import type { Column, Index, Schema, Table } from '../../../schema/model.ts'
import { quoteName as q, sameName } from '../../../schema/names.ts'
import { columnNamed, inspect, OWN_PREFIX, positionOf, tableNamed } from '../../sqlite/inspect.ts'
import type { Connection } from '../../sqlite/open.ts'
import { unexpected } from '../unexpected.ts'

/** The name under which the file before is attached. */
export const BEFORE = 'before'

export interface ColumnChange {
  readonly name: string
  /** Null where it is new. */
  readonly before: Column | null
  readonly after: Column
  /** Whether any value differs. */
  readonly values: boolean
  readonly holdsText: boolean
  /** A column of before that holds in every row what this new one holds now; null where there is none. */
  readonly sameAs: string | null
}

export interface TableChange {
  /** As the working copy calls it. */
  readonly name: string
  readonly rows: number
  readonly before: Table
  readonly after: Table
  /** Changed in its values or its declaration, or new. */
  readonly columns: readonly ColumnChange[]
  readonly dropped: readonly string[]
  readonly newIndexes: readonly Index[]
  readonly goneIndexes: readonly Index[]
}

/** Rows that are compared between two breaths. */
const RANGE = 50_000

/** The tables that differ, in stored order. `db` has the file after as main, and the one before attached as {@link BEFORE}. */
export async function differencesOf(
  db: Connection,
  path: string,
  breathe: () => Promise<void>,
): Promise<readonly TableChange[]> {
  const before = inspect(db, BEFORE)
  const after = inspect(db, 'main')
  assertSameTables(before, after, path)
  const changes: TableChange[] = []
  for (const old of before.tables) {
    const change = await changeOf(db, path, old, tableNamed(after, old.name)!, breathe)
    if (change !== null) changes.push(change)
  }
  return changes
}

function assertSameTables(before: Schema, after: Schema, path: string): void {
  const gone = before.tables.find(table => tableNamed(after, table.name) === undefined)
  const made = after.tables.find(table => tableNamed(before, table.name) === undefined)
  const table = gone ?? made
  if (table) throw unexpected(path, table.name, gone ? 'The table is gone.' : 'The table is new.')
}

async function changeOf(
  db: Connection,
  path: string,
  before: Table,
  after: Table,
  breathe: () => Promise<void>,
): Promise<TableChange | null> {
  const common = after.columns.filter(column => columnNamed(before, column.name) !== undefined)
  const added = after.columns.filter(column => columnNamed(before, column.name) === undefined)
  const dropped = before.columns.filter(column => columnNamed(after, column.name) === undefined)
  const compared = await compareRows(db, path, before, after, { common, added }, breathe)
  const columns = after.columns.flatMap((column): ColumnChange[] => {
    const old = columnNamed(before, column.name) ?? null
    const seen = compared.columns.get(column.name)!
    if (old !== null && !seen.values && sameDeclaration(old, column)) return []
    return [{ name: column.name, before: old, after: column, ...seen }]
  })
  const change: TableChange = {
    name: before.name,
    rows: compared.rows,
    before,
    after,
    columns,
    dropped: dropped.map(column => column.name),
    newIndexes: created(after).filter(index => !hasIndex(before, index)),
    goneIndexes: created(before).filter(index => !hasIndex(after, index)),
  }
  const stays =
    columns.length + change.dropped.length + change.newIndexes.length + change.goneIndexes.length === 0
  return stays && before.sql === after.sql ? null : change
}

function sameDeclaration(a: Column, b: Column): boolean {
  return sameName(a.type, b.type) && a.notNull === b.notNull
}

function created(table: Table): readonly Index[] {
  // Those of our own are in the copy alone.
  return table.indexes.filter(({ origin, name }) => origin === 'create' && !name.startsWith(OWN_PREFIX))
}

function hasIndex(table: Table, { name }: Index): boolean {
  return created(table).some(index => sameName(index.name, name))
}

type Seen = Pick<ColumnChange, 'values' | 'holdsText' | 'sameAs'>

async function compareRows(
  db: Connection,
  path: string,
  before: Table,
  after: Table,
  { common, added }: { readonly common: readonly Column[]; readonly added: readonly Column[] },
  breathe: () => Promise<void>,
): Promise<{ readonly rows: number; readonly columns: ReadonlyMap<string, Seen> }> {
  const [was, is] = [positionOf(before), positionOf(after)]
  if (was === null || is === null) throw unexpected(path, before.name, 'Its rows have no numbers.')
  const pairs = added.flatMap(column => before.columns.map(old => ({ column, old })))
  const sums = [
    'count(*)',
    `count(o.${was})`,
    ...after.columns.flatMap(({ name }) => [
      common.some(column => column.name === name) ? `total(${differs(name, name)})` : '1',
      `total(typeof(n.${q(name)}) = 'text')`,
    ]),
    ...pairs.map(({ column, old }) => `total(${differs(column.name, old.name)})`),
  ]
  const compare = db
    .prepare(
      `SELECT ${sums.join(', ')} FROM main.${q(after.name)} n LEFT JOIN ${BEFORE}.${q(before.name)} o ON o.${was} = n.${is}
       WHERE n.${is} BETWEEN ? AND ?`,
    )
    .raw()
  const totals = sums.map(() => 0)
  for await (const [from, to] of rowRanges(db, after, RANGE, breathe))
    for (const [at, value] of (compare.get(from, to) as unknown[]).entries()) totals[at]! += Number(value)
  const rows = totals[0]!
  const oldRows = Number(
    db
      .prepare(`SELECT count(*) FROM ${BEFORE}.${q(before.name)}`)
      .pluck()
      .get(),
  )
  if (rows !== oldRows || rows !== totals[1])
    throw unexpected(
      path,
      before.name,
      `${oldRows} rows became ${rows}; ${totals[1]} of them are where they were.`,
    )
  const afterPairs = 2 + 2 * after.columns.length
  const columns = new Map(
    after.columns.map(({ name }, at): [string, Seen] => {
      const from = 2 + 2 * at
      const same = pairs.findIndex(
        ({ column }, pair) => column.name === name && totals[afterPairs + pair] === 0,
      )
      return [
        name,
        {
          values: totals[from]! > 0,
          holdsText: totals[from + 1]! > 0,
          sameAs: rows > 0 && same >= 0 ? pairs[same]!.old.name : null,
        },
      ]
    }),
  )
  return { rows, columns }
}

/** SQL: whether a column of the row after differs from one of the row before, in its type or by any byte (HAZARDS R4). */
export function differs(after: string, before: string): string {
  const [n, o] = [`n.${q(after)}`, `o.${q(before)}`]
  return `(typeof(${n}) <> typeof(${o}) OR ${n} IS NOT ${o} COLLATE BINARY OR (typeof(${n}) = 'text' AND CAST(${n} AS BLOB) IS NOT CAST(${o} AS BLOB)))`
}

/** The table's rows in main, cut into ranges of their numbers. */
export async function* rowRanges(
  db: Connection,
  table: Table,
  size: number,
  breathe: () => Promise<void>,
): AsyncGenerator<readonly [bigint, bigint]> {
  const position = positionOf(table)
  const name = `main.${q(table.name)}`
  const last = db
    .prepare(
      `SELECT max(p) FROM (SELECT ${position} AS p FROM ${name} WHERE ${position} >= ? ORDER BY ${position} LIMIT ${size})`,
    )
    .pluck()
  let from = db.prepare(`SELECT min(${position}) FROM ${name}`).pluck().get() as bigint | null
  while (from !== null) {
    const to = last.get(from) as bigint | null
    if (to === null) return
    yield [from, to]
    await breathe()
    from = to + 1n
  }
}
