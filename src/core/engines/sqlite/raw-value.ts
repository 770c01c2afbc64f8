/** Values on their way from one database to another: texts as their bytes, so that no invalid UTF-8 and no NUL is lost. */

import { readUuid, uuidSpellings } from '../../identifiers/uuid.ts'
import type { Connection } from './open.ts'

export interface RawValue {
  readonly type: 'text' | 'integer' | 'real' | 'blob' | 'null'
  readonly value: Buffer | bigint | number | null
}

/** SQL: the two columns that {@link rawOf} reads. */
export function rawSql(expression: string): string {
  return `typeof(${expression}), CASE typeof(${expression}) WHEN 'text' THEN CAST(${expression} AS BLOB) ELSE ${expression} END`
}

export function rawOf([type, value]: readonly unknown[]): RawValue {
  return { type, value } as RawValue
}

/** A question to a database about one value; `sql` makes it for the value's expression, which has no affinity of its own. */
export function asking(db: Connection, sql: (value: string) => string) {
  const text = db.prepare(sql('+CAST(? AS TEXT)')).pluck()
  const other = db.prepare(sql('?')).pluck()
  return ({ type, value }: RawValue): unknown => (type === 'text' ? text : other).get(value)
}

export function encodingOf(db: Connection): string {
  return String(db.pragma('encoding', { simple: true }))
}

/** The value as another database writes its texts; null where a text can't be written so. */
export function reencoded(raw: RawValue, from: string, to: string): RawValue | null {
  if (from === to || raw.type !== 'text') return raw
  try {
    const text = new TextDecoder(from.toLowerCase(), { fatal: true, ignoreBOM: true }).decode(
      raw.value as Buffer,
    )
    const bytes = Buffer.from(text, to === 'UTF-8' ? 'utf8' : 'utf16le')
    return { type: 'text', value: to === 'UTF-16be' ? bytes.swap16() : bytes }
  } catch {
    return null
  }
}

/**
 * The value as another database may hold it: as it is, and a UUID also in its other spellings. DuckDB holds UUIDs as such,
 * and programs write what they read there as they like.
 */
export function* spelledIn(raw: RawValue, from: string, to: string): Generator<RawValue, void, void> {
  const same = reencoded(raw, from, to)
  if (same !== null) yield same
  const uuid = uuidIn(raw, from)
  if (uuid === null) return
  for (const text of uuidSpellings(uuid)) {
    const spelled = reencoded({ type: 'text', value: Buffer.from(text) }, 'UTF-8', to)
    if (spelled !== null) yield spelled
  }
  yield { type: 'blob', value: Buffer.from(uuid, 'hex') }
}

/** The hex digits of what may be a UUID. */
function uuidIn({ type, value }: RawValue, encoding: string): string | null {
  if (!Buffer.isBuffer(value) || value.length > LONGEST) return null
  if (type === 'blob') return value.length === 16 ? value.toString('hex') : null
  return readUuid(new TextDecoder(encoding.toLowerCase()).decode(value))?.hex ?? null
}

/** Bytes of `urn:uuid:...` in UTF-16. */
const LONGEST = 90
