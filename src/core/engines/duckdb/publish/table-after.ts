/** What a table of DuckDB is to be, told from what differs in the working copy. */
import { samePlace } from '../../../schema/names.ts'
import type { DuckColumn, DuckTable } from '../catalog.ts'
import { copyName } from '../copy-name.ts'
import { sameDuckName } from '../sql-text.ts'
import { ulidDefault } from '../ulid-default.ts'
import { unexpected } from '../unexpected.ts'
import { typed, typeFor, typeOfNew } from './column-types.ts'
import { makesIds } from './defaults.ts'
import type { TableChange } from './differences.ts'
import { heirsOf, type Planning } from './planning.ts'
import type { Stage } from './stage.ts'
import { columnNamed, sourceOf } from './table-plan.ts'

/** The table as it is, with other types, defaults and columns where the working copy has them. */
export async function edited(
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
