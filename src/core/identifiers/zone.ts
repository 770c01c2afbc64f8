/**
 * Time zones, for text that names a wall clock and no zone. An offset is in milliseconds, east positive, so that
 * UTC = wall clock - offset.
 */
export interface Zone {
  readonly name: string
  /** The offset that holds at a wall-clock time, itself given in milliseconds as if it were UTC. */
  offsetAt(localMs: number): number
}

const day = 86_400_000
/** Before this no zone had rules, only the sun; also keeps years BC away from the formatter. */
const firstRules = Date.UTC(1800, 0, 1)

export const utc: Zone = fixedZone('UTC', 0)

/**
 * The zone of a name: `UTC` or `Z`, an offset (`+02:00`, `-0330`, `+02`), or an IANA name (`Europe/Berlin`).
 *
 * Where clocks are put back, an hour happens twice; where they are put forward, one is missing. A wall-clock time in
 * either becomes the earlier of the two instants that it could mean.
 *
 * @throws RangeError that names the value, for anything else.
 */
export function parseZone(name: string): Zone {
  if (/^(?:UTC|Z)$/i.test(name)) return utc
  const offset = parseOffset(name)
  if (offset !== null) return fixedZone(offsetName(offset), offset)
  if (/^[+-]/.test(name)) throw unknownZone(name)
  try {
    return ianaZone(name)
  } catch (error) {
    if (error instanceof RangeError) throw unknownZone(name, error)
    throw error
  }
}

/** Milliseconds of `+02:00`, `+0200` or `+02`; null for anything else and for an hour that no zone ever had. */
export function parseOffset(text: string): number | null {
  const match = /^([+-])(\d{2})(?::?(\d{2}))?$/.exec(text)
  if (match === null) return null
  const hours = Number(match[2])
  const minutes = Number(match[3] ?? '0')
  if (hours > 15 || minutes > 59) return null
  return (match[1] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000 || 0
}

function unknownZone(name: string, cause?: Error): RangeError {
  const known = 'UTC, an offset as +02:00, and names as Europe/Berlin are known'
  return new RangeError(`Not a time zone: ${JSON.stringify(name)} (${known})`, { cause })
}

function fixedZone(name: string, offset: number): Zone {
  return { name, offsetAt: () => offset }
}

function offsetName(offset: number): string {
  const minutes = Math.abs(offset) / 60_000
  const pad = (value: number) => String(value).padStart(2, '0')
  return `${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`
}

function ianaZone(name: string): Zone {
  const offsetAtInstant = instantOffsets(name)
  const atMidnight = new Map<number, number>()

  // The formatter takes microseconds; a day's offset serves all rows of that day.
  const offsetOfDay = (index: number): number => {
    const known = atMidnight.get(index)
    if (known !== undefined) return known
    const offset = offsetAtInstant(index * day)
    atMidnight.set(index, offset)
    return offset
  }

  return {
    name,
    offsetAt(localMs) {
      const today = Math.floor(localMs / day)
      // No zone is a day away from UTC, so the instant lies between these two.
      const before = offsetOfDay(today - 1)
      const after = offsetOfDay(today + 2)
      if (before === after) return before
      const holding = [before, after].filter(offset => offsetAtInstant(localMs - offset) === offset)
      // One holds on an ordinary side of the change, both in the repeated hour, none in the missing one.
      // Of two, the greater offset gives the earlier instant.
      return holding.length === 1 ? holding[0]! : Math.max(before, after)
    },
  }
}

/** @throws RangeError for a name that Intl does not know. */
function instantOffsets(name: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  return ms => {
    const instant = Math.max(Math.floor(ms / 1000) * 1000, firstRules)
    const wall = new Map(format.formatToParts(instant).map(part => [part.type, Number(part.value)]))
    const at = (type: Intl.DateTimeFormatPartTypes) => wall.get(type) ?? 0
    const local = Date.UTC(at('year'), at('month') - 1, at('day'), at('hour'), at('minute'), at('second'))
    return local - instant
  }
}
