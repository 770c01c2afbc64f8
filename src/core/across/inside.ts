/**
 * Ids of another target that stand inside of values: in documents, in longer texts, in rows whose other column says so. They
 * are looked for in the way in which those of the target itself are.
 */

import type { Context } from '../context.ts'
import { findInside } from '../detect/inside/find-inside.ts'
import { type InsideReference, isInside } from '../detect/inside/inside-reference.ts'
import { namedAt } from '../detect/inside/join.ts'
import { type KnownIds, knownIds } from '../detect/inside/known-ids.ts'
import type { DetectedReference } from '../documents.ts'
import { columnNamed, tableNamed } from '../engines/sqlite/inspect.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { textBytes } from '../engines/sqlite/text-bytes.ts'
import { cannotHold } from '../inside/cannot-hold.ts'
import { type Place, pickPlace } from '../inside/place.ts'
import { watching } from '../migrate/prepare.ts'
import { type ColumnPath, samePlace } from '../schema/names.ts'
import type { AcrossKey, Looked } from './keys.ts'
import type { Meeting } from './meetings.ts'
import type { TellingKey } from './places.ts'

/** A sample decides what is looked at, and all rows are counted of what survives. */
export async function insideMeetings(
  looked: readonly Looked[],
  telling: readonly TellingKey[],
  context: Context,
): Promise<readonly Meeting[]> {
  const meetings: Meeting[] = []
  for (const child of looked) {
    const keys = telling.map(({ key }) => key).filter(({ target }) => target !== child.target)
    const asked = keys.flatMap(key => askedFrom(child.db, key.ids()) ?? [])
    for (const reference of await search(child, asked.filter(isMade), context)) {
      if (!isFree(child, reference) || isOwn(child, reference)) continue
      const key = keys.find(each => each.target === reference.of.target && samePlace(each, reference.of))
      if (key) meetings.push(meetingOf(child, reference, key, false))
    }
  }
  return meetings
}

/** What the operator says of a place; null where the column is spoken for within its own target. */
export function namedInside(
  child: Looked,
  { table: name, column: columnName, place }: ColumnPath & { readonly place: Place },
  key: AcrossKey,
): Meeting | null {
  const table = tableNamed(child.schema, name)!
  const column = columnNamed(table, columnName)!
  const known = askedFrom(child.db, key.ids())
  const found = known && namedAt(child.db, table, column, place, known)
  return found && isFree(child, found) ? meetingOf(child, found, key, true) : null
}

async function search(
  { db, schema, document }: Looked,
  asked: readonly KnownIds[],
  context: Context,
): Promise<readonly InsideReference[]> {
  const own = document.identities
    .filter(each => each.migrate)
    .flatMap(({ table: name, column: columnName }) => {
      const table = tableNamed(schema, name)!
      const column = columnNamed(table, columnName)!
      return knownIds(db, { table, column, primary: table.primaryKey.includes(column.name) }) ?? []
    })
  const looking = findInside(db, schema, asked, own.filter(isMade))
  const tell = watching(context)
  const seen = new Set<string>()
  let step = looking.next()
  try {
    for (; !step.done; step = looking.next()) {
      seen.add(step.value.table)
      await tell(step.value.table, seen.size, Math.max(seen.size, schema.tables.length))
    }
  } finally {
    looking.return({ references: [], findings: [] })
  }
  return step.value.references
}

/** Numbers and words that fit are no evidence between files. */
function isMade({ worth }: KnownIds): boolean {
  return worth === 'machine'
}

const asking = new WeakMap<Connection, number>()

/** The ids of another file, as the SQL of this one can ask for them. */
function askedFrom(db: Connection, ids: KnownIds | null): KnownIds | null {
  if (ids === null) return null
  const number = (asking.get(db) ?? 0) + 1
  asking.set(db, number)
  const name = `ulid_migrate_knows_${number}`
  const { decode } = textBytes(db)
  db.function(name, { deterministic: true, safeIntegers: true }, (type: unknown, value: unknown) => {
    if (type === 'integer') return ids.has(value as bigint) ? 1n : 0n
    return type === 'text' && ids.has(decode(value as Buffer)) ? 1n : 0n
  })
  const bytes = (value: string) =>
    `CASE typeof(${value}) WHEN 'text' THEN CAST(${value} AS BLOB) ELSE ${value} END`
  return { ...ids, isIn: value => `${name}(typeof(${value}), ${bytes(value)})` }
}

/** Whether nothing of its own target is made of the column as a whole. */
function isFree({ schema, document }: Looked, place: ColumnPath): boolean {
  const table = tableNamed(schema, place.table)
  const isDeclared = table?.foreignKeys.some(
    ({ from, parent }) =>
      tableNamed(schema, parent) !== undefined &&
      from.some(column => samePlace(place, { table: place.table, column })),
  )
  const taken = migrated(document).flatMap(identity => [
    identity,
    ...identity.references.filter(each => each.choice === 'accepted' && !isInside(each)),
  ])
  return !isDeclared && !taken.some(each => samePlace(each, place))
}

/** Whether the rows of such a type are found to name rows of its own target. */
function isOwn({ document }: Looked, reference: DetectedReference): boolean {
  return migrated(document).some(({ references }) =>
    references.some(
      each =>
        each.choice === 'accepted' &&
        samePlace(each, reference) &&
        each.when?.is.some(type => reference.when?.is.includes(type)),
    ),
  )
}

function migrated({ identities }: Looked['document']) {
  return identities.filter(each => each.migrate)
}

function meetingOf(child: Looked, reference: InsideReference, key: AcrossKey, named: boolean): Meeting {
  const { table, column, kind, choice, confidence, why } = reference
  const { matched, orphans, sentinels, samples, orphanSamples } = reference
  const not = cannotHold(tableNamed(child.schema, table)!, column)
  return {
    place: { in: child, table, column, as: 'reference', at: pickPlace(reference) },
    key,
    named,
    kind: kind as Meeting['kind'],
    confidence,
    // What can't be done is not offered; whoever names it is told why.
    choice: not === null || named ? choice : 'mentioned',
    count: () =>
      Promise.resolve({
        ...{ matched, orphans, sentinels, samples, orphanSamples },
        why: not === null ? why : `${why}; ${not}`,
      }),
  }
}
