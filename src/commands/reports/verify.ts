import type { VerifiedTarget } from '../../core/index.ts'
import { counted } from '../../ui/format.ts'
import { printable } from '../../ui/printable.ts'
import { proofReport } from './proof.ts'

export function verifyReport(verified: VerifiedTarget, verbose: boolean): readonly string[] {
  const since = verified.changedSince
  return [
    `${printable(verified.target)}  run ${verified.run}`,
    ...proofReport('from outside', verified.proof, verbose),
    since === null
      ? '  since then: nobody wrote'
      : `  since then: ${counted(since.cells, 'cell')} changed, ${counted(since.rowsAdded, 'row')} added, ` +
        `${counted(since.rowsDeleted, 'row')} deleted`,
  ]
}
