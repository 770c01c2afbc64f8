/**
 * What kind of id a single value is, by its content alone.
 *
 * One value cannot always say. One MD5 in eight has the digits of some UUID; one `uuid.hex[:26]` in eighty has the
 * shape and a possible time of a ULID; some 63-bit random numbers read as Snowflakes; a few nanoids look prefixed.
 * Here the stronger claim wins, and detection decides by the majority of a column.
 */
import type { IdKind } from '../documents.ts'
import { ksuidTime, objectIdTime, snowflakeTime } from './compact-ids.ts'
import { readNameTimestamp } from './name-timestamp.ts'
import { isPlausibleTime } from './plausible.ts'
import { isPrefixed } from './prefixed.ts'
import { isUlid, ulidTime } from './ulid.ts'
import { readUuid, type SpelledUuid, uuidVersion } from './uuid.ts'

/** Longer text is content. A name (255 at most) and any id after it fit. */
const longestId = 512

const uuidKinds: readonly IdKind[] = ['uuid1', 'uuid2', 'uuid3', 'uuid4', 'uuid5', 'uuid6', 'uuid7', 'uuid8']

/**
 * The kind of a value as SQLite gave it. INTEGER comes as bigint (or a number without fraction), REAL as number, BLOB
 * as bytes.
 *
 * - Whole numbers are `integer`, or `snowflake`. Digits in text are never `integer`, since the column's type is not.
 * - 16 bytes with a UUID's version and variant bits are that UUID, others `blob16`: one random blob in eight fits.
 * - `other`: nil, max and other UUID-shaped text without a version; reals; blobs of any other length.
 */
export function kindOf(value: string | bigint | number | Uint8Array): IdKind {
  if (typeof value === 'string') return kindOfText(value)
  if (typeof value === 'bigint') return snowflakeTime(value) === null ? 'integer' : 'snowflake'
  if (typeof value === 'number') return Number.isInteger(value) ? kindOf(BigInt(value)) : 'other'
  if (value.length !== 16) return 'other'
  return kindOfUuid(blobHex(value)) ?? 'blob16'
}

/** The hex digits of a blob, as `uuid.ts` reads them. */
export function blobHex(blob: Uint8Array): string {
  return Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength).toString('hex')
}

function kindOfText(text: string): IdKind {
  if (text.length > longestId) return 'text'
  const uuid = readUuid(text)
  return (
    (uuid && kindOfSpelledUuid(uuid)) ??
    kindOfUlid(text) ??
    kindOfHex(text) ??
    kindOfToken(text) ??
    (readNameTimestamp(text) && 'name-timestamp') ??
    (isPrefixed(text) ? 'prefixed' : isNanoid(text) ? 'nanoid' : 'text')
  )
}

function kindOfSpelledUuid({ hex, marked }: SpelledUuid): IdKind | null {
  return kindOfUuid(hex) ?? (marked || /^(?:0+|f+)$/.test(hex) ? 'other' : null)
}

function kindOfUuid(hex: string): IdKind | null {
  const version = uuidVersion(hex)
  return version === null ? null : uuidKinds[version - 1]!
}

function kindOfUlid(text: string): IdKind | null {
  if (!isUlid(text) || !isPlausibleTime(ulidTime(text))) return null
  return /[a-z]/.test(text) && !/[A-Z]/.test(text) ? 'ulid-lower' : 'ulid'
}

function kindOfHex(text: string): IdKind | null {
  if (text.length < 8 || !/^[0-9a-f]+$/i.test(text)) return null
  if (objectIdTime(text) !== null) return 'objectid'
  if (!/[a-f]/i.test(text)) return null
  switch (text.length) {
    case 32:
      return 'md5'
    case 40:
      return 'sha1'
    case 64:
      return 'sha256'
    default:
      return 'hex'
  }
}

function kindOfToken(text: string): IdKind | null {
  if (/^[1-9]\d{15,18}$/.test(text) && snowflakeTime(BigInt(text)) !== null) return 'snowflake'
  if (ksuidTime(text) !== null) return 'ksuid'
  return isCuid(text) ? 'cuid' : null
}

/**
 * Either version of cuid. The first is `c`, a time in base 36 and three counters. The second is any 24 of base 36
 * after a letter; with digits apart from each other it is no word with a number.
 */
function isCuid(text: string): boolean {
  if (/^c[0-9a-z]{24}$/.test(text)) return isPlausibleTime(Number.parseInt(text.slice(1, 9), 36))
  return /^[a-z](?=[0-9a-z]*\d[a-z]+\d)[0-9a-z]{23}$/.test(text)
}

function isNanoid(text: string): boolean {
  return /^(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9_-])[0-9A-Za-z_-]{21}$/.test(text)
}
