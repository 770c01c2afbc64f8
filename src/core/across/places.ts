/** Columns that may hold ids of another target, and how many of their values are found there. */

import { uncertain, unmistakable } from '../detect/references/candidates.ts'
import { type Sample, sampleOf, valuesOf } from '../detect/references/sample.ts'
import type { IdKind } from '../documents.ts'
import { tableNamed } from '../engines/sqlite/inspect.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { encodingOf, type RawValue, rawOf, rawSql } from '../engines/sqlite/raw-value.ts'
import { isSentinel } from '../engines/sqlite/sentinels.ts'
import { kindOf } from '../identifiers/index.ts'
import type { AcrossLink } from '../links.ts'
import type { Schema, Table } from '../schema/model.ts'
import { quoteName as q, sameName, samePlace } from '../schema/names.ts'
import type { AcrossKey, Looked } from './keys.ts'

export interface AcrossPlace {
  readonly in: Looked
  readonly table: string
  readonly column: string
  readonly as: 'identity' | 'reference'
  /** A few rows of the table; made when it is first asked for, once for all of its columns. */
  sample(): Sample
}

/** What is not spoken for: neither part of a declared key, nor a reference that is followed within its own target. */
export function placesOf(looked: Looked): readonly AcrossPlace[] {
  const { identities, tables } = looked.document
  const rowsOf = (table: Table) => tables.find(each => each.name === table.name)?.rows ?? 0
  const own = identities
    .filter(each => each.migrate)
    .flatMap(each => each.references.filter(reference => reference.choice === 'accepted'))
  return looked.schema.tables
    .filter(table => table.kind === 'table' && rowsOf(table) > 0)
    .flatMap(table => {
      let made: Sample | undefined
      const sample = () => {
        made ??= sampleOf(looked.db, table, rowsOf(table))
        return made
      }
      return table.columns
        .filter(column => column.generated === 'no')
        .filter(column => !isDeclared(looked.schema, table, column.name))
        .map(column => ({ table: table.name, column: column.name }))
        .filter(place => !own.some(reference => samePlace(reference, place)))
        .map(place => {
          const isKey = identities.some(each => each.migrate && samePlace(each, place))
          return { in: looked, ...place, as: isKey ? ('identity' as const) : ('reference' as const), sample }
        })
    })
}

/** Declared to refer to a table that is there. */
function isDeclared(schema: Schema, table: Table, column: string): boolean {
  return table.foreignKeys.some(
    key => tableNamed(schema, key.parent) !== undefined && key.from.some(name => sameName(name, column)),
  )
}

export interface Sampled {
  readonly value: RawValue
  readonly kind: IdKind
  readonly telling: boolean
}

/** A few values, spread over all rows. */
export function sampledValues({ in: { db, encoding }, column, sample }: AcrossPlace): readonly Sampled[] {
  return valuesIn(db, valuesOf(sample(), column), encoding)
}

/** The values `v` of a query, at most a thousand. */
function valuesIn(db: Connection, sql: string, encoding: string): readonly Sampled[] {
  const rows = db
    .prepare(`SELECT ${rawSql('v')} FROM (${sql}) LIMIT 1000`)
    .raw()
    .all() as unknown[][]
  return rows.map(row => {
    const value = rawOf(row)
    const kind = kindOfRaw(value, encoding)
    return { value, kind, telling: isTelling(value, kind) }
  })
}

function kindOfRaw({ type, value }: RawValue, encoding: string): IdKind {
  if (type === 'text') return kindOf(textOf(value as Buffer, encoding))
  return type === 'integer' || type === 'blob' ? kindOf(value as bigint | Buffer) : 'other'
}

/** Only to be looked at. */
export function textOf(bytes: Buffer, encoding: string): string {
  return new TextDecoder(encoding.toLowerCase()).decode(bytes)
}

/** Two applications may both have a `job-1`; what is longer is made by one. */
const SHORTEST = 16

function isTelling({ value }: RawValue, kind: IdKind): boolean {
  const long = Buffer.isBuffer(value) && value.length >= SHORTEST
  return unmistakable.has(kind) || (uncertain.has(kind) && long)
}

/** A key whose ids were made by a machine, with some of them. */
export interface TellingKey {
  readonly key: AcrossKey
  readonly values: readonly Sampled[]
}

/** Numbers, and names that people give, are alike in files that have nothing to do with each other. */
export function tellingKeys(keys: readonly AcrossKey[]): readonly TellingKey[] {
  return keys
    .map(key => ({ key, values: valuesIn(key.db, key.sample, encodingOf(key.db)) }))
    .filter(({ values }) => values.filter(each => each.telling).length * 2 > values.length)
}

export interface Met {
  readonly distinct: number
  readonly hits: number
}

export function meet(values: readonly Sampled[], encoding: string, key: AcrossKey): Met {
  const telling = values.filter(each => each.telling)
  return { distinct: values.length, hits: telling.filter(each => key.has(each.value, encoding)).length }
}

export type Counts = Pick<AcrossLink, 'matched' | 'orphans' | 'sentinels' | 'samples' | 'orphanSamples'>

/** Rows looked at between two breaths. */
const CHUNK = 5_000

/** Every value of the place, looked for in the key; nothing is held but the one at hand. */
export async function countAcross(
  { in: { db, encoding }, table, column }: AcrossPlace,
  key: AcrossKey,
  breathe: () => Promise<void>,
): Promise<Counts> {
  const c = q(column)
  const read = db
    .prepare(
      `SELECT ${rawSql('v')}, n, ${isSentinel('v')} FROM (SELECT ${c} AS v, count(*) AS n FROM ${q(table)} WHERE ${c} IS NOT NULL GROUP BY ${c} COLLATE BINARY)`,
    )
    .raw()
  const counts = { matched: 0, orphans: 0, sentinels: 0 }
  const samples: string[] = []
  const orphanSamples: string[] = []
  let seen = 0
  for (const row of read.iterate() as IterableIterator<[unknown, unknown, bigint, bigint]>) {
    const value = rawOf(row)
    const rows = Number(row[2])
    const into = key.has(value, encoding) ? 'matched' : row[3] === 1n ? 'sentinels' : 'orphans'
    counts[into] += rows
    const list = into === 'matched' ? samples : orphanSamples
    if (into !== 'sentinels' && list.length < 3) list.push(shown(value, encoding))
    if (++seen % CHUNK === 0) await breathe()
  }
  return { ...counts, samples: samples.length > 0 ? samples : orphanSamples, orphanSamples }
}

function shown({ type, value }: RawValue, encoding: string): string {
  if (type === 'text') return textOf(value as Buffer, encoding).slice(0, 60)
  return Buffer.isBuffer(value) ? value.toString('hex').slice(0, 60) : String(value)
}
