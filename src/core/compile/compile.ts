/** A plan and the schema it is bound to become statements: a pure function, tested as text. */

import { zoneOf } from '../detect/choices.ts'
import type { Plan } from '../plan/plan.ts'
import type { Schema, SchemaObject } from '../schema/model.ts'
import { quoteName as q } from '../schema/names.ts'
import { type ObjectChange, objectChanges } from '../schema-changes/object-changes.ts'
import { columnChanges, type TableChange } from './column-changes.ts'
import {
  contractedIndexes,
  contractMapSteps,
  type IndexChange,
  isDropped,
  withOwnTriggers,
} from './contract.ts'
import { expandChange } from './expand.ts'
import { expansionOf } from './expansion.ts'
import { mapOf, mapSteps } from './identity-maps.ts'
import { keepStatistics, putBackStatistics } from './keep-statistics.ts'
import { type Program, type Step, statement } from './program.ts'
import { hasQuotedLiterals, remakeVirtualTables, triggersOf } from './rebuild.ts'
import { pointExplicitly, renamedColumns, replaceChange } from './replace.ts'
import type { MapRecord } from './run-record.ts'

export interface CompileOptions {
  /** Number of the first identity map; an earlier run's maps stay. */
  readonly firstMap: number
  /** Tests only: rebuild every table, changed or not, to prove that a rebuild by itself changes nothing. */
  readonly rebuildAll?: boolean
}

/** The statements that carry out `plan` on a database with this `schema`. */
export function compile(plan: Plan, schema: Schema, options: CompileOptions): Program {
  const zone = zoneOf(plan.timezone)
  const maps = plan.identities.map((identity, index) => mapOf(schema, identity, options.firstMap + index))
  const stays = (object: SchemaObject) => !isDropped(plan, object)
  const own = withOwnTriggers(plan, schema)
  const { changes: objects } = objectChanges(own, renamedColumns(plan, schema))
  const indexes = contractedIndexes(plan, schema)
  const changes = tableChanges(plan, schema, maps, objects, indexes, options)
  const tables = changes.map(change => change.table)
  const expansion = expansionOf(plan, schema, maps)
  const edits = [...editsOf(schema, own, objects), ...indexes, ...expansion.narrowed]
  const textOf = (object: SchemaObject) =>
    edits.find(each => each.type === object.type && each.name === object.name)?.after ?? object.sql
  const triggers = tables.flatMap(table => triggersOf(schema, table))
  const steps: Step[] = [
    ...plan.identities.flatMap((identity, index) =>
      identity.contracted
        ? contractMapSteps(schema, identity, maps[index]!)
        : mapSteps(plan, schema, identity, maps[index]!, zone),
    ),
    ...keepStatistics(schema, tables, 'rewrite'),
    ...triggers.map(trigger => statement('rewrite', trigger.name, `DROP TRIGGER ${q(trigger.name)}`)),
    ...changes.flatMap(change => change.steps),
    ...putBackStatistics(schema, tables, 'rewrite'),
    // In stored order: of two triggers for one event SQLite fires the newest first (HAZARDS C6).
    ...schema.objects
      .filter(object => triggers.includes(object) && stays(object))
      .map(trigger => statement('rewrite', trigger.name, textOf(trigger))),
    ...remakeVirtualTables(objects, 'rewrite'),
    ...expansion.steps,
  ]
  return {
    steps,
    objects: [
      ...objectsAfter(schema, changes)
        .filter(stays)
        .map(object =>
          object.type === 'table' && changes.some(each => each.table.name === object.name)
            ? object
            : { ...object, sql: textOf(object) },
        ),
      ...expansion.triggers,
    ],
    record: {
      maps,
      tables: changes.map(change => change.record),
      objects: [...changes.flatMap(change => change.indexes), ...expansion.triggers],
      removed: schema.objects.filter(object => !stays(object)),
      edited: edits
        .filter(change => change.type !== 'table' || !tables.some(table => table.name === change.name))
        .map(({ type, name, before, after }) => ({ type, name, before, after })),
    },
  }
}

/** What was found to change in `own`, told from the texts that are there now. */
function editsOf(schema: Schema, own: Schema, objects: readonly ObjectChange[]) {
  return schema.objects.flatMap((object, at) => {
    const change = objects.find(each => each.type === object.type && each.name === object.name)
    const after = change?.after ?? own.objects[at]!.sql
    return after === object.sql ? [] : [{ type: object.type, name: object.name, before: object.sql, after }]
  })
}

function tableChanges(
  plan: Plan,
  schema: Schema,
  maps: readonly MapRecord[],
  objects: readonly ObjectChange[],
  indexes: readonly IndexChange[],
  options: CompileOptions,
): TableChange[] {
  const setAside = hasQuotedLiterals(schema.tables)
  return schema.tables
    .filter(table => table.kind === 'table')
    .flatMap(table => {
      const columns = columnChanges(plan, schema, table, maps)
      const replaced = columns.filter(change => change.beside === null)
      const expanded = columns.filter(change => change.beside !== null)
      const repointed = pointExplicitly(plan, table)
      if (replaced.length > 0 || repointed !== table.sql || (options.rebuildAll && expanded.length === 0))
        return [replaceChange(plan, table, replaced, { schema, objects, indexes, setAside })]
      return expanded.length > 0 ? [expandChange(schema, table, expanded)] : []
    })
}

function objectsAfter(schema: Schema, changes: readonly TableChange[]): SchemaObject[] {
  const tables = schema.objects.map(object => {
    const change = object.type === 'table' ? changes.find(each => each.table.name === object.name) : undefined
    return change ? { ...object, sql: change.after } : object
  })
  return [...tables, ...changes.flatMap(change => change.indexes)]
}
