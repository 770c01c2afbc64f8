/** The new values of a table's columns, brought from the working copy into a temporary table of DuckDB, row for row. */
import type { DuckDBValue } from '@duckdb/node-api'
import { precondition } from '../../../message.ts'
import { formatColumnPath, quoteName as q } from '../../../schema/names.ts'
import { positionOf } from '../../sqlite/inspect.ts'
import type { Connection } from '../../sqlite/open.ts'
import { library, type Store } from '../connect.ts'
import { type Carrier, fill } from '../fill.ts'
import { BEFORE, type ColumnChange, differs, type TableChange } from './differences.ts'

export interface StagedColumn {
  readonly change: ColumnChange
  readonly carrier: 'VARCHAR' | 'BLOB'
  /** Only values that differ are carried, and a column beside says where: what stays is in DuckDB already. */
  readonly onlyChanged: boolean
  /** What a text becomes on its way: ids of rows that came since go back with the others. Null where all stay as they are. */
  readonly convert: ((text: string) => string) | null
}

export interface Stage {
  /** As SQL names it. */
  readonly name: string
  readonly columns: readonly StagedColumn[]
}

/** SQL of a staged value, and of whether it is there, for the row `s` of the stage. */
export function stagedValue(
  stage: Stage,
  name: string,
): { readonly value: string; readonly is: string | null } {
  const at = stage.columns.findIndex(({ change }) => change.name === name)
  return { value: `s.v${at}`, is: stage.columns[at]!.onlyChanged ? `s.f${at}` : null }
}

/** Makes the stage and fills it: one row for each row of the table, in the order of their numbers. */
export async function makeStage(
  store: Store,
  db: Connection,
  path: string,
  change: TableChange,
  stage: { readonly name: string; readonly columns: readonly StagedColumn[] },
  filled: (rows: number) => Promise<void>,
): Promise<Stage> {
  const columns = stage.columns.flatMap(({ carrier, onlyChanged }, at) => [
    `v${at} ${carrier}`,
    ...(onlyChanged ? [`f${at} BOOLEAN`] : []),
  ])
  await store.run(`CREATE TEMP TABLE ${stage.name}(pos BIGINT, ${columns.join(', ')})`)
  const carriers = [
    'BIGINT',
    ...stage.columns.flatMap(({ carrier, onlyChanged }) => [carrier, ...(onlyChanged ? ['BOOLEAN'] : [])]),
  ] as readonly Carrier[]
  const { blobValue } = await library(path)
  const rows = rowsOf(db, change, stage.columns, blobValue)
  await fill(store, path, { name: stage.name, temporary: true, carriers }, rows, filled)
  return { name: `temp.${stage.name}`, columns: stage.columns }
}

/** Rows that one statement reads. */
const READ = 2_000

function* rowsOf(
  db: Connection,
  change: TableChange,
  columns: readonly StagedColumn[],
  toBlob: ToBlob,
): Generator<readonly DuckDBValue[]> {
  const [was, is] = [positionOf(change.before)!, positionOf(change.after)!]
  const values = columns.flatMap(({ change: { name }, onlyChanged, convert }) => {
    if (!onlyChanged) return [`n.${q(name)}`]
    const value = convert === null ? `CASE WHEN ${differs(name, name)} THEN n.${q(name)} END` : `n.${q(name)}`
    return [value, differs(name, name)]
  })
  const read = db
    .prepare(
      `SELECT n.${is}, ${values.join(', ')} FROM main.${q(change.after.name)} n JOIN ${BEFORE}.${q(change.before.name)} o ON o.${was} = n.${is}
       WHERE n.${is} > ? ORDER BY n.${is} LIMIT ${READ}`,
    )
    .raw()
  // Not iterate(): others may want the connection between two rows.
  let last = -9223372036854775808n
  for (;;) {
    const rows = read.all(last) as unknown[][]
    for (const row of rows) yield carried(row, change, columns, toBlob)
    if (rows.length < READ) return
    last = rows.at(-1)![0] as bigint
  }
}

type ToBlob = (bytes: Uint8Array) => DuckDBValue

function carried(
  row: readonly unknown[],
  change: TableChange,
  columns: readonly StagedColumn[],
  toBlob: ToBlob,
): DuckDBValue[] {
  const result: DuckDBValue[] = [row[0] as bigint]
  let at = 1
  for (const column of columns) {
    const given = row[at++]
    const value = asDuckValue(given, change.name, column, toBlob)
    if (!column.onlyChanged) {
      result.push(value)
      continue
    }
    // What did not change in the copy may have to change all the same: the id of a row that came since.
    const changed = row[at++] === 1n || (column.convert !== null && value !== given)
    result.push(changed ? value : null, changed)
  }
  return result
}

function asDuckValue(
  value: unknown,
  table: string,
  { change, carrier, convert }: StagedColumn,
  toBlob: ToBlob,
): DuckDBValue {
  if (value === null) return null
  if (Buffer.isBuffer(value)) {
    if (carrier === 'BLOB') return toBlob(value)
    throw precondition(
      'DUCKDB.LOSSY',
      formatColumnPath(table, change.name),
      'The column is to hold text, and one of its values is binary.',
      `It is 0x${value.subarray(0, 16).toString('hex')}.`,
      'Leave the column out of the plan (--no-reference, --skip). Nothing was changed.',
    )
  }
  return convert === null ? String(value) : convert(String(value))
}
