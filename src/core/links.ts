/** What several targets have to do with each other: which columns of one hold ids of another. */

import type { DetectedTarget } from './documents.ts'
import type { Place } from './inside/place.ts'
import type { Failure } from './message.ts'
import type { Affinity } from './schema/model.ts'

/** A column of one target that holds ids of an identity of another: as its values, or at a place in them. */
export interface AcrossLink extends Place {
  /** The target that holds the column. */
  readonly target: string
  readonly table: string
  readonly column: string
  readonly as: 'identity' | 'reference'
  /** `inferred` where the ids are whole values, in every row. */
  readonly kind: 'inferred' | PlaceKind
  /** The identity, and its target. */
  readonly of: { readonly target: string; readonly table: string; readonly column: string }
  readonly confidence: number
  readonly matched: number
  readonly orphans: number
  readonly sentinels: number
  readonly samples: readonly string[]
  readonly orphanSamples: readonly string[]
  readonly why: string
  readonly leftOut: string
  readonly choice: 'accepted' | 'offered' | 'mentioned'
}

export type PlaceKind = 'json' | 'polymorphic' | 'embedded'

/** A column that holds ids which other targets give their ULIDs to. */
export interface Following {
  readonly table: string
  readonly column: string
  /** Whether it names the rows of its own table, or rows elsewhere. */
  readonly as: 'identity' | 'reference'
  /** Where in its values they stand; absent where they are whole values, in every row. */
  readonly place?: Place & { readonly kind: PlaceKind }
  /** Whom to ask for ULIDs, in this order. */
  readonly of: readonly AcrossLink['of'][]
  /** Of the first of them. */
  readonly affinity: Affinity
  readonly collation: string
  readonly case: 'upper' | 'lower'
}

/** What several targets have to do with each other. */
export interface Across {
  /** In the order in which they are migrated: whoever gives ULIDs comes before those that take them. */
  readonly order: readonly string[]
  readonly links: readonly AcrossLink[]
  /** What of that holds for each target. */
  readonly follows: Readonly<Record<string, readonly Following[]>>
  /** Why there is no order that suits all. */
  readonly error: Failure | null
  /** What detection says of those that had to be looked into for it: nobody has to ask again. */
  readonly documents: readonly DetectedTarget[]
}
