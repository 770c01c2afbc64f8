import type { FinalizedTarget } from '../../core/index.ts'
import { count, counted } from '../../ui/format.ts'
import { printable } from '../../ui/printable.ts'
import { columns } from './columns.ts'
import { marks } from './marks.ts'
import { proofReport } from './proof.ts'

export function finalizeReport(document: FinalizedTarget, verbose: boolean): readonly string[] {
  const target = printable(document.target)
  if (document.tables.length === 0) return [`${target}  nothing to finalize: no tables of ours are in it`]
  const rows = document.tables.map(table => [table.name, count(table.rows)])
  const runs = counted(document.runs.length, 'migration')
  return [
    document.rehearsed ? `${target}  would be finalized` : `${marks.good} ${target}  finalized`,
    `  undo ends here: ${runs} can no longer be taken back by it`,
    ...columns(rows, ['left', 'right'], 4),
    '  the snapshots stay, and rollback --restore with them, until they are pruned',
    ...(document.snapshot === ''
      ? []
      : [
          ...proofReport('everything else', document.proof, verbose),
          `  snapshot of before: ${printable(document.snapshot)}`,
        ]),
  ]
}
