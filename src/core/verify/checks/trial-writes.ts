import { type CheckDefinition, failed, passed } from '../check.ts'
import { trialWrites } from '../trial-writes.ts'

export const trials: CheckDefinition = {
  id: 'trial-writes',
  claim: 'In every table an UPDATE, a DELETE and an INSERT do what they did before, tried and taken back.',
  async run({ db, after, trialsBefore }) {
    if (trialsBefore === null) return passed(0, 'tried within the transaction only')
    const now = trialWrites(db, after)
    const faults = [...trialsBefore]
      .filter(([table, said]) => now.get(table) !== said)
      .map(([table, said]) => `${table}: ${now.get(table) || 'works'} now, ${said || 'worked'} before`)
    return faults.length > 0 ? failed(now.size, `${faults.length} tables behave differently`, faults) : passed(now.size, `${now.size} tables written to as before`)
  },
}
