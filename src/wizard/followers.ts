/** The rows that refer to a traced id, one by one: what Enter can follow. */
import type { Trace, TracedReference } from '../core/index.ts'

export interface Follower {
  readonly reference: TracedReference
  /** Whether it is the first row of its reference. */
  readonly first: boolean
  /** Its number, or its key. */
  readonly row: string
  /** Its own ULID; null where its table has none. */
  readonly id: string | null
}

export function followersOf({ references }: Trace): readonly Follower[] {
  return references.flatMap(reference =>
    reference.samples.map((row, at) => ({ reference, first: at === 0, row, id: reference.ids[at] ?? null })),
  )
}
