/** In which order targets are migrated: whoever gives ULIDs comes before those that take them. */

import { precondition, type Refusal } from '../message.ts'
import { commandLine } from '../shell.ts'

/** `first` has to have its ULIDs before `then` can take them; `what` says which column of `then` holds them. */
export interface Before {
  readonly first: string
  readonly then: string
  readonly what: string
}

/** Whether one comes before the other, by whatever steps. */
export function comesBefore(edges: readonly Before[], one: string, other: string): boolean {
  const reached = new Set([one])
  for (const from of reached) for (const edge of edges) if (edge.first === from) reached.add(edge.then)
  reached.delete(one)
  return reached.has(other)
}

/** The targets in an order that suits all; otherwise as they were named. Throws a refusal (exit 4) where none does. */
export function inOrder(targets: readonly string[], edges: readonly Before[]): readonly string[] {
  const left = [...targets]
  const order: string[] = []
  while (left.length > 0) {
    const free = left.findIndex(
      target => !edges.some(edge => edge.then === target && left.includes(edge.first)),
    )
    if (free < 0) throw roundAbout(left, edges)
    order.push(...left.splice(free, 1))
  }
  return order
}

function roundAbout(left: readonly string[], edges: readonly Before[]): Refusal {
  const among = edges.filter(({ first, then }) => left.includes(first) && left.includes(then))
  const round = among.filter(({ first, then }) => comesBefore(edges, then, first))
  const [one] = round.length > 0 ? round : among
  return precondition(
    'ACROSS.ROUND_ABOUT',
    one!.then,
    'These databases hold ids of each other, so that none of them can be the first.',
    `${(round.length > 0 ? round : among).map(each => each.what).join('; ')}.`,
    `Leave one of these columns out: ${commandLine('migrate', ...left, '--no-reference', `${one!.then}::TABLE.COLUMN`)}`,
  )
}
