/**
 * Rows that say "this property has this value": settings, metadata, histories of changes. What the property is called
 * says of what the value is an id, as the name of a column would: `meta_key` is `_thumbnail_id`, `field` is `assignee`.
 */
import type { Connection } from '../../engines/sqlite/open.ts'
import type { Column, Table } from '../../schema/model.ts'
import { quoteName as q } from '../../schema/names.ts'
import { people, roles } from '../references/vocabulary.ts'
import { columnWords, singularOf, wordsOf } from '../references/words.ts'
import { avoidsGaps } from './avoids-gaps.ts'
import type { InsideReference } from './inside-reference.ts'
import type { KnownIds } from './known-ids.ts'
import {
  type Choice,
  type Counts,
  countHits,
  differentIn,
  FEW,
  isColumn,
  MOST_TYPES,
  referenceOf,
} from './pairs.ts'
import type { ColumnSample } from './sample.ts'
import type { Progress } from './tally.ts'
import { type Agreement, agreement } from './words.ts'

const MOST_PARENTS = 12
const SOME = 300

export function* findKeyValues(
  db: Connection,
  table: Table,
  samples: readonly ColumnSample[],
  known: readonly KnownIds[],
): Generator<Progress, readonly InsideReference[]> {
  const property = samples.find(isProperty)?.column
  if (property === undefined) return []
  const references: InsideReference[] = []
  for (const { column } of samples.filter(each => isValue(each, property))) {
    yield { table: table.name, column: column.name, rows: 0 }
    references.push(...inColumn(db, table, property, column, known))
  }
  return references
}

function isProperty({ column, texts }: ColumnSample): boolean {
  const last = wordsOf(column.name).at(-1) ?? ''
  return (
    texts.length > 0 &&
    /^(key|name|field|fieldname|property|attribute|setting|option|param|parameter|prop|attr)$/.test(last)
  )
}

function isValue({ column, texts, integers }: ColumnSample, property: Column): boolean {
  return column !== property && texts.length + integers.length > 0 && /(value|val)$/i.test(column.name)
}

interface Meant {
  readonly property: string
  readonly known: KnownIds
  readonly agrees: Agreement
  readonly byGaps: boolean
}

function inColumn(
  db: Connection,
  table: Table,
  property: Column,
  column: Column,
  known: readonly KnownIds[],
): readonly InsideReference[] {
  const properties = db
    .prepare(
      `SELECT DISTINCT ${q(property.name)} FROM ${q(table.name)} WHERE typeof(${q(property.name)}) = 'text' AND ${q(property.name)} NOT GLOB '[0-9]*' LIMIT ${MOST_TYPES + 1}`,
    )
    .pluck()
    .all() as string[]
  // Where every row has another one, they are names of things.
  if (properties.length < 2 || properties.length > MOST_TYPES) return []
  const values = db
    .prepare(
      `SELECT DISTINCT CAST(${q(column.name)} AS BLOB) FROM ${q(table.name)} WHERE ${q(property.name)} = ? AND octet_length(${q(column.name)}) BETWEEN 1 AND 100 LIMIT ${SOME}`,
    )
    .pluck()
  const others = known.filter(each => !isColumn(each, table, property) && !isColumn(each, table, column))
  const meant = properties.flatMap(name => {
    const held = values.all(name) as Buffer[]
    return others.flatMap(each => {
      const agrees = agreementOf(each, name)
      const byGaps = agrees === null && avoidsGaps(each, held)
      const isHeld = held.slice(0, 20).some(value => each.fits(value) && each.has(value))
      return isHeld && (agrees !== null || byGaps || each.worth === 'machine')
        ? [{ property: name, known: each, agrees, byGaps }]
        : []
    })
  })
  if (meant.length === 0) return []
  const parents = [...new Set(meant.map(each => each.known))].slice(0, MOST_PARENTS)
  const counts = countHits(db, table, column, parents, property)
  return properties.flatMap(name => {
    const judged = meant
      .filter(each => each.property === name)
      .flatMap(each => {
        const found = counts.get(name)?.[parents.indexOf(each.known)]
        const choice = found && choose(each, found)
        return found && choice ? [{ each, found, choice }] : []
      })
      .toSorted((a, b) => b.choice.confidence - a.choice.confidence || b.found.matched - a.found.matched)
    const best = judged[0]
    if (best === undefined) return []
    const of = { type: property, is: [name] }
    if (differentIn({ db, table, column }, of, [best.each.known], FEW) < FEW) return []
    const match = {
      known: best.each.known,
      types: [name],
      named: best.each.agrees ? 2 : 0,
      counts: best.found,
    }
    return [referenceOf(db, table, column, match, { column: property.name, is: [name] }, best.choice)]
  })
}

/** What a property is called, read as the name of a column; who did something is somebody. */
function agreementOf({ key }: KnownIds, property: string): Agreement {
  const agrees = agreement(key, [property])
  if (agrees !== null) return agrees
  const last = columnWords(property).stem.at(-1) ?? ''
  return roles.has(last) && people.has(singularOf(wordsOf(key.table.name).at(-1) ?? '')) ? 'bare' : null
}

function choose({ known, agrees, byGaps }: Meant, { values, matched, nothings }: Counts): Choice | null {
  const share = matched / Math.max(1, values - nothings)
  if (matched < 3) return null
  if (known.worth === 'machine')
    return share >= 0.5 ? { choice: 'accepted', confidence: 0.95 } : { choice: 'offered', confidence: 0.5 }
  if (share < 0.9) return null
  if (agrees === 'id' && share >= 0.95 && matched >= 10) return { choice: 'accepted', confidence: 0.95 }
  return agrees !== null || byGaps ? { choice: 'offered', confidence: 0.6 } : null
}
