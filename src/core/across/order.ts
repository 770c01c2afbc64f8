/** In which order targets are migrated: whoever gives ULIDs comes before those that take them. */

import { type Failure, precondition } from '../message.ts'
import { formatColumnPath } from '../schema/names.ts'
import { commandLine } from '../shell.ts'

/** `first` has to have its ULIDs before `then` can take them. */
export interface Before {
  readonly first: string
  readonly then: string
}

/** With the column of `then` that holds them. */
export interface BeforeBy extends Before {
  readonly table: string
  readonly column: string
}

/** Whether one comes before the other, by whatever steps. */
export function comesBefore(edges: readonly Before[], one: string, other: string): boolean {
  const reached = new Set([one])
  for (const from of reached) for (const edge of edges) if (edge.first === from) reached.add(edge.then)
  reached.delete(one)
  return reached.has(other)
}

/** The targets in an order that suits all, otherwise as they were named; null where none does. */
export function inOrder(targets: readonly string[], edges: readonly Before[]): readonly string[] | null {
  const left = [...targets]
  const order: string[] = []
  while (left.length > 0) {
    const free = left.findIndex(
      target => !edges.some(edge => edge.then === target && left.includes(edge.first)),
    )
    if (free < 0) return null
    order.push(...left.splice(free, 1))
  }
  return order
}

/** Why there is no order. */
export function roundAbout(targets: readonly string[], edges: readonly BeforeBy[]): Failure {
  const round = edges.filter(({ first, then }) => comesBefore(edges, then, first))
  const one = round[0]!
  const holds = round.map(
    ({ first, then, table, column }) => `${then}::${formatColumnPath(table, column)} holds ids of ${first}`,
  )
  const column = `${one.then}::${formatColumnPath(one.table, one.column)}`
  return precondition(
    'ACROSS.ROUND_ABOUT',
    one.then,
    'These databases hold ids of each other, so that none of them can be the first.',
    `${holds.join('; ')}.`,
    `Leave one of these columns out: ${commandLine('migrate', ...targets, '--no-reference', column)}`,
  ).failure
}
