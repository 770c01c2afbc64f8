import type { CodeGenerator, CodeRun, CodeSite, CodeTarget, CodeUndone } from '../../core/index.ts'
import { count, counted } from '../../ui/format.ts'
import { printable } from '../../ui/printable.ts'
import { columns } from './columns.ts'
import { marks } from './marks.ts'
import { findingReport } from './message.ts'

const verdicts = { change: 'changes', ask: 'your choice', leave: 'stays' } as const

function row({ file, line, verdict, subject, text, why }: CodeSite): readonly string[] {
  return [`${file}:${line}`, verdicts[verdict], subject, text, why]
}

/** @param next the command to run next, or empty */
export function codeReport(document: CodeTarget, verbose: boolean, next: string): readonly string[] {
  const { sites, changed, made, written } = document
  const of = (verdict: CodeSite['verdict']) => sites.filter(site => site.verdict === verdict)
  const what = [...changed, ...made]
  const head = `${printable(document.system || document.target)}  ${counted(document.files, 'file')}, ${counted(sites.length, 'place')} where ids are made`
  return [
    ...document.diff.split('\n').slice(0, -1).map(diffLine),
    `${written ? marks.good : marks.none} ${head}: ${count(of('change').length)} ${written ? 'changed' : 'to change'}, ${count(of('ask').length)} for you to decide, ${count(of('leave').length)} stay`,
    ...columns([...(verbose ? of('change') : []), ...of('ask'), ...of('leave')].map(row)),
    ...document.generators.flatMap(generatorReport),
    ...document.findings.flatMap(finding => findingReport(finding)),
    ...(of('ask').length > 0 && !written ? ['  to change one of your choice: --change FILE:LINE'] : []),
    ...(what.length === 0 ? ['  nothing to change'] : []),
    ...(next === '' ? [] : [`  ${written ? 'to put back' : 'next'}: ${printable(next)}`]),
  ]
}

/** Safe to show, and still a patch: tabs, ends of lines as on Windows, and the mark of the byte order are left in it. */
function diffLine(line: string): string {
  const [, mark = '', text = '', end = ''] = /^([-+ ]\uFEFF)?(.*?)(\r?)$/s.exec(line) ?? []
  return mark + text.split('\t').map(printable).join('\t') + end
}

function generatorReport(generator: CodeGenerator): readonly string[] {
  const { module, name, interpreter, state, values } = generator
  if (state !== 'good') return []
  return [
    `${marks.good} ${module}:${name}: ${count(values)} values made by ${printable(interpreter)} are ULIDs of now, in order, all different`,
  ]
}

export function undoneReport({ target, run, restored, left, rehearsed }: CodeUndone): readonly string[] {
  const mark = rehearsed ? marks.none : left.length === 0 ? marks.good : marks.warning
  const files = counted(restored.length, 'file')
  return [
    `${mark} ${printable(target)}  ${rehearsed ? `undo rehearsed, nothing touched: ${files} would be` : files} as before ${run}`,
    ...left.map(path => `  left, for it changed since: ${printable(path)}`),
  ]
}

export function codeRunsReport(runs: readonly CodeRun[]): readonly string[] {
  if (runs.length === 0) return []
  return [
    'source code',
    ...columns(
      runs.map(({ at, status, files, run, target }) => [
        at,
        status,
        counted(files.length, 'file'),
        target,
        status === 'undone' ? run : `ulid-migrate code --undo ${run}`,
      ]),
    ),
  ]
}
