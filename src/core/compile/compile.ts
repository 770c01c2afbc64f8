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
import { foreignMapOf, foreignMapSteps, foreignOrphans } from './foreign.ts'
import { refillFullText } from './full-text.ts'
import { lostSteps, mapOf, mapSteps, orphanedOf, orphanSteps } from './identity-maps.ts'
import {
  gatherSteps,
  type InsideChange,
  insideChanges,
  insideOf,
  mayHoldOrphans,
  recordOf,
  referringInside,
  scanSteps,
} from './inside.ts'
import { keepStatistics, putBackStatistics } from './keep-statistics.ts'
import { type Program, type Step, statement } from './program.ts'
import { hasQuotedLiterals, remadeTriggers, remakeViews, remakeVirtualTables } from './rebuild.ts'
import { pointExplicitly, renamedColumns, replaceChange } from './replace.ts'
import type { MapRecord } from './run-record.ts'
import { switchReaders } from './switch-readers.ts'

export interface CompileOptions {
  /** Number of the first identity map; an earlier run's maps stay. */
  readonly firstMap: number
  /** When the run takes place, in milliseconds; the plan's base time where there is no run. */
  readonly at?: number
  /** Tests only: rebuild every table, changed or not, to prove that a rebuild by itself changes nothing. */
  readonly rebuildAll?: boolean
}

/** The statements that carry out `plan` on a database with this `schema`. */
export function compile(plan: Plan, schema: Schema, options: CompileOptions): Program {
  const own = plan.identities.map((identity, at) => mapOf(schema, identity, options.firstMap + at))
  const foreign = (plan.foreign ?? []).map((each, at) =>
    foreignMapOf(each, options.firstMap + own.length + at),
  )
  const maps = [...own, ...foreign]
  const stays = (object: SchemaObject) => !isDropped(plan, object)
  const texts = withOwnTriggers(plan, schema)
  const { changes: objects } = objectChanges(texts, renamedColumns(plan, schema))
  const indexes = contractedIndexes(plan, schema)
  const inside = insideChanges(plan, schema, maps)
  const changes = tableChanges(plan, schema, { maps, inside, objects, indexes }, options)
  const tables = changes.map(change => change.table)
  const expansion = expansionOf(plan, schema, maps)
  const edits = [...editsOf(plan, schema, texts, objects), ...indexes, ...expansion.narrowed]
  const textOf = (object: SchemaObject) =>
    edits.find(each => each.type === object.type && each.name === object.name)?.after ?? object.sql
  const views = edits.filter(edit => edit.type === 'view')
  const triggers = remadeTriggers(schema, tables, edits)
  const steps: Step[] = [
    ...allMaps(plan, schema, maps, inside),
    ...keepStatistics(schema, tables, 'rewrite'),
    ...triggers.map(trigger => statement('rewrite', trigger.name, `DROP TRIGGER ${q(trigger.name)}`)),
    ...changes.flatMap(change => change.steps),
    ...putBackStatistics(schema, tables, 'rewrite'),
    ...remakeViews(views, 'rewrite'),
    // In stored order: of two triggers for one event SQLite fires the newest first (HAZARDS C6).
    ...schema.objects
      .filter(object => triggers.includes(object) && stays(object))
      .map(trigger => statement('rewrite', trigger.name, textOf(trigger))),
    ...remakeVirtualTables(objects, 'rewrite'),
    ...refillFullText(schema, inside.map(recordOf), 'rewrite'),
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
      inside: inside.map(recordOf),
      objects: [...changes.flatMap(change => change.indexes), ...expansion.triggers],
      removed: schema.objects.filter(object => !stays(object)),
      edited: edits
        .filter(change => change.type !== 'table' || !tables.some(table => table.name === change.name))
        .map(({ type, name, before, after }) => ({ type, name, before, after })),
    },
  }
}

/** Every map is made before any value is looked into, which may hold ids of several identities. */
function allMaps(
  plan: Plan,
  schema: Schema,
  maps: readonly MapRecord[],
  inside: readonly InsideChange[],
): Step[] {
  const zone = zoneOf(plan.timezone)
  const all = plan.identities.map((identity, at) => ({ identity, map: maps[at]! }))
  const foreign = (plan.foreign ?? []).map((each, at) => ({ foreign: each, map: maps[all.length + at]! }))
  const referred = [
    ...all.map(({ identity, map }) => ({
      orphaned: orphanedOf(plan, schema, identity),
      map,
      // A contract has its orphans from the columns of the expansion, but for those inside of values.
      references: identity.contracted ? [] : identity.references,
    })),
    ...foreign.map(({ foreign: each, map }) => ({
      orphaned: foreignOrphans(plan, each),
      map,
      references: each.references,
    })),
  ].filter(({ references, map }) => references.length > 0 || mayHoldOrphans(inside, map))
  return [
    ...all.flatMap(({ identity, map }) =>
      identity.contracted
        ? contractMapSteps(schema, identity, map)
        : mapSteps(plan, schema, identity, map, zone),
    ),
    ...foreign.flatMap(({ foreign: each, map }) =>
      foreignMapSteps(each, map, [
        ...each.references,
        ...referringInside(inside, place => place.map === map.map),
      ]),
    ),
    ...gatherSteps(inside, foreign),
    ...referred.flatMap(({ orphaned, references, map }) =>
      lostSteps(
        plan,
        schema,
        orphaned,
        map,
        [...references, ...referringInside(inside, place => place.orphans === map.orphans)],
        zone,
      ),
    ),
    ...scanSteps(plan, inside, maps, zone),
    ...referred.flatMap(({ orphaned, map }) => orphanSteps(plan, orphaned, map)),
  ]
}

/** What was found to change in `own`, told from the texts that are there now. */
function editsOf(plan: Plan, schema: Schema, own: Schema, objects: readonly ObjectChange[]) {
  const { moved, switched } = textsOf(plan, own, objects)
  return schema.objects.flatMap((object, at) => {
    const after = switched.get(`${object.type} ${object.name}`) ?? moved[at]!.sql
    return after === object.sql ? [] : [{ type: object.type, name: object.name, before: object.sql, after }]
  })
}

/** The texts of `own` with what the ids' new type asks for, and those that a contract switches to the ULIDs. */
export function textsOf(plan: Plan, own: Schema, objects: readonly ObjectChange[]) {
  const moved = own.objects.map(object => {
    const change = objects.find(each => each.type === object.type && each.name === object.name)
    return change ? { ...object, sql: change.after } : object
  })
  const stays = own.objects.filter(object => !isDropped(plan, object))
  // Tables as they are: SQLite shall rename what is there.
  const asked = stays.map(object => {
    const text =
      object.type === 'table'
        ? undefined
        : moved.find(each => each.type === object.type && each.name === object.name)
    return text ?? object
  })
  return { moved, switched: plan.contract ? switchReaders(plan, asked) : new Map<string, string>() }
}

function tableChanges(
  plan: Plan,
  schema: Schema,
  {
    maps,
    inside,
    objects,
    indexes,
  }: {
    readonly maps: readonly MapRecord[]
    readonly inside: readonly InsideChange[]
    readonly objects: readonly ObjectChange[]
    readonly indexes: readonly IndexChange[]
  },
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
      const own = insideOf(inside, table)
      if (
        replaced.length > 0 ||
        own.length > 0 ||
        repointed !== table.sql ||
        (options.rebuildAll && expanded.length === 0)
      )
        return [replaceChange(plan, table, replaced, { schema, objects, indexes, inside: own, setAside })]
      return expanded.length > 0 ? [expandChange(schema, table, expanded, options.at ?? plan.baseTime)] : []
    })
}

function objectsAfter(schema: Schema, changes: readonly TableChange[]): SchemaObject[] {
  const tables = schema.objects.map(object => {
    const change = object.type === 'table' ? changes.find(each => each.table.name === object.name) : undefined
    return change ? { ...object, sql: change.after } : object
  })
  return [...tables, ...changes.flatMap(change => change.indexes)]
}
