/** The report as a page for people. */

import type { Check, Proof } from '../documents.ts'
import type { Message } from '../message.ts'
import type { ComparedQuery, RunReport, SystemReport, TargetReport, TestRun } from '../run-report.ts'
import { withCommas } from '../with-commas.ts'
import { sourceWords } from './source.ts'

export function reportMarkdown(report: RunReport): string {
  const all = report.systems.flatMap(each => each.targets)
  const count = (status: TargetReport['status']) => all.filter(each => each.status === status).length
  const sum = (of: (target: TargetReport) => number) =>
    all
      .filter(each => each.status === 'migrated' || each.status === 'done-before')
      .reduce((so, each) => so + of(each), 0)
  const lines = [
    `# Run ${report.run}: ${report.status}`,
    '',
    `Begun ${report.begun}${report.ended ? `, ended ${report.ended}` : ', not ended'}.${report.resumes ? ` It goes on with the run ${report.resumes}.` : ''}`,
    '',
    `In total: ${count('migrated')} databases migrated, ${count('done-before')} done before and proved again, ${count('nothing-to-do')} with nothing to do, ${count('failed')} failed, ${count('rolled-back')} rolled back, ${count('skipped')} skipped, ${count('waiting')} not started; ${number(sum(each => each.identifiers))} identifiers, ${number(sum(each => each.references))} references.`,
    '',
    ...(report.error ? ['## What went wrong', '', ...message(report.error), ''] : []),
    ...(report.next.length > 0 ? ['## What to run now', '', ...commands(report.next), ''] : []),
    '## Systems',
    '',
    ...table(
      ['system', 'status', 'databases', 'identifiers', 'own tests'],
      report.systems.map(each => [
        each.title,
        each.status,
        String(each.targets.length),
        number(each.targets.reduce((so, target) => so + target.identifiers, 0)),
        each.tests.after?.status ?? 'not run',
      ]),
    ),
    '',
    ...report.systems.flatMap(system),
    '## What the documents ask for',
    '',
    ...table(
      ['criterion', 'verdict', 'by'],
      report.criteria.map(each => [each.criterion, each.verdict.replace('-', ' '), each.by]),
    ),
    '',
    '## How to go back',
    '',
    ...wayBack(report),
    '',
    '## What is due',
    '',
    ...list([
      ...new Set(
        report.systems.flatMap(each => [...each.targets.flatMap(target => target.due), ...each.due]),
      ),
    ]),
    '',
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

function system(each: SystemReport): string[] {
  return [
    `### ${plain(each.title)}: ${each.status}`,
    '',
    ...sourceTree(each),
    ...source(each),
    ...(each.targets.length === 0
      ? [
          'No database of it is there. Looked for:',
          '',
          ...list(each.places.map(({ path, what }) => `${code(path)}${what ? ` (${what})` : ''}`)),
          '',
        ]
      : []),
    ...each.findings.flatMap(finding => [...message(finding), '']),
    ...each.targets.flatMap(target),
    ...testsOf(each),
    ...(each.checks.length > 0 ? [...checks(each.checks), ''] : []),
  ]
}

function source({ system: name, source: found }: SystemReport): string[] {
  if (found === null) return []
  const words = sourceWords(name, found)
  const head = `Source code: ${number(found.files)} files looked at, ${number(found.using.length)} of them make ids with the generator.`
  const tried = found.generators
    .filter(each => each.state === 'good')
    .map(each => `${each.module}:${each.name}: ${number(each.values)} good ULIDs made by ${each.interpreter}`)
  const lines = [...tried, ...(words.length === 0 ? ['nothing left to do'] : words)]
  return [...(found.error === null ? [head, ''] : []), ...list(lines), '']
}

/** What belongs to no system has no source tree to miss. */
function sourceTree({ system: name, folder }: SystemReport): string[] {
  if (folder !== null) return [`Source tree: ${code(folder)}`, '']
  return name === '' ? [] : ['Its source tree was not found.', '']
}

function target(each: TargetReport): string[] {
  const done =
    each.status === 'migrated' || each.status === 'done-before'
      ? [
          `- ${each.strategy || 'migrated'}, ${number(each.identifiers)} identifiers in ${each.identities} ${each.identities === 1 ? 'identity' : 'identities'}, ${number(each.references)} references, run ${code(each.run)}`,
          ...(each.snapshot ? [`- snapshot: ${code(each.snapshot)}`] : []),
        ]
      : []
  return [
    `#### ${code(each.target)}: ${each.status}`,
    '',
    `- found: ${each.state === '' ? 'not readable' : each.state}, ${number(each.rows)} rows`,
    ...done,
    ...(each.rehearsal
      ? [`- rehearsed: ${summary(each.rehearsal.proof)}; its undo: ${summary(each.rehearsal.undo)}`]
      : []),
    ...(each.proof ? [`- proved before the commit: ${summary(each.proof)}`] : []),
    ...(each.outside ? [`- proved from outside: ${summary(each.outside)}`] : []),
    '',
    ...each.findings.flatMap(finding => [...message(finding), '']),
    ...(each.outside ? [...checks(each.outside.checks), ''] : []),
    ...(each.queries.length > 0 ? [...queries(each.queries), ''] : []),
  ]
}

function summary({ checks: all }: Proof): string {
  const failed = all.filter(check => !check.ok)
  return `${all.length - failed.length} of ${all.length} checks passed${failed.length > 0 ? `, failed: ${failed.map(each => each.id).join(', ')}` : ''}`
}

function checks(all: readonly Check[]): string[] {
  return table(
    ['check', '', 'compared', 'detail'],
    all.map(each => [each.id, each.ok ? 'passed' : 'FAILED', number(each.count), each.detail]),
  )
}

function queries(all: readonly ComparedQuery[]): string[] {
  return table(
    ['query', 'before', 'after', 'verdict'],
    all.map(({ name, before, after, verdict, why }) => [
      name,
      `${before.microseconds.toFixed(1)} µs`,
      after ? `${after.microseconds.toFixed(1)} µs` : '-',
      verdict === 'as-before' ? 'as before' : `${verdict.replace('-', ' ')}: ${why}`,
    ]),
  )
}

function testsOf({ tests }: SystemReport): string[] {
  const say = (when: string, run: TestRun | null) =>
    run === null
      ? []
      : [
          `- own tests ${when}: ${run.status}${run.why ? ` (${plain(run.why)})` : ''}, ${run.seconds.toFixed(1)} s, ${code(run.command.join(' '))}, output in ${code(run.log)}`,
          ...(run.failures.length > 0 ? [`  - failed: ${run.failures.map(code).join(', ')}`] : []),
        ]
  const lines = [...say('before', tests.before), ...say('after', tests.after)]
  return lines.length > 0 ? [...lines, ''] : []
}

function wayBack({ systems }: RunReport): string[] {
  // Whoever took ULIDs over goes back before those that gave them.
  const back = [...systems]
    .reverse()
    .flatMap(each => [...each.targets].reverse().flatMap(target => target.wayBack))
  return back.length === 0
    ? ['Nothing has to be taken back.']
    : ['In this order. Undo keeps the rows that were written since.', '', ...commands(back)]
}

function message({ code: name, severity, object, message: text, why, next }: Message): string[] {
  return [
    `- **${severity}** ${plain(text)} (${name}, ${code(object)}) ${plain(why)}${next ? ` Next: ${plain(next)}` : ''}`,
  ]
}

function commands(lines: readonly string[]): string[] {
  return ['```sh', ...lines.map(oneLine), '```']
}

function list(items: readonly string[]): string[] {
  return items.length === 0 ? ['Nothing.'] : items.map(item => `- ${plain(item)}`)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map(cell => plain(cell).replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)]
}

function number(value: number): string {
  return withCommas(value)
}

/** Names come from anywhere: none of them may begin a line, or another element, of the page. */
function oneLine(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
}

function plain(text: string): string {
  return oneLine(text).replaceAll('<', '&lt;')
}

function code(text: string): string {
  const line = oneLine(text)
  return line.includes('`') ? `\`\` ${line} \`\`` : `\`${line}\``
}
