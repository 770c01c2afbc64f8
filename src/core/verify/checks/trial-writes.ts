import { type CheckDefinition, counted, failed, passed } from '../check.ts'
import { trialWrites } from '../trial-writes.ts'

export const trials: CheckDefinition = {
  id: 'trial-writes',
  claim:
    'In every table an UPDATE, a DELETE and an INSERT do what they did before, and full-text indexes fit their rows; tried and taken back.',
  async run({ db, after, trialsBefore }) {
    if (trialsBefore === null) return passed(0, 'tried within the transaction only')
    const now = trialWrites(db, after)
    const faults = [...trialsBefore]
      .filter(([table, said]) => now.get(table) !== said)
      // An index that did not fit its rows before, and was built anew, fits them now.
      .filter(([table]) => !(table.startsWith('full-text index ') && now.get(table) === ''))
      .map(([table, said]) => `${table}: ${now.get(table) || 'works'} now, ${said || 'worked'} before`)
    return faults.length > 0
      ? failed(now.size, `${counted(faults.length, 'table')} behave differently`, faults)
      : passed(now.size, `${counted(now.size, 'table')} tried as before`)
  },
}
