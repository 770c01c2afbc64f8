/** The way over several targets: begun with all of them, gone on with, and on to the next of them. */
import { exitCodes } from '../../core/index.ts'
import { leadersOf } from '../across.ts'
import {
  applicationDue,
  inTheWholeOrder,
  notePage,
  notePageIfAny,
  notePages,
  pageOf,
  toCome,
} from '../book.ts'
import { isMissing, nothingToDo } from '../openings.ts'
import { type DryRunScreen, type Entry, type Journey, nameOf, type Wizard } from '../state.ts'
import { toApplication } from './application.ts'
import { andThen, notice, type Step, toDetect, toNext } from './step.ts'

/** Goes on with what is still to come; where nothing is, takes up every target that there is something to do with. */
export function overAll(wizard: Wizard): Step {
  const left = toCome(wizard)
  const { wizard: taken, told } = left.length > 0 ? { wizard, told: '' } : takeUpAll(wizard)
  const [target, ...rest] = inTheWholeOrder(taken, toCome(taken))
  if (target === undefined) return notice(taken, `There is nothing to do in any of them. ${told}`.trim())
  const gone = toDetect(taken, { target, rest, of: taken.book.pages.length })
  return told === '' ? gone : andThen(gone, next => notice(next, told))
}

/** Takes up what is to be migrated or made, and says what is passed over. */
function takeUpAll(wizard: Wizard): { readonly wizard: Wizard; readonly told: string } {
  const given = new Map(wizard.entries.map(entry => [entry.target, entry]))
  const entries = inTheWholeOrder(wizard, [...given.keys()]).map(target => given.get(target)!)
  const idle = entries.filter(entry => nothingToDo(wizard, entry))
  const unreadable = entries.filter(isNoneOfOurs)
  const passed = (of: readonly Entry[]) => of.map(({ target }) => nameOf(wizard, target)).join(', ')
  const told = [
    ...(idle.length > 0 ? [`Nothing to do in ${passed(idle)}.`] : []),
    ...(unreadable.length > 0 ? [`No database to read: ${passed(unreadable)}.`] : []),
  ].join(' ')
  const status = new Map([
    ...unreadable.map(({ target }) => [target, 'unreadable'] as const),
    ...idle.map(({ target }) => [target, 'nothing-to-do'] as const),
  ])
  const news = entries
    .filter(({ target }) =>
      status.has(target) ? pageOf(wizard, target) === null : !wizard.book.done.includes(target),
    )
    .map(({ target }) => [target, { status: status.get(target) ?? ('waiting' as const) }] as const)
  return { wizard: notePages(wizard, new Map(news)), told }
}

/** What is no SQLite database is somebody else's: the others are not made to wait for it. */
function isNoneOfOurs(entry: Entry): boolean {
  const { detection } = entry
  if (detection.is !== 'failed' || isMissing(entry)) return false
  const { exit, code } = detection.failure
  return exit === exitCodes.precondition && code.startsWith('TARGET.')
}

/** To the next of the journey, or to the end; before that to the application, when its last target had its turn. */
export function onward(wizard: Wizard, journey: Journey): Step {
  const isWaiting = pageOf(wizard, journey.target)?.status === 'waiting'
  return leaveBehind(
    isWaiting ? notePage(wizard, journey.target, { status: 'nothing-to-do' }) : wizard,
    journey,
  )
}

/** Leaves the target at hand out. One that failed stays known as that. */
export function passOver(
  wizard: Wizard,
  journey: Journey,
  work: DryRunScreen['work'] | { readonly is: 'none' } = { is: 'none' },
): Step {
  const { target } = journey
  const isFailed = pageOf(wizard, target)?.status === 'failed'
  const passed = isFailed ? wizard : notePageIfAny(wizard, target, { status: 'skipped' })
  const step = andThen(leaveBehind(passed, journey), next => notice(next, leftOut(wizard, target)))
  return work.is === 'working'
    ? { ...step, commands: [{ type: 'stop', job: work.job }, ...step.commands] }
    : step
}

function leftOut(wizard: Wizard, target: string): string {
  const follower = toCome(wizard).find(each => leadersOf(wizard, each).includes(target))
  const name = nameOf(wizard, target)
  return follower === undefined
    ? `${name} is left out.`
    : `${name} is left out; ${nameOf(wizard, follower)} takes ULIDs from it, and will ask for it first.`
}

/** Whatever has become of the target at hand, it had its turn. */
function leaveBehind(wizard: Wizard, journey: Journey): Step {
  const system = applicationDue(wizard, journey.target)
  return system === null ? toNext(wizard, journey) : toApplication(wizard, journey, system)
}
