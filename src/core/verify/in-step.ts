/** Whether both sides of an expansion say the same, row by row, told from the file alone. */
import type { LiveIdentity } from '../compile/expansion.ts'
import type { Coverage } from '../documents.ts'
import { countOf } from '../engines/sqlite/count.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { isSentinel } from '../engines/sqlite/sentinels.ts'
import { formatColumnPath, quoteName as q } from '../schema/names.ts'
import { number } from './check.ts'

/** What fell out of step in one column, in words; nothing where all agree. */
export function driftIn({ without, outOfStep }: Coverage): readonly string[] {
  return [
    ...(without > 0 ? [`${number(without)} rows have no ULID`] : []),
    ...(outOfStep > 0 ? [`${number(outOfStep)} rows hold another ULID than they should`] : []),
  ]
}

/** Counts every ULID column of `identity`: a scan each, and a lookup per reference. */
export function coverageOf(db: Connection, identity: LiveIdentity): readonly Coverage[] {
  const rows = (table: string) => countOf(db, `SELECT count(*) FROM main.${q(table)}`)
  return [
    {
      column: formatColumnPath(identity.table, identity.ulid),
      role: 'identity',
      rows: rows(identity.table),
      without: countOf(
        db,
        `SELECT count(*) FROM main.${q(identity.table)} WHERE ${q(identity.ulid)} IS NULL`,
      ),
      outOfStep: 0,
    },
    ...identity.references.map((child): Coverage => {
      const legacy = `c.${q(child.column)}`
      const parent = `FROM main.${q(identity.table)} p WHERE p.${q(identity.column)} = +${legacy}`
      const named = `(SELECT p.${q(identity.ulid)} ${parent} LIMIT 1)`
      const waiting = `(SELECT w.ulid FROM main.${q(identity.waiting)} w WHERE w.legacy = +${legacy})`
      const stands = `${legacy} IS NOT NULL AND (EXISTS (SELECT 1 ${parent}) OR NOT ${isSentinel(legacy)})`
      const ulid = `c.${q(child.ulid)}`
      const from = `FROM main.${q(child.table)} c`
      return {
        column: formatColumnPath(child.table, child.ulid),
        role: 'reference',
        rows: rows(child.table),
        without: countOf(db, `SELECT count(*) ${from} WHERE ${ulid} IS NULL AND ${stands}`),
        outOfStep: countOf(
          db,
          `SELECT count(*) ${from} WHERE ${ulid} IS NOT NULL AND ${ulid} IS NOT CASE WHEN ${stands} THEN coalesce(${named}, ${waiting}) END`,
        ),
      }
    }),
  ]
}
