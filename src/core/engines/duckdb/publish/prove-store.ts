/**
 * The proof that a publish has written what it was to write, and nothing else: made inside its transaction, against the
 * snapshot and against the working copy itself, never against what the rewrite used on its way.
 */
import type { Check } from '../../../documents.ts'
import { quoteName as q } from '../../../schema/names.ts'
import { withCommas } from '../../../with-commas.ts'
import { OWN_PREFIX, positionOf } from '../../sqlite/inspect.ts'
import type { Connection } from '../../sqlite/open.ts'
import type { Catalog, DuckIndex, DuckObject, DuckTable } from '../catalog.ts'
import type { Store } from '../connect.ts'
import { copyName } from '../copy-name.ts'
import { parseTable, printTable } from '../create-table.ts'
import { inOrder, type Positions } from '../positions.ts'
import { readCatalog } from '../read-catalog.ts'
import { differences } from '../same-catalog.ts'
import { sameDuckName } from '../sql-text.ts'
import { streamRows } from '../stream.ts'
import { isNested } from '../type-text.ts'
import { indexesAfter, type Rebuilt } from './rewrite.ts'
import type { StagedColumn } from './stage.ts'
import { type ColumnPlan, changes, newValue, sqlName, storedColumns, type TablePlan } from './table-plan.ts'

export interface Evidence {
  readonly store: Store
  /** The working copy after. */
  readonly db: Connection
  /** As DuckDB calls the attached snapshot. */
  readonly snapshot: string
  /** The catalog as it was. */
  readonly before: Catalog
  readonly plans: readonly TablePlan[]
  readonly rebuilt: readonly Rebuilt[]
  /** As they were before. */
  readonly positions: Positions
  /** Those that were moved, as they are to be. */
  readonly sequences: readonly DuckObject[]
  /** Our own tables in the working copy. */
  readonly own: readonly string[]
  breathe(): Promise<void>
}

type Found = Omit<Check, 'id' | 'seconds'>

export async function proveStore(evidence: Evidence): Promise<readonly Check[]> {
  const checks: Check[] = []
  for (const [id, check] of [
    ['store-rows', sameRows],
    ['store-cells', sameCells],
    ['store-values', newValues],
    ['store-catalog', sameCatalog],
  ] as const) {
    const begun = performance.now()
    checks.push({ id, ...(await check(evidence)), seconds: (performance.now() - begun) / 1000 })
    await evidence.breathe()
  }
  return checks
}

function found(count: number, faults: readonly string[], said: string): Found {
  const detail = faults.length === 0 ? said : `${withCommas(faults.length)} of them differ: ${said}`
  return faults.length === 0
    ? { ok: true, count, detail }
    : { ok: false, count, detail, faults: faults.slice(0, 5) }
}

function theirs(catalog: Catalog): readonly DuckTable[] {
  return catalog.tables.filter(({ name }) => !name.startsWith(OWN_PREFIX))
}

function inSnapshot(snapshot: string, table: DuckTable): string {
  return `${q(snapshot)}.${sqlName(table)}`
}

async function numberOf(store: Store, query: string): Promise<number> {
  return Number((await store.all(query))[0]![0])
}

async function sameRows({ store, db, snapshot, before, own }: Evidence): Promise<Found> {
  const faults: string[] = []
  let rows = 0
  for (const table of theirs(before)) {
    const [is, was] = [
      await numberOf(store, `SELECT count(*) FROM ${sqlName(table)}`),
      await numberOf(store, `SELECT count(*) FROM ${inSnapshot(snapshot, table)}`),
    ]
    rows += is
    if (is !== was) faults.push(`${copyName(table)}: ${was} rows before, ${is} after`)
  }
  for (const name of own) {
    const is = await numberOf(store, `SELECT count(*) FROM main.${q(name)}`)
    const ought = Number(
      db
        .prepare(`SELECT count(*) FROM main.${q(name)}`)
        .pluck()
        .get(),
    )
    if (is !== ought) faults.push(`${name}: ${is} rows instead of ${ought}`)
  }
  return found(rows, faults, `all ${withCommas(rows)} rows of the DuckDB file were counted`)
}

/** Everything that was not to change, and what was to, as the snapshot's values and the staged ones give it. */
async function sameCells({ store, snapshot, before, rebuilt, breathe }: Evidence): Promise<Found> {
  const faults: string[] = []
  let cells = 0
  for (const table of theirs(before)) {
    const anew = rebuilt.find(({ plan }) => plan.table === table)
    const result = anew
      ? await compareAnew(store, snapshot, anew)
      : await compareWhole(store, table, inSnapshot(snapshot, table))
    cells += result.cells
    faults.push(...result.faults)
    await breathe()
  }
  return found(cells, faults, `${withCommas(cells)} cells were compared with the snapshot`)
}

interface Compared {
  readonly cells: number
  readonly faults: readonly string[]
}

async function compareAnew(store: Store, snapshot: string, { plan, order }: Rebuilt): Promise<Compared> {
  const stage = plan.stage?.name
  const n = `${sqlName(plan.to)} n`
  const numbered = (of: string, alias: string) =>
    `(SELECT *, row_number() OVER () - 1 AS _ulid_migrate_ord FROM ${of}) ${alias}`
  const old = inSnapshot(snapshot, plan.table)
  const from =
    order === null
      ? `${n} POSITIONAL JOIN ${old} o${stage ? ` POSITIONAL JOIN ${stage} s` : ''}`
      : `(SELECT n.*, _c.ord AS _ulid_migrate_ord FROM ${n} POSITIONAL JOIN (SELECT ord FROM ${order}) _c) n
         JOIN ${numbered(old, 'o')} ON o._ulid_migrate_ord = n._ulid_migrate_ord${stage ? ` JOIN ${numbered(stage, 's')} ON s._ulid_migrate_ord = n._ulid_migrate_ord` : ''}`
  const unequal = plan.columns.map(
    column => `count(*) FILTER (n.${q(column.name)} IS DISTINCT FROM (${newValue(plan, column)}))`,
  )
  if (unequal.length === 0) return { cells: 0, faults: [] }
  const [counts] = await store.all(`SELECT count(*), ${unequal.join(', ')} FROM ${from}`)
  const [rows, ...different] = counts!.map(Number)
  return {
    cells: rows! * plan.columns.length,
    faults: faultsOf(plan, plan.columns, different),
  }
}

function faultsOf(
  plan: TablePlan,
  columns: readonly ColumnPlan[],
  different: readonly number[],
): readonly string[] {
  return columns.flatMap((column, at) =>
    different[at] === 0
      ? []
      : [
          `${copyName(plan.table)}.${column.name}: ${withCommas(different[at]!)} values ${changes(column) ? 'are not what they were to be' : 'changed'}`,
        ],
  )
}

/** A table that nobody was to touch: its rows as a whole, whatever their order. */
async function compareWhole(store: Store, table: DuckTable, old: string): Promise<Compared> {
  const columns = storedColumns(table).map(({ name }) => q(name))
  if (columns.length === 0) return { cells: 0, faults: [] }
  const sum = `SELECT count(*), sum(hash(${columns.join(', ')})::HUGEINT) FROM`
  const [is, was] = [await store.all(`${sum} ${sqlName(table)}`), await store.all(`${sum} ${old}`)]
  const same = is[0]![0] === was[0]![0] && is[0]![1] === was[0]![1]
  return {
    cells: Number(is[0]![0]) * columns.length,
    faults: same ? [] : [`${copyName(table)}: some of its rows changed`],
  }
}

/** Staged columns once more, against the working copy itself: row by row, as text. */
async function newValues({ store, db, rebuilt, positions, breathe }: Evidence): Promise<Found> {
  const faults: string[] = []
  let values = 0
  for (const each of rebuilt) {
    const columns = (each.plan.stage?.columns ?? []).filter(({ change }) =>
      comparable(each.plan, change.name),
    )
    if (columns.length === 0) continue
    values += await compareValues(store, db, positions, each, columns, faults, breathe)
  }
  return found(values, faults, `${withCommas(values)} new values were compared with the working copy`)
}

/** Types that have one text for each value, the same in both databases. */
function comparable(plan: TablePlan, name: string): boolean {
  const type = plan.columns.find(column => sameDuckName(column.name, name))!.fullType
  return !isNested(type) && /^(VARCHAR|JSON|BLOB|UUID|U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER)$/.test(type)
}

async function compareValues(
  store: Store,
  db: Connection,
  positions: Positions,
  { plan, order }: Rebuilt,
  columns: readonly StagedColumn[],
  faults: string[],
  breathe: () => Promise<void>,
): Promise<number> {
  const change = plan.change!
  const select = columns.map(({ change: { name }, carrier }) =>
    carrier === 'BLOB' ? `hex(n.${q(name)})` : `CAST(n.${q(name)} AS VARCHAR)`,
  )
  const beside = order ?? (inOrder(positions, plan.table) ? null : plan.stage!.name)
  const from =
    beside === null
      ? `${sqlName(plan.to)} n`
      : `${sqlName(plan.to)} n POSITIONAL JOIN (SELECT pos FROM ${beside}) c ORDER BY c.pos`
  const expected = db
    .prepare(
      `SELECT ${columns.map(({ change: { name } }) => `n.${q(name)}`).join(', ')} FROM main.${q(change.after.name)} n ORDER BY n.${positionOf(change.after)}`,
    )
    .raw()
    .iterate() as IterableIterator<unknown[]>
  const different = columns.map(() => 0)
  let rows = 0
  try {
    for await (const chunk of streamRows(store, `SELECT ${select.join(', ')} FROM ${from}`)) {
      for (const row of chunk) {
        const ought = expected.next().value as unknown[] | undefined
        for (const [at, column] of columns.entries())
          if (row[at] !== textOf(ought?.[at], column)) different[at]!++
        rows++
      }
      await breathe()
    }
    if (expected.next().done !== true) faults.push(`${change.name}: rows are missing`)
  } finally {
    expected.return?.()
  }
  for (const [
    at,
    {
      change: { name },
    },
  ] of columns.entries())
    if (different[at]! > 0)
      faults.push(
        `${change.name}.${name}: ${withCommas(different[at]!)} values are not those of the working copy`,
      )
  return rows * columns.length
}

function textOf(value: unknown, { convert }: StagedColumn): string | null | undefined {
  if (value === null || value === undefined) return value
  if (Buffer.isBuffer(value)) return value.toString('hex').toUpperCase()
  return convert === null ? String(value) : convert(String(value))
}

async function sameCatalog({ store, before, plans, sequences }: Evidence): Promise<Found> {
  const planned = new Map(plans.map(plan => [plan.table, plan]))
  const expected: Catalog = {
    ...before,
    tables: before.tables.map(table => {
      const plan = planned.get(table)
      return plan ? { ...plan.to, indexes: indexesAfter(plan) } : table
    }),
    objects: before.objects.map(
      object =>
        sequences.find(
          ({ schema, name }) =>
            object.kind === 'sequence' && schema === object.schema && name === object.name,
        ) ?? object,
    ),
  }
  const faults = differences(alikeSpelled(expected), alikeSpelled(await readCatalog(store)))
  const count = before.tables.length + before.objects.length
  return found(count, faults, `${withCommas(count)} objects were compared`)
}

/** DuckDB writes names without the quotes that they don't need; what it is given need not. */
function alikeSpelled(catalog: Catalog): Catalog {
  return {
    ...catalog,
    tables: catalog.tables.map(table => {
      const text = parseTable(table.sql)
      const columns = text.columns.map(column => ({ ...column, spelled: q(column.name) }))
      return { ...table, sql: printTable({ ...text, columns }), indexes: table.indexes.map(alikeIndex) }
    }),
  }
}

/** An index on columns alone says all in its parts. */
function alikeIndex(index: DuckIndex): DuckIndex {
  const plain = index.columns.every(column => column !== null) && !/\sUSING\s/i.test(index.sql)
  return plain
    ? { ...index, sql: `${index.unique ? 'UNIQUE ' : ''}INDEX ON ${index.columns.join(', ')}` }
    : index
}
