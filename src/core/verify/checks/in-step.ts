import { type CheckDefinition, failed, number, passed } from '../check.ts'
import { coverageOf, driftIn } from '../in-step.ts'

export const inStep: CheckDefinition = {
  id: 'in-step',
  claim:
    'In an expansion every row has its ULID, and every reference holds that of the row, or orphan, which its legacy column names.',
  ofExpansion: true,
  async run({ db, expanded, plan, strict }, breathe) {
    const faults: string[] = []
    let rows = 0
    let behind = 0
    for (const identity of expanded) {
      await breathe()
      for (const coverage of coverageOf(db, identity)) {
        rows += coverage.rows
        behind += coverage.without + coverage.outOfStep
        faults.push(...driftIn(coverage).map(what => `${coverage.column}: ${what}`))
      }
    }
    // DuckDB has no triggers: what programs write since is behind until the backfill runs again.
    if (faults.length > 0 && plan?.engine === 'duckdb' && !strict)
      return passed(
        rows,
        `${number(rows - behind)} cells agree; what was written since is behind until migrate runs again: ${faults.join('; ')}`,
      )
    return faults.length > 0
      ? failed(rows, 'both sides do not agree', faults)
      : passed(rows, `${number(rows)} cells agree`)
  },
}
