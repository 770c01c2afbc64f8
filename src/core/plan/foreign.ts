/** Columns that hold ids of other targets, as a plan says it. */

import type { Following } from '../links.ts'
import { precondition, type Refusal } from '../message.ts'
import { formatColumnPath } from '../schema/names.ts'
import { inShell } from '../shell.ts'
import type { Leader, PlannedForeign, PlannedIdentity, PlannedInside, PlannedReference } from './plan.ts'

/** Where in the values of a column ids stand that other targets have given ULIDs to. */
export interface ForeignPlace {
  readonly table: string
  readonly column: string
  readonly place: PlannedInside['places'][number]
}

/**
 * All that refers to one identity elsewhere shares one map, so that equal orphans get one ULID; where an identity of this
 * target follows that one, its map.
 */
export function foreignOf(
  follows: readonly Following[],
  identities: readonly PlannedIdentity[],
  planned: (following: Following) => PlannedReference,
): {
  readonly own: readonly PlannedIdentity[]
  readonly foreign: readonly PlannedForeign[]
  readonly places: readonly ForeignPlace[]
} {
  let own = identities
  const foreign: PlannedForeign[] = []
  const places: ForeignPlace[] = []
  for (const each of follows) {
    if (each.as === 'identity') continue
    const { table, column, place } = each
    const first = each.of[0]!
    const found = place ? [] : [planned(each)]
    const follower = own.find(identity => includes(identity.follows ?? [], first))
    const shared = foreign.findIndex(({ of }) => includes(of, first))
    if (follower)
      own = own.map(identity =>
        identity === follower
          ? {
              ...identity,
              follows: union(identity.follows!, each.of),
              references: [...identity.references, ...found],
            }
          : identity,
      )
    else if (shared < 0) {
      const { of, affinity, collation, case: letters } = each
      foreign.push({ of, affinity, collation, case: letters, references: found })
    } else {
      const { of, references, ...rest } = foreign[shared]!
      foreign[shared] = { ...rest, of: union(of, each.of), references: [...references, ...found] }
    }
    const of = follower ? { table: follower.table, column: follower.column } : first
    if (place) places.push({ table, column, place: { ...place, of } })
  }
  return { own, foreign, places }
}

function union(some: readonly Leader[], more: readonly Leader[]): readonly Leader[] {
  return [...some, ...more.filter(each => !includes(some, each))]
}

function includes(leaders: readonly Leader[], { target, table, column }: Leader): boolean {
  return leaders.some(each => each.target === target && each.table === table && each.column === column)
}

/** Sync triggers can not ask another file; so both ids can not stay live where one of them is given elsewhere. */
export function noExpansion(target: string, follows: readonly Following[]): Refusal {
  const [{ table, column, of }] = follows as [Following]
  return precondition(
    'ACROSS.EXPAND',
    target,
    'A target that takes its ULIDs from another one can not be expanded.',
    `${formatColumnPath(table, column)} holds ids of ${formatColumnPath(of[0]!.table, of[0]!.column)} in ${of[0]!.target}; the triggers of an expansion see one file only, and could not tell the ULID of a new row.`,
    inShell`Replace its ids: ulid-migrate migrate ${of[0]!.target} ${target} --strategy replace; or leave the column out: --no-reference ${formatColumnPath(table, column)}`,
  )
}
