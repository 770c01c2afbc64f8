/** What was found of whole columns and what was found inside of values, as one list for each identity. */

import type { DetectedReference } from '../../documents.ts'
import { tableNamed } from '../../engines/sqlite/inspect.ts'
import type { Connection } from '../../engines/sqlite/open.ts'
import type { Place } from '../../inside/place.ts'
import type { Message } from '../../message.ts'
import type { Schema, Table } from '../../schema/model.ts'
import { sameName, samePlace } from '../../schema/names.ts'
import { keyRange } from '../key-range.ts'
import type { KeyColumn } from '../keys.ts'
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
  const found = [...named, ...references.filter(each => !named.some(other => isSamePlace(each, other)))].map(
    reference =>
      wanted.removed.some(each => samePlace(each, reference) && isSame(each.place, reference)) ||
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
  if (!known || !table || !column) return undefined
  const weighing = weigh(db, table, column, [{ known, place }])
  let step = weighing.next()
  while (!step.done) step = weighing.next()
  const [evidence] = step.value
  if (!evidence) return undefined
  const { matched, orphans, sentinels, samples, orphanSamples } = evidence
  return {
    of: { table: known.key.table.name, column: known.key.column.name },
    table: table.name,
    column: column.name,
    ...place,
    kind: place.path !== undefined ? 'json' : place.pattern !== undefined ? 'embedded' : 'polymorphic',
    confidence: 1,
    choice: 'accepted',
    ...{ matched, orphans, sentinels, orphanSamples },
    samples: matched === 0 ? orphanSamples : samples,
    why: NAMED,
    leftOut: leftBehind(matched + orphans, known.key.table.name),
  }
}

function isKey(key: KeyColumn, of: ColumnOf): boolean {
  return sameName(key.table.name, of.table) && sameName(key.column.name, of.column)
}

function isSamePlace(a: InsideReference, b: InsideReference): boolean {
  return samePlace(a, b) && samePlace(a.of, b.of) && isSame(a, b)
}

function isSame(a: Place, b: Place): boolean {
  const when = ({ when: said }: Place) =>
    said && [said.column.toLowerCase(), ...[...said.is].sort()].join('\n')
  return a.path === b.path && a.pattern === b.pattern && when(a) === when(b)
}
