import type { RunRecord, StatusTarget } from '../../core/index.ts'
import { count, counted, size } from '../../ui/format.ts'
import { printable } from '../../ui/printable.ts'
import { columns } from './columns.ts'

function runRow(run: RunRecord): readonly string[] {
  return [
    run.at,
    [run.what, run.strategy].filter(Boolean).join(' '),
    run.status,
    counted(run.identifiers, 'identifier'),
    run.rowsSince === null ? '' : `${count(run.rowsSince)} rows since`,
    run.snapshot ? `snapshot ${size(run.snapshotBytes)}` : '',
    run.run,
  ]
}

export function statusReport(target: StatusTarget, verbose: boolean): readonly string[] {
  const phases = (run: RunRecord) =>
    verbose
      ? columns(
          run.phases.map(phase => [phase.at, phase.name, phase.status]),
          [],
          6,
        )
      : []
  const rows = columns(target.runs.map(runRow), ['left', 'left', 'left', 'right', 'right', 'right'])
  return [
    `${printable(target.target)}  state: ${target.state}`,
    ...(target.runs.length === 0 ? ['  no runs'] : []),
    ...target.runs.flatMap((run, index) => [rows[index] ?? '', ...phases(run)]),
    ...target.due.map(due => `  due: ${printable(due)}`),
  ]
}
