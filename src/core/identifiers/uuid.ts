/** A UUID as its 32 hex digits in lower case, and whether it was written so that it can be nothing else. */
export interface SpelledUuid {
  readonly hex: string
  /** False for 32 bare hex digits, which an MD5 has too. */
  readonly marked: boolean
}

const spelling =
  /^(?:urn:uuid:|\{)?([0-9a-f]{8})(-?)([0-9a-f]{4})\2([0-9a-f]{4})\2([0-9a-f]{4})\2([0-9a-f]{12})(\}?)$/i

/** 100 ns ticks from the Gregorian reform, 1582-10-15, to 1970. */
const gregorianTicks = 0x01b21dd213814000n

/**
 * Reads every spelling: dashed, bare, `{...}`, `urn:uuid:...`, any letter case, any version, the nil and max UUIDs.
 * Null for text that is none of these.
 */
export function readUuid(text: string): SpelledUuid | null {
  if (text.length < 32 || text.length > 45) return null
  const match = spelling.exec(text)
  if (match === null || text.startsWith('{') !== (match[7] === '}')) return null
  const hex = `${match[1]}${match[3]}${match[4]}${match[5]}${match[6]}`.toLowerCase()
  return { hex, marked: text.length > 32 }
}

/** The same UUID in the other ways in which databases hold it. */
export function uuidSpellings(hex: string): readonly string[] {
  const dashed = [
    [0, 8],
    [8, 12],
    [12, 16],
    [16, 20],
    [20, 32],
  ]
    .map(([from, to]) => hex.slice(from, to))
    .join('-')
  const texts = [dashed, hex, `{${dashed}}`]
  return [...texts, ...texts.map(text => text.toUpperCase())]
}

/** 1 to 8 (RFC 9562); null where the version or the variant bits are no UUID's, as in nil and max. */
export function uuidVersion(hex: string): number | null {
  const version = hex.charCodeAt(12) - 48
  return version >= 1 && version <= 8 && '89ab'.includes(hex.charAt(16)) ? version : null
}

/** Milliseconds since 1970, cut to whole ones, inside a UUID of version 1, 6 or 7; null for the others. */
export function uuidTime(hex: string): number | null {
  switch (uuidVersion(hex)) {
    case 1:
      return ticksToMs(`${hex.slice(13, 16)}${hex.slice(8, 12)}${hex.slice(0, 8)}`)
    case 6:
      return ticksToMs(`${hex.slice(0, 12)}${hex.slice(13, 16)}`)
    case 7:
      return Number.parseInt(hex.slice(0, 12), 16)
    default:
      return null
  }
}

function ticksToMs(hex: string): number {
  return Number((BigInt(`0x${hex}`) - gregorianTicks) / 10_000n)
}
