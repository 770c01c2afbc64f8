import { countOf } from '../../engines/sqlite/count.ts'
import type { Connection } from '../../engines/sqlite/open.ts'
import { quoteName as q } from '../../schema/names.ts'
import { type CheckDefinition, failed, number, passed } from '../check.ts'
import { BEFORE } from '../comparison.ts'

export const bookkeeping: CheckDefinition = {
  id: 'bookkeeping',
  claim:
    "AUTOINCREMENT sequences and the planner's statistics are as before: no number is given twice, no plan is lost.",
  async run({ db, before, strict, undone }) {
    const faults: string[] = []
    let rows = 0
    for (const store of before.statistics) {
      const { lost, fresh } =
        undone !== null && store === 'sqlite_sequence' ? fallen(db) : differences(db, store)
      rows += countOf(db, `SELECT count(*) FROM ${q(BEFORE)}.${q(store)}`)
      if (lost + fresh > 0) faults.push(`${store}: ${number(lost)} rows gone, ${number(fresh)} rows new`)
    }
    if (!strict)
      return { ...passed(rows, faults.join('; ') || `${number(rows)} entries equal`), changed: faults.length }
    return faults.length > 0
      ? failed(rows, `${faults.length} tables of SQLite's own differ`, faults)
      : passed(rows, `${number(rows)} entries equal`)
  },
}

function differences(db: Connection, store: string) {
  // The blobs of sqlite_stat4 and the numbers of a sequence are compared with their types, as everything is.
  const columns = (db.pragma(`${q(BEFORE)}.table_info(${q(store)})`) as { name: string }[])
    .map(({ name }) => `typeof(${q(name)}), ${q(name)}`)
    .join(', ')
  const all = (database: string) => `SELECT ${columns} FROM ${q(database)}.${q(store)}`
  return {
    lost: countOf(db, `SELECT count(*) FROM (${all(BEFORE)} EXCEPT ${all('main')})`),
    fresh: countOf(db, `SELECT count(*) FROM (${all('main')} EXCEPT ${all(BEFORE)})`),
  }
}

/** An undo gives numbers to rows that came since; then a sequence goes on after those, and never goes back. */
function fallen(db: Connection) {
  const [now, then] = ['main.sqlite_sequence', `${q(BEFORE)}.sqlite_sequence`]
  const lost = `SELECT count(*) FROM ${then} o WHERE NOT EXISTS (SELECT 1 FROM ${now} n WHERE n.name IS o.name AND n.seq >= o.seq)`
  return { lost: countOf(db, lost), fresh: 0 }
}
