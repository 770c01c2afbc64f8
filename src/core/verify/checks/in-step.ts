import { type CheckDefinition, failed, number, passed } from '../check.ts'
import { coverageOf, driftIn } from '../in-step.ts'

export const inStep: CheckDefinition = {
  id: 'in-step',
  claim:
    'In an expansion every row has its ULID, and every reference holds that of the row, or orphan, which its legacy column names.',
  ofExpansion: true,
  async run({ db, expanded }, breathe) {
    const faults: string[] = []
    let rows = 0
    for (const identity of expanded) {
      await breathe()
      for (const coverage of coverageOf(db, identity)) {
        rows += coverage.rows
        faults.push(...driftIn(coverage).map(what => `${coverage.column}: ${what}`))
      }
    }
    return faults.length > 0
      ? failed(rows, 'both sides do not agree', faults)
      : passed(rows, `${number(rows)} cells agree`)
  },
}
