import { syncedIdentities } from '../compile/expansion.ts'
import type { InsideRecord, MapRecord, RunRecord } from '../compile/run-record.ts'
import { zoneOf } from '../detect/choices.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { pickPlace } from '../inside/place.ts'
import type { Plan, PlannedIdentity, PlannedReference } from '../plan/plan.ts'
import type { Schema } from '../schema/model.ts'
import type { ComparedIdentity, ComparedInside, ComparedReference, Comparison } from './comparison.ts'

/** What verification compares for a migration: each identity and reference, before and after. */
export function comparisonOf(
  plan: Plan,
  program: {
    readonly objects: Comparison['expected']
    readonly record: Pick<RunRecord, 'maps' | 'inside'>
  },
  before: Schema,
  after: Schema,
  db: Connection,
): Omit<Comparison, 'pragmas' | 'trialsBefore'> {
  const elsewhere = foreignIdentities(plan, program.record.maps)
  const identities = plan.identities.map((identity, at) => ({
    table: identity.table,
    map: program.record.maps[at]!.map,
    orphans: program.record.maps[at]!.orphans,
    leaders: leadersOf(identity, program.record.maps[at]!),
    foreign: null,
    ...placeOf(identity),
  }))
  return {
    db,
    before,
    after,
    expected: program.objects,
    identities,
    references: [
      ...plan.identities.flatMap((identity, at) =>
        identity.references.map(reference => ({
          table: reference.table,
          ...placeOf(reference),
          identity: identities[at]!,
        })),
      ),
      ...foreignReferences(plan, elsewhere, placeOf),
    ],
    inside: insideOf(program.record.inside, [...identities, ...elsewhere]),
    plan,
    undone: null,
    zone: zoneOf(plan.timezone),
    expanded: syncedIdentities(plan, program.record.maps),
    strict: true,
  }
}

function leadersOf({ follows }: PlannedIdentity, { followed }: MapRecord): ComparedIdentity['leaders'] {
  return follows === undefined || followed === null ? null : { of: follows, followed }
}

/** No table can be called so. */
const ELSEWHERE = '\0'

/** The identities of other targets whose ids the plan names. */
export function foreignIdentities(plan: Plan, maps: readonly MapRecord[]): readonly ComparedIdentity[] {
  return (plan.foreign ?? []).map((foreign, at) => {
    const { map, orphans, column } = maps[plan.identities.length + at]!
    return {
      table: ELSEWHERE,
      map,
      orphans,
      before: column,
      after: column,
      expands: false,
      contracted: null,
      leaders: null,
      foreign,
    }
  })
}

/** The columns that refer to them. */
export function foreignReferences(
  plan: Plan,
  identities: readonly ComparedIdentity[],
  place: (reference: PlannedReference) => ReturnType<typeof placeOf>,
): readonly ComparedReference[] {
  return (plan.foreign ?? []).flatMap(({ references }, at) =>
    references.map(reference => ({
      table: reference.table,
      ...place(reference),
      identity: identities[at]!,
    })),
  )
}

/** The columns that a run has looked into. */
export function insideOf(
  inside: readonly InsideRecord[],
  identities: readonly ComparedIdentity[],
): readonly ComparedInside[] {
  return inside.map(({ table, column, places }) => ({
    table,
    column,
    places: places.map(({ path, pattern, when, map, orphans }) => ({
      place: pickPlace({ path, pattern, when }),
      identity: identities.find(each => each.map === map)!,
      takesOrphans: orphans !== null,
    })),
  }))
}

/** What becomes of a column by the plan. */
export function placeOf({ column, beside, contracted, legacy }: PlannedIdentity | PlannedReference) {
  return {
    before: column,
    after: beside ?? contracted?.name ?? column,
    expands: beside !== null,
    contracted: contracted ? { ulid: contracted.ulid, legacy } : null,
  }
}
