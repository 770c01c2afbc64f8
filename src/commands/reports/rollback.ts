import type { RolledBackTarget } from '../../core/index.ts'
import { count, counted } from '../../ui/format.ts'
import { printable } from '../../ui/printable.ts'
import { columns } from './columns.ts'
import { marks } from './marks.ts'
import { proofReport } from './proof.ts'

const done = { undo: 'undone', restore: 'restored from its snapshot' } as const

export function rollbackReport(document: RolledBackTarget, verbose: boolean): readonly string[] {
  const target = printable(document.target)
  const rows = document.byTable.map(table => [table.table, count(table.rows)])
  return [
    document.rehearsed
      ? `${target}  ${document.mode} rehearsed, target unchanged`
      : `${marks.good} ${target}  ${done[document.mode]}`,
    `  run ${document.run}`,
    `  rows written since: ${counted(document.rowsKept, 'row')} kept, ` +
      `${counted(document.rowsDiscarded, 'row')} discarded`,
    ...columns(rows, ['left', 'right'], 4),
    // A rehearsed restore checks nothing, and an undo that was rehearsed took no snapshot.
    ...(document.proof.checks.length > 0 ? proofReport(document.mode, document.proof, verbose) : []),
    ...(document.snapshot === '' ? [] : [`  snapshot: ${printable(document.snapshot)}`]),
  ]
}
