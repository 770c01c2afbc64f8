/** An id looked up in one identity, whichever of its two ids it is. */
import { positionOf } from '../engines/sqlite/inspect.ts'
import { formatColumnPath, quoteName as q } from '../schema/names.ts'
import { hasPosition, type IdPlace } from './places.ts'
import { rowColumns, rowsAmong, rowText, type Stored } from './query.ts'
import { readThrough } from './read-through.ts'
import type { Reader } from './reader.ts'
import { type Spellings, type StoredId, ulidSpellings } from './spellings.ts'
import type { Steps } from './steps.ts'

/** One thing under both its ids. */
export interface FoundId {
  /** Its number, or its key; null where it names no row: an orphan, or the row is gone. */
  readonly key: readonly Stored[] | null
  readonly ulid: string | null
  readonly legacy: StoredId | null
}

/** What was read as a whole on the way. */
export type Tell = (object: string) => void

/**
 * Everything that the id names in the place, by index. A ULID that names no row may still be known to the maps: see
 * {@link findUnnamed}.
 */
export function* findIds(reader: Reader, place: IdPlace, wanted: Spellings, tell: Tell): Steps<FoundId[]> {
  const { table, map, legacy } = place
  const ulid = `t.${q(place.ulid)}`
  const key = rowColumns(table, 't')
  const known =
    map === null
      ? []
      : rowsAmong(reader, `SELECT ulid FROM main.${q(map)}`, [{ column: 'legacy', values: wanted.legacies }])
  const rows = rowsAmong(
    reader,
    `SELECT ${[...key, legacyOf(place), ulid].join(', ')} FROM main.${q(table.name)} t`,
    [
      { column: ulid, values: [...wanted.ulids, ...known.map(([value]) => value as string)] },
      ...(place.liveLegacy && legacy !== null ? [{ column: `t.${q(legacy)}`, values: wanted.legacies }] : []),
    ],
  )
  const found: FoundId[] = []
  for (const row of rows) {
    const id = foundRow(row)
    const isUnsure = id.legacy === null && mayBeElsewhere(reader, place, id)
    found.push(isUnsure ? { ...id, legacy: yield* readLegacy(reader, place, id, tell) } : id)
  }
  if (found.length > 0) return found
  return place.pairs.flatMap(store =>
    rowsAmong(reader, `SELECT ulid, legacy FROM main.${q(store)}`, [
      { column: 'legacy', values: wanted.legacies },
    ]).map(pair),
  )
}

/** What the maps know of a ULID that names no row: an orphan, or a row that is gone. They have no index by ULID. */
export function* findUnnamed(
  reader: Reader,
  place: IdPlace,
  { ulids }: Spellings,
  tell: Tell,
): Steps<FoundId[]> {
  const found: FoundId[] = []
  if (ulids.length === 0) return found
  for (const store of place.pairs) {
    tell(pairsName(place))
    const where = { sql: `c.ulid IN (${ulids.map(() => '?').join(', ')})`, values: ulids }
    const key = [store === place.map ? 'c.pos' : 'c.legacy']
    yield* readThrough(
      reader,
      { table: { name: store }, key, columns: ['c.ulid', 'c.legacy'], where, object: pairsName(place) },
      row => void found.push(pair(row)),
    )
  }
  return found
}

/**
 * SQL: the legacy id of the row `t`. From a map it is found by the row's number, as long as nobody has given the row another
 * one; rows without numbers are in an index by ULID.
 */
export function legacyOf(place: IdPlace): string {
  const { map, legacy } = place
  if (legacy !== null) return `t.${q(legacy)}`
  if (map === null) return 'NULL'
  const position = positionOf(place.table)
  const sameRow = position === null ? '' : `m.pos = t.${position} AND `
  return `(SELECT m.legacy FROM main.${q(map)} m WHERE ${sameRow}m.ulid = t.${q(place.ulid)} LIMIT 1)`
}

/** Rows that came since have higher numbers than all in the map; any other may have been numbered anew (VACUUM does that). */
function mayBeElsewhere(reader: Reader, place: IdPlace, { key }: FoundId): boolean {
  if (place.map === null || place.legacy !== null || !hasPosition(place)) return false
  const [last] = reader.all(`SELECT max(pos) FROM main.${q(place.map)}`)[0] ?? []
  const [own] = key ?? []
  return typeof last === 'bigint' && typeof own === 'bigint' && own <= last
}

function* readLegacy(reader: Reader, place: IdPlace, { ulid }: FoundId, tell: Tell): Steps<StoredId | null> {
  let legacy: StoredId | null = null
  if (place.map === null || ulid === null) return legacy
  const object = pairsName(place)
  tell(object)
  const where = { sql: 'c.ulid = ?', values: [ulid] }
  yield* readThrough(
    reader,
    { table: { name: place.map }, key: ['c.pos'], columns: ['c.legacy'], where, object },
    ([value]) => {
      legacy = value as StoredId
    },
  )
  return legacy
}

function pairsName({ table, column }: IdPlace): string {
  return `the map of ${formatColumnPath(table.name, column)}`
}

function pair([ulid, legacy]: readonly Stored[]): FoundId {
  return { key: null, ulid: ulid as string, legacy: legacy as StoredId }
}

function foundRow(row: readonly Stored[]): FoundId {
  const [legacy = null, ulid = null] = row.slice(-2)
  return {
    key: row.slice(0, -2),
    ulid: ulid === null ? null : String(ulid),
    legacy: typeof legacy === 'number' ? String(legacy) : legacy,
  }
}

/** The row as it is called. */
export function rowOf({ key }: FoundId): string | null {
  return key === null ? null : rowText(key)
}

/** The values that a column of ULIDs may hold for what was found. */
export function ulidsOf({ ulid }: FoundId): readonly string[] {
  return ulid === null ? [] : ulidSpellings(ulid)
}
