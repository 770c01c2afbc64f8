/** Which targets take their ULIDs from which, as far as the wizard has asked: who follows, and who comes first. */
import type { Across, Choices, Failure, Following } from '../core/index.ts'
import { documentOf, type Entry, entryOf, nameOf, type Wizard } from './state.ts'

/** What is known now, or was before it was asked again. */
export function acrossOf({ comparison }: Wizard): Across | null {
  switch (comparison.is) {
    case 'known':
      return comparison.across
    case 'stopped':
      return null
    case 'due':
    case 'asking':
    case 'failed':
      return comparison.shown
  }
}

/** The columns of a target that hold ids of others, and follow them. */
export function followsOf(wizard: Wizard, target: string): readonly Following[] {
  return acrossOf(wizard)?.follows[target] ?? []
}

/**
 * Everything that holds for a target. Where nothing was found that it could follow, nothing is said of that: then the
 * engine asks what earlier runs know.
 */
export function allChoices(wizard: Wizard, { target, choices }: Entry): Choices {
  const isFound = acrossOf(wizard)?.links.some(link => link.target === target) ?? false
  return isFound ? { ...choices, follows: followsOf(wizard, target) } : choices
}

/** Whether other targets take their ULIDs from this one. */
export function leads(wizard: Wizard, target: string): boolean {
  return acrossOf(wizard)?.links.some(link => isAccepted(link) && link.of.target === target) ?? false
}

/** The targets that this one takes ULIDs from. */
export function leadersOf(wizard: Wizard, target: string): readonly string[] {
  return [...new Set(followsOf(wizard, target).flatMap(each => each.of.map(leader => leader.target)))]
}

/** The targets that have to get their ULIDs before this one can take them, in the order in which they do. */
function toComeBefore(wizard: Wizard, target: string): readonly Entry[] {
  const reached = new Set([target])
  for (const follower of reached)
    for (const { of } of followsOf(wizard, follower))
      for (const leader of of) if (isToCome(wizard, leader)) reached.add(leader.target)
  reached.delete(target)
  const order = acrossOf(wizard)?.order ?? []
  return order.filter(each => reached.has(each)).map(each => entryOf(wizard, each))
}

/** Whether it is still to be migrated. One that is being read anew has just been. */
function isToCome({ entries }: Wizard, { target, table, column }: Following['of'][number]): boolean {
  const entry = entries.find(each => each.target === target)
  const document = entry === undefined ? null : documentOf(entry)
  return (
    document?.identities.some(each => each.migrate && each.table === table && each.column === column) ?? false
  )
}

/** Who has to be rehearsed before this target can be: what it takes is then asked of that rehearsal. */
export function firstToRehearse(wizard: Wizard, target: string): string | null {
  return toComeBefore(wizard, target).find(({ rehearsal }) => rehearsal?.kept !== true)?.target ?? null
}

/** Who has to be migrated before this target can be. */
export function firstToMigrate(wizard: Wizard, target: string): string | null {
  return toComeBefore(wizard, target)[0]?.target ?? null
}

/** Why no order of the targets suits one that has to do with others. */
export function roundAbout(wizard: Wizard, target: string): Failure | null {
  const across = acrossOf(wizard)
  if (across === null || across.error === null) return null
  const concerned = across.links.some(
    link => isAccepted(link) && (link.target === target || link.of.target === target),
  )
  if (!concerned) return null
  const { why } = across.error
  const named = [...across.order].sort((a, b) => b.length - a.length)
  return {
    ...across.error,
    object: '',
    why: named.reduce((text, path) => text.replaceAll(path, nameOf(wizard, path)), why),
    next: 'Leave one of these columns out: Tab shows what holds ids of an identity, Space leaves it out.',
  }
}

/** The targets in the order in which they are worked on, as far as that is known. */
export function inTheirOrder(wizard: Wizard, targets: readonly string[]): readonly string[] {
  const order = acrossOf(wizard)?.order ?? []
  const rank = (target: string) => {
    const at = order.indexOf(target)
    return at < 0 ? order.length : at
  }
  return [...targets].sort((a, b) => rank(a) - rank(b))
}

/** The choices of those that hold ids of a target are made on its screen as well, and kept from there. */
export function holdersOf(wizard: Wizard, target: string): readonly string[] {
  const links = acrossOf(wizard)?.links.filter(link => link.of.target === target) ?? []
  return [...new Set(links.map(link => link.target))]
}

function isAccepted({ choice }: Across['links'][number]): boolean {
  return choice === 'accepted'
}
