/** From what differs in the working copy to what is to become of the tables of DuckDB; the new values are staged on the way. */
import { parseUlid } from '../../../identifiers/index.ts'
import { type ColumnPath, foldName } from '../../../schema/names.ts'
import { columnNamed as sqliteColumn } from '../../sqlite/inspect.ts'
import type { DuckTable } from '../catalog.ts'
import { byName, copyName } from '../copy-name.ts'
import { rememberedAs } from '../copy-record.ts'
import { inOrder, positionSql } from '../positions.ts'
import { isNested } from '../type-text.ts'
import { unexpected } from '../unexpected.ts'
import { assertFits } from './assert-fits.ts'
import { assertKeptByJson, typeOfNew } from './column-types.ts'
import type { ColumnChange, TableChange } from './differences.ts'
import { followKeys } from './follow-keys.ts'
import { isText } from './leaves.ts'
import { indexFor, indexNamed, inheriting, missingIndex, sameColumns } from './plan-indexes.ts'
import { sized, withText } from './plan-text.ts'
import { heirsOf, type Planning } from './planning.ts'
import { isKey, renamingOfRowsSince } from './rows-since.ts'
import { makeStage, type Stage, type StagedColumn } from './stage.ts'
import { edited } from './table-after.ts'
import { columnNamed, columnPlan, sourceOf, sqlName, storedColumns, type TablePlan } from './table-plan.ts'
import { withUuids } from './uuids-inside.ts'

/** Plans for all tables that are touched: those that differ, those whose keys need another type, and those that refer to them. */
export async function planTables(
  planning: Planning,
  differing: readonly TableChange[],
): Promise<readonly TablePlan[]> {
  const tables = byName(planning.catalog.tables, copyName)
  const plans: TablePlan[] = []
  const changed = differing.map((change): Changed => {
    const table = tables.get(foldName(change.name))
    if (table === undefined) throw unexpected(planning.path, change.name, 'DuckDB has no table of that name.')
    // A contract may give a table the text that it had first, with other types and defaults behind it.
    const remembered = planning.back ? rememberedAs(planning.record, change.name, change.after.sql) : null
    return { change, table, remembered }
  })
  const renamed = planning.back ? renamingOfRowsSince(planning.db, changed.flatMap(identitiesOfUuids)) : null
  for (const each of changed) plans.push(await planTable(planning, each, renamed, plans.length))
  const all = followKeys(planning.catalog, plans)
  for (const plan of all) await assertFits(planning, plan)
  return all
}

interface Changed {
  readonly change: TableChange
  readonly table: DuckTable
  /** What the table was in DuckDB when it had the text that it has now. */
  readonly remembered: DuckTable | null
}

/** Columns that name the rows of their tables, and hold UUIDs again. */
function identitiesOfUuids({ change, table, remembered }: Changed): readonly ColumnPath[] {
  return (remembered?.columns ?? [])
    .filter(
      ({ name, fullType }) =>
        fullType === 'UUID' && columnNamed(table, name)?.fullType !== 'UUID' && isKey(change, name),
    )
    .map(({ name }) => ({ table: change.name, column: name }))
}

async function planTable(
  planning: Planning,
  { change, table, remembered }: Changed,
  renamed: Conversion | null,
  number: number,
): Promise<TablePlan> {
  const { store, db, path } = planning
  const columns = [...change.columns, ...unchangedColumns(change)]
    .map(column => stagedColumn(column, table, remembered, renamed))
    .filter(
      ({ change: column, convert }) =>
        (column.values && sourceOf(change, table, column) === null) || convert !== null,
    )
  const stage =
    columns.length === 0
      ? null
      : await makeStage(
          store,
          db,
          path,
          change,
          { name: `_ulid_migrate_stage_${number}`, columns },
          async rows => planning.filled(rows, change.rows, change.name),
        )
  if (stage !== null) await align(planning, table, change, stage)
  const to =
    remembered === null
      ? await edited(planning, change, table, stage)
      : { ...remembered, comment: table.comment }
  const heirs = remembered === null ? heirsOf(planning, change) : []
  const inherited = table.indexes
    .filter(index => !change.goneIndexes.some(gone => indexNamed(table, gone.name) === index))
    .flatMap(index => {
      const after = remembered === null ? inheriting(index, table, heirs) : indexNamed(remembered, index.name)
      return after === undefined || sameColumns(index, after) ? [] : [{ index, after }]
    })
  const plan: TablePlan = {
    table,
    to,
    change,
    stage,
    columns: storedColumns(to).map(column => columnPlan(change, table, stage, column)),
    newIndexes: [
      ...change.newIndexes.map(index => indexFor(planning, table, to, remembered, index)),
      ...inherited.map(({ after }) => after),
    ],
    goneIndexes: [
      ...change.goneIndexes.map(index => indexNamed(table, index.name) ?? missingIndex(path, index)),
      ...inherited.map(({ index }) => index),
    ],
  }
  for (const { from, staged } of plan.columns)
    if (staged && from !== null && isNested(from.fullType))
      await assertKeptByJson(
        store,
        stage!,
        { sql: table.sql, name: change.name, source: `${sqlName(table)} o POSITIONAL JOIN ${stage!.name} s` },
        from,
      )
  const named = planning.back
    ? []
    : [
        ...change.columns.filter(({ values }) => values).map(({ name }) => name),
        ...heirs.map(({ successor }) => successor),
      ]
  return sized(withText(plan, remembered ?? table, heirs), named)
}

function unchangedColumns({ before, after, columns }: TableChange): readonly ColumnChange[] {
  return after.columns
    .filter(({ name }) => !columns.some(column => column.name === name))
    .map(column => ({
      name: column.name,
      before: sqliteColumn(before, column.name) ?? null,
      after: column,
      values: false,
      holdsText: true,
      sameAs: null,
    }))
}

function stagedColumn(
  change: ColumnChange,
  table: DuckTable,
  remembered: DuckTable | null,
  renamed: Conversion | null,
): StagedColumn {
  const current = change.before === null ? null : columnNamed(table, change.name)
  const goal = (remembered && columnNamed(remembered, change.name)) ?? current ?? typeOfNew(change)
  const stays = current !== null && current.fullType === goal.fullType
  return {
    change,
    carrier: goal.fullType === 'BLOB' && !change.holdsText ? 'BLOB' : 'VARCHAR',
    onlyChanged: current !== null && (isNested(current.fullType) || (stays && isText(current.fullType))),
    convert: conversionTo(remembered !== null && !stays, goal.fullType, change.values ? renamed : null),
  }
}

type Conversion = (text: string) => string

/** Where UUIDs stand again every ULID becomes one; in texts those that name a row do. */
function conversionTo(goesBack: boolean, type: string, renamed: Conversion | null): Conversion | null {
  if (goesBack && type === 'UUID') return text => parseUlid(text)?.uuid ?? text
  const inTexts = isText(type) || isNested(type) ? renamed : null
  if (!goesBack || !/\bUUID\b/.test(type)) return inTexts
  return text => withUuids(inTexts === null ? text : inTexts(text), type)
}

/** The rows of the stage come in the order of their positions; where those of the table do not, the stage follows them. */
async function align(
  { store, positions, path }: Planning,
  table: DuckTable,
  change: TableChange,
  stage: Stage,
): Promise<void> {
  const [[rows] = []] = await store.all(`SELECT count(*) FROM ${sqlName(table)}`)
  if (Number(rows) !== change.rows)
    throw unexpected(path, change.name, `DuckDB has ${rows} rows, the working copy ${change.rows}.`)
  if (inOrder(positions, table)) return
  const { position, join } = positionSql(positions, table, 't')
  await store.run(
    `CREATE TEMP TABLE _ulid_migrate_ordered AS SELECT s.* FROM (SELECT t.rowid AS r, ${position} AS pos FROM ${sqlName(table)} t ${join}) p
     JOIN ${stage.name} s ON s.pos = p.pos ORDER BY p.r`,
  )
  const [[kept] = []] = await store.all('SELECT count(*) FROM temp._ulid_migrate_ordered')
  if (Number(kept) !== change.rows)
    throw unexpected(path, change.name, `${kept} of ${rows} rows are found by their positions.`)
  await store.run(`DROP TABLE ${stage.name}`)
  await store.run(`ALTER TABLE temp._ulid_migrate_ordered RENAME TO ${stage.name.slice('temp.'.length)}`)
}
