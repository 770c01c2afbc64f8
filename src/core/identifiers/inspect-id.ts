/** What any text is, seen as an id: its kind, the time inside it, its canonical form, and why it is no ULID. */
import type { IdKind } from '../documents.ts'
import { idTime } from './id-time.ts'
import { kindOf } from './kinds.ts'
import { hasPlausibleTime, isUlid, ulidTime } from './ulid.ts'
import { parseUlid, uuidToUlid } from './ulid-bits.ts'
import { readUuid } from './uuid.ts'

export interface InspectedId {
  /** As it was given. */
  readonly value: string
  readonly kind: IdKind
  /** Whether it has the form of a ULID, in either letter case. */
  readonly ulid: boolean
  /** ISO 8601; null where the id says none, or none that can be real. */
  readonly time: string | null
  /** How the kind is written: ULIDs in upper case, UUIDs in lower case with dashes; null where a kind has no such form. */
  readonly canonical: string | null
  /** The 128 bits of a ULID as a UUID. */
  readonly uuid: string | null
  /** The 128 bits of a UUID as a ULID. */
  readonly asUlid: string | null
  /** Why it is no ULID, or one only by its form; empty for a ULID whose time can be a real one. */
  readonly why: readonly string[]
}

/** An integer in a database is digits in a text, so digits alone are read as one. `now`: milliseconds since 1970. */
export function inspectId(value: string, now: number): InspectedId {
  const id = /^-?\d{1,19}$/.test(value) ? BigInt(value) : value
  const time = idTime(id)
  const parsed = parseUlid(value)
  const kind = kindOf(id)
  const uuid = parsed === null ? readUuid(value) : null
  const isUuid = uuid !== null && (uuid.marked || kind.startsWith('uuid'))
  const asUlid = isUuid ? uuidToUlid(value) : null
  return {
    value,
    kind,
    ulid: parsed !== null,
    time: time === null ? null : new Date(time).toISOString(),
    canonical: parsed?.ulid ?? (asUlid === null ? null : parseUlid(asUlid)!.uuid),
    uuid: parsed?.uuid ?? null,
    asUlid,
    why: whyNoUlid(value, now),
  }
}

/** The reasons, in full sentences. */
function whyNoUlid(text: string, now: number): readonly string[] {
  if (isUlid(text)) {
    if (hasPlausibleTime(text, now)) return []
    return [
      `It has the form of a ULID, but its time, ${timeText(ulidTime(text))}, can hardly be a real one: any 26 such digits have the form.`,
    ]
  }
  const characters = [...text]
  const wrong = characters.findIndex(each => !/^[0-9A-HJKMNP-TV-Z]$/i.test(each))
  const first = characters[0] ?? ''
  return [
    ...(characters.length === 26 ? [] : [`It has ${characters.length} characters; a ULID has 26.`]),
    ...(wrong < 0 ? [] : [wrongCharacter(characters[wrong]!, wrong + 1)]),
    ...(characters.length === 26 && wrong < 0 && !/^[0-7]$/.test(first)
      ? [`Its first digit is ${first}: above 7 the 26 digits hold more than 128 bits.`]
      : []),
  ]
}

function wrongCharacter(character: string, at: number): string {
  const lettersLeftOut = /^[ILOU]$/i.test(character) ? ': I, L, O and U are left out' : ''
  return `Character ${at}, ${JSON.stringify(character)}, is no digit of Crockford's base 32${lettersLeftOut}.`
}

function timeText(ms: number): string {
  // Dates of JavaScript go further than the 48 bits of a ULID.
  return new Date(ms).toISOString()
}
