/**
 * Ids made of a name and the moment they were made: `my-project-20260211-072500`, `job_20260211_072500_1a2b3c4d`,
 * `backup-20260211T072500Z`, `cj_1767225600000`. The name is whatever a folder can be called, digits and hyphens
 * included, so the moment is looked for from the right.
 */
import { civilMs } from './calendar.ts'
import { readWallClock, type WallClock } from './datetime-text.ts'
import { isPlausibleTime } from './plausible.ts'

/** What keeps two ids of one moment apart: a counter or a few random digits. */
const tail = '(?:[-_][0-9a-z]{4,16})?'
const dateAndTime = /[-_](\d{4})(\d{2})(\d{2})[-_]?(\d{2})(\d{2})(\d{2})$/
const dateAndTimeTail = new RegExp(`${dateAndTime.source.slice(0, -1)}${tail}$`, 'i')
const isoWithT =
  /[-_](\d{4}(-?)\d{2}\2\d{2}T\d{2}(:?)\d{2}(?:\3\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?)$/i
const milliseconds = new RegExp(`[-_](\\d{13})${tail}$`, 'i')
const seconds = /[-_](\d{10})$/

/** Ten digits are a phone or order number as easily: only seconds of these years count. */
const secondsSince = Date.UTC(2005, 0, 1)
const secondsUntil = Date.UTC(2040, 0, 1)

/** The moment at the end of an id; null where there is none, no name before it, or it is outside 1990 to 2100. */
export function readNameTimestamp(text: string): WallClock | null {
  const clock = dateAtEnd(text) ?? isoAtEnd(text) ?? epochAtEnd(text)
  return clock !== null && isPlausibleTime(clock.localMs) ? clock : null
}

function dateAtEnd(text: string): WallClock | null {
  const match = afterName(dateAndTime, text) ?? afterName(dateAndTimeTail, text)
  if (match === null) return null
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number)
  const localMs = civilMs(year!, month!, day!, hour!, minute!, second!)
  return localMs === null ? null : { localMs, offset: null }
}

function isoAtEnd(text: string): WallClock | null {
  const match = afterName(isoWithT, text)
  return match === null ? null : readWallClock(match[1]!)
}

function epochAtEnd(text: string): WallClock | null {
  const ms = afterName(milliseconds, text)
  if (ms !== null) return { localMs: Number(ms[1]), offset: 0 }
  const s = afterName(seconds, text)
  if (s === null) return null
  const localMs = Number(s[1]) * 1000
  return localMs >= secondsSince && localMs < secondsUntil ? { localMs, offset: 0 } : null
}

function afterName(shape: RegExp, text: string): RegExpExecArray | null {
  const match = shape.exec(text)
  return match !== null && match.index > 0 ? match : null
}
