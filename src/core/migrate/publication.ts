/** What a store that does not know SQLite's texts has to be told of a change. */
import type { Publication } from '../engines/open.ts'
import { type Plan, plannedPlaces } from '../plan/plan.ts'
import { placeOf } from '../verify/comparison-of-run.ts'

/** The columns that a plan makes identities of ULIDs. */
export function publicationOf(plan: Plan): Pick<Publication, 'identities' | 'letterCase' | 'successors'> {
  return {
    identities: plan.identities.map(identity => ({
      table: identity.table,
      column: placeOf(identity).after,
      always: identity.beside !== null || identity.contracted !== undefined,
    })),
    successors: plannedPlaces(plan).flatMap(({ table, column, contracted }) =>
      contracted && contracted.name !== column ? [{ table, column, successor: contracted.name }] : [],
    ),
    letterCase: plan.identities.some(identity => identity.case === 'lower') ? 'lower' : 'upper',
  }
}
