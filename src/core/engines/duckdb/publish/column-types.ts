/** Which type a column has to have for the values that it is to hold. */
import { precondition } from '../../../message.ts'
import { formatColumnPath, quoteName as q } from '../../../schema/names.ts'
import type { DuckColumn } from '../catalog.ts'
import type { Store } from '../connect.ts'
import { isNested } from '../type-text.ts'
import type { ColumnChange } from './differences.ts'
import { asTexts, isText, mapLeaves, otherLeaves } from './leaves.ts'
import { type Stage, stagedValue } from './stage.ts'
import { readStaged } from './table-plan.ts'

export interface Typed {
  readonly type: string
  readonly fullType: string
}

const text: Typed = { type: 'VARCHAR', fullType: 'VARCHAR' }

/** ULIDs of this millennium: there are some of digits only, which would pass for a number. */
const ulidShape = "'0[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}'"

/** The type of a column that is new, by what SQLite was told of it. */
export function typeOfNew({ after }: ColumnChange): Typed {
  const names = {
    integer: 'BIGINT',
    real: 'DOUBLE',
    blob: 'BLOB',
    text: 'VARCHAR',
    numeric: 'VARCHAR',
  } as const
  const name = after.type === '' ? 'VARCHAR' : names[after.affinity]
  return { type: name, fullType: name }
}

/** The type that a column keeps or gets whose values or declaration differ. */
export async function typeFor(
  store: Store,
  stage: Stage | null,
  change: ColumnChange,
  column: DuckColumn,
  isIdentity: boolean,
): Promise<Typed> {
  const staged = change.values ? stage : null
  if (isNested(column.fullType)) return staged === null ? column : nestedType(store, staged, column)
  if (column.fullType === 'VARCHAR') return column
  if (isIdentity || becomesText(change) || (column.fullType === 'BLOB' && change.holdsText)) return text
  return staged === null || (await fits(store, staged, column.name, column.fullType)) ? column : text
}

function becomesText({ before, after }: ColumnChange): boolean {
  return before !== null && before.affinity !== 'text' && after.affinity === 'text'
}

/** Whether every staged value can be read as the type, and none is a ULID that only looks like one. */
export async function fits(store: Store, stage: Stage, name: string, fullType: string): Promise<boolean> {
  const { value, is } = stagedValue(stage, name)
  const ulid =
    isText(fullType) || isNested(fullType)
      ? 'false'
      : `regexp_full_match(CAST(${value} AS VARCHAR), ${ulidShape})`
  const misfits = `${is ?? 'true'} AND ${value} IS NOT NULL AND (${readStaged(value, { fullType }, !isNested(fullType))} IS NULL OR ${ulid})`
  return hasNone(store, `SELECT 1 FROM ${stage.name} s WHERE ${misfits} LIMIT 1`)
}

/** Whether a query finds nothing; one that stumbles over a value has found something: TRY_CAST does not catch it all. */
async function hasNone(store: Store, query: string): Promise<boolean> {
  try {
    return (await store.all(query)).length === 0
  } catch (error) {
    if (error instanceof Error && /^(Conversion|Invalid Input) Error/.test(error.message)) return false
    throw error
  }
}

/** The scalars inside that can't be read as what they were become text; the others stay. */
async function nestedType(store: Store, stage: Stage, column: DuckColumn): Promise<Typed> {
  if (await fitsWhole(store, stage, column, column.fullType)) return column
  const leaves = otherLeaves(column.fullType)
  const unfit = new Set<number>()
  for (const leaf of leaves) {
    const alone = mapLeaves(column.fullType, (scalar, at) =>
      at === leaf || isText(scalar) ? scalar : 'VARCHAR',
    )
    if (!(await fitsWhole(store, stage, column, alone))) unfit.add(leaf)
  }
  const widened = (type: string) => mapLeaves(type, (scalar, at) => (unfit.has(at) ? 'VARCHAR' : scalar))
  return { type: widened(column.type), fullType: widened(column.fullType) }
}

async function fitsWhole(store: Store, stage: Stage, column: DuckColumn, fullType: string): Promise<boolean> {
  const { value, is } = stagedValue(stage, column.name)
  const texts = asTexts(fullType)
  const asText = `CAST(CAST(${value} AS JSON) AS ${texts})`
  // (CAST, which stumbles over the first: TRY_CAST gives a document with NULL in that place.)
  const unequal = `${asText} IS NOT NULL AND CAST(${asText} AS ${fullType}) IS NULL`
  return hasNone(
    store,
    `SELECT 1 FROM ${stage.name} s WHERE ${is ?? 'true'} AND ${value} IS NOT NULL AND (${unequal}) LIMIT 1`,
  )
}

/**
 * Proves that a nested value can go through JSON and come back as it was, for the values that are to be replaced: what
 * JSON can't say (a decimal of 30 digits, the white space of a document inside) would be lost.
 */
export async function assertKeptByJson(
  store: Store,
  stage: Stage,
  table: { readonly sql: string; readonly name: string; readonly source: string },
  column: DuckColumn,
): Promise<void> {
  const { is } = stagedValue(stage, column.name)
  const old = `o.${q(column.name)}`
  const back = readStaged(`CAST(to_json(${old}) AS VARCHAR)`, column)
  let why: string
  try {
    const lost = await store.all(
      `SELECT ${old}::VARCHAR FROM ${table.source} WHERE ${is ?? 'true'} AND ${old} IS DISTINCT FROM ${back} LIMIT 1`,
    )
    if (lost.length === 0) return
    why = `As JSON, ${String(lost[0]![0]).slice(0, 80)} would come back as another value of ${column.type}.`
  } catch (error) {
    why = `DuckDB says: ${(error as Error).message.split('\n')[0]}`
  }
  throw precondition(
    'DUCKDB.LOSSY',
    formatColumnPath(table.name, column.name),
    'Values of this column hold ids inside, and can not be written anew without loss.',
    why,
    'Leave the column out of the plan (--no-reference). Nothing was changed.',
  )
}

export function typed({ type, fullType }: Typed): Typed {
  return { type, fullType }
}
