/**
 * Warehouses declare no keys: a key costs DuckDB an index in memory. Where a table has none at all, the working copy has a
 * unique index over each column that is called an id and is one in every row, so that it is looked at like any other key.
 * The index is ours: it is in no text that is compared or published.
 */
import { isIdName } from '../../identifiers/id-name.ts'
import { quoteName as q } from '../../schema/names.ts'
import { OWN_PREFIX } from '../sqlite/inspect.ts'
import type { Connection } from '../sqlite/open.ts'
import type { DuckTable } from './catalog.ts'
import type { CarriedColumn } from './copy-text.ts'
import { copyName } from './publish/copy-name.ts'
import { isNested } from './publish/leaves.ts'

const PREFIX = `${OWN_PREFIX}key_`

/** Whether an index is one of these: they are made each time, never remembered. */
export function isApparentKey(index: string): boolean {
  return index.startsWith(PREFIX)
}

export function giveApparentKeys(db: Connection, table: DuckTable, columns: readonly CarriedColumn[]): void {
  // Who makes an index of any kind knows how to; and a table that an expansion has touched has one of ours.
  const isKeyless =
    table.primaryKey.length + table.uniques.length + table.foreignKeys.length + table.indexes.length === 0
  if (!isKeyless) return
  const name = q(copyName(table))
  for (const { column, declared } of columns) {
    // A list of ids names no row, though no two rows may have the same one.
    if (isNested(column.fullType) || column.fullType === 'JSON') continue
    if (!isIdName(column.name) || !/^(TEXT|UUID|BLOB|\w*INT)$/.test(declared)) continue
    const c = q(column.name)
    const [rows, ids] = db.prepare(`SELECT count(*), count(DISTINCT t.${c}) FROM ${name} t`).raw().get() as [
      bigint,
      bigint,
    ]
    if (rows === 0n || ids !== rows) continue
    db.exec(`CREATE UNIQUE INDEX ${q(`${PREFIX}${copyName(table)}_${column.name}`)} ON ${name}(${c})`)
  }
}
