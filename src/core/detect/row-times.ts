/** The times that the rows of an identity carry: of a few of them, and how often ids and times disagree about the order. */
import type { DetectedIdentity, IdKind, Inversions, TimedId, TimeSource } from '../documents.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { idTime, parseTime, type Zone } from '../identifiers/index.ts'
import { isPlausibleRowTime } from '../identifiers/row-plausible.ts'
import { quoteName as q } from '../schema/names.ts'
import { LONGEST_ID } from './values.ts'

/** So many rows, the first by id, are held against their times: it is told how many, and costs nothing to speak of. */
const LOOKED_AT = 10_000
const SAMPLES = 3

/** Kinds that are counted up, or begin with the time. Ids of other kinds have no order that a time could disagree with. */
const ordered: ReadonlySet<string> = new Set<IdKind>([
  'integer',
  'name-timestamp',
  'snowflake',
  'objectid',
  'ksuid',
  'uuid6',
  'uuid7',
  'ulid',
  'ulid-lower',
])

export interface RowTimes {
  readonly samples: readonly TimedId[]
  readonly inversions: Inversions | null
}

type Value = string | bigint | number | Buffer

export function rowTimes(
  db: Connection,
  { table, column, kinds, time, migrate, offered }: DetectedIdentity,
  zone: Zone,
  now: number,
): RowTimes {
  const [kind = ''] = Object.entries(kinds).sort(([, a], [, b]) => b - a)[0] ?? []
  const hasOrder = (migrate || offered) && time.from !== 'order' && ordered.has(kind)
  const c = q(column)
  const at = time.from === 'order' || time.column === undefined ? 'NULL' : short(q(time.column), 64)
  const sql = `SELECT ${short(c, LONGEST_ID)}, ${at} FROM ${q(table)} WHERE ${c} IS NOT NULL ORDER BY ${c} LIMIT ${hasOrder ? LOOKED_AT : SAMPLES}`
  const rows = (db.prepare(sql).raw().all() as [Value, Value | null][]).map(([id, moment]) => ({
    id,
    ms: timeOf(id, moment, time, zone, now),
  }))
  const picked = [...new Set([0, Math.floor(rows.length / 2), rows.length - 1])]
  const samples = picked
    .flatMap(row => rows[row] ?? [])
    .map(({ id, ms }) => ({
      value: Buffer.isBuffer(id) ? id.toString('hex') : String(id),
      time: ms === null ? null : new Date(ms).toISOString(),
    }))
  if (!hasOrder) return { samples, inversions: null }
  const timed = rows.flatMap(({ ms }) => (ms === null ? [] : [ms]))
  const rowsBack = timed.filter((ms, row) => row > 0 && ms < timed[row - 1]!).length
  return { samples, inversions: { looked: timed.length, rows: rowsBack } }
}

function timeOf(
  id: Value,
  moment: Value | null,
  { from }: TimeSource,
  zone: Zone,
  now: number,
): number | null {
  const inside = from === 'id' ? idTime(id, zone) : null
  const ms = inside ?? (Buffer.isBuffer(moment) ? null : parseTime(moment, zone))
  return isPlausibleRowTime(ms, now) ? ms : null
}

/** Nothing huge is read into memory. */
function short(column: string, length: number): string {
  return `CASE typeof(${column}) WHEN 'text' THEN substr(${column}, 1, ${length}) WHEN 'blob' THEN substr(${column}, 1, 17) ELSE ${column} END`
}
