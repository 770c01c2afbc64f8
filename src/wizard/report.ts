/** One report over all that this wizard did: what was found, done and proved, how to go back, and what is due. */

import {
  type Criterion,
  criteriaOf,
  type DetectedSystem,
  dueOfSystem,
  isWorse,
  type Message,
  type RunReport,
  type System,
  type SystemReport,
  systemAtFirst,
  type TargetReport,
} from '../core/index.ts'
import { applicationOf, systemOf, toCome } from './book.ts'
import { commandFor } from './command-for.ts'
import type { Command } from './messages.ts'
import type { Wizard } from './state.ts'

/**
 * What only the world knows is left to it: a name for the report, and the process that writes it. Whole systems are
 * never taken back here, only targets, so nobody else has to go on with that.
 */
export type ReportContent = Omit<RunReport, 'run' | 'resumes' | 'process' | 'takesBack'>

/** Asks for the report to be written where there is something to tell that it does not tell yet. */
export function reportWhereChanged(before: Wizard, after: Wizard): readonly Command[] {
  if (!isWorthTelling(after)) return []
  const same = before.book === after.book && statusOf(before) === statusOf(after)
  return same ? [] : [{ type: 'report', content: reportOf(after) }]
}

/** Before anything was tried there is nothing to report. */
export function isWorthTelling({ book }: Wizard): boolean {
  return (
    book.done.length > 0 || book.pages.some(({ status }) => status === 'failed' || status === 'rolled-back')
  )
}

export function reportOf(wizard: Wizard): ReportContent {
  const status = statusOf(wizard)
  const systems = systemPages(wizard, status)
  return {
    status,
    begun: new Date(wizard.book.begun).toISOString(),
    ended: status === 'running' ? '' : new Date(wizard.now).toISOString(),
    systems,
    criteria: criteriaOf({ systems }),
    error: errorOf(wizard),
    next: nextOf(wizard, status),
  }
}

/** The lines of what the documents of the systems ask for. */
export function checklist(wizard: Wizard): readonly Criterion[] {
  return isWorthTelling(wizard) ? reportOf(wizard).criteria : []
}

function statusOf(wizard: Wizard): RunReport['status'] {
  const { book } = wizard
  if (isOnTheWay(wizard)) return 'running'
  if (book.pages.some(page => page.status === 'failed') || hasProblems(wizard)) return 'failed'
  if (toCome(wizard).length > 0) return 'stopped'
  if (book.done.length > 0) return 'succeeded'
  return book.pages.some(page => page.status === 'rolled-back') ? 'rolled-back' : 'stopped'
}

function isOnTheWay({ screen }: Wizard): boolean {
  if (screen.name === 'rollback' || screen.name === 'take-back') return 'journey' in screen.from
  return 'journey' in screen
}

/** Whether an application, as it is migrated now, is not as it was. */
export function hasProblems(wizard: Wizard): boolean {
  const { book } = wizard
  const systems = book.done.flatMap(target => systemOf(wizard, target) ?? [])
  const failing = systems.some(system => applicationOf(wizard, system)?.checks.some(check => !check.ok))
  return (
    failing ||
    book.pages.some(page => book.done.includes(page.target) && worseQueries(wizard, page).length > 0)
  )
}

/** Queries that lost their index, or can no longer be asked, against the operator's word. */
export function worseQueries(wizard: Wizard, { target, queries }: TargetReport): readonly string[] {
  const accepted = wizard.entries.find(entry => entry.target === target)?.choices.accept ?? []
  return queries.filter(query => isWorse(query) && !accepted.includes(query.name)).map(query => query.name)
}

function errorOf({ book, deeds }: Wizard): Message | null {
  const failed = book.pages.filter(page => page.status === 'failed').map(page => page.target)
  const deed = deeds.findLast(each => each.did === 'failed' && failed.includes(each.target))
  if (deed?.did !== 'failed') return null
  const { exit: _, ...message } = deed.failure
  return message
}

/** To go on, and the ways back in their order. */
function nextOf(wizard: Wizard, status: RunReport['status']): readonly string[] {
  if (status === 'running' || status === 'succeeded') return []
  const left = toCome(wizard)
  return [
    ...(left.length > 0 ? [commandFor(wizard, 'migrate', ...left)] : []),
    ...[...wizard.book.done].reverse().map(target => commandFor(wizard, 'rollback', target, '--yes')),
  ]
}

/** Each system at its first target, with all of its own; databases of no system; and systems that have none. */
function systemPages(wizard: Wizard, status: RunReport['status']): readonly SystemReport[] {
  const names = [...new Set(wizard.book.pages.map(({ target }) => systemOf(wizard, target)?.name ?? ''))]
  const withPages = names.map(name => systemPage(wizard, name, status))
  const bare = wizard.systems.filter(({ targets, system }) => targets.length === 0 && !names.includes(system))
  return [...withPages, ...bare.map(bareSystem)]
}

const ofNone = { name: '', title: 'Databases of no known system', folder: null, places: [] }

function systemPage(wizard: Wizard, name: string, status: RunReport['status']): SystemReport {
  const targets = wizard.book.pages.filter(({ target }) => (systemOf(wizard, target)?.name ?? '') === name)
  const system = systemOf(wizard, targets[0]!.target)
  const application = system === null ? null : applicationOf(wizard, system)
  const blank = systemAtFirst(system ?? ofNone)
  // What its tests said stays told, also when it was taken back for just that.
  const told = wizard.book.applications[name]
  const goesOn = status === 'running' || status === 'failed' || status === 'stopped'
  const isProved = system === null || application?.was === 'proved' || !goesOn
  return {
    ...blank,
    status: systemStatus(targets, application?.checks.some(check => !check.ok) ?? false, isProved),
    targets,
    tests: { before: null, after: told?.tests ?? null },
    checks: told?.checks ?? [],
    findings: [
      ...(wizard.systems.find(each => each.system === name)?.findings ?? []),
      ...(told?.findings ?? []),
    ],
    due:
      system !== null && targets.some(each => each.ofThisRun)
        ? dueOf(system, application?.tests !== undefined && application.tests !== null)
        : [],
  }
}

function systemStatus(
  targets: readonly TargetReport[],
  fails: boolean,
  isProved: boolean,
): SystemReport['status'] {
  const has = (status: TargetReport['status']) => targets.some(page => page.status === status)
  if (fails || has('failed')) return 'failed'
  if (has('waiting')) return 'waiting'
  // Whoever goes on with this, be it `run`, still has to prove it.
  if (has('migrated')) return isProved ? 'done' : 'stopped'
  if (has('rolled-back')) return 'rolled-back'
  return has('skipped') ? 'skipped' : 'nothing-to-do'
}

function dueOf(system: System, isTested: boolean): readonly string[] {
  const { test, title } = system
  const untested = !isTested && test !== null && system.folder !== null
  return [
    ...dueOfSystem(system, null),
    ...(untested ? [`The tests of ${title} have not been run: ${test.argv.join(' ')}`] : []),
  ]
}

function bareSystem({ system, title, folder, places, findings }: DetectedSystem): SystemReport {
  const looked = places.map(({ path, what, found }) => ({ path, what, there: found !== 'nothing' }))
  return {
    ...systemAtFirst({ name: system, title, folder, places: looked }),
    status: 'nothing-to-do',
    findings,
  }
}
