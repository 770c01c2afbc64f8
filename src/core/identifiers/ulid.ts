import { randomFillSync } from 'node:crypto'
import { monotonicFactory, ULIDError } from 'ulid'
import { crockfordAlphabet, crockfordValue, type LetterCase } from './crockford.ts'
import { earliestPlausible } from './plausible.ts'

/** The last millisecond that 48 bits can hold, in the year 10889. */
const maxUlidTime = 2 ** 48 - 1

const ulidShape = /^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$/
const timeDigits = 10
const year = 365.25 * 86_400_000
const poolSize = 16_384

/**
 * Whether `text` is a ULID in either letter case: 26 digits, the first 0 to 7, since 130 bits hold 128. Other
 * validators (the `ulid` package's too, HAZARDS G5) accept a first digit above 7.
 */
export function isUlid(text: string): boolean {
  return ulidShape.test(text)
}

/** The time inside a ULID, in milliseconds since 1970. @throws RangeError where `ulid` is none. */
export function ulidTime(ulid: string): number {
  if (!isUlid(ulid)) {
    throw new RangeError(
      `Not a ULID: ${JSON.stringify(ulid)} (26 Crockford digits, the first 0 to 7, are one)`,
    )
  }
  let ms = 0
  for (let at = 0; at < timeDigits; at++) ms = ms * 32 + crockfordValue[ulid.charCodeAt(at)]!
  return ms
}

/** The ten leading digits of a ULID, upper case. `ms` is a whole number, 0 to 2^48 - 1. @throws RangeError otherwise. */
export function encodeTime(ms: number): string {
  assertUlidTime(ms)
  let digits = ''
  for (let rest = ms; digits.length < timeDigits; rest = Math.floor(rest / 32)) {
    digits = crockfordAlphabet.upper.charAt(rest % 32) + digits
  }
  return digits
}

/** The first and the last ULID, in upper case, of a span of whole milliseconds, cut to what a ULID can hold; both are in it. */
export function ulidsBetween(from: number, to: number): { readonly from: string; readonly to: string } {
  const bound = (ms: number) => encodeTime(Math.min(Math.max(ms, 0), maxUlidTime))
  return { from: bound(from) + '0'.repeat(16), to: bound(to) + 'Z'.repeat(16) }
}

/** @throws RangeError where a ULID cannot hold `ms`. */
export function assertUlidTime(ms: number): void {
  if (!Number.isInteger(ms) || ms < 0 || ms > maxUlidTime) {
    throw new RangeError(`Not a time that a ULID can hold: ${ms} (whole milliseconds, 0 to ${maxUlidTime})`)
  }
}

/**
 * Whether a ULID's time can be a real one: not before 1990 and not more than a year past `now` (milliseconds). Shape
 * alone proves nothing: 26 zeros and one in eighty of `uuid.hex[:26]` have it. @throws RangeError for a non-ULID.
 */
export function hasPlausibleTime(ulid: string, now: number): boolean {
  const ms = ulidTime(ulid)
  return ms >= earliestPlausible && ms <= now + year
}

/**
 * Makes ULIDs for now, each greater than the one before, also within a millisecond and after the clock went back
 * (the time inside then stands still until the clock has caught up).
 *
 * It is the `ulid` package's monotonic factory with a pool of random bytes: its own source asks the system for each
 * digit. Its traps (HAZARDS G5) are closed here: it takes 0 and NaN for "now", crashes on a negative time and says
 * `Incorrectly encoded string` when a millisecond is full.
 *
 * The function returned throws RangeError for a clock that reads no time a ULID can hold, and for a full millisecond.
 */
export function createUlidFactory(
  options: {
    readonly now?: () => number
    readonly case?: LetterCase
    /** Fractions in [0, 1), from the system's CSPRNG unless given; a test may give others. */
    readonly random?: () => number
  } = {},
): () => string {
  const now = options.now ?? Date.now
  const lower = options.case === 'lower'
  const random = options.random ?? pooledRandom()
  const later = monotonicFactory(random)
  // Millisecond 0 cannot be asked for, so a factory of its own counts it as millisecond 1.
  const atZero = monotonicFactory(random)
  let time = 0

  return () => {
    const reading = now()
    assertUlidTime(reading)
    time = Math.max(time, reading)
    const ulid = guardOverflow(time, () =>
      time === 0 ? encodeTime(0) + atZero(1).slice(timeDigits) : later(time),
    )
    return lower ? ulid.toLowerCase() : ulid
  }
}

/**
 * An SQL expression, in parentheses, that makes a ULID for now with nothing registered, so any program can insert:
 * `id TEXT NOT NULL UNIQUE DEFAULT ${sqliteUlidExpression()}` (HAZARDS B4, R1). Rows of one statement share their
 * millisecond and are unordered among themselves. With `time`, an expression for milliseconds since 1970, it is for then,
 * where that is not NULL.
 */
export function sqliteUlidExpression(letterCase: LetterCase = 'upper', time?: string): string {
  // Rounded: a Julian day is a double, and every other instant lies just below its millisecond (HAZARDS R1).
  const now = "CAST(round((julianday('now')-2440587.5)*86400000) AS INTEGER)"
  const ms = time === undefined ? now : `coalesce(${time}, ${now})`
  const digit = (bits: string) => `substr('${crockfordAlphabet[letterCase]}',1+(${bits}&31),1)`
  const digits = Array.from({ length: timeDigits }, (_, at) => digit(`(${ms}>>${5 * (timeDigits - 1 - at)})`))
  const random = Array.from({ length: 16 }, () => digit('random()'))
  return `(${[...digits, ...random].join('||')})`
}

function guardOverflow(time: number, make: () => string): string {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof ULIDError)) throw error
    throw new RangeError(`No ULID is left in millisecond ${time}: its random part has reached the end`, {
      cause: error,
    })
  }
}

/** Fractions in [0, 1) from the system's CSPRNG, a byte each: the package uses the top five bits of every one. */
function pooledRandom(): () => number {
  const pool = new Uint8Array(poolSize)
  let used = poolSize
  return () => {
    if (used === poolSize) {
      randomFillSync(pool)
      used = 0
    }
    return pool[used++]! / 256
  }
}
