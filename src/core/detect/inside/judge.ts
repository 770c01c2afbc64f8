/**
 * From evidence to a choice. An id that a machine made is found by chance nowhere, so a few are proof, however many
 * orphans are among them. A small number is found everywhere: only a name, nearly all values and enough of them are proof.
 * Words are somewhere between, and are taken by name only.
 */
import type { DetectedReference } from '../../documents.ts'
import type { Evidence } from './evidence.ts'
import type { KnownIds } from './known-ids.ts'
import type { Agreement } from './words.ts'

export interface Verdict {
  readonly choice: DetectedReference['choice']
  readonly confidence: number
}

export interface Case {
  readonly known: KnownIds
  readonly agrees: Agreement
  readonly evidence: Evidence
  /** Whether there are several values of one kind: an array, a list, the keys of an object. */
  readonly several: boolean
  /** Whether they are numbers that avoid the gaps of the identity. */
  readonly byGaps: boolean
  /** Whether most of what stands there is written as its ids are. */
  readonly alike: boolean
}

/** Null where there is nothing to say. */
export function judge(one: Case): Verdict | null {
  if (one.known.key.target !== undefined) {
    const { matched, orphans, different, differentOrphans } = one.evidence
    const verdict = judgeElsewhere({ distinct: different + differentOrphans, hits: different })
    return verdict && whereNamed(verdict, one.agrees !== null || matched >= orphans)
  }
  switch (one.known.worth) {
    case 'machine':
      return judgeMachine(one)
    case 'number':
      return judgeNumber(one)
    case 'word':
      return judgeWord(one)
  }
}

/**
 * Ids of another target, of so many different ones that were looked for there. No accident makes two such ids twice; but
 * one or two of them may be something that both targets know, as the machine they run on, without one referring to the
 * other.
 */
export function judgeElsewhere({
  distinct,
  hits,
}: {
  readonly distinct: number
  readonly hits: number
}): Verdict | null {
  if (hits === 0) return null
  if (hits >= 10 || (hits >= 3 && hits * 2 >= distinct)) return { choice: 'accepted', confidence: 0.99 }
  return hits >= 2 ? { choice: 'offered', confidence: 0.5 } : { choice: 'mentioned', confidence: 0.2 }
}

/** What is not called so may hold ids of anything else as well, which must not be taken for orphans unasked. */
export function whereNamed(verdict: Verdict, sure: boolean): Verdict {
  return sure || verdict.choice !== 'accepted' ? verdict : offered(0.6)
}

const accepted = (confidence: number): Verdict => ({ choice: 'accepted', confidence })
const offered = (confidence: number): Verdict => ({ choice: 'offered', confidence })

function judgeMachine({ agrees, evidence, alike }: Case): Verdict | null {
  const { matched, orphans, different, differentOrphans } = evidence
  const share = matched / Math.max(1, matched + orphans)
  const byShare = (from: number) => Math.round((from + (0.99 - from) * share) * 100) / 100
  if (agrees && different >= 1) return accepted(byShare(0.95))
  // Texts and addresses beside a few ids are not its orphans unasked.
  if ((different >= 3 && alike) || (different >= 2 && share >= 0.5)) return accepted(byShare(0.9))
  if (different >= 1) return offered(agrees ? 0.7 : 0.6)
  // All of them gone, as ids of what was deleted are: only the name tells.
  return agrees && differentOrphans >= 2 ? offered(0.5) : null
}

function judgeNumber({ known, agrees, evidence, several, byGaps }: Case): Verdict | null {
  const { matched, orphans, different, greatest } = evidence
  if (matched === 0) return null
  const share = matched / (matched + orphans)
  if (agrees === null) return byGaps && share >= 0.95 ? offered(0.6) : null
  if (byGaps && share >= 0.95) return accepted(0.97)
  if (share < 0.5) return null
  // Counts and ranks are small; ids come from all over the table.
  const wide = greatest * 2n >= known.last
  const sure =
    agrees === 'id' ? different >= 5 && (wide || different >= 30) : several && different >= 20 && wide
  if (share >= 0.95 && sure) return accepted(agrees === 'id' ? 0.97 : 0.95)
  return agrees === 'id' || several
    ? offered(share >= 0.95 ? 0.7 : 0.5)
    : share >= 0.95 && wide
      ? offered(0.4)
      : null
}

function judgeWord({ agrees, evidence }: Case): Verdict | null {
  const { matched, orphans, different } = evidence
  if (agrees === null || matched === 0) return null
  const share = matched / (matched + orphans)
  if (agrees === 'id' && share >= 0.9 && different >= 3) return accepted(0.96)
  return share >= 0.8 ? offered(agrees === 'id' ? 0.7 : 0.5) : null
}
