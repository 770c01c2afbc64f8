/** What was found of whole columns and what was found inside of values, as one list for each identity. */

import type { DetectedReference } from '../../documents.ts'
import { tableNamed } from '../../engines/sqlite/inspect.ts'
import type { Connection } from '../../engines/sqlite/open.ts'
import { type Place, pickPlace, sameSpot } from '../../inside/place.ts'
import type { Message } from '../../message.ts'
import type { Column, Schema, Table } from '../../schema/model.ts'
import { sameName, samePlace } from '../../schema/names.ts'
import { keyRange } from '../key-range.ts'
import { type KeyColumn, nameOfKey, rowsOfKey } from '../keys.ts'
import { LEFT_OUT, leftBehind, NAMED } from '../reference-words.ts'
import { weigh } from './evidence.ts'
import { findInside } from './find-inside.ts'
import type { InsideReference } from './inside-reference.ts'
import { type KnownIds, knownIds } from './known-ids.ts'

type ByKey = ReadonlyMap<KeyColumn, readonly DetectedReference[]>

/** Places in the values of columns that the operator added or took away by name. */
export interface WantedPlaces {
  readonly added: readonly (ColumnOf & {
    readonly place: Place
    readonly parentTable: string
    readonly parentColumn: string
  })[]
  readonly removed: readonly (ColumnOf & { readonly place: Place })[]
}

interface ColumnOf {
  readonly table: string
  readonly column: string
}

/** @param whole the references that are whole columns, those that the operator left out among them */
export async function withInside(
  db: Connection,
  schema: Schema,
  whole: ByKey,
  rowsOf: (table: Table) => number,
  wanted: WantedPlaces,
  leftColumns: readonly ColumnOf[],
  breathe: (object: string) => Promise<void>,
): Promise<{ readonly byKey: ByKey; readonly findings: readonly Message[] }> {
  const keys = [...whole.keys()]
  const known = keys.flatMap(key => knownIds(db, key, keyRange(db, key, rowsOf(key.table))) ?? [])
  const search = findInside(db, schema, known)
  let step = search.next()
  try {
    for (; !step.done; step = search.next()) await breathe(step.value.table)
  } finally {
    // Whoever stops it in the middle of a reading leaves none open: the database could not be closed.
    search.return({ references: [], findings: [] })
  }
  const { references, findings } = step.value
  const named = wanted.added.flatMap(each => namedReference(db, schema, known, each) ?? [])
  const others = references
    .filter(each => !named.some(other => isSamePlace(each, other)))
    .flatMap(each => besideNamed(db, schema, known, named, each) ?? [])
  const found = [...named, ...others].map(reference =>
    wanted.removed.some(each => samePlace(each, reference) && sameSpot(each.place, reference)) ||
    leftColumns.some(each => samePlace(each, reference))
      ? { ...reference, choice: 'offered' as const, why: LEFT_OUT }
      : reference,
  )
  const byKey = new Map(
    keys.map(key => [
      key,
      [
        ...whole.get(key)!.filter(each => !isReplacedBy(each, found)),
        ...found
          .filter(({ of }) => isKey(key, of))
          .filter(each => !isTakenWhole(each, whole))
          .map(({ of: _, ...reference }) => reference),
      ],
    ]),
  )
  return { byKey, findings }
}

/** Where each row says whose ids it holds, the column as a whole refers to no single table. */
function isReplacedBy(reference: DetectedReference, found: readonly InsideReference[]): boolean {
  if (reference.kind === 'declared' || reference.why === NAMED) return false
  return found.some(
    each =>
      each.kind === 'polymorphic' &&
      samePlace(each, reference) &&
      (each.choice === 'accepted' || (each.choice === 'offered' && reference.choice !== 'accepted')),
  )
}

/** A column whose whole values are ids by declaration, or without doubt, holds none inside. */
function isTakenWhole(reference: InsideReference, whole: ByKey): boolean {
  if (reference.kind === 'polymorphic' || reference.why === NAMED) return false
  return [...whole.values()].some(list =>
    list.some(each => each.choice === 'accepted' && samePlace(each, reference)),
  )
}

function namedReference(
  db: Connection,
  schema: Schema,
  keys: readonly KnownIds[],
  { table: name, column: columnName, place, parentTable, parentColumn }: WantedPlaces['added'][number],
): InsideReference | undefined {
  const known = keys.find(({ key }) => isKey(key, { table: parentTable, column: parentColumn }))
  const table = tableNamed(schema, name)
  const column = table?.columns.find(each => sameName(each.name, columnName))
  return known && table && column && namedAt(db, table, column, place, known)
}

/** What is left of a reference whose rows the operator has partly spoken of: each row is followed once. */
function besideNamed(
  db: Connection,
  schema: Schema,
  keys: readonly KnownIds[],
  named: readonly InsideReference[],
  reference: InsideReference,
): InsideReference | undefined {
  const { when, kind, confidence, choice, why } = reference
  if (when === undefined) return reference
  const spoken = named
    .filter(
      each =>
        samePlace(each, reference) && each.path === reference.path && each.pattern === reference.pattern,
    )
    .flatMap(each => (each.when && sameName(each.when.column, when.column) ? each.when.is : []))
  const rest = when.is.filter(value => !spoken.includes(value))
  if (rest.length === when.is.length) return reference
  const table = tableNamed(schema, reference.table)
  const column = table?.columns.find(each => sameName(each.name, reference.column))
  const known = keys.find(({ key }) => isKey(key, reference.of))
  if (rest.length === 0 || !known || !table || !column) return undefined
  const place = { ...pickPlace(reference), when: { ...when, is: rest } }
  const left = namedAt(db, table, column, place, known)
  return left && { ...left, kind, confidence, choice, why }
}

/** What the operator says of a place, with what is found there. */
export function namedAt(
  db: Connection,
  table: Table,
  column: Column,
  place: Place,
  known: KnownIds,
): InsideReference | undefined {
  const weighing = weigh(db, table, column, [{ known, place }])
  let step = weighing.next()
  while (!step.done) step = weighing.next()
  const [evidence] = step.value
  if (!evidence) return undefined
  const { matched, orphans, sentinels, samples, orphanSamples } = evidence
  return {
    of: nameOfKey(known.key),
    table: table.name,
    column: column.name,
    ...place,
    kind: place.path !== undefined ? 'json' : place.pattern !== undefined ? 'embedded' : 'polymorphic',
    confidence: 1,
    choice: 'accepted',
    ...{ matched, orphans, sentinels, orphanSamples },
    samples: matched === 0 ? orphanSamples : samples,
    why: NAMED,
    leftOut: leftBehind(matched + orphans, rowsOfKey(known.key)),
  }
}

function isKey(key: KeyColumn, of: ColumnOf): boolean {
  return sameName(key.table.name, of.table) && sameName(key.column.name, of.column)
}

function isSamePlace(a: InsideReference, b: InsideReference): boolean {
  return samePlace(a, b) && samePlace(a.of, b.of) && sameSpot(a, b)
}
