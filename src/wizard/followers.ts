/** What Enter can follow from a traced id: the rows that refer to it, one by one, and what was made at about its time. */
import type { RelatedRow, Trace, TracedReference } from '../core/index.ts'
import { traceTree } from './trace-tree.ts'

export type Follower = Referring | Near

interface Referring extends Row {
  readonly reference: TracedReference
  readonly related: null
}

/** A row that is only near in time. */
interface Near extends Row {
  readonly reference: null
  readonly related: RelatedRow
}

interface Row {
  /** Whether it is the first row of its reference. */
  readonly first: boolean
  /** Its number, or its key. */
  readonly row: string
  /** Its own ULID; null where its table has none. */
  readonly id: string | null
}

/** In the order in which they are shown. */
export function followersOf(trace: Trace): readonly Follower[] {
  const references = traceTree(trace).flatMap(({ targets }) =>
    targets.flatMap(({ rows, others }) => [...rows.flatMap(each => each.references), ...others]),
  )
  return [...references.flatMap(samplesOf), ...trace.related.map(nearOf)]
}

export function samplesOf(reference: TracedReference): readonly Referring[] {
  return reference.samples.map((row, at) => ({
    reference,
    related: null,
    first: at === 0,
    row,
    id: reference.ids[at] ?? null,
  }))
}

function nearOf(related: RelatedRow): Near {
  return { reference: null, related, first: true, row: related.row ?? '', id: related.ulid }
}
