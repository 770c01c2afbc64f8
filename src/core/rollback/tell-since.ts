/** What an undo can't take back in the way that one might expect, told before it begins (HAZARDS U). */

import { calledNow, identityNow, type TableRecord } from '../compile/run-record.ts'
import type { Context } from '../context.ts'
import { openForReading } from '../engines/open.ts'
import { countOf } from '../engines/sqlite/count.ts'
import { describe } from '../engines/sqlite/describe.ts'
import { inspect } from '../engines/sqlite/inspect.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { isSentinel } from '../engines/sqlite/sentinels.ts'
import type { RecordedRun } from '../journal/in-target.ts'
import { precondition } from '../message.ts'
import { columnNamed, parseCreateTable } from '../schema/create-table.ts'
import { formatColumnPath, quoteName as q, sameName } from '../schema/names.ts'
import { withCommas } from '../with-commas.ts'
import { tablesSince } from './schema-since.ts'

interface OrphansSince {
  readonly place: string
  readonly rows: number
  readonly example: string
  /** Whether the column could hold text before the run. */
  readonly held: boolean
}

/**
 * Tells of orphans that will keep their ULID, and of rows that will get another number than they have. Throws a refusal
 * (exit 4) where an orphan stands in a column that is to hold numbers alone again.
 */
export async function tellSince(path: string, run: RecordedRun, context: Context): Promise<void> {
  const reading = await openForReading(path, context)
  try {
    tablesSince(run.record, inspect(reading.db), path) // refuses what is not there to be asked
    const orphans = orphansSince(reading.db, run)
    const homeless = orphans.filter(each => !each.held)
    if (homeless.length > 0)
      throw precondition(
        'UNDO.NO_PLACE',
        `${path} ${homeless.map(each => each.place).join(', ')}`,
        'References written since name no row, and their columns are to hold numbers alone again.',
        sentence(homeless),
        'Point these rows at one that is there, set them to NULL, or delete them; then undo.',
      )
    for (const each of orphans)
      context.emit({
        type: 'finding',
        finding: {
          code: 'UNDO.ORPHANS',
          severity: 'warning',
          object: each.place,
          message: 'References written since name no row, and keep the ULID that they hold.',
          why: sentence([each]),
          next: 'Point them at a row that is there, or leave them.',
        },
      })
    for (const each of renumberedSince(reading.db, run))
      context.emit({ type: 'finding', finding: { code: 'UNDO.RENUMBERED', severity: 'warning', ...each } })
  } catch (error) {
    throw describe(error, path)
  } finally {
    reading.close()
  }
}

/** SQLite gives the number of a deleted last row to the next one; an undo gives none twice, so that row gets another. */
function renumberedSince(db: Connection, { record }: RecordedRun) {
  return record.maps.flatMap(own => {
    const { map, orphans, table } = own
    const column = identityNow(record, own)
    const legacy = record.tables
      .find(each => sameName(each.table, table))
      ?.replaced.find(each => each.role === 'identity' && each.map === map)?.legacy
    if (legacy == null) return []
    const rows = countOf(
      db,
      `SELECT count(*) FROM ${q(table)} t WHERE t.${q(column)} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ${q(map)} m WHERE m.ulid = t.${q(column)})
       AND t.${q(legacy)} IN (SELECT legacy FROM ${q(map)} UNION ALL SELECT legacy FROM ${q(orphans)})`,
    )
    if (rows === 0) return []
    return [
      {
        object: formatColumnPath(table, legacy),
        message: `${withCommas(rows)} ${rows === 1 ? 'row' : 'rows'} written since hold a number that an earlier row had, and get another one.`,
        why: 'SQLite gives the number of a deleted last row again. What remembers it (an R-Tree, an index without content, a file) will not find the row by it.',
        next: 'Look for what refers to these rows by number, and make it anew after the undo.',
      },
    ]
  })
}

function sentence(orphans: readonly OrphansSince[]): string {
  return orphans
    .map(
      ({ place, rows, example }) =>
        `${place}: ${withCommas(rows)} ${rows === 1 ? 'row' : 'rows'}, for example ${JSON.stringify(example)}, which no map knows.`,
    )
    .join(' ')
}

function orphansSince(db: Connection, { record }: RecordedRun): readonly OrphansSince[] {
  return record.tables.flatMap(table =>
    table.replaced
      .filter(({ role }) => role === 'reference')
      .flatMap(each => {
        const { column, map, orphans } = each
        const parent = record.maps.find(each => each.map === map)
        if (!parent) return []
        const value = `c.${q(calledNow(each))}`
        const isNoRow = parent.elsewhere
          ? '1'
          : `NOT EXISTS (SELECT 1 FROM ${q(parent.table)} p WHERE p.${q(identityNow(record, parent))} = ${value})`
        const [rows, example] = db
          .prepare(
            // The parent's own index spares most rows the maps, which have none by ULID.
            `SELECT count(*), CAST(min(${value}) AS TEXT) FROM ${q(table.table)} c WHERE ${value} IS NOT NULL
               AND ${isNoRow} AND NOT ${isSentinel(value)}
               AND ${value} NOT IN (SELECT ulid FROM ${q(map)}) AND ${value} NOT IN (SELECT ulid FROM ${q(orphans)})`,
          )
          .raw()
          .get() as [bigint, string | null]
        if (rows === 0n) return []
        const place = formatColumnPath(table.table, column)
        return [{ place, rows: Number(rows), example: example ?? '', held: holdsText(table, column) }]
      }),
  )
}

/** STRICT takes no text for a number, and neither does a rowid. */
function holdsText({ before, alias }: TableRecord, name: string): boolean {
  const table = parseCreateTable(before)
  const { constraints, typeSpan } = columnNamed(table, name)
  const isKey =
    constraints.some(each => each.kind === 'primary-key') ||
    table.constraints.some(
      each => each.kind === 'primary-key' && each.columns.some(key => sameName(key.name, name)),
    )
  const type = typeSpan === null ? '' : before.slice(typeSpan.start, typeSpan.end)
  return !(alias && isKey) && !(table.strict && !/^(TEXT|ANY)$/i.test(type))
}
