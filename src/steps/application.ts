/** The application above a migrated system: what is to be run stands there before it is, and what came of it after. */
import { isWorse, type System, shellWords, type TargetReport } from '../core/index.ts'
import { messageBlock } from '../ui/error-block.ts'
import { type Fact, factLines } from '../ui/facts.ts'
import { counted, duration, tilde } from '../ui/format.ts'
import { type Area, blank, clip, type Line, line, paragraph, span } from '../ui/line.ts'
import { applicationOf, doneOf, pageOf } from '../wizard/book.ts'
import { applicationProblems } from '../wizard/openings.ts'
import { type ApplicationScreen, nameOf, type Task, type Wizard } from '../wizard/state.ts'
import { symbols } from '../wizard/symbols.ts'
import { busy } from './common.ts'

export function applicationBody(wizard: Wizard, screen: ApplicationScreen, area: Area): readonly Line[] {
  const { work, system, tasks } = screen
  switch (work.is) {
    case 'asked':
      return askedLines(wizard, screen, area)
    case 'working': {
      const what = doing(wizard, system, tasks[0])
      return [
        busy(wizard, what, work.progress.startedAt),
        blank,
        ...foundLines(wizard, system, area),
        ...paragraph(
          'Nothing of ours writes to the databases now. Esc ends it and leads to the targets.',
          area.width,
          'muted',
          1,
        ),
      ]
    }
    case 'failed':
      return [
        ...messageBlock(work.failure, area.width, 'The migration stands as it was committed.'),
        blank,
        ...foundLines(wizard, system, area),
      ]
    case 'ended':
      return endedLines(wizard, system, area)
  }
}

function askedLines(wizard: Wizard, { system, tasks }: ApplicationScreen, area: Area): readonly Line[] {
  const { test, folder, title } = system
  const isTested = tasks.some(task => task.does === 'tests') && test !== null && folder !== null
  const head = isTested
    ? `${title} is migrated. Do its own tests still pass?`
    : `${title} is migrated. Is it as fast as before?`
  const facts: readonly Fact[] = [
    ...(isTested
      ? [
          ['runs', shellWords(test.argv)] as const,
          ['in', tilde(test.folder ?? folder)] as const,
          ['for at most', duration(test.limit ?? 3600)] as const,
        ]
      : []),
    [
      'times',
      `the queries of ${doneOf(wizard, system)
        .map(target => nameOf(wizard, target))
        .join(', ')}, on the snapshot and on the database in turn`,
    ],
  ]
  return [
    ...paragraph(head, area.width, 'strong', 1),
    blank,
    ...factLines(facts, area.width),
    blank,
    ...paragraph('What comes of it goes into the report. n goes on without.', area.width, 'muted', 1),
  ]
}

function doing(wizard: Wizard, { title, test }: System, task: Task | undefined): string {
  switch (task?.does) {
    case 'queries':
      return `Timing the queries of ${nameOf(wizard, task.target)}, before and after`
    case 'trace':
      return `Looking for an id of ${nameOf(wizard, task.target)} by its ULID`
    case 'tests':
      return `The tests of ${title}: ${shellWords(test?.argv ?? [])}`
    case undefined:
      return title
  }
}

function endedLines(wizard: Wizard, system: System, area: Area): readonly Line[] {
  const hasProblems = applicationProblems(wizard, system)
  const head = hasProblems
    ? paragraph(
        `${symbols.bad} ${system.title} is not as it was. ${waysOn(wizard, system)}`,
        area.width,
        'danger',
        1,
      )
    : paragraph(`${symbols.done} ${system.title} is as it was.`, area.width, 'ok', 1)
  const found = foundLines(wizard, system, area)
  const tail = applicationOf(wizard, system)?.tests?.tail ?? []
  const room = Math.max(0, area.height - head.length - found.length - 2)
  const shown = room === 0 ? [] : tail.slice(-room)
  return [...head, blank, ...found, ...shown.map(text => clip(line(span(` | ${text}`, 'muted')), area.width))]
}

function waysOn(wizard: Wizard, system: System): string {
  const others = wizard.book.done.length > doneOf(wizard, system).length
  return `u rolls its databases back${others ? ', b all that was migrated here' : ''}; Enter goes on.`
}

/** One line for what each has shown so far. */
function foundLines(wizard: Wizard, system: System, area: Area): readonly Line[] {
  const pages = doneOf(wizard, system).flatMap(target => pageOf(wizard, target) ?? [])
  const tests = applicationOf(wizard, system)?.tests ?? null
  return [
    ...pages.flatMap(page => pageLines(wizard, page, area)),
    ...(tests === null
      ? []
      : told(
          tests.status === 'passed',
          `its own tests ${tests.status}, ${duration(tests.seconds)}${tests.why === '' ? '' : `: ${tests.why}`}`,
          area,
        )),
    ...(tests === null ? [] : paragraph(`all they printed: ${tilde(tests.log)}`, area.width, 'muted', 3)),
  ]
}

function pageLines(wizard: Wizard, { target, queries, traced }: TargetReport, area: Area): readonly Line[] {
  const name = nameOf(wizard, target)
  const bad = queries.filter(isWorse)
  const slower = queries.filter(query => query.verdict === 'slower')
  return [
    ...(queries.length === 0
      ? []
      : told(
          bad.length === 0,
          `${name}: ${counted(queries.length, 'query', 'queries')} timed${bad.map(query => `; ${query.name}: ${query.why}`).join('')}`,
          area,
        )),
    ...slower.flatMap(query =>
      paragraph(`${symbols.warning} slower: ${query.name}: ${query.why}`, area.width, 'warning', 3),
    ),
    ...(traced === 0
      ? []
      : told(
          traced > 0,
          traced > 0
            ? `${name}: an id was found by its ULID, with its old id`
            : `${name}: an id was not found again by its ULID`,
          area,
        )),
  ]
}

function told(isGood: boolean, text: string, area: Area): readonly Line[] {
  const sign = isGood ? symbols.done : symbols.bad
  return paragraph(`${sign} ${text}`, area.width, isGood ? 'plain' : 'danger', 1)
}
