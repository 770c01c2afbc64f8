/** A place in one target, and a key of another whose ids stand there. */

import type { Context } from '../context.ts'
import { judgeElsewhere } from '../detect/inside/judge.ts'
import { encodingOf } from '../engines/sqlite/raw-value.ts'
import type { Place } from '../inside/place.ts'
import type { AcrossLink } from '../links.ts'
import { watching } from '../migrate/prepare.ts'
import { samePlace } from '../schema/names.ts'
import { withCommas } from '../with-commas.ts'
import type { AcrossKey, Looked } from './keys.ts'
import {
  type AcrossPlace,
  type Counts,
  countAcross,
  type Met,
  meet,
  placesOf,
  sampledValues,
  type TellingKey,
} from './places.ts'

export interface Meeting extends Pick<AcrossLink, 'kind' | 'choice' | 'confidence'> {
  readonly place: Pick<AcrossPlace, 'in' | 'table' | 'column' | 'as'> & {
    /** Where in the values; nothing is said where these are ids as a whole. */
    readonly at: Place
  }
  readonly key: AcrossKey
  readonly named: boolean
  /** Over all rows. */
  count(breathe: () => Promise<void>): Promise<Counts & Pick<AcrossLink, 'why'>>
}

/** Of whole values; null where too few of them are ids of the key. Without `met`, the operator says so. */
export function wholeMeeting(place: AcrossPlace, key: AcrossKey, met?: Met): Meeting | null {
  const verdict = met ? judgeElsewhere(met) : { choice: 'accepted' as const, confidence: 1 }
  return (
    verdict && {
      ...verdict,
      kind: 'inferred',
      place: { ...place, at: {} },
      key,
      named: met === undefined,
      async count(breathe) {
        const counts = await countAcross(place, key, breathe)
        const { matched, orphans } = counts
        const found = `${withCommas(matched)} of ${withCommas(matched + orphans)} values are found there`
        const few = met && met.hits < 3 ? ', but only one or two different ones' : ''
        return { ...counts, why: `ids made by a machine, and ${found}${few}` }
      },
    }
  )
}

/** What a few values of every column say. Two keys are asked both ways: the few may be the smaller one's. */
export async function sampledMeetings(
  looked: readonly Looked[],
  telling: readonly TellingKey[],
  context: Context,
): Promise<readonly Meeting[]> {
  const breathe = watching(context)
  const places = looked.flatMap(placesOf)
  const meetings: Meeting[] = []
  for (const [at, place] of places.entries()) {
    await breathe(place.table, at, places.length)
    const others = telling.filter(({ key }) => key.target !== place.in.target)
    const values = others.length === 0 ? [] : sampledValues(place)
    if (!values.some(each => each.telling)) continue
    const own = telling.find(
      ({ key }) => !key.migrated && key.target === place.in.target && samePlace(key, place),
    )
    for (const other of others) {
      const there = meet(values, place.in.encoding, other.key)
      const back = own ? meet(other.values, encodingOf(other.key.db), own.key) : there
      const meeting = wholeMeeting(place, other.key, back.hits > there.hits ? back : there)
      if (meeting) meetings.push(meeting)
    }
  }
  return meetings
}
