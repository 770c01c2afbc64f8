/** Which columns of a table say when its rows were made. */

import { columnNamed } from '../engines/sqlite/inspect.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { parseTime, type Zone } from '../identifiers/index.ts'
import { isPlausibleRowTime } from '../identifiers/row-plausible.ts'
import type { Table } from '../schema/model.ts'
import { quoteName } from '../schema/names.ts'

/** Names that creation times go by, the surest first; compared without case and underscores. */
const creationNames = [
  'createdat',
  'createdatutc',
  'created',
  'createdon',
  'createddate',
  'createdtime',
  'creationdate',
  'creationtime',
  'creationtimestamp',
  'creationtimeutc',
  'createtime',
  'createdate',
  'datecreated',
  'dateadded',
  'insertedat',
  'insertdate',
  'addedat',
  'added',
  'registeredat',
  'publishedat',
  'startedat',
  'starttime',
  'startdate',
  'start',
  'enteredat',
  'enterdate',
  'occurredat',
  'indexedat',
  'ingestedat',
  'invokedat',
  'detectedat',
  'receivedat',
  'sentat',
  'timestamp',
  'timestampms',
  'eventtime',
  'recordedat',
  'loggedat',
  'orderdate',
  'invoicedate',
  'rentaldate',
  'paymentdate',
  'postdate',
  'ts',
  'datetime',
  'time',
  'date',
]

/** What changes later than the row is made says nothing about when it was made. */
const later =
  /upd|modif|chang|delet|expir|end|finish|complet|last|due|deadline|birth|valid|access|seen|visit|until|stop|close/

const PROBE = 60

/**
 * Columns whose values are times, the likeliest creation column first. A name alone proves nothing: nine of ten
 * probed values must be plausible times.
 */
export function timeColumns(db: Connection, table: Table, zone: Zone, now: number): readonly string[] {
  return table.columns
    .map(column => ({ column, rank: rankOf(column.name, column.type) }))
    .filter(({ rank, column }) => rank < Number.POSITIVE_INFINITY && column.generated === 'no')
    .filter(({ column }) => !isTimeOfUlid(table, column.name))
    .sort((a, b) => a.rank - b.rank)
    .filter(({ column }) => holdsTimes(db, table.name, column.name, zone, now))
    .map(({ column }) => column.name)
}

/** `job_ulid_generated_at` beside `job_ulid` says when the ULID was made, which may be long after the row. */
function isTimeOfUlid(table: Table, name: string): boolean {
  const ulid = /^(.+)_generated_at$/i.exec(name)?.[1]
  return ulid !== undefined && columnNamed(table, ulid) !== undefined
}

function rankOf(name: string, type: string): number {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  const known = creationNames.indexOf(plain)
  if (known >= 0) return known
  if (later.test(plain)) return Number.POSITIVE_INFINITY
  if (/creat|insert|start/.test(plain)) return creationNames.length
  if (/DATE|TIME/i.test(type) || /(^|_)(at|ts|time|date)$/i.test(name)) return creationNames.length + 1
  return Number.POSITIVE_INFINITY
}

function holdsTimes(db: Connection, table: string, column: string, zone: Zone, now: number): boolean {
  const c = quoteName(column)
  const sql = `SELECT ${c} FROM ${quoteName(table)} WHERE ${c} IS NOT NULL AND typeof(${c}) <> 'blob' LIMIT ${PROBE}`
  const values = db.prepare(sql).pluck().all() as (string | number | bigint)[]
  // From 1980: whole numbers such as 20260211 would otherwise read as seconds of the year 1970.
  const times = values.filter(
    value => isPlausibleRowTime(parseTime(value, zone), now) && parseTime(value, zone)! >= Date.UTC(1980),
  )
  return values.length > 0 && times.length >= values.length * 0.9
}
