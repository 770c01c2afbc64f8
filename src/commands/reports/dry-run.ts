import type { Choices, DryRunTarget } from '../../core/index.ts'
import { count, counted, duration, size } from '../../ui/format.ts'
import { lockText, openByText } from '../../ui/in-use.ts'
import { printable } from '../../ui/printable.ts'
import { columns } from './columns.ts'
import { findingReport } from './message.ts'
import { place } from './names.ts'
import { proofReport } from './proof.ts'

function stays({ stays: kept }: DryRunTarget): string {
  return [
    counted(kept.tables, 'table'),
    counted(kept.indexes, 'index', 'indexes'),
    counted(kept.views, 'view'),
    counted(kept.triggers, 'trigger'),
  ].join(', ')
}

/** What a rehearsal showed; the samples are true for the real run, because the plan carries its seed. */
export function dryRunReport(document: DryRunTarget, choices: Choices, verbose: boolean): readonly string[] {
  const { estimate, plan } = document
  if (document.changes.length === 0)
    return [
      `${printable(document.target)}  nothing would change`,
      ...document.findings.flatMap(finding => findingReport(finding, choices)),
    ]
  const changes = document.changes.map(change => [
    change.table,
    count(change.rows),
    change.columns.join(', '),
  ])
  const samples = document.samples.map(s => [place(s.table, s.column), s.before, s.after, s.time, s.from])
  return [
    `${printable(document.target)}  rehearsed on a copy, target unchanged`,
    '',
    ...columns([['changes', 'rows', 'columns'], ...changes], ['left', 'right']),
    '',
    `  stays as it is: ${stays(document)}; ${counted(document.orphans, 'orphan')} kept`,
    `  takes about ${duration(estimate.seconds)} (the rehearsal took ${duration(estimate.rehearsalSeconds)})`,
    `  locks other programs out for ${lockText(document)}`,
    `  open ${printable(openByText(document.openBy))}`,
    `  disk: ${size(estimate.bytes)} now, ${size(estimate.bytesAfter)} afterwards, ` +
      `${size(estimate.snapshotBytes)} for the snapshot, ${size(estimate.freeBytes)} free`,
    ...(samples.length > 0
      ? ['', ...columns([['identity', 'before', 'after', 'time of the row', 'from'], ...samples])]
      : []),
    '',
    ...proofReport('rehearsal', document.proof, verbose),
    ...proofReport('undo, rehearsed too', document.undo, verbose),
    `  plan: ${plan.hash}${plan.file ? ` in ${printable(plan.file)}` : ''}`,
    ...document.findings.flatMap(finding => ['', ...findingReport(finding, choices)]),
  ]
}
