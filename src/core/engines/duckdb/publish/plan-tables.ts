/** From what differs in the working copy to what is to become of the tables of DuckDB; the new values are staged on the way. */
import type { LetterCase } from '../../../identifiers/crockford.ts'
import { parseUlid } from '../../../identifiers/index.ts'
import { precondition } from '../../../message.ts'
import type { Index } from '../../../schema/model.ts'
import {
  type ColumnPath,
  foldName,
  formatColumnPath,
  quoteName as q,
  samePlace,
} from '../../../schema/names.ts'
import { columnNamed as sqliteColumn } from '../../sqlite/inspect.ts'
import type { Connection } from '../../sqlite/open.ts'
import type { Catalog, DuckColumn, DuckIndex, DuckTable } from '../catalog.ts'
import type { Store } from '../connect.ts'
import { parseTable, printTable } from '../create-table.ts'
import { withUlidLength } from '../length-check.ts'
import { inSchema, nameList, sameDuckName } from '../sql-text.ts'
import { editTable } from '../table-text.ts'
import { ulidDefault } from '../ulid-default.ts'
import { assertKeptByJson, fits, type Typed, typeFor, typeOfNew } from './column-types.ts'
import { byName, copyName } from './copy-name.ts'
import { type CopyRecord, rememberedAs } from './copy-record.ts'
import { makesIds } from './defaults.ts'
import { type ColumnChange, type TableChange, unexpected } from './differences.ts'
import { isNested, isText } from './leaves.ts'
import { inOrder, type Positions, positionSql } from './positions.ts'
import { isKey, renamingOfRowsSince } from './rows-since.ts'
import { makeStage, type Stage, type StagedColumn } from './stage.ts'
import { type ColumnPlan, changes, newValue, sqlName, storedColumns, type TablePlan } from './table-plan.ts'
import { withUuids } from './uuids-inside.ts'

/** A column that holds ULIDs of its own; `always` where new rows get one from DuckDB, whatever they got before. */
export interface IdentityColumn extends ColumnPath {
  readonly always?: boolean
}

/** A column that goes, and the one that takes its place in keys, constraints and the order of columns. */
export interface Successor extends ColumnPath {
  readonly successor: string
}

export interface Planning {
  readonly store: Store
  /** The working copy after, with that of before attached. */
  readonly db: Connection
  readonly path: string
  readonly catalog: Catalog
  readonly record: CopyRecord | null
  readonly positions: Positions
  readonly identities: readonly IdentityColumn[]
  readonly letterCase: LetterCase
  readonly back: boolean
  readonly successors: readonly Successor[]
  filled(rows: number, of: number, table: string): Promise<void>
}

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
  // A text that stays the same may stand for what the table is now as well as for what it was once.
  const sameText = change.before.sql === change.after.sql && !planning.back
  const columns = [...change.columns, ...unchangedColumns(change)]
    .map(column => stagedColumn(column, table, sameText ? null : remembered, renamed, remembered))
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
  const base =
    remembered !== null && (!sameText || (await allFit(store, stage, remembered))) ? remembered : null
  const to =
    base === null ? await edited(planning, change, table, stage) : { ...base, comment: table.comment }
  const heirs = base === null ? heirsOf(planning, change) : []
  const inherited = table.indexes
    .filter(index => !change.goneIndexes.some(gone => indexNamed(table, gone.name) === index))
    .flatMap(index => {
      const after = base === null ? inheriting(index, table, heirs) : indexNamed(base, index.name)
      return after === undefined || sameColumns(index, after) ? [] : [{ index, after }]
    })
  const plan: TablePlan = {
    table,
    to,
    change,
    stage,
    columns: storedColumns(to).map(column => columnPlan(change, table, stage, column)),
    newIndexes: [
      ...change.newIndexes.map(index => indexFor(planning, table, to, base, index)),
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
  return sized(withText(plan, base ?? table, heirs), named)
}

/** The column of DuckDB that a new one of the working copy takes its values from, unchanged. */
function sourceOf(change: TableChange, table: DuckTable, column: ColumnChange): DuckColumn | null {
  if (column.before !== null || column.sameAs === null) return null
  const isGone =
    change.dropped.includes(column.sameAs) ||
    change.columns.some(({ name, values }) => name === column.sameAs && values)
  return isGone ? columnNamed(table, column.sameAs) : null
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

function columnNamed(table: DuckTable, name: string): DuckColumn | null {
  return table.columns.find(column => sameDuckName(column.name, name)) ?? null
}

function stagedColumn(
  change: ColumnChange,
  table: DuckTable,
  goesBackTo: DuckTable | null,
  renamed: Conversion | null,
  remembered: DuckTable | null,
): StagedColumn {
  const current = change.before === null ? null : columnNamed(table, change.name)
  const goal = (remembered && columnNamed(remembered, change.name)) ?? current ?? typeOfNew(change)
  const stays = current !== null && current.fullType === goal.fullType
  return {
    change,
    carrier: goal.fullType === 'BLOB' && !change.holdsText ? 'BLOB' : 'VARCHAR',
    onlyChanged: current !== null && (isNested(current.fullType) || (stays && isText(current.fullType))),
    convert: conversionTo(goesBackTo !== null && !stays, goal.fullType, change.values ? renamed : null),
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

async function allFit(store: Store, stage: Stage | null, remembered: DuckTable): Promise<boolean> {
  if (stage === null) return false
  for (const { change } of stage.columns) {
    const column = columnNamed(remembered, change.name)
    if (column === null || !(await fits(store, stage, change.name, column.fullType))) return false
  }
  return true
}

/** The table as it is, with other types, defaults and columns where the working copy has them. */
async function edited(
  planning: Planning,
  change: TableChange,
  table: DuckTable,
  stage: Stage | null,
): Promise<DuckTable> {
  const { store, identities } = planning
  const columns: DuckColumn[] = []
  const identityOf = (column: string) =>
    identities.find(place => samePlace(place, { table: change.name, column }))
  const isGone = (column: string) => change.dropped.some(name => sameDuckName(name, column))
  const heirs = heirsOf(planning, change)
  const heirOf = (column: string) => heirs.find(each => sameDuckName(each.column, column))?.successor
  const renamed = (column: string) => heirOf(column) ?? column
  for (const column of table.columns) {
    const heir = heirOf(column.name)
    if (heir !== undefined) {
      const there = columnNamed(table, heir)
      if (there === null) throw unexpected(planning.path, change.name, `There is no column ${heir}.`)
      columns.push({
        ...there,
        notNull: column.notNull || there.notNull,
        default: there.default ?? (identityOf(heir) ? await ulids(planning) : null),
        comment: there.comment ?? column.comment,
      })
      continue
    }
    if (isGone(column.name) || heirs.some(each => sameDuckName(each.successor, column.name))) continue
    const changed = change.columns.find(({ name }) => sameDuckName(name, column.name))
    if (changed === undefined) {
      columns.push(column)
      continue
    }
    const identity = identityOf(column.name)
    const makesUlids = identity !== undefined && (identity.always === true || makesIds(column.default))
    const type = await typeFor(store, stage, changed, column, identity !== undefined)
    columns.push({
      ...column,
      ...typed(type),
      collation: type.type === 'VARCHAR' ? column.collation : null,
      default: makesUlids ? await ulids(planning) : column.default,
      notNull: column.notNull || (changed.after.notNull && changed.before?.notNull === false),
    })
  }
  for (const added of change.columns.filter(({ before }) => before === null)) {
    const source = sourceOf(change, table, added)
    columns.push({
      name: added.name,
      ...typed(source ?? typeOfNew(added)),
      notNull: added.after.notNull,
      default: identityOf(added.name) ? await ulids(planning) : null,
      generated: false,
      collation: null,
      comment: null,
    })
  }
  const stays = (names: readonly string[]) =>
    names.every(name => columns.some(each => sameDuckName(each.name, name)))
  return {
    ...table,
    columns,
    primaryKey: stays(table.primaryKey.map(renamed)) ? table.primaryKey.map(renamed) : [],
    uniques: table.uniques.map(names => names.map(renamed)).filter(stays),
    foreignKeys: table.foreignKeys
      .map(key => ({
        ...key,
        columns: key.columns.map(renamed),
        to: key.to.map(column => successorIn(planning, key, column)),
      }))
      .filter(key => stays(key.columns)),
  }
}

/** What the column of a parent is called afterwards. */
function successorIn(
  { successors }: Planning,
  parent: { readonly schema: string; readonly table: string },
  column: string,
): string {
  const table = copyName({ schema: parent.schema, name: parent.table })
  return successors.find(each => samePlace(each, { table, column }))?.successor ?? column
}

/** The DEFAULT that makes ULIDs, as DuckDB writes it once it is a column's. */
async function ulids({ store, letterCase }: Planning): Promise<string> {
  await store.run(
    `CREATE OR REPLACE TEMP TABLE _ulid_migrate_default(id VARCHAR DEFAULT (${ulidDefault(letterCase)}))`,
  )
  const [[written] = []] = await store.all(
    "SELECT column_default FROM duckdb_columns() WHERE database_name = 'temp' AND table_name = '_ulid_migrate_default'",
  )
  return String(written)
}

function typed({ type, fullType }: Typed): Typed {
  return { type, fullType }
}

function columnPlan(
  change: TableChange | null,
  table: DuckTable,
  stage: Stage | null,
  column: DuckColumn,
): ColumnPlan {
  const changed = change?.columns.find(({ name }) => sameDuckName(name, column.name))
  const isNew = changed?.before === null
  return {
    name: column.name,
    type: column.type,
    fullType: column.fullType,
    from: isNew ? sourceOf(change!, table, changed) : columnNamed(table, column.name),
    staged: stage?.columns.some(each => sameDuckName(each.change.name, column.name)) ?? false,
  }
}

/** The plan with the text that makes its table: the base's own text, with the columns' differences put into it. */
function withText(plan: TablePlan, base: DuckTable, heirs: readonly Successor[] = []): TablePlan {
  const { to } = plan
  const isGone = (column: DuckColumn) =>
    columnNamed(to, column.name) === null || heirs.some(each => sameDuckName(each.successor, column.name))
  const inherited = (name: string) => heirs.find(each => sameDuckName(each.column, name))
  const gone = base.columns.filter(column => isGone(column) && !inherited(column.name))
  const edits = to.columns.flatMap(column => {
    const heir = heirs.find(each => sameDuckName(each.successor, column.name))
    if (heir) {
      const before = columnNamed(base, heir.column)
      return [
        {
          name: heir.column,
          renameTo: column.name,
          type: column.type,
          default: column.default,
          ...(before?.notNull === column.notNull ? {} : { notNull: column.notNull }),
        },
      ]
    }
    const old = columnNamed(base, column.name)
    if (old === null)
      return [
        {
          name: column.name,
          add: true as const,
          type: column.type,
          default: column.default,
          notNull: column.notNull,
        },
      ]
    if (old.type === column.type && old.default === column.default && old.notNull === column.notNull)
      return []
    return [
      {
        name: column.name,
        ...(old.type === column.type ? {} : { type: column.type }),
        ...(old.default === column.default ? {} : { default: column.default }),
        ...(old.notNull === column.notNull ? {} : { notNull: column.notNull }),
      },
    ]
  })
  const sql = editTable(base, {
    columns: [...gone.map(({ name }) => ({ name, drop: true as const })), ...edits],
  })
  return {
    ...plan,
    to: { ...to, sql: heirs.length === 0 && !hasNewParents(to, base) ? sql : withKeys(sql, to) },
  }
}

/** The plan with every CHECK of how long these columns' values are asking for ULIDs. */
function sized(plan: TablePlan, columns: readonly string[]): TablePlan {
  const ofUlids = (text: string) => columns.reduce(withUlidLength, text)
  const { sql, checks } = plan.to
  const text = parseTable(sql)
  const constraints = text.constraints.map(each => (each.startsWith('CHECK') ? ofUlids(each) : each))
  if (constraints.every((each, at) => each === text.constraints[at])) return plan
  return {
    ...plan,
    to: { ...plan.to, sql: printTable({ ...text, constraints }), checks: checks.map(ofUlids) },
  }
}

function hasNewParents(to: DuckTable, base: DuckTable): boolean {
  return to.foreignKeys.some(
    (key, at) => key.to.join('\0') !== (base.foreignKeys[at]?.to.join('\0') ?? key.to.join('\0')),
  )
}

/** The text with its foreign keys as they are to be: a parent's column may be called otherwise. */
function withKeys(sql: string, { foreignKeys }: DuckTable): string {
  const text = parseTable(sql)
  const keys = foreignKeys.map(
    ({ columns, schema, table, to }) =>
      `FOREIGN KEY ${nameList(columns)} REFERENCES ${inSchema(schema, table)}${nameList(to)}`,
  )
  const constraints = text.constraints.map(each =>
    each.startsWith('FOREIGN KEY') ? (keys.shift() ?? each) : each,
  )
  return printTable({ ...text, constraints })
}

function heirsOf({ successors }: Planning, change: TableChange): readonly Successor[] {
  return successors.filter(
    each => each.table === change.name && change.dropped.some(name => sameDuckName(name, each.column)),
  )
}

function indexNamed(table: DuckTable, name: string): DuckIndex | undefined {
  return table.indexes.find(
    index =>
      sameDuckName(index.name, name) ||
      sameDuckName(copyName({ schema: index.schema, name: index.name }), name),
  )
}

function missingIndex(path: string, { name, table }: Index): never {
  throw unexpected(path, table, `DuckDB has no index ${name}.`)
}

function indexFor(
  { path }: Planning,
  table: DuckTable,
  to: DuckTable,
  remembered: DuckTable | null,
  index: Index,
): DuckIndex {
  const known = remembered === null ? undefined : indexNamed(remembered, index.name)
  if (known !== undefined) return known
  const columns = index.columns.map(name => {
    const column = name === null ? null : columnNamed(to, name)
    if (column === null) throw unexpected(path, index.table, `The index ${index.name} is on an expression.`)
    return column.name
  })
  const prefix = `${table.schema}.`
  const name = index.name.startsWith(prefix) ? index.name.slice(prefix.length) : index.name
  // DuckDB has no partial indexes, and lets a unique one hold any number of NULLs: what those of an expansion are partial for.
  return indexOver(table, { name, unique: index.unique, columns, comment: null })
}

/** The index over the columns that take the place of others. */
function inheriting(index: DuckIndex, table: DuckTable, heirs: readonly Successor[]): DuckIndex {
  const columns = index.columns.map(
    name => heirs.find(each => name !== null && sameDuckName(each.column, name))?.successor ?? name,
  )
  return sameColumns(index, { columns }) ? index : indexOver(table, { ...index, columns })
}

function sameColumns(a: Pick<DuckIndex, 'columns'>, b: Pick<DuckIndex, 'columns'>): boolean {
  return a.columns.length === b.columns.length && a.columns.every((name, at) => name === b.columns[at])
}

/** An index over columns alone. */
function indexOver(
  { schema, name: table }: DuckTable,
  { name, unique, columns, comment }: Pick<DuckIndex, 'name' | 'unique' | 'columns' | 'comment'>,
): DuckIndex {
  const over = columns.flatMap(column => (column === null ? [] : [q(column)])).join(', ')
  const sql = `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${q(name)} ON ${sqlName({ schema, name: table })}(${over});`
  return { schema, name, table, unique, columns, sql, comment }
}

/** Whether the table has to be made anew; else at most its indexes differ. */
export function isRebuilt({ table, to, columns }: TablePlan): boolean {
  return (
    to.sql !== table.sql ||
    columns.some(changes) ||
    storedColumns(table).some(({ name }) => !columns.some(column => sameDuckName(column.name, name)))
  )
}

/** A foreign key wants the same type on both sides; and who refers to a table that is made anew is made anew as well. */
function followKeys(catalog: Catalog, plans: readonly TablePlan[]): readonly TablePlan[] {
  const all = new Map(plans.map(plan => [sqlName(plan.table), plan]))
  for (let settled = false; !settled; ) {
    settled = true
    for (const child of catalog.tables)
      for (const key of all.get(sqlName(child))?.to.foreignKeys ?? child.foreignKeys) {
        const parent = all.get(sqlName({ schema: key.schema, name: key.table }))
        if (parent === undefined || !mustFollow(parent)) continue
        const plan = all.get(sqlName(child)) ?? unchanged(child)
        const followed = followTypes(plan, parent, key.columns, key.to)
        if (followed === plan && all.has(sqlName(child))) continue
        all.set(sqlName(child), followed)
        settled = false
      }
  }
  return [...all.values()]

  function mustFollow(parent: TablePlan): boolean {
    return isRebuilt(parent) || parent.change === null
  }
}

function unchanged(table: DuckTable): TablePlan {
  const columns = storedColumns(table).map(column => columnPlan(null, table, null, column))
  return { table, to: table, change: null, stage: null, columns, newIndexes: [], goneIndexes: [] }
}

function followTypes(
  plan: TablePlan,
  parent: TablePlan,
  columns: readonly string[],
  to: readonly string[],
): TablePlan {
  const goals = new Map(columns.map((name, at) => [name.toLowerCase(), columnNamed(parent.to, to[at]!)]))
  const other = (column: Typed & { readonly name: string }) => {
    const goal = goals.get(column.name.toLowerCase())
    return goal && goal.fullType !== column.fullType ? typed(goal) : null
  }
  if (!plan.to.columns.some(column => other(column) !== null)) return plan
  const table = { ...plan.to, columns: plan.to.columns.map(column => ({ ...column, ...other(column) })) }
  return withText(
    { ...plan, to: table, columns: plan.columns.map(column => ({ ...column, ...other(column) })) },
    plan.to,
  )
}

/** Refuses where a value can't become what its column is to hold, and names it. */
async function assertFits({ store, path }: Planning, plan: TablePlan): Promise<void> {
  for (const column of plan.columns.filter(changes)) {
    if (column.fullType === 'VARCHAR') continue
    const join = plan.stage === null ? '' : `POSITIONAL JOIN ${plan.stage.name} s`
    const whole = newValue(plan, column, !isNested(column.fullType)) // TRY_CAST loses single scalars inside
    const given = shown(plan, column)
    let value: string
    try {
      const [bad] = await store.all(
        `SELECT CAST(${given} AS VARCHAR) FROM ${sqlName(plan.table)} o ${join} WHERE ${given} IS NOT NULL AND (${whole}) IS NULL LIMIT 1`,
      )
      if (bad === undefined) continue
      value = String(bad[0])
    } catch (error) {
      value = (error as Error).message.split('\n')[0]!
    }
    throw precondition(
      'DUCKDB.NO_CAST',
      formatColumnPath(copyName(plan.table), column.name),
      `A value can not be written as ${column.type}, which the column of ${path} is to be.`,
      `It is ${value.slice(0, 80)}.`,
      'Change or delete that row, or leave the column out. Nothing was changed.',
    )
  }
}

/** What a row is given, as it stands in the stage or in the table. */
function shown(plan: TablePlan, column: ColumnPlan): string {
  return newValue(plan, { ...column, type: 'VARCHAR', fullType: 'VARCHAR' })
}
