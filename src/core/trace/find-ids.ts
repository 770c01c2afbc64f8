/** An id looked up in one identity of a run, whichever of its two ids it is. */
import type { MapRecord } from '../compile/run-record.ts'
import { columnNamed, positionOf } from '../engines/sqlite/inspect.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import type { PlannedIdentity } from '../plan/plan.ts'
import type { Table } from '../schema/model.ts'
import { quoteName as q } from '../schema/names.ts'
import { idColumns } from './id-columns.ts'
import { type Among, rowColumns, rowsAmong, rowText } from './query.ts'
import { type Spellings, type StoredId, ulidSpellings } from './spellings.ts'

/** One thing under both its ids. */
export interface FoundId {
  /** Null where it names no row: an orphan, or the row is gone. */
  readonly row: string | null
  readonly ulid: string | null
  readonly legacy: StoredId | null
}

/** Everything in `table` that the id names, by either of its ids. */
export function findIds(
  db: Connection,
  table: Table,
  identity: PlannedIdentity,
  map: MapRecord,
  wanted: Spellings,
): readonly FoundId[] {
  return identity.beside !== null && map.live !== null
    ? findExpanded(db, table, { column: identity.column, ulid: identity.beside, ...map.live }, wanted)
    : findReplaced(db, table, identity, map, wanted)
}

/** In an expansion both ids stand in the row; what is referred to and names no row waits in a table of ours. */
function findExpanded(
  db: Connection,
  table: Table,
  identity: { readonly column: string; readonly ulid: string; readonly waiting: string },
  wanted: Spellings,
): readonly FoundId[] {
  const key = rowColumns(table, 't')
  const [ulid, legacy] = [`t.${q(identity.ulid)}`, `t.${q(identity.column)}`]
  const select = `SELECT ${[...key, ulid, legacy].join(', ')} FROM main.${q(table.name)} t`
  const rows = rowsAmong(db, select, both(ulid, legacy, wanted))
  return rows.length > 0 ? rows.map(foundRow) : pairsIn(db, identity.waiting, wanted)
}

/** After a replacement or a contract the row holds the ULID, and the map, or a column that goes on, the legacy id. */
function findReplaced(
  db: Connection,
  table: Table,
  identity: PlannedIdentity,
  { map, orphans }: MapRecord,
  wanted: Spellings,
): readonly FoundId[] {
  const key = rowColumns(table, 't')
  const columns = idColumns(identity)
  const ulid = `t.${q(columns.ulid)}`
  const position = positionOf(table)
  const mapped = (where: string) => `(SELECT m.legacy FROM main.${q(map)} m WHERE ${where} LIMIT 1)`
  const goesOn = columns.legacy === null ? null : (columnNamed(table, columns.legacy)?.name ?? null)
  const legacy =
    goesOn !== null
      ? `t.${q(goesOn)}`
      : position === null
        ? mapped(`m.ulid = ${ulid}`)
        : // By its number, as long as nobody has given the row another one: the map has no index by ULID.
          `coalesce(${mapped(`m.pos = t.${position} AND m.ulid = ${ulid}`)}, ${mapped(`m.ulid = ${ulid}`)})`
  const known = rowsAmong(db, `SELECT ulid FROM main.${q(map)}`, [
    { column: 'legacy', values: wanted.legacies },
  ])
  const rows = rowsAmong(db, `SELECT ${[...key, ulid, legacy].join(', ')} FROM main.${q(table.name)} t`, [
    { column: ulid, values: [...wanted.ulids, ...known.map(([value]) => value as string)] },
    // An integer key gives numbers to later rows as well; any other column that goes on holds what the map has.
    ...(goesOn !== null && goesOn === table.rowidAlias
      ? [{ column: `t.${q(goesOn)}`, values: wanted.legacies }]
      : []),
  ])
  if (rows.length > 0) return rows.map(foundRow)
  return [...pairsIn(db, map, wanted), ...pairsIn(db, orphans, wanted)]
}

function both(ulid: string, legacy: string, { ulids, legacies }: Spellings): readonly Among[] {
  return [
    { column: legacy, values: legacies },
    { column: ulid, values: ulids },
  ]
}

function pairsIn(db: Connection, store: string, wanted: Spellings): readonly FoundId[] {
  return rowsAmong(db, `SELECT ulid, legacy FROM main.${q(store)}`, both('ulid', 'legacy', wanted)).map(
    ([ulid, legacy]) => ({ row: null, ulid: ulid as string, legacy: legacy as StoredId }),
  )
}

function foundRow(row: readonly (StoredId | number | null)[]): FoundId {
  const [ulid, legacy] = row.slice(-2)
  return {
    row: rowText(row.slice(0, -2)),
    ulid: ulid === null ? null : String(ulid),
    legacy: typeof legacy === 'number' ? String(legacy) : (legacy ?? null),
  }
}

/** The values that a column of ULIDs may hold for what was found. */
export function ulidsOf({ ulid }: FoundId): readonly string[] {
  return ulid === null ? [] : ulidSpellings(ulid)
}
