import { ksuidTime, objectIdTime, snowflakeTime } from './compact-ids.ts'
import { instantOf } from './datetime-text.ts'
import { blobHex, kindOf } from './kinds.ts'
import { readNameTimestamp } from './name-timestamp.ts'
import { isPlausibleTime } from './plausible.ts'
import { ulidTime } from './ulid.ts'
import { readUuid, uuidTime } from './uuid.ts'
import { utc, type Zone } from './zone.ts'

/**
 * The time at which an id was made, where the id says so: milliseconds since 1970 (UTC), rounded down.
 *
 * Read from UUIDv1, v6 and v7 in any spelling, ULID, ObjectId, KSUID, Snowflake, and names with a timestamp, which is
 * in `zone` unless it says otherwise. Null for ids without a time and for times before 1990 or from 2100. The kind is
 * decided from this one value, with the doubts that {@link kindOf} has.
 */
export function idTime(value: string | bigint | number | Uint8Array, zone: Zone = utc): number | null {
  const ms = timeInside(value, zone)
  return ms !== null && isPlausibleTime(ms) ? ms : null
}

function timeInside(value: string | bigint | number | Uint8Array, zone: Zone): number | null {
  const kind = kindOf(value)
  if (kind === 'snowflake') return value instanceof Uint8Array ? null : snowflakeTime(BigInt(value))
  if (kind === 'uuid1' || kind === 'uuid6' || kind === 'uuid7') return uuidTime(uuidHex(value))
  if (typeof value !== 'string') return null
  switch (kind) {
    case 'ulid':
    case 'ulid-lower':
      return ulidTime(value)
    case 'objectid':
      return objectIdTime(value)
    case 'ksuid':
      return ksuidTime(value)
    case 'name-timestamp': {
      const clock = readNameTimestamp(value)
      return clock === null ? null : instantOf(clock, zone)
    }
    default:
      return null
  }
}

function uuidHex(value: string | bigint | number | Uint8Array): string {
  if (value instanceof Uint8Array) return blobHex(value)
  return typeof value === 'string' ? (readUuid(value)?.hex ?? '') : ''
}
