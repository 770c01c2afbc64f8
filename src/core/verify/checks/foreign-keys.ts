import type { Connection } from '../../engines/sqlite/open.ts'
import type { Table } from '../../schema/model.ts'
import { quoteName as q, quoteText, sameName } from '../../schema/names.ts'
import { type CheckDefinition, counted, failed, passed } from '../check.ts'
import { BEFORE, type Comparison, rowTables } from '../comparison.ts'

export const foreignKeys: CheckDefinition = {
  id: 'foreign-keys',
  claim: "SQLite's own foreign_key_check finds no more violations in a table than before.",
  async run(comparison, breathe) {
    const faults: string[] = []
    let violations = 0
    const tables = rowTables(comparison).filter(
      table => table.foreignKeys.length > 0 && !isProved(comparison, table),
    )
    for (const table of tables) {
      await breathe()
      const after = violationsOf(comparison.db, 'main', table.name)
      const before = after === 0 ? 0 : violationsOf(comparison.db, BEFORE, table.name)
      violations += typeof after === 'number' ? after : 0
      if (!noMore(comparison, before, after)) faults.push(`${table.name}: ${before} before, ${after} after`)
    }
    if (!comparison.strict)
      return { ...passed(tables.length, faults.join('; ') || 'as before'), changed: faults.length }
    return faults.length > 0
      ? failed(tables.length, `${faults.length} tables differ`, faults)
      : passed(
          tables.length,
          `${counted(tables.length, 'table')} with keys, ${counted(violations, 'violation')} before and after`,
        )
  },
}

/** Sentinels that became NULL violate nothing any more, and do again when they come back. */
function noMore({ undone }: Comparison, before: number | string, after: number | string): boolean {
  if (typeof before === 'string' || typeof after === 'string') return before === after
  return after <= before || undone?.sentinels === 'null'
}

/**
 * Within the transaction, keys whose every reference is compared row by row (see references) need no second look; the
 * proof from outside, while no lock is held, asks SQLite about all of them.
 */
function isProved({ trialsBefore, plan, references }: Comparison, table: Table): boolean {
  if (trialsBefore === null || plan === null) return false
  return table.foreignKeys.every(
    key =>
      key.from.length === 1 &&
      references.some(
        each =>
          sameName(each.table, table.name) &&
          sameName(each.before, key.from[0]!) &&
          sameName(each.after, each.before),
      ),
  )
}

/** The number of violations, or what SQLite says where the key itself is mistaken (HAZARDS A6). */
function violationsOf(db: Connection, database: string, table: string): number | string {
  try {
    // Counted inside SQLite: most children of real files are orphans, and there may be millions.
    return Number(
      db
        .prepare(`SELECT count(*) FROM pragma_foreign_key_check(${quoteText(table)}, ${quoteText(database)})`)
        .pluck()
        .get(),
    )
  } catch (error) {
    return (error as Error).message.replaceAll(`${q(database)}.`, '').replaceAll(`${database}.`, '')
  }
}
