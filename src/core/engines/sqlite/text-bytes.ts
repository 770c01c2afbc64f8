/**
 * CAST between TEXT and BLOB speaks the encoding of the database. Whoever looks into texts wants UTF-8, and in a database
 * of that encoding, as nearly all are, not a byte is touched, valid or not.
 */
import type { Connection } from './open.ts'
import { encodingOf } from './raw-value.ts'

export interface TextBytes {
  /** From the database's encoding to UTF-8. */
  decode(bytes: Buffer): Buffer
  encode(bytes: Buffer): Buffer
  /** The same of what may be a number. */
  decodeId(id: Buffer | bigint): Buffer | bigint
  encodeId(id: Buffer | bigint): Buffer | bigint
}

export function textBytes(db: Connection): TextBytes {
  const encoding = encodingOf(db)
  const decode =
    encoding === 'UTF-8'
      ? (bytes: Buffer) => bytes
      : (bytes: Buffer) => Buffer.from(swapped(bytes, encoding).toString('utf16le'), 'utf8')
  const encode =
    encoding === 'UTF-8'
      ? (bytes: Buffer) => bytes
      : (bytes: Buffer) => swapped(Buffer.from(bytes.toString('utf8'), 'utf16le'), encoding)
  const ofId = (convert: (bytes: Buffer) => Buffer) => (id: Buffer | bigint) =>
    typeof id === 'bigint' ? id : convert(id)
  return { decode, encode, decodeId: ofId(decode), encodeId: ofId(encode) }
}

function swapped(bytes: Buffer, encoding: string): Buffer {
  return encoding === 'UTF-16be' ? Buffer.from(bytes).swap16() : bytes
}
