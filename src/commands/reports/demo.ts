import { basename, dirname } from 'node:path'
import type { Message } from '../../core/index.ts'
import { count, counted } from '../../ui/format.ts'
import { printable } from '../../ui/printable.ts'
import type { Walked } from '../demo-walk.ts'
import { columns } from './columns.ts'
import { marks } from './marks.ts'
import { findingReport } from './message.ts'

/** A file that the demo wrote. */
export interface DemoFile {
  readonly path: string
  readonly title: string
  readonly tables: number
  readonly rows: number
}

function nameOf(path: string): string {
  return `${basename(dirname(path))}/${basename(path)}`
}

export function demoReport(
  directory: string,
  files: readonly DemoFile[],
  findings: readonly Message[],
): readonly string[] {
  const rows = files.map(file => [
    nameOf(file.path),
    counted(file.tables, 'table'),
    counted(file.rows, 'row'),
    file.title,
  ])
  return [
    `${printable(directory)}  ${files.length} databases`,
    ...columns(rows, ['left', 'right', 'right']),
    ...findings.flatMap(finding => findingReport(finding)),
  ]
}

/** What was proved of one target, in a few lines. */
export function walkReport(walked: Walked): readonly string[] {
  const made = walked.initialized.length
  const name = printable(nameOf(walked.target))
  return [
    `${marks.good} ${name}  ${walked.status === 'succeeded' ? `migrated (${walked.strategy})` : 'nothing to do'}`,
    ...(made > 0 ? [`    had no tables: ${counted(made, 'table')} made`] : []),
    ...(walked.status === 'succeeded'
      ? [
          `    ${counted(walked.identities, 'identity', 'identities')}, ` +
            `${counted(walked.identifiers, 'identifier')}, ${counted(walked.references, 'reference')}`,
          `    ${count(walked.checks.passed)} of ${count(walked.checks.total)} checks passed: ` +
            'rehearsal, its undo, before the commit, from outside, verify',
        ]
      : [
          made > 0
            ? '    there are no rows in them yet, so there is nothing to migrate or to prove'
            : '    every identifier is a ULID already, so nothing was written and there is nothing to prove',
        ]),
  ]
}

export function walkSummary(walked: readonly Walked[], files: number): readonly string[] {
  const of = (status: Walked['status']) => walked.filter(one => one.status === status)
  const sum = (pick: (one: Walked) => number) => walked.reduce((total, one) => total + pick(one), 0)
  return [
    '',
    `${counted(of('succeeded').length, 'database')} of ${files} migrated, ${of('nothing-to-do').length} had nothing ` +
      `to do: ${counted(
        sum(one => one.identifiers),
        'identifier',
      )}, ` +
      `${counted(
        sum(one => one.references),
        'reference',
      )}, ` +
      `${count(sum(one => one.checks.passed))} of ${count(sum(one => one.checks.total))} checks passed.`,
  ]
}
