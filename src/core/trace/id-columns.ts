import type { PlannedIdentity, PlannedReference } from '../plan/plan.ts'
import { placeOf } from '../verify/comparison-of-run.ts'

export interface IdColumns {
  /** What the place is called: in an expansion after its legacy column. */
  readonly name: string
  readonly ulid: string
  /** Null where legacy ids are in the map alone. */
  readonly legacy: string | null
}

/** Where a run has left the two ids of an identity or a reference. */
export function idColumns(place: PlannedIdentity | PlannedReference): IdColumns {
  const ulid = placeOf(place).after
  return place.beside === null
    ? { name: ulid, ulid, legacy: place.legacy }
    : { name: place.column, ulid, legacy: place.column }
}
