/** Ids that are one unbroken token with a time in front: ObjectId, KSUID, Snowflake. Each gives ms since 1970. */
import { isPlausibleTime } from './plausible.ts'

const objectIdSince = Date.UTC(2000, 0, 1)
const ksuidEpoch = 1_400_000_000
const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const twitterEpoch = 1_288_834_974_657
const snowflakeUntil = Date.UTC(2040, 0, 1)

/**
 * 24 hex digits, of which the first eight are seconds. Null outside 2000 to 2100: nothing else tells an ObjectId from
 * other hex.
 */
export function objectIdTime(text: string): number | null {
  if (!/^[0-9a-f]{24}$/i.test(text)) return null
  const ms = Number.parseInt(text.slice(0, 8), 16) * 1000
  return ms >= objectIdSince && isPlausibleTime(ms) ? ms : null
}

/**
 * 27 base 62 digits, 160 bits of which the first 32 are seconds since 2014. Of ordinary words of that length a third
 * would fit, so it takes a digit and letters of both cases; until 2051 a real one begins with a digit.
 */
export function ksuidTime(text: string): number | null {
  if (!/^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[0-9A-Za-z]{27}$/.test(text)) return null
  let number = 0n
  for (const digit of text) number = number * 62n + BigInt(base62.indexOf(digit))
  if (number >= 1n << 160n) return null
  const ms = (Number(number >> 128n) + ksuidEpoch) * 1000
  return isPlausibleTime(ms) ? ms : null
}

/**
 * A 64-bit integer whose upper bits are milliseconds. Null up to 2^53, which real ones left behind within weeks of
 * their epochs and under which epoch microseconds lie, and from 2040, so that most random 64-bit numbers are not taken.
 *
 * Twitter counts from 2010 and Discord from 2015, and the number does not say which. All are read as Twitter's: a
 * Discord id comes out 4.16 years early, but a column keeps its order, which a choice by value would break.
 */
export function snowflakeTime(value: bigint): number | null {
  if (value <= 1n << 53n || value >= 1n << 63n) return null
  const ms = Number(value >> 22n) + twitterEpoch
  return ms < snowflakeUntil ? ms : null
}
