/** Ids that stand inside of values: what detection found of each identity becomes the places of a column. */
import { isInside } from '../detect/inside/inside-reference.ts'
import type { DetectedIdentity } from '../documents.ts'
import { tableNamed } from '../engines/sqlite/inspect.ts'
import { cannotHold } from '../inside/cannot-hold.ts'
import { pickPlace } from '../inside/place.ts'
import { precondition } from '../message.ts'
import type { Schema, Table } from '../schema/model.ts'
import { formatColumnPath, samePlace } from '../schema/names.ts'
import { inShell } from '../shell.ts'
import type { PlannedInside } from './plan.ts'

/**
 * The columns in whose accepted places ids of `identities` stand. An identity or a declared reference is replaced as a
 * whole, and has nothing left inside; what is only told by its values is not, where a place says more of them. Throws a
 * refusal (exit 4) for a column that can't hold a ULID.
 */
export function planInside(
  target: string,
  schema: Schema,
  identities: readonly DetectedIdentity[],
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
  for (const { of, reference } of accepted) {
    if (!isInside(reference) || whole.some(each => samePlace(each, reference))) continue
    const { table, column, kind } = reference
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
    const place = { kind, ...pickPlace(reference), of }
    const known = columns.get(key) ?? { table, column, places: [], time: timeOf(found) }
    columns.set(key, { ...known, places: [...known.places, place] })
  }
  return [...columns.values()]
}
