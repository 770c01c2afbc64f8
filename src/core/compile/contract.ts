/**
 * Strategy `contract`: an expansion comes to its end. It is a replacement whose ULIDs stand beside the legacy ids
 * already, so the maps are read from the columns, and of each pair of columns one goes.
 */
import { comparesLike, positionOf, tableNamed } from '../engines/sqlite/inspect.ts'
import { isSentinel } from '../engines/sqlite/sentinels.ts'
import { type Plan, type PlannedIdentity, plannedPlaces } from '../plan/plan.ts'
import { columnUses } from '../schema/column-uses.ts'
import { parseCreateTable, writtenReferences } from '../schema/create-table.ts'
import type { Schema, SchemaObject, Table } from '../schema/model.ts'
import { quoteName as q, sameName } from '../schema/names.ts'
import {
  addColumn,
  applyEdits,
  removeColumn,
  renameColumnDefinition,
  retargetReference,
} from '../schema/table-edits.ts'
import { fitted } from '../schema/text-edits.ts'
import { isSignificant, tokenize } from '../schema/tokens.ts'
import type { ColumnChange } from './column-changes.ts'
import { mapIndexes, mapTables } from './identity-maps.ts'
import { type Step, statement } from './program.ts'
import type { MapRecord } from './run-record.ts'

/** The maps of a contract, which its undo needs: each legacy id with the ULID that stands beside it. */
export function contractMapSteps(schema: Schema, identity: PlannedIdentity, map: MapRecord): Step[] {
  const table = tableNamed(schema, identity.table)!
  const position = positionOf(table)
  const object = `${identity.table}.${identity.column}`
  const ulid = q(identity.contracted!.ulid)
  const legacy = comparesLike(table, identity.column, 'legacy')
  return [
    ...mapTables(map, legacy, object),
    byRange(
      object,
      table,
      `INSERT INTO ${q(map.map)}(pos, legacy, ulid) SELECT ${position === null ? 'NULL' : `t.${position}`}, t.${q(identity.column)}, t.${ulid} FROM ${q(table.name)} t WHERE 1`,
    ),
    ...mapIndexes(table, map, object),
    ...identity.references.map(reference => {
      const child = tableNamed(schema, reference.table)!
      const [value, known] = [`t.${q(reference.column)}`, `t.${q(reference.contracted!.ulid)}`]
      return byRange(
        `${object} orphans`,
        child,
        `INSERT INTO ${q(map.orphans)}(legacy, ulid) SELECT ${value}, ${known} FROM ${q(child.name)} t
          WHERE ${value} IS NOT NULL AND ${known} IS NOT NULL AND NOT ${isSentinel(value)}
          AND NOT EXISTS (SELECT 1 FROM ${q(map.map)} m WHERE m.legacy = +${value})`,
        ' ON CONFLICT DO NOTHING',
      )
    }),
  ]
}

function byRange(object: string, table: Table, insert: string, then = ''): Step {
  const position = positionOf(table)
  if (position === null) return statement('map', object, `${insert}${then}`)
  const chunk = `SELECT ${position} AS p FROM ${q(table.name)} WHERE ${position} >= @from ORDER BY ${position} LIMIT @limit`
  return {
    kind: 'chunked',
    phase: 'map',
    object,
    sql: `${insert} AND t.${position} BETWEEN @from AND (SELECT max(p) FROM (${chunk}))${then}`,
    first: `SELECT min(${position}) FROM ${q(table.name)}`,
    last: `SELECT max(p) FROM (${chunk})`,
    total: `SELECT count(*) FROM ${q(table.name)}`,
  }
}

/** The column under its name of afterwards. */
export function nameAfter({ column, contracted }: Pick<ColumnChange, 'column' | 'contracted'>): string {
  return contracted?.name ?? column.name
}

/** The name of a contracted pair that no column has afterwards. */
export function nameGone(
  column: string,
  contracted: { readonly ulid: string; readonly name: string },
): string {
  return sameName(contracted.name, contracted.ulid) ? column : contracted.ulid
}

/**
 * The text of a table, in which the legacy columns have become ULIDs already, without the columns beside them, and with
 * the names of afterwards. Throws RangeError where a key or an expression uses a column that goes.
 */
export function contractedText(
  plan: Plan,
  table: Table,
  changes: readonly ColumnChange[],
  sql: string,
): string {
  const without = changes.reduce(
    (text, { contracted }) => (contracted ? removeColumn(text, contracted.ulid) : text),
    sql,
  )
  const renamed = changes.reduce(
    (text, change) =>
      sameName(nameAfter(change), change.column.name)
        ? text
        : renameColumnDefinition(text, change.column.name, nameAfter(change), {
            keys: true,
            expressions: true,
            selfReferences: true,
          }),
    without,
  )
  // (A key of several columns refers to members that are references themselves.)
  return plannedPlaces(plan)
    .filter(({ table: parent, column, contracted }) => {
      if (!contracted || sameName(contracted.name, column) || sameName(parent, table.name)) return false
      return writtenReferences(parseCreateTable(renamed)).some(
        reference =>
          sameName(reference.table, parent) && reference.columns.some(each => sameName(each.name, column)),
      )
    })
    .reduce(
      (text, { table: parent, column, contracted }) =>
        retargetReference(text, { parent }, column, contracted!.name),
      renamed,
    )
}

/** A legacy column that is kept, behind all others, with no constraint of its own: rows to come have no value for it. */
export function withLegacy(sql: string, table: Table, { column, legacy }: ColumnChange): string {
  if (legacy === null) return sql
  const type = table.strict ? `${q(legacy)} ${column.type}` : comparesLike(table, column.name, q(legacy))
  return addColumn(sql, type)
}

export interface IndexChange {
  readonly type: 'index'
  readonly name: string
  readonly before: string
  readonly after: string
}

/** Indexes over a column that is called otherwise afterwards. */
export function contractedIndexes(plan: Plan, schema: Schema): readonly IndexChange[] {
  const places = plannedPlaces(plan)
  return schema.objects
    .filter(({ type, sql }) => type === 'index' && sql !== '')
    .filter(object => !isDropped(plan, object))
    .flatMap(object => {
      const after = places
        .filter(place => place.contracted && sameName(place.table, object.table))
        .reduce(
          (sql, { column, contracted }) =>
            renameInIndex(sql, nameGone(column, contracted!), contracted!.name),
          object.sql,
        )
      return after === object.sql
        ? []
        : [{ type: 'index' as const, name: object.name, before: object.sql, after }]
    })
}

function renameInIndex(sql: string, from: string, to: string): string {
  const open = tokenize(sql)
    .filter(isSignificant)
    .find(token => token.text === '(')
  if (!open) return sql
  const uses = columnUses(sql, { start: open.start, end: sql.length }, from)
  return applyEdits(
    sql,
    uses.map(({ start, end }) => fitted(sql, { start, end, text: q(to) })),
  )
}

/** Whether the plan takes the object away. */
export function isDropped({ contract }: Plan, object: Pick<SchemaObject, 'type' | 'name'>): boolean {
  return contract?.drops.some(each => each.type === object.type && each.name === object.name) ?? false
}

/** The schema as if the expansion had never narrowed anybody's triggers. */
export function withOwnTriggers({ contract }: Plan, schema: Schema): Schema {
  if (!contract || contract.restores.length === 0) return schema
  return {
    ...schema,
    objects: schema.objects.map(object => {
      const own = contract.restores.find(each => object.type === 'trigger' && each.name === object.name)
      return own ? { ...object, sql: own.sql } : object
    }),
  }
}
