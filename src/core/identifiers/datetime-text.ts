import { civilMs } from './calendar.ts'
import { parseOffset, type Zone } from './zone.ts'

/** What a date and time in text says: a wall clock, as if it were UTC, and the offset where the text names one. */
export interface WallClock {
  readonly localMs: number
  /** Milliseconds east of UTC; null where the text does not say. */
  readonly offset: number | null
}

const shape =
  /^(\d{4})(-?)(\d{2})\2(\d{2})(?:(?:T| +)(\d{2})(:?)(\d{2})(?:\6(\d{2})(?:[.,](\d+))?)? ?(Z|UTC|[+-]\d{2}(?::?\d{2})?(?: UTC)?)?)?$/i

/**
 * Reads ISO 8601 and SQL datetimes: `2026-02-11`, `2026-02-11 07:25[:00[.123456]]`, `T` or space between, then nothing,
 * `Z`, `UTC`, `+02:00`, `+0200` or `+02`, after a space or not; and the compact `20260211T072500Z`. Digits after the
 * millisecond are cut off. Null for anything else, days that do not exist, and `20260211`, which is a number.
 */
export function readWallClock(text: string): WallClock | null {
  return readCurrentTimestamp(text) ?? readAnyShape(text)
}

/** `YYYY-MM-DD HH:MM:SS`, as CURRENT_TIMESTAMP writes it and most columns hold it, in a fifth of the time. */
function readCurrentTimestamp(text: string): WallClock | null {
  if (text.length !== 19 || text[4] !== '-' || text[7] !== '-' || text[13] !== ':' || text[16] !== ':')
    return null
  if (text[10] !== ' ' && text[10] !== 'T') return null
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2)
  const [month, day] = [twoDigits(text, 5), twoDigits(text, 8)]
  const [hour, minute, second] = [twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)]
  const localMs = civilMs(year, month, day, hour, minute, second)
  return localMs === null || Number.isNaN(localMs) ? null : { localMs, offset: null }
}

/** NaN where there are no two digits. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48
  const ones = text.charCodeAt(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

function readAnyShape(text: string): WallClock | null {
  const match = shape.exec(text)
  if (match === null || (match[2] === '' && match[5] === undefined)) return null
  const millisecond = Number((match[9] ?? '').slice(0, 3).padEnd(3, '0'))
  const localMs = civilMs(
    Number(match[1]),
    Number(match[3]),
    Number(match[4]),
    Number(match[5] ?? 0),
    Number(match[7] ?? 0),
    Number(match[8] ?? 0),
    millisecond,
  )
  if (localMs === null) return null
  const zone = match[10]
  if (zone === undefined) return { localMs, offset: null }
  const offset = /^[zu]/i.test(zone) ? 0 : parseOffset(zone.replace(/ UTC$/i, ''))
  return offset === null ? null : { localMs, offset }
}

/** Milliseconds since 1970, UTC; `zone` counts only where the text named none. */
export function instantOf(clock: WallClock, zone: Zone): number {
  return clock.localMs - (clock.offset ?? zone.offsetAt(clock.localMs))
}
