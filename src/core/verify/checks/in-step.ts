import { type CheckDefinition, failed, number, passed } from '../check.ts'
import { coverageOf } from '../in-step.ts'

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
      for (const { column, rows: all, without, outOfStep } of coverageOf(db, identity)) {
        rows += all
        if (without > 0) faults.push(`${column}: ${number(without)} rows have no ULID`)
        if (outOfStep > 0)
          faults.push(`${column}: ${number(outOfStep)} rows hold another ULID than they should`)
      }
    }
    return faults.length > 0
      ? failed(rows, 'both sides do not agree', faults)
      : passed(rows, `${number(rows)} cells agree`)
  },
}
