import type { Criterion, RunReport, SystemReport } from '../../core/index.ts'
import { count, counted } from '../../ui/format.ts'
import { printable } from '../../ui/printable.ts'
import { columns } from './columns.ts'
import { marks } from './marks.ts'

const verdicts: Readonly<Record<Criterion['verdict'], string>> = {
  proved: marks.good,
  failed: marks.bad,
  due: marks.warning,
  'not-applicable': marks.none,
}

/** The end of a run: each system in a line, what the documents ask for, where the report is. */
export function runReportLines(report: RunReport, file: string): readonly string[] {
  return [
    '',
    `Run ${report.run}: ${report.status}`,
    ...columns(report.systems.map(systemRow), ['left', 'left', 'right', 'right']),
    '',
    ...report.criteria.map(
      ({ criterion, verdict, by }) => `  ${verdicts[verdict]} ${printable(criterion)}: ${printable(by)}`,
    ),
    '',
    `  report: ${printable(file)}`,
    ...report.next.map((line, at) => `  ${at === 0 ? 'go on: ' : 'way back: '}${printable(line)}`),
  ]
}

function systemRow({ system, status, targets, tests }: SystemReport): readonly string[] {
  const identifiers = targets.reduce((sum, each) => sum + each.identifiers, 0)
  return [
    system,
    status,
    counted(targets.length, 'database'),
    `${count(identifiers)} identifiers`,
    tests.after === null ? '' : `tests ${tests.after.status}`,
  ]
}
