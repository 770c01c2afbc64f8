import type { Connection } from '../../engines/sqlite/open.ts'
import { quoteName as q } from '../../schema/names.ts'
import { type CheckDefinition, failed, passed } from '../check.ts'
import { BEFORE } from '../comparison.ts'

export const integrity: CheckDefinition = {
  id: 'integrity',
  claim: "SQLite's own integrity_check finds nothing that it did not find before.",
  async run({ db }) {
    const after = complaints(db, 'main')
    if (after.length === 0) return passed(1, 'ok')
    // CHECK violations that were always there are reported as well (HAZARDS E14): only new ones count.
    const before = complaints(db, BEFORE)
    const fresh = after.filter(line => !before.includes(line))
    return fresh.length > 0
      ? failed(1, `${fresh.length} new complaints`, fresh)
      : passed(1, `${before.length} complaints before and after`)
  },
}

function complaints(db: Connection, database: string): string[] {
  const lines = db.pragma(`${q(database)}.integrity_check(1000)`) as { integrity_check: string }[]
  return lines.map(line => line.integrity_check).filter(line => line !== 'ok')
}
