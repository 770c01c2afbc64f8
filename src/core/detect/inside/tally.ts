/** What is counted at a place for one identity, while it is counted: by whoever reads, here or in SQLite. */
import type { Place } from '../../inside/place.ts'
import type { KnownIds } from './known-ids.ts'

export interface Suspicion {
  readonly known: KnownIds
  readonly place: Place
}

/** How far the counting has come. */
export interface Progress {
  readonly table: string
  readonly column: string
  readonly rows: number
}

export interface Tally {
  /** Values that hold something at the place. */
  holding: number
  matched: number
  /** Ids of no identity that is asked about here. */
  orphans: number
  /** Ids that name rows of this identity, and of another that is asked about here. */
  shared: number
  /** Ids of another only. */
  elsewhere: number
  sentinels: number
  /** The greatest number that names a row. */
  greatest: bigint
  /** Different ids that name rows, and that do not, as texts: up to {@link MANY}. */
  readonly different: Set<string>
  readonly differentOrphans: Set<string>
}

export type Tallied = Suspicion & { readonly tally: Tally }

export const MANY = 1000
/** A longer value is left unread: its rewriting would not be possible either. */
export const LONGEST = 2 ** 28

export function newTally(): Tally {
  return {
    ...{ holding: 0, matched: 0, orphans: 0, shared: 0, elsewhere: 0, sentinels: 0, greatest: 0n },
    different: new Set(),
    differentOrphans: new Set(),
  }
}
