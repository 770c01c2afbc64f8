/** The targets compared with each other: asked for, answered, gone without; and what follows for each of them. */
import { isDeepStrictEqual } from 'node:util'
import { type Across, type Answers, formatPlace, namesTarget, type Outcome } from '../../core/index.ts'
import { acrossOf, followsOf, leads } from '../across.ts'
import { takeUp } from '../book.ts'
import { asOwn, toggleReference } from '../choices.ts'
import type { ListedIdentity } from '../listed.ts'
import { startProgress } from '../progress.ts'
import { type Journey, nameOf, type Wizard } from '../state.ts'
import { call, compareAgain, notice, type Step, stay, toDetect, withEntry } from './step.ts'

const nothing: Across = { order: [], links: [], follows: {}, error: null, documents: [] }

/** Asks once every target has been read, so that none is read twice. One alone is only asked where it names another. */
export function compareWhereDue(wizard: Wizard): Step {
  const { comparison, entries, screen } = wizard
  if (comparison.is !== 'due' || screen.name === 'quitting') return stay(wizard)
  if (entries.some(({ detection }) => detection.is === 'waiting' || detection.is === 'reading'))
    return stay(wizard)
  const targets = entries.flatMap(({ target, choices, detection }) =>
    detection.is === 'known' && detection.document.state !== 'empty'
      ? [{ target, choices, known: detection.document }]
      : [],
  )
  if (targets.length < 2 && !targets.some(({ choices }) => choices.references?.some(namesTarget)))
    return stay({ ...wizard, comparison: { is: 'known', across: nothing } })
  const { wizard: next, start } = call(wizard, 'across', { targets })
  const { shown } = comparison
  return {
    wizard: {
      ...next,
      comparison: { is: 'asking', job: start.job, progress: startProgress(wizard.now), shown },
    },
    commands: [start],
  }
}

export function onCompared(wizard: Wizard, job: number, outcome: Outcome<Answers['across']>): Step {
  const { comparison } = wizard
  if (comparison.is !== 'asking' || comparison.job !== job) return stay(wizard)
  return outcome.type === 'failed'
    ? stay({ ...wizard, comparison: { is: 'failed', failure: outcome.error, shown: comparison.shown } })
    : stay(withoutStaleRehearsals({ ...wizard, comparison: { is: 'known', across: outcome.value } }))
}

/** A rehearsal counts for as long as it took what would be taken now, and gives what others want of it. */
function withoutStaleRehearsals(wizard: Wizard): Wizard {
  return {
    ...wizard,
    entries: wizard.entries.map(entry => {
      const { target, rehearsal } = entry
      if (rehearsal === null) return entry
      const counts =
        isDeepStrictEqual(rehearsal.follows, followsOf(wizard, target)) &&
        (rehearsal.kept || !leads(wizard, target))
      return counts ? entry : { ...entry, rehearsal: null }
    }),
  }
}

/** Goes on without, or compares after all. */
export function compareOrNot(wizard: Wizard): Step {
  const { comparison } = wizard
  if (comparison.is === 'stopped') return stay({ ...wizard, comparison: { is: 'due', shown: null } })
  const stopped = withoutStaleRehearsals({ ...wizard, comparison: { is: 'stopped' } })
  return comparison.is === 'asking'
    ? { wizard: stopped, commands: [{ type: 'stop', job: comparison.job }] }
    : stay(stopped)
}

/** A target that has taken its ULIDs takes none any more; those that take them from it find them there. */
export function withoutFollower({ comparison, ...wizard }: Wizard, target: string): Wizard {
  if (comparison.is !== 'known') return { ...wizard, comparison }
  const { [target]: _, ...follows } = comparison.across.follows
  const links = comparison.across.links.filter(link => link.target !== target)
  return { ...wizard, comparison: { is: 'known', across: { ...comparison.across, links, follows } } }
}

/** Has a column follow an identity of another target, or leaves it out: a choice of the target that holds it. */
export function toggleAcross(
  wizard: Wizard,
  holder: string,
  leader: string,
  identity: ListedIdentity,
  reference: ListedIdentity['references'][number],
): Step {
  const toggled = withEntry(wizard, holder, entry => {
    const given = asOwn(entry.given.choices, holder)
    const choose = (choices: typeof given) =>
      toggleReference(asOwn(choices, holder), given, identity, reference, leader)
    const { detection } = entry
    const reading = detection.is === 'reading' && detection.settled !== null
    return {
      ...entry,
      choices: choose(entry.choices),
      rehearsal: null,
      // Should the engine refuse the choices that it is reading by, this one stays all the same.
      detection: reading
        ? {
            ...detection,
            settled: { ...detection.settled, choices: choose(detection.settled.choices) },
          }
        : detection,
    }
  })
  return compareAgain(toggled, withChoice(acrossOf(wizard), holder, leader, identity, reference))
}

function withChoice(
  across: Across | null,
  holder: string,
  leader: string,
  identity: ListedIdentity,
  reference: ListedIdentity['references'][number],
): Across | null {
  if (across === null) return null
  const choice = reference.choice === 'accepted' ? 'offered' : 'accepted'
  const isIt = (link: Across['links'][number]) =>
    link.target === holder &&
    formatPlace(link, link) === formatPlace(reference, reference) &&
    link.of.target === leader &&
    link.of.table === identity.table &&
    link.of.column === identity.column
  return { ...across, links: across.links.map(link => (isIt(link) ? { ...link, choice } : link)) }
}

/** To a target that has its turn before this one, which comes after it. */
export function goFirst(wizard: Wizard, journey: Journey, first: string): Step {
  const { target, rest, of } = journey
  const next = {
    target: first,
    rest: [target, ...rest.filter(each => each !== first)],
    of: rest.includes(first) ? of : of + 1,
  }
  // Whoever goes there means to take it, also where it was left out before.
  const { wizard: shown, commands } = toDetect(takeUp(wizard, [first, target]), next)
  const told = notice(
    shown,
    `${nameOf(wizard, first)} comes first: ${nameOf(wizard, target)} takes ULIDs from it.`,
  )
  return { wizard: told.wizard, commands }
}
