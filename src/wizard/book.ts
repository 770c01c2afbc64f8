/** What the journeys have done, what they have still to do, and what was said of each target on the way. */
import { dueOfTarget, inOrder, type System, type TargetReport, targetAtFirst } from '../core/index.ts'
import { acrossOf } from './across.ts'
import { type Application, documentOf, type Entry, entryOf, type Journey, type Wizard } from './state.ts'

export function pageOf({ book }: Wizard, target: string): TargetReport | null {
  return book.pages.find(page => page.target === target) ?? null
}

/** Changes the page of a target; the first time it says as well how the target was found. */
export function notePage(wizard: Wizard, target: string, news: Partial<TargetReport>): Wizard {
  return notePages(wizard, new Map([[target, news]]))
}

/** {@link notePage}, for many targets at once; new pages come in their order. */
export function notePages(wizard: Wizard, news: ReadonlyMap<string, Partial<TargetReport>>): Wizard {
  const { book } = wizard
  const known = new Set(book.pages.map(page => page.target))
  const added = [...news.keys()].filter(target => !known.has(target))
  const pages = [...book.pages, ...added.map(target => firstPage(entryOf(wizard, target)))].map(page => {
    const changed = news.get(page.target)
    return changed === undefined ? page : { ...page, ...changed }
  })
  return { ...wizard, book: { ...book, pages } }
}

function firstPage(entry: Entry): TargetReport {
  return { ...targetAtFirst(entry.target), ...foundOf(entry) }
}

/** How a target is now, before anything is done to it. */
export function foundOf(entry: Entry): Pick<TargetReport, 'state' | 'rows'> | Record<never, never> {
  const document = documentOf(entry)
  if (document === null) return {}
  return { state: document.state, rows: document.tables.reduce((sum, table) => sum + table.rows, 0) }
}

/** The same for what is known of a target already; nothing where no journey has to do with it. */
export function notePageIfAny(wizard: Wizard, target: string, news: Partial<TargetReport>): Wizard {
  return pageOf(wizard, target) === null ? wizard : notePage(wizard, target, news)
}

/** Targets that a journey is to take, unless they are taken already. */
export function takeUp(wizard: Wizard, targets: readonly string[]): Wizard {
  const { done } = wizard.book
  const left = targets.filter(target => !done.includes(target))
  return notePages(wizard, new Map(left.map(target => [target, { status: 'waiting' }])))
}

export function noteDone(wizard: Wizard, target: string): Wizard {
  const { book } = wizard
  return { ...wizard, book: { ...book, done: [...book.done.filter(each => each !== target), target] } }
}

export function noteTakenBack(wizard: Wizard, target: string): Wizard {
  if (!wizard.book.done.includes(target)) return wizard
  const taken = notePage(wizard, target, {
    status: 'rolled-back',
    ofThisRun: false,
    run: '',
    wayBack: [],
    due: [],
  })
  const { book } = taken
  return { ...taken, book: { ...book, done: book.done.filter(each => each !== target) } }
}

/** What is known of the runs of targets: the name of the one that migrated it, and what it waits for. */
export function noteStatus(wizard: Wizard): Wizard {
  return wizard.book.done.reduce((noted, target) => {
    const { status } = entryOf(noted, target)
    const page = pageOf(noted, target)
    if (status === null || page === null) return noted
    const [newest] = status.runs
      .filter(run => run.what === 'migrate' && (run.status === 'succeeded' || run.status === 'expanding'))
      .sort((a, b) => b.at.localeCompare(a.at))
    return notePage(noted, target, { run: newest?.run ?? page.run, due: dueOfTarget(status) })
  }, wizard)
}

/** Those that are still to come. */
export function toCome({ book }: Wizard): readonly string[] {
  return book.pages.filter(page => page.status === 'waiting').map(page => page.target)
}

/** All targets, as they were given, which is the order of their systems; but whoever gives ULIDs comes first. */
export function inTheWholeOrder(wizard: Wizard, targets: readonly string[]): readonly string[] {
  const links = acrossOf(wizard)?.links.filter(link => link.choice === 'accepted') ?? []
  const wanted = new Set(targets)
  const given = wizard.entries.map(entry => entry.target).filter(target => wanted.has(target))
  return (
    inOrder(
      given,
      links.map(({ of, target }) => ({ first: of.target, then: target })),
    ) ?? given
  )
}

/** What is at hand, counted among all of the journey: `2 of 5`; null where it is the only one. */
export function placeInJourney({ of, rest }: Journey): string | null {
  return of > 1 ? `${of - rest.length} of ${of}` : null
}

export function systemOf(wizard: Wizard, target: string): System | null {
  return entryOf(wizard, target).given.owner ?? null
}

/** The targets of a system that are migrated. */
export function doneOf(wizard: Wizard, { name }: System): readonly string[] {
  return wizard.book.done.filter(target => systemOf(wizard, target)?.name === name)
}

/** What was proved of a system as it is migrated now. */
export function applicationOf(wizard: Wizard, system: System): Application | null {
  const known = wizard.book.applications[system.name]
  const done = doneOf(wizard, system)
  return known !== undefined && known.of.length === done.length && known.of.every(each => done.includes(each))
    ? known
    : null
}

/** The system of a target, when all of its targets had their turn and nobody has looked at the application since. */
export function applicationDue(wizard: Wizard, target: string): System | null {
  const system = systemOf(wizard, target)
  if (system === null || doneOf(wizard, system).length === 0) return null
  const isToCome = toCome(wizard).some(
    each => each !== target && systemOf(wizard, each)?.name === system.name,
  )
  return isToCome || applicationOf(wizard, system) !== null ? null : system
}
