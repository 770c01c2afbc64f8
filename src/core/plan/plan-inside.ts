/** Ids that stand inside of values: what detection found of each identity becomes the places of a column. */
import { isDeepStrictEqual } from 'node:util'
import { isInside } from '../detect/inside/inside-reference.ts'
import type { DetectedIdentity } from '../documents.ts'
import { tableNamed } from '../engines/sqlite/inspect.ts'
import { cannotHold } from '../inside/cannot-hold.ts'
import { pickPlace } from '../inside/place.ts'
import { precondition } from '../message.ts'
import type { Schema, Table } from '../schema/model.ts'
import { formatColumnPath, samePlace } from '../schema/names.ts'
import { inShell } from '../shell.ts'
import type { ForeignPlace } from './foreign.ts'
import type { PlannedInside } from './plan.ts'

/**
 * The columns in whose accepted places ids of `identities` stand, or of other targets (`elsewhere`). An identity or a declared reference is replaced as a
 * whole, and has nothing left inside; what is only told by its values is not, where a place says more of them. Throws a
 * refusal (exit 4) for a column that can't hold a ULID.
 */
export function planInside(
  target: string,
  schema: Schema,
  identities: readonly DetectedIdentity[],
  elsewhere: readonly ForeignPlace[],
  timeOf: (table: Table) => string | null,
): readonly PlannedInside[] {
  const accepted = identities.flatMap(({ table, column, references }) =>
    references
      .filter(reference => reference.choice === 'accepted')
      .map(reference => ({ of: { table, column }, reference })),
  )
  const whole = [
    ...identities,
    ...accepted.flatMap(({ reference }) =>
      reference.kind === 'declared' || reference.kind === 'composite' ? [reference] : [],
    ),
  ]
  const columns = new Map<string, PlannedInside>()
  const own = accepted.flatMap(({ of, reference }): ForeignPlace[] => {
    if (!isInside(reference)) return []
    const { table, column, kind } = reference
    return [{ table, column, place: { kind, ...pickPlace(reference), of } }]
  })
  for (const { table, column, place } of [...own, ...elsewhere]) {
    if (whole.some(each => samePlace(each, { table, column }))) continue
    const key = formatColumnPath(table, column)
    const found = tableNamed(schema, table)!
    const why = cannotHold(found, column)
    if (why !== null)
      throw precondition(
        'PLAN.INSIDE_KEY',
        key,
        'Ids inside of this column can not become ULIDs.',
        why,
        inShell`Leave them as they are: ulid-migrate dry-run ${target} --no-reference ${key}`,
      )
    const known = columns.get(key) ?? { table, column, places: [], time: timeOf(found) }
    // What follows an identity elsewhere may hold ids of both at a place that was found for either.
    if (known.places.some(each => isDeepStrictEqual(each, place))) continue
    columns.set(key, { ...known, places: [...known.places, place] })
  }
  return [...columns.values()]
}
