/** Names that can't stand for one table each: in the working copy all are in one schema, and some are this program's. */
import { precondition } from '../../message.ts'
import { foldName } from '../../schema/names.ts'
import { OWN_PREFIX } from '../sqlite/inspect.ts'
import type { DuckTable } from './catalog.ts'
import { copyName } from './copy-name.ts'
import { COPY, type CopyRecord } from './copy-record.ts'
import { POSITIONS, SHIFT } from './positions.ts'

/** Refuses a table that is called as ours are and is none, which would be taken for one, and two of one name. */
export function assertNames(path: string, tables: readonly DuckTable[], record: CopyRecord | null): void {
  const own = new Set(record === null ? [] : [COPY, POSITIONS, SHIFT, ...record.rows.map(({ name }) => name)])
  const seen = new Map<string, DuckTable>()
  for (const table of tables) {
    if (table.name.startsWith(OWN_PREFIX) && !(table.schema === 'main' && own.has(table.name)))
      throw notOurs(path, table)
    const other = seen.get(foldName(copyName(table)))
    if (other) throw sameName(path, table, other)
    seen.set(foldName(copyName(table)), table)
  }
}

function notOurs(path: string, table: DuckTable) {
  return precondition(
    'DUCKDB.OWN_NAME',
    copyName(table),
    `Names that begin with ${OWN_PREFIX} are those of this program's own tables, and this one of ${path} is none that it knows of.`,
    `It would be taken for one, and be dropped at the end. Another program made it, or ${COPY}, which tells of ours, is gone.`,
    'Give it another name, or, where it is a leftover, drop it, in DuckDB.',
  )
}

function sameName(path: string, one: DuckTable, other: DuckTable) {
  return precondition(
    'DUCKDB.SAME_NAME',
    copyName(one),
    `Two tables of ${path} have this name: ${nameIn(one)}, and ${nameIn(other)}.`,
    'A table of another schema than main is called by both names with a dot between them, and a name that has a dot itself looks like that.',
    'Give one of them another name in DuckDB, then run the same command again.',
  )
}

function nameIn({ schema, name }: DuckTable): string {
  return `${name} in the schema ${schema}`
}
