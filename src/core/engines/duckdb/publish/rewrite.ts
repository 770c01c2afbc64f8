/**
 * Makes tables anew in the transaction that is open (HAZARDS R6). DuckDB drops no table that another refers to, and renames
 * none under an index or a key of others: so whoever refers goes first and comes back last.
 */

import { precondition, Refusal } from '../../../message.ts'
import { quoteName as q } from '../../../schema/names.ts'
import { OWN_PREFIX } from '../../sqlite/inspect.ts'
import type { DuckIndex, DuckTable } from '../catalog.ts'
import { indexComment, tableComments } from '../comments.ts'
import type { Store } from '../connect.ts'
import { copyName } from '../copy-name.ts'
import { parentsFirst } from '../order.ts'
import { notePositions, type Positions, positionSql } from '../positions.ts'
import { editTable, namesItself } from '../table-text.ts'
import { unexpected } from '../unexpected.ts'
import { byLevels, refersToItself } from './levels.ts'
import { isRebuilt, newValue, sqlName, type TablePlan } from './table-plan.ts'

export interface Rewriting {
  readonly store: Store
  readonly path: string
  readonly positions: Positions
  /** Says that a table is done, and lets messages in. */
  done(table: DuckTable): Promise<void>
}

/** A table that was made anew, and how its rows are found. */
export interface Rebuilt {
  readonly plan: TablePlan
  /**
   * The temporary table that says, row for row in their new order, which row each was (`ord`, from 0); null where the
   * order is what it was.
   */
  readonly order: string | null
}

/** Does what the plans say; gives what the proof has to know. */
export async function rewrite(
  rewriting: Rewriting,
  plans: readonly TablePlan[],
): Promise<readonly Rebuilt[]> {
  const { store } = rewriting
  for (const plan of plans)
    for (const index of plan.goneIndexes) await store.run(`DROP INDEX ${sqlName(index)}`)
  // Without a change of its own a plan is there because its parent is made anew.
  const rebuilt = plans.filter(plan => isRebuilt(plan) || plan.change === null)
  const ordered = inOrderOfKeys(rewriting.path, rebuilt)
  const referring = ordered.filter(isBound)
  const copies = new Map<TablePlan, string>()
  for (const [at, plan] of referring.entries()) copies.set(plan, await copyRows(rewriting, plan, at))
  for (const plan of referring.toReversed()) await store.run(`DROP TABLE ${sqlName(plan.table)}`)
  const results: Rebuilt[] = []
  for (const [at, plan] of ordered.entries()) {
    const copy = copies.get(plan)
    const order = await taking(plan, async () => {
      const order =
        copy === undefined ? await replace(rewriting, plan, at) : await putBack(rewriting, plan, copy)
      await furnish(store, plan.to, indexesAfter(plan))
      return order
    })
    results.push({ plan, order })
    await rewriting.done(plan.table)
  }
  for (const plan of plans.filter(each => !rebuilt.includes(each)))
    await taking(plan, async () => {
      for (const index of plan.newIndexes) await makeIndex(store, index)
    })
  return results
}

/** What DuckDB does not take (a CHECK that no ULID passes, a generated column that counts with it) is a refusal. */
async function taking<T>({ table }: TablePlan, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const said = error instanceof Error && !(error instanceof Refusal) ? error.message : ''
    if (!/^(Binder|Catalog|Constraint|Conversion|Dependency|Invalid Input|Not implemented) Error/.test(said))
      throw error
    throw precondition(
      'DUCKDB.REFUSED',
      copyName(table),
      'DuckDB does not take the table as it is to be. The file is as it was.',
      said.split('\n').slice(0, 2).join(' '),
      'Change what stands in the way (a CHECK, a generated column), or leave the identity out with --skip.',
    )
  }
}

function inOrderOfKeys(path: string, plans: readonly TablePlan[]): readonly TablePlan[] {
  const ordered = parentsFirst(plans.map(({ to }) => to))
  if (!ordered.ok) throw unexpected(path, ordered.tables.join(', '), ordered.message)
  return ordered.tables.map(to => plans.find(plan => plan.to === to)!)
}

/** Whether the table can't be made beside the old one and take its name: DuckDB would not follow in keys and checks. */
function isBound({ table, to }: TablePlan): boolean {
  return table.foreignKeys.length + to.foreignKeys.length > 0 || namesItself(to)
}

/** The indexes that the table has in the end. */
export function indexesAfter({ table, goneIndexes, newIndexes }: TablePlan): readonly DuckIndex[] {
  return [...table.indexes.filter(index => !goneIndexes.includes(index)), ...newIndexes]
}

/** The row `o` of the table as it is, beside the row `s` of the stage. */
function rowsOf(plan: TablePlan): string {
  const stage = plan.stage === null ? '' : ` POSITIONAL JOIN ${plan.stage.name} s`
  return `${sqlName(plan.table)} o${stage}`
}

/** A table without foreign keys: the new one is filled beside it, and takes its place. */
async function replace({ store, positions }: Rewriting, plan: TablePlan, number: number): Promise<null> {
  const { schema } = plan.to
  const name = `${OWN_PREFIX}new_${number}`
  const columns = plan.columns.map(column => q(column.name)).join(', ')
  const values = plan.columns.map(column => newValue(plan, column)).join(', ')
  await store.run(editTable(plan.to, { rename: { schema, name }, columns: [] }))
  await store.run(
    `INSERT INTO ${sqlName({ schema, name })}(${columns}) SELECT ${values} FROM ${rowsOf(plan)}`,
  )
  await notePositions(store, plan.table, positionsOf(plan, positions))
  await store.run(`DROP TABLE ${sqlName(plan.table)}`)
  await store.run(`ALTER TABLE ${sqlName({ schema, name })} RENAME TO ${q(plan.to.name)}`)
  return null
}

/** SQL: the positions of the table's rows, in their order. */
function positionsOf(plan: TablePlan, positions: Positions): string {
  if (plan.stage !== null) return `SELECT s.pos FROM ${plan.stage.name} s`
  const { position, join } = positionSql(positions, plan.table, 'o')
  return `SELECT ${position} AS pos FROM ${sqlName(plan.table)} o ${join} ORDER BY o.rowid`
}

/** All rows as they are to be, in a temporary table: their order `ord`, their position `pos`, their values `c0`, `c1`, ... */
async function copyRows({ store, positions }: Rewriting, plan: TablePlan, number: number): Promise<string> {
  const name = `${OWN_PREFIX}copy_${number}`
  const values = plan.columns.map((column, at) => `${newValue(plan, column)} AS c${at}`)
  const { position, join } =
    plan.stage === null ? positionSql(positions, plan.table, 'o') : { position: 's.pos', join: '' }
  await store.run(
    `CREATE TEMP TABLE ${name} AS SELECT row_number() OVER (${join === '' ? '' : 'ORDER BY o.rowid'}) - 1 AS ord, ${position} AS pos, ${values.join(', ')}
     FROM ${rowsOf(plan)} ${join}${join === '' ? '' : ' ORDER BY o.rowid'}`,
  )
  return `temp.${name}`
}

/** A table with foreign keys, which is dropped by now: made under its own name, and filled from its copy. */
async function putBack({ store, path }: Rewriting, plan: TablePlan, copy: string): Promise<string | null> {
  await store.run(plan.to.sql)
  const columns = plan.columns.map(column => q(column.name)).join(', ')
  const insert = `INSERT INTO ${sqlName(plan.to)}(${columns}) SELECT ${plan.columns.map((_, at) => `c${at}`).join(', ')}`
  const levels = refersToItself(plan.to) ? await byLevels(store, path, plan, copy) : null
  if (levels === null) {
    await store.run(`${insert} FROM ${copy}`)
    await notePositions(store, plan.table, `SELECT pos FROM ${copy}`)
    return null
  }
  // No row may refer to one of the same INSERT (HAZARDS F3).
  for (let level = 0; level < levels.count; level++)
    await store.run(`${insert} FROM ${levels.copy} WHERE level = ${level}`)
  await notePositions(store, plan.table, `SELECT pos FROM ${levels.copy}`)
  return levels.copy
}

async function furnish(store: Store, to: DuckTable, indexes: readonly DuckIndex[]): Promise<void> {
  for (const index of indexes) await makeIndex(store, index)
  for (const sql of tableComments(to)) await store.run(sql)
}

async function makeIndex(store: Store, index: DuckIndex): Promise<void> {
  await store.run(index.sql)
  for (const sql of indexComment(index)) await store.run(sql)
}
