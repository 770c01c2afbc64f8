/** What integer keys cost once they are text, said before anything is changed. */
import type { DetectedTarget } from '../documents.ts'
import type { Message } from '../message.ts'
import type { Plan } from '../plan/plan.ts'
import { formatColumnPath, samePlace } from '../schema/names.ts'

export function slowerKeys({ identities }: Plan, detected: DetectedTarget): readonly Message[] {
  return identities
    .filter(({ strategy, ...place }) =>
      strategy === 'expand'
        ? false
        : detected.identities.some(each => samePlace(each, place) && each.kinds.integer !== undefined),
    )
    .map(({ table, column, legacy }): Message => {
      return {
        code: 'KEY.SLOWER_LOOKUPS',
        severity: 'info',
        object: formatColumnPath(table, column),
        message: 'Looking a row up by this id, and joining by it, will be slower: its integers become text.',
        why:
          legacy === null
            ? 'A text of 26 characters is compared byte by byte, and fewer of them fit on a page.'
            : `An integer key is the place of its row; a text is looked up in an index first. Lookups by ${legacy} stay as fast as they are.`,
        next: 'How much slower, on this very data: ulid-migrate run times lookups and joins on the copy, before anything is changed.',
      }
    })
}
