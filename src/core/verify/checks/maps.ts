import { countOf } from '../../engines/sqlite/count.ts'
import { comparesLike, positionOf, tableNamed } from '../../engines/sqlite/inspect.ts'
import { isSentinel } from '../../engines/sqlite/sentinels.ts'
import type { Table } from '../../schema/model.ts'
import { quoteName as q } from '../../schema/names.ts'
import { type CheckDefinition, failed, number, passed } from '../check.ts'
import { beforeTable, type ComparedIdentity, type Comparison, sideBySide } from '../comparison.ts'
import { withTemporaryTable } from '../temporary-table.ts'
import { comparableColumns, sameCell } from './untouched-cells.ts'

export const maps: CheckDefinition = {
  id: 'maps',
  claim:
    'The identity maps in the file, which undo needs, hold every legacy id and every orphan once, and nothing else.',
  ofUlids: true,
  async run(comparison, breathe) {
    const faults: string[] = []
    let entries = 0
    for (const identity of comparison.identities) {
      await breathe()
      const table = tableNamed(comparison.before, identity.table)
      if (!table) continue
      for (const name of [identity.map, identity.orphans])
        if (countOf(comparison.db, `SELECT count(*) FROM main.sqlite_schema WHERE name = ?`, name) === 0)
          faults.push(`${name} is gone`)
      if (faults.length > 0) continue
      entries += countOf(comparison.db, `SELECT count(*) FROM main.${q(identity.map)}`)
      faults.push(...mapFaults(comparison, identity, table), ...orphanFaults(comparison, identity, table))
    }
    return faults.length > 0
      ? failed(entries, 'the maps are not what the run wrote', faults)
      : passed(entries, `${number(entries)} entries fit the snapshot`)
  },
}

function mapFaults(comparison: Comparison, identity: ComparedIdentity, table: Table): string[] {
  const { db } = comparison
  const key = `o.${q(identity.before)}`
  const position = positionOf(table)
  const found = position === null ? `m.legacy = ${key}` : `m.pos = o.${position}`
  const same = `m.legacy IS ${key} COLLATE BINARY AND typeof(m.legacy) = typeof(${key}) AND CAST(m.legacy AS BLOB) IS CAST(${key} AS BLOB)`
  const rows = countOf(db, `SELECT count(*) FROM ${beforeTable(table.name)}`)
  const entries = countOf(db, `SELECT count(*) FROM main.${q(identity.map)}`)
  const right = countOf(
    db,
    `SELECT count(*) FROM ${beforeTable(table.name)} o JOIN main.${q(identity.map)} m ON ${found} WHERE ${same}`,
  )
  const faults =
    right === rows && entries === rows
      ? []
      : [`${identity.map}: ${number(entries)} entries, ${number(right)} right, for ${number(rows)} rows`]
  return [...faults, ...renamedSince(comparison, identity, table, found)]
}

/**
 * Rows whose id is not the one in the map. After later writes a row number may have been given to another row; only a
 * row that is otherwise the same has had its id changed.
 */
function renamedSince(
  comparison: Comparison,
  identity: ComparedIdentity,
  table: Table,
  found: string,
): string[] {
  const { from, on, position } = sideBySide(comparison, table)
  const other = `n.${q(identity.after)} IS NOT m.ulid`
  const columns = comparableColumns(comparison, table).slice(0, 100)
  const same = columns.map(column => sameCell(comparison, table, column)).join(' AND ') || '1'
  const sql =
    comparison.strict && position !== null
      ? `SELECT count(*) FROM ${from} JOIN main.${q(identity.map)} m ON m.pos = n.${position} WHERE ${other}`
      : `SELECT count(*) FROM ${from} JOIN ${beforeTable(table.name)} o ON ${on} JOIN main.${q(identity.map)} m ON ${found}
         WHERE ${other} AND ${comparison.strict ? '1' : same}`
  const count = countOf(comparison.db, sql)
  return count === 0
    ? []
    : [`${identity.table}.${identity.after}: ${number(count)} rows have another id than their map says`]
}

const LOST = '_ulid_migrate_orphaned'

function orphanFaults(comparison: Comparison, identity: ComparedIdentity, table: Table): string[] {
  const { db, before, references } = comparison
  const places = references.filter(
    reference => reference.identity === identity && tableNamed(before, reference.table),
  )
  const within = comparison.inside.some(({ places: all }) =>
    all.some(each => each.identity === identity && each.takesOrphans),
  )
  if (places.length === 0 && !within) return []
  const definition = `${comparesLike(table, identity.before, 'legacy')} PRIMARY KEY`
  return withTemporaryTable(db, LOST, `${definition}) WITHOUT ROWID`, () => {
    for (const { table: child, before: column } of places) {
      const value = `o.${q(column)}`
      db.exec(
        `INSERT OR IGNORE INTO temp.${LOST} SELECT ${value} FROM ${beforeTable(child)} o WHERE ${value} IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM ${beforeTable(table.name)} p WHERE p.${q(identity.before)} = +${value}) AND NOT ${isSentinel(value)}`,
      )
    }
    const lost = countOf(db, `SELECT count(*) FROM temp.${LOST}`)
    const known = countOf(
      db,
      `SELECT count(*) FROM temp.${LOST} l JOIN main.${q(identity.orphans)} m ON m.legacy = l.legacy`,
    )
    const entries = countOf(db, `SELECT count(*) FROM main.${q(identity.orphans)}`)
    // Those that stand only inside of values are counted where those are looked into.
    return lost === known && (within ? lost <= entries : lost === entries)
      ? []
      : [
          `${identity.orphans}: ${number(entries)} entries, ${number(known)} right, for ${number(lost)} orphaned ids`,
        ]
  })
}
