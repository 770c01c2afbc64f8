/** The application above a migrated system: its queries timed, an id of each target traced, its own tests run. */
import { queriesOf, queryFindings, type System, testsPage } from '../../core/index.ts'
import type { Action } from '../actions.ts'
import { applicationOf, doneOf, notePage, pageOf } from '../book.ts'
import type { Answer } from '../messages.ts'
import type { Application, ApplicationScreen, Journey, Task, Wizard } from '../state.ts'
import { call, type Step, show, stay, toNext, toTargets, working } from './step.ts'
import { askTakeBack } from './take-back.ts'

/** Nothing is run before it was shown and asked for. */
export function toApplication(wizard: Wizard, journey: Journey, system: System): Step {
  const tasks = tasksOf(wizard, system)
  return show(wizard, { name: 'application', journey, system, tasks, work: { is: 'asked' } })
}

/** Queries are timed before the tests, which may write. */
function tasksOf(wizard: Wizard, system: System): readonly Task[] {
  const done = doneOf(wizard, system)
  return [
    ...done.flatMap((target): readonly Task[] =>
      pageOf(wizard, target)?.snapshot ? [{ does: 'queries', target }] : [],
    ),
    ...done.flatMap((target): readonly Task[] => {
      const sample = wizard.book.samples[target]
      return sample === undefined ? [] : [{ does: 'trace', target, sample }]
    }),
    ...(hasTests(system) ? [{ does: 'tests' } as const] : []),
  ]
}

export function hasTests({ test, folder }: System): boolean {
  return test !== null && folder !== null
}

export function onApplication(wizard: Wizard, screen: ApplicationScreen, action: Action): Step {
  const { work, journey, system } = screen
  switch (action) {
    case 'next':
      switch (work.is) {
        case 'working':
          return stay(wizard)
        case 'asked':
          return begin(begun(wizard, system), screen)
        case 'failed':
          return begin(wizard, screen)
        case 'ended':
          return toNext(wizard, journey)
      }
      break
    case 'skip': {
      const step = toNext(work.is === 'asked' ? passedOver(wizard, system) : wizard, journey)
      return work.is === 'working'
        ? { ...step, commands: [{ type: 'stop', job: work.job }, ...step.commands] }
        : step
    }
    case 'take-back':
      return askTakeBack(wizard, screen, doneOf(wizard, system))
    case 'take-all-back':
      return askTakeBack(wizard, screen, wizard.book.done)
    case 'back':
      return toTargets(wizard, work.is === 'working' ? work.job : null)
    default:
      break
  }
  return stay(wizard)
}

function begun(wizard: Wizard, system: System): Wizard {
  return noteApplication(wizard, system, { was: 'proved', tests: null, checks: [], findings: [] })
}

function passedOver(wizard: Wizard, system: System): Wizard {
  return noteApplication(wizard, system, { was: 'passed-over', tests: null, checks: [], findings: [] })
}

function noteApplication(wizard: Wizard, system: System, news: Partial<Application>): Wizard {
  const { book } = wizard
  const blank: Application = { of: [], was: 'proved', tests: null, checks: [], findings: [] }
  const known = applicationOf(wizard, system) ?? blank
  const noted = { ...known, ...news, of: doneOf(wizard, system) }
  return { ...wizard, book: { ...book, applications: { ...book.applications, [system.name]: noted } } }
}

/** The first of what is left; with none left, the end of it. */
function begin(wizard: Wizard, screen: ApplicationScreen): Step {
  const { system } = screen
  const [task] = screen.tasks
  if (task === undefined) return show(wizard, { ...screen, work: { is: 'ended' } })
  const { wizard: next, start } = ask(wizard, system, task)
  return show(next, { ...screen, work: working(next, start) }, start)
}

function ask(wizard: Wizard, system: System, task: Task): ReturnType<typeof call> {
  switch (task.does) {
    case 'queries': {
      const before = pageOf(wizard, task.target)?.snapshot ?? ''
      return call(wizard, 'compare-queries', { target: task.target, before, queries: queriesOf(system) })
    }
    case 'trace':
      return call(wizard, 'trace', {
        id: task.sample.after,
        targets: wizard.book.done,
        brief: true,
      })
    case 'tests':
      return call(wizard, 'system-tests', {
        target: system.folder ?? '',
        command: system.test ?? { argv: [] },
        log: `${system.name.replaceAll(/[^\w.-]/g, '_')}-tests-after.log`,
      })
  }
}

type Told = Extract<Answer, { operation: 'compare-queries' | 'trace' | 'system-tests' }>

/** Notes what one task has found, and begins the next. */
export function onTaskAnswer(wizard: Wizard, answer: Told): Step {
  const { screen } = wizard
  if (screen.name !== 'application' || answer.outcome.type === 'failed') return stay(wizard)
  const [task, ...tasks] = screen.tasks
  if (task === undefined) return stay(wizard)
  return begin(noted(wizard, screen.system, task, answer), { ...screen, tasks })
}

function noted(wizard: Wizard, system: System, task: Task, { operation, outcome }: Told): Wizard {
  if (outcome.type === 'failed') return wizard
  switch (operation) {
    case 'compare-queries': {
      if (task.does !== 'queries') return wizard
      const queries = outcome.value
      const { findings = [] } = pageOf(wizard, task.target) ?? {}
      const told = queryFindings(queries, task.target, 'migrated')
      const others = findings.filter(each => !each.code.startsWith('QUERY.'))
      return notePage(wizard, task.target, { queries, findings: [...others, ...told] })
    }
    case 'trace': {
      if (task.does !== 'trace') return wizard
      const { target, sample } = task
      const isFound = outcome.value.found.some(row => row.target === target && row.legacy === sample.before)
      return notePage(wizard, target, { traced: isFound ? 1 : -1 })
    }
    case 'system-tests': {
      const { check, findings } = testsPage(system, null, outcome.value)
      return noteApplication(wizard, system, { tests: outcome.value, checks: [check], findings })
    }
  }
}
