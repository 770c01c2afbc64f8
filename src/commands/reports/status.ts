import type { LiveExpansion, RunRecord, StatusTarget } from '../../core/index.ts'
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
    snapshotText(run),
    run.run,
  ]
}

/** What is there as it was left needs no word. */
function snapshotText({ snapshotState, snapshotBytes }: RunRecord): string {
  switch (snapshotState) {
    case 'none':
      return ''
    case 'kept':
      return `snapshot ${size(snapshotBytes)}`
    case 'missing':
      return 'snapshot missing'
    case 'touched':
    case 'altered':
      return `snapshot ${size(snapshotBytes)}, ${snapshotState}`
  }
}

function expansionLines(
  { since, verifyUntil, coverage, lookups }: LiveExpansion,
  verbose: boolean,
): readonly string[] {
  const days = Math.ceil((Date.parse(verifyUntil) - Date.now()) / 86_400_000)
  const period =
    days > 0
      ? `verification period until ${verifyUntil.slice(0, 10)}, ${counted(days, 'day')} left`
      : `verification period over since ${verifyUntil.slice(0, 10)}`
  const rows = coverage.map(({ column, rows, without, outOfStep }) => [
    printable(column),
    `${count(rows - without)} of ${counted(rows, 'row')}`,
    without > 0 ? `${count(without)} without ULID` : '',
    outOfStep > 0 ? `${count(outOfStep)} out of step` : without > 0 ? '' : 'in step',
  ])
  return [
    `  both ids live since ${since.slice(0, 10)}; ${period}`,
    ...columns(rows, ['left', 'right'], 4),
    ...(verbose ? lookups.map(sql => `    by either id: ${printable(sql)}`) : []),
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
    `${printable(target.target)}  state: ${target.state}${target.unfinished ? `, ${target.unfinished.percent} %` : ''}`,
    ...(target.runs.length === 0 ? ['  no runs'] : []),
    ...target.runs.flatMap((run, index) => [rows[index] ?? '', ...phases(run)]),
    ...target.expansions.flatMap(expansion => expansionLines(expansion, verbose)),
    ...target.due.map(due => `  due: ${printable(due)}`),
  ]
}
