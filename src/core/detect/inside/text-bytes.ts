/**
 * Texts as UTF-8, whatever the database is written in: cast to a BLOB, a text of a UTF-16 database is other bytes than what
 * it means to us.
 */
import type { Connection } from '../../engines/sqlite/open.ts'

export function isUtf8(db: Connection): boolean {
  return db.pragma('encoding', { simple: true }) === 'UTF-8'
}

/** SQL for the value, a text of it as bytes where those are UTF-8; what is not comes as a string. */
export function textBytes(db: Connection, column: string): string {
  return isUtf8(db)
    ? `CASE typeof(${column}) WHEN 'text' THEN CAST(${column} AS BLOB) ELSE ${column} END`
    : column
}

export function asBytes<T>(read: T): Exclude<T, string> | Buffer {
  return typeof read === 'string' ? Buffer.from(read) : (read as Exclude<T, string>)
}
