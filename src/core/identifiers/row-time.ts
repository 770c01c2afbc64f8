/**
 * When a row came to be, read from its creation column. All times become whole milliseconds, rounded down: a ULID must
 * not lie after the moment it stands for.
 */
import { instantOf, readWallClock } from './datetime-text.ts'
import type { Zone } from './zone.ts'

export { parseZone, type Zone } from './zone.ts'

const julianDayOf1970 = 2_440_587.5
const msPerDay = 86_400_000

/**
 * Milliseconds since 1970 (UTC), or null for what is no time.
 *
 * - Text: ISO 8601 or SQL datetime; without a zone it is a wall clock in `zone`. Digits are read as the number.
 * - Integers (and whole numbers in text): seconds, milliseconds, microseconds or nanoseconds since 1970, by size. The
 *   borders lie where the finer unit says 1973 and the coarser the year 5138.
 * - Reals (and fractions in text): a Julian day from 2.4 to 2.5 million (the years 1858 to 2132), otherwise as
 *   integers, rounded to the microsecond first, since 1767225600.123 has no exact double.
 *
 * A JavaScript `number` counts as a real: the engine reads INTEGER as bigint. It may be absurd all the same (0, the
 * year 9999); see `isPlausibleTime`.
 */
export function parseTime(value: string | number | bigint | null, zone: Zone): number | null {
  if (value === null) return null
  if (typeof value === 'bigint') return epochInteger(value)
  if (typeof value === 'number') return real(value)
  const text = value.trim()
  const clock = readWallClock(text)
  if (clock !== null) return instantOf(clock, zone)
  if (/^[+-]?\d{1,20}$/.test(text)) return epochInteger(BigInt(text.replace('+', '')))
  if (/^[+-]?\d{1,20}\.\d*$/.test(text)) return real(Number(text))
  return null
}

function epochInteger(value: bigint): number | null {
  const number = Number(value)
  const perSecond = ticksPerSecond(number)
  if (perSecond === null) return null
  if (perSecond === 1) return number * 1000
  if (perSecond === 1000) return number
  // Nanoseconds are beyond 2^53, so the division is done before the number is rounded.
  const divisor = BigInt(perSecond / 1000)
  const quotient = value / divisor
  return Number(value % divisor < 0n ? quotient - 1n : quotient)
}

function real(value: number): number | null {
  if (value >= 2_400_000 && value < 2_500_000) {
    // A Julian day is good to 0.04 ms only, and SQLite writes whole milliseconds: rounding finds them (HAZARDS R1).
    return Math.round((value - julianDayOf1970) * msPerDay)
  }
  const perSecond = ticksPerSecond(value)
  if (perSecond === null) return null
  const microseconds = Math.round(perSecond > 1e6 ? value / 1000 : value * (1e6 / perSecond))
  return Math.floor(microseconds / 1000)
}

/** The unit of a number since 1970, by its size. Null for NaN and for what 64 bits cannot hold. */
function ticksPerSecond(value: number): number | null {
  const size = Math.abs(value)
  if (size < 1e11) return 1
  if (size < 1e14) return 1e3
  if (size < 1e17) return 1e6
  return size < 2 ** 63 ? 1e9 : null
}
