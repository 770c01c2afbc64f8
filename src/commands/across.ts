/** What several targets have to do with each other, asked before any of them is worked on. */
import {
  type Across,
  type Choices,
  inOrder,
  leadersOf,
  namesTarget,
  type Outcome,
  type Plan,
} from '../core/index.ts'
import type { Target } from './each-target.ts'
import type { Session } from './session.ts'

/** A target with what holds for it; with a plan, nothing is left to choose. */
export interface Chosen extends Target {
  readonly choices: Choices
  readonly plan?: Plan
}

/** The same targets in the order in which they are worked on, with what was found of them. */
export interface Together<T> {
  readonly targets: readonly T[]
  readonly across: Across
}

const alone: Across = { order: [], links: [], follows: {}, error: null, documents: [] }

/** Asks where there is anything to ask: of several targets, or of one whose choices name another. */
export async function together<T extends Chosen>(
  session: Session,
  targets: readonly T[],
): Promise<Outcome<Together<T>>> {
  const named = targets.some(({ choices }) => choices.references?.some(namesTarget))
  const found =
    (targets.length > 1 || named) && targets.some(each => each.plan === undefined)
      ? await session.ask(
          'across',
          { targets: targets.map(({ path, choices }) => ({ target: path, choices })) },
          { name: targets.length > 1 ? `${targets.length} targets` : targets[0]!.name, findings: false },
        )
      : { type: 'result' as const, value: alone }
  if (found.type === 'failed') return found
  const across = found.value
  const first = across.order.length > 0 ? across.order : targets.map(each => each.path)
  const edges = targets.flatMap(({ path, plan }) =>
    plan ? leadersOf(plan).map(leader => ({ first: leader.target, then: path })) : [],
  )
  const order = inOrder([...new Set(first)], edges) ?? first
  const sorted = [...targets].sort((a, b) => order.indexOf(a.path) - order.indexOf(b.path))
  return {
    type: 'result',
    value: {
      targets: across === alone ? sorted : sorted.map(each => withFollows(each, across)),
      across,
    },
  }
}

function withFollows<T extends Chosen>(target: T, { follows }: Across): T {
  if (target.plan !== undefined) return target
  return { ...target, choices: { ...target.choices, follows: follows[target.path] ?? [] } }
}

/** Whether other targets take their ULIDs from this one. */
export function leads(target: Target, { links }: Across): boolean {
  return links.some(link => link.choice === 'accepted' && link.of.target === target.path)
}
