/** What the rollback menu says of a run that changed source code. */
import type { CodeUndone } from '../core/index.ts'
import { type Fact, factLines } from '../ui/facts.ts'
import { count, counted, tilde, when } from '../ui/format.ts'
import { type Area, blank, type Line, line, paragraph, span } from '../ui/line.ts'
import type { CodeChoice, Wizard } from '../wizard/state.ts'
import { symbols } from '../wizard/symbols.ts'

/** Its row, but for the time: tree, what was done, since then, snapshot. */
export function codeRow({ target, run }: CodeChoice): readonly { readonly text: string }[] {
  return [tilde(target), whatText(run), sinceText(run), 'copies'].map(text => ({ text }))
}

function whatText({ status, files }: CodeChoice['run']): string {
  const what = `code, ${counted(files.length, 'file')}`
  switch (status) {
    case 'written':
      return what
    case 'unfinished':
      return `${what}, not at its end`
    case 'undone':
      return `undone: ${what}`
  }
}

function sinceText({ status, changedSince }: CodeChoice['run']): string {
  if (status === 'undone') return '-'
  return changedSince.length === 0 ? 'nothing new' : `${counted(changedSince.length, 'file')} changed since`
}

function facts({ target, run }: CodeChoice): readonly Fact[] {
  const { files, changedSince } = run
  const back = files.filter(path => !changedSince.includes(path))
  const names = (paths: readonly string[]) =>
    paths
      .map(path => (path.startsWith(`${target}/`) ? path.slice(target.length + 1) : tilde(path)))
      .join(', ')
  return [
    ['source code', tilde(target)],
    ['undo', `puts ${counted(back.length, 'file')} back as before: ${names(back)}`],
    ...(changedSince.length === 0
      ? []
      : [['stays', `${names(changedSince)}: changed since, and left as it is`] as const]),
  ]
}

export function codeBelow(choice: CodeChoice, area: Area): readonly Line[] {
  return choice.run.status === 'undone' ? [] : factLines(facts(choice), area.width)
}

export function askingCode(wizard: Wizard, choice: CodeChoice, area: Area): readonly Line[] {
  return [
    line(span(` Undo the update of source code of ${when(choice.run.at, wizard.now)}?`, 'strong')),
    blank,
    ...factLines(facts(choice), area.width),
    blank,
    ...paragraph('y or Enter puts the files back, Esc goes back.', area.width, 'plain', 1),
  ]
}

export function putBackBody({ target, run, restored, left }: CodeUndone, area: Area): readonly Line[] {
  const all = left.length === 0
  const head = ` ${all ? symbols.done : symbols.warning} ${counted(restored.length, 'file')} of source code ${restored.length === 1 ? 'is' : 'are'} as before${all ? '' : `, ${count(left.length)} left`}.`
  return [
    line(span(head, all ? 'ok' : 'warning')),
    blank,
    ...factLines(
      [
        ['source code', tilde(target)],
        ['run', run],
        ...left.map(path => ['left', `${tilde(path)} changed since`] as const),
      ],
      area.width,
    ),
  ]
}
