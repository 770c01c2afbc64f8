/** Ids of the kinds that the systems write (SYSTEMS 2.10), from seeded random numbers. */
import { createHash } from 'node:crypto'
import { encodeTime } from '../../identifiers/index.ts'
import { compactTime } from './clock.ts'
import type { Random } from './random.ts'

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** 8 lower-case hex digits. */
export function hex8(random: Random): string {
  return random.next().toString(16).padStart(8, '0')
}

/** A version 4 UUID as 32 hex digits, the way Python's `uuid4().hex` gives it. */
export function uuid4Hex(random: Random): string {
  const digits = hex8(random) + hex8(random) + hex8(random) + hex8(random)
  const variant = '89ab'[random.below(4)]
  return `${digits.slice(0, 12)}4${digits.slice(13, 16)}${variant}${digits.slice(17)}`
}

/** A version 4 UUID with dashes. */
export function uuid4(random: Random): string {
  const hex = uuid4Hex(random)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** `job_20260211_072500_1f2e3d4c`, the time in UTC. */
export function jobName(random: Random, ms: number): string {
  const { date, time } = compactTime(ms)
  return `job_${date}_${time}_${hex8(random)}`
}

/** A ULID of that millisecond. */
export function ulid(random: Random, ms: number): string {
  let text = encodeTime(ms)
  for (let place = 0; place < 16; place++) text += crockford[random.below(32)]
  return text
}

/** 32 hex digits that the text decides: the same text gets the same id. */
export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}

/** The first 16 hex digits of its SHA-256: the same text gets the same id. */
export function sha256Start(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
