/** Whether a journey ended as it should: as its case says, or, for a database nobody has read yet, in a way that is safe. */
import type { Case } from './cases.ts'
import type { Journey } from './journey.ts'
import { knownCodes } from './known-codes.ts'

/** What is wrong with the end of a journey; null when nothing is. */
export function complaintAbout(journey: Journey, expected: Case | undefined): string | null {
  if (journey.end === 'failed') return `${journey.step}: ${journey.why}`
  if (journey.end === 'refused' && !knownCodes.includes(journey.code))
    return `refused with ${journey.code}, which is not in docs/refusals.md: ${journey.why}`
  if (!expected) return null
  const wanted = typeof expected.expect === 'string' ? expected.expect : expected.expect.refused
  const got = journey.end === 'refused' ? journey.code : journey.end
  if (got !== wanted)
    return `${got} instead of ${wanted}${journey.end === 'refused' ? `: ${journey.why}` : ''}`
  return surplus(journey.agreeable, expected.accept ?? [])
}

/** A case agrees to what blocks, and to nothing else, or it would hide what is found tomorrow. */
function surplus(blocking: readonly string[], accepted: readonly string[]): string | null {
  const idle = accepted.filter(name => !blocking.includes(name))
  return idle.length === 0 ? null : `the case accepts what blocks nothing: ${idle.join(', ')}`
}
