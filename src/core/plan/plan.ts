/**
 * A plan says exactly what will change, as plain frozen data: facts from detection plus the operator's choices, bound
 * to the schema by its fingerprint. The same plan gives the same rows the same ULIDs, whatever came since, because it
 * holds the seed and the base time; its hash covers both.
 */
// Only types: who goes by a plan need not wait for the library that reads one.
import type { z } from 'zod'
import type {
  foreignSchema,
  identitySchema,
  insideSchema,
  leaderSchema,
  planSchema,
  referenceSchema,
} from './plan-schema.ts'

export type Plan = z.infer<typeof planSchema>
export type PlannedIdentity = z.infer<typeof identitySchema>
export type Strategy = PlannedIdentity['strategy']
export type PlannedReference = z.infer<typeof referenceSchema>
export type PlannedInside = z.infer<typeof insideSchema>
export type PlannedForeign = z.infer<typeof foreignSchema>
/** An identity of another target. */
export type Leader = z.infer<typeof leaderSchema>

/**
 * The columns inside of whose values the plan replaces ids: an expansion leaves them alone, and so does a contract that
 * keeps the legacy ids.
 */
export function replacedInside({ identities, inside }: Plan): readonly PlannedInside[] {
  const isReplaced = ({ of }: PlannedInside['places'][number]) =>
    of.target !== undefined ||
    identities.some(
      ({ table, column, strategy, legacy }) =>
        (strategy === 'replace' || (strategy === 'contract' && legacy === null)) &&
        table === of.table &&
        column === of.column,
    )
  return (inside ?? [])
    .map(column => ({ ...column, places: column.places.filter(isReplaced) }))
    .filter(({ places }) => places.length > 0)
}

/** Every column that the plan names: each identity, and behind it its references; then those to other targets. */
export function plannedPlaces({
  identities,
  foreign = [],
}: Pick<Plan, 'identities' | 'foreign'>): readonly (PlannedIdentity | PlannedReference)[] {
  return [
    ...identities.flatMap(identity => [identity, ...identity.references]),
    ...foreign.flatMap(each => each.references),
  ]
}

/** Whether ULID columns are made beside the ids, which other programs may go on writing; else the ids are replaced. */
function isExpansion(plan: Plan): boolean {
  return plan.identities.length > 0 && plan.identities.every(({ strategy }) => strategy === 'expand')
}

/** Whether it is carried out in short transactions. Nobody can write to a DuckDB file beside us, so that there is nobody for whom to. */
export function isInSteps(plan: Plan): boolean {
  return isExpansion(plan) && plan.engine === 'sqlite'
}

/** Whether there is nothing to do. */
export function isEmpty({ identities, foreign = [] }: Plan): boolean {
  return identities.length === 0 && foreign.length === 0
}

/** The identities of other targets that have to have their ULIDs before this plan can be carried out. */
export function leadersOf({ identities, foreign = [] }: Plan): readonly Leader[] {
  return [...identities.flatMap(identity => identity.follows ?? []), ...foreign.flatMap(each => each.of)]
}
