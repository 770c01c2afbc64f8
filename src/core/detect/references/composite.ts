/**
 * References of several columns to a key of several columns, which SQLite checks as one. Their members are no ids by
 * themselves, so nothing of them becomes a ULID; but an operator should know what hangs together (HAZARDS B8).
 */

import type { DetectedComposite } from '../../documents.ts'
import { tableNamed } from '../../engines/sqlite/inspect.ts'
import type { Connection } from '../../engines/sqlite/open.ts'
import { isSentinel } from '../../engines/sqlite/sentinels.ts'
import type { Column, Schema, Table } from '../../schema/model.ts'
import { quoteName as q, sameName } from '../../schema/names.ts'
import { withCommas } from '../../with-commas.ts'
import { choiceOf, likelihood, partly } from './judge.ts'
import { isMeasure, nameEvidence, stemEvidence } from './name-evidence.ts'
import { LONGEST, type SampledTable } from './sample.ts'
import { columnWords, type Ways, wordsOf } from './words.ts'

interface CompositeKey extends SampledTable {
  readonly columns: readonly Column[]
  readonly primary: boolean
}

interface Tuple {
  readonly table: SampledTable
  readonly columns: readonly Column[]
  readonly strength: number
  readonly says: string
  /** Both tables call their columns alike. */
  readonly sameNames: boolean
}

interface Rival {
  readonly key: CompositeKey
  readonly tuple: Tuple
  readonly matched: number
  readonly orphans: number
  readonly odds: number
}

/** Declared ones, and those that names and values tell of. */
export async function findComposites(
  db: Connection,
  schema: Schema,
  sampled: readonly SampledTable[],
  naming: (table: string) => Ways,
  breathe: (object: string) => Promise<void>,
): Promise<readonly DetectedComposite[]> {
  const declared = sampled.flatMap(({ table }) => declaredIn(db, schema, table))
  const keys = sampled.flatMap(compositeKeys)
  const rivals: Rival[] = []
  for (const key of keys)
    for (const child of sampled) {
      await breathe(child.table.name)
      for (const tuple of tuplesFor(child, key, naming)) {
        if (declared.some(each => isOf(each, tuple))) continue
        const share = sampledShare(db, tuple, key)
        if (share === null || share.hits === 0) continue
        if (oddsOf(tuple.strength, share.hits, share.values, share.values) < 0.05) continue
        const { hits, values } = shareIn(db, `${q(child.table.name)} c`, tuple, key)!
        rivals.push({
          key,
          tuple,
          matched: hits,
          orphans: values - hits,
          odds: oddsOf(tuple.strength, hits, values, share.values),
        })
      }
    }
  return [
    ...declared,
    ...rivals.flatMap(rival => {
      const others = rivals.filter(other => other !== rival && isSameTuple(other.tuple, rival.tuple))
      if (others.some(other => leads(other, rival))) return []
      const confidence = rival.odds / others.reduce((sum, other) => sum + other.odds, rival.odds + 1)
      const choice = choiceOf(confidence)
      return choice === null ? [] : [documentOf(rival, confidence, choice)]
    }),
  ]
}

/** Two keys of which all is equal but their tables: the primary one leads. */
function leads(a: Rival, b: Rival): boolean {
  return a.key.table === b.key.table && a.odds >= b.odds && a.key.primary && !b.key.primary
}

function compositeKeys(of: SampledTable): CompositeKey[] {
  const { table } = of
  const lists = [
    ...(table.primaryKey.length > 1 ? [{ names: table.primaryKey, primary: true }] : []),
    ...table.indexes
      .filter(
        index => index.unique && !index.partial && index.columns.length > 1 && index.origin !== 'primary-key',
      )
      .flatMap(index =>
        index.columns.some(name => name === null)
          ? []
          : [{ names: index.columns as string[], primary: false }],
      ),
  ]
  return lists.map(({ names, primary }) => ({
    ...of,
    primary,
    columns: names.map(name => table.columns.find(column => sameName(column.name, name))!),
  }))
}

/** Columns of the child that are called as the key's members are, each with the same words before, or the same name. */
function tuplesFor(child: SampledTable, key: CompositeKey, naming: (table: string) => Ways): Tuple[] {
  const columns = child.table.columns.filter(column => column.generated === 'no')
  const members = key.columns.map(column => wordsOf(column.name))
  const fronts = new Map<string, readonly string[]>()
  for (const column of columns) {
    const words = wordsOf(column.name)
    for (const member of members)
      if (words.length >= member.length && words.slice(-member.length).join(' ') === member.join(' ')) {
        const front = words.slice(0, words.length - member.length)
        fronts.set(front.join(' '), front)
      }
  }
  const self = child.table === key.table
  const tuples: Tuple[] = []
  for (const front of fronts.values()) {
    if (self && front.length === 0) continue
    const whole = members.map(member =>
      columns.find(column => numbered(column.name) === [...front, ...member].join(' ')),
    )
    for (const found of whole.every(each => each !== undefined) ? [whole as Column[]] : [])
      tuples.push({ table: child, columns: found, ...tupleName(child, key, front, naming) })
  }
  tuples.push(...countedTuples(child, key, columns, members, naming))
  const spoken = tuples.filter(tuple => !tuple.sameNames).flatMap(tuple => tuple.columns)
  tuples.push(
    ...withScope(
      child,
      key,
      columns.filter(column => !spoken.includes(column)),
      naming,
    ),
  )
  return tuples.filter(
    (one, at) => tuples.findIndex(other => isSameTuple(one, other)) === at && !isOwnKey(one, key),
  )
}

function numbered(name: string): string {
  return /\d/.test(name) ? `#${name.toLowerCase()}` : wordsOf(name).join(' ')
}

/** `param1_uom_auth_name`, `param1_uom_code`: what stands before is told with its number. */
function countedTuples(
  child: SampledTable,
  key: CompositeKey,
  columns: readonly Column[],
  members: readonly (readonly string[])[],
  naming: (table: string) => Ways,
): Tuple[] {
  const fold = (name: string) => name.toLowerCase().replaceAll(/[^\p{L}\d]/gu, '')
  const tails = members.map(member => member.join(''))
  const fronts = new Set(
    columns
      .filter(column => /\d/.test(column.name))
      .flatMap(column =>
        tails
          .filter(tail => fold(column.name).endsWith(tail))
          .map(tail => fold(column.name).slice(0, -tail.length)),
      ),
  )
  return [...fronts].flatMap(front => {
    const found = tails.map(tail => columns.find(column => fold(column.name) === front + tail))
    if (found.some(each => each === undefined)) return []
    const words = wordsOf(found[0]!.name)
    return [
      {
        table: child,
        columns: found as Column[],
        ...tupleName(child, key, words.slice(0, words.length - members[0]!.length), naming),
      },
    ]
  })
}

/** `(tenant_id, customer_id)` beside `customers(tenant_id, id)`: all but one member by its own name. */
function withScope(
  child: SampledTable,
  key: CompositeKey,
  columns: readonly Column[],
  naming: (table: string) => Ways,
): Tuple[] {
  return key.columns.flatMap((own, at) => {
    // Only a general name, as id or no, or that of the table itself is called otherwise by those who refer to it.
    const stem = columnWords(own.name).stem.join('')
    if (stem !== '' && !naming(key.table.name).some(way => way.join('') === stem)) return []
    const scope = key.columns.map((member, index) =>
      index === at ? undefined : columns.find(column => sameName(column.name, member.name)),
    )
    if (scope.some((column, index) => index !== at && column === undefined)) return []
    return columns
      .filter(column => !scope.includes(column))
      .map(column => ({
        column,
        name: nameEvidence({ table: child.table, column }, { table: key.table, column: own }, naming),
      }))
      .filter(({ column, name }) => name.strength >= 0.5 && !sameName(column.name, own.name))
      .map(({ column, name }) => ({
        table: child,
        columns: scope.map((each, index) => (index === at ? column : each!)),
        strength: name.strength,
        says: name.says,
        sameNames: false,
      }))
  })
}

function tupleName(
  child: SampledTable,
  key: CompositeKey,
  front: readonly string[],
  naming: (table: string) => Ways,
) {
  if (front.length === 0) {
    // The same names in two tables: where they are a key in both, or measure something, each may well mean its own.
    const alike = compositeKeys(child).some(
      own =>
        own.columns.length === key.columns.length &&
        own.columns.every(column => key.columns.some(other => sameName(other.name, column.name))),
    )
    const measured = key.columns.some(column => isMeasure(columnWords(column.name)))
    return { strength: alike || measured ? 0.05 : 0.35, says: 'is the same', sameNames: true }
  }
  const name = stemEvidence(child.table, front, key.table, naming)
  // That several columns begin alike and end as the key's members is no accident, but may mean another key of that kind.
  return { strength: Math.max(0.1, name.strength), says: name.says, sameNames: false }
}

/** The key itself, or columns that are declared to refer elsewhere. */
function isOwnKey(tuple: Tuple, key: CompositeKey): boolean {
  return tuple.table.table === key.table && tuple.columns.every((column, at) => column === key.columns[at])
}

function isSameTuple(a: Tuple, b: Tuple): boolean {
  return (
    a.table.table === b.table.table &&
    a.columns.length === b.columns.length &&
    a.columns.every(column => b.columns.includes(column))
  )
}

function isOf(declared: DetectedComposite, tuple: Tuple): boolean {
  return (
    sameName(declared.table, tuple.table.table.name) &&
    tuple.columns.every(column => declared.columns.some(name => sameName(name, column.name)))
  )
}

/** Where the sample holds none, the first rows that hold some. */
function sampledShare(db: Connection, tuple: Tuple, key: CompositeKey) {
  const share = shareIn(db, tuple.table.sample.from, tuple, key)
  if (share !== null || tuple.table.sample.whole) return share
  const columns = tuple.columns.map(column => q(column.name))
  const filled = columns.map(column => `${column} IS NOT NULL`).join(' AND ')
  return shareIn(
    db,
    `(SELECT ${columns.join(', ')} FROM ${q(tuple.table.table.name)} WHERE ${filled} LIMIT 200) c`,
    tuple,
    key,
  )
}

function shareIn(db: Connection, from: string, tuple: Tuple, key: CompositeKey) {
  const child = tuple.columns.map(column => `c.${q(column.name)}`)
  const filled = child.map(
    each => `${each} IS NOT NULL AND octet_length(${each}) <= ${LONGEST} AND NOT ${isSentinel(each)}`,
  )
  const parent = key.columns.map((column, at) => `p.${q(column.name)} = +s.v${at}`).join(' AND ')
  const values = child.map((each, at) => `${each} AS v${at}`).join(', ')
  const [all, hits] = (
    db
      .prepare(
        `SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT 1 FROM ${q(key.table.name)} p WHERE ${parent}))
         FROM (SELECT ${from.startsWith('(') ? 'DISTINCT ' : ''}${values} FROM ${from} WHERE ${filled.join(' AND ')}) s`,
      )
      .raw()
      .get() as bigint[]
  ).map(Number) as [number, number]
  return all === 0 ? null : { values: all, hits }
}

function oddsOf(strength: number, hits: number, values: number, distinct: number): number {
  const share = hits / values
  const byChance = share === 1 ? (distinct >= 5 ? 0.03 : 0.1) : partly(share)
  return (strength / (1 - Math.min(0.97, strength))) * (likelihood(share) / byChance)
}

function documentOf(
  { key, tuple, matched, orphans }: Rival,
  confidence: number,
  choice: DetectedComposite['choice'],
): DetectedComposite {
  const found = `${withCommas(matched)} of ${withCommas(matched + orphans)} rows are found in the key`
  return {
    table: tuple.table.table.name,
    columns: tuple.columns.map(column => column.name),
    parent: key.table.name,
    parentColumns: key.columns.map(column => column.name),
    confidence: Math.floor(confidence * 1000) / 1000,
    matched,
    orphans,
    why:
      tuple.says === ''
        ? `no key declared; the names end as the key's, and ${found}`
        : `no key declared; the name ${tuple.says}, and ${found}`,
    choice,
    kind: 'inferred',
  }
}

function declaredIn(db: Connection, schema: Schema, table: Table): DetectedComposite[] {
  return table.foreignKeys
    .filter(key => key.from.length > 1 && key.to.length === key.from.length && tableNamed(schema, key.parent))
    .map(key => {
      const child = key.from.map(name => `c.${q(name)}`)
      const parent = key.to.map((name, at) => `p.${q(name)} = +${child[at]}`).join(' AND ')
      const [values, matched] = (
        db
          .prepare(
            `SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT 1 FROM ${q(key.parent)} p WHERE ${parent})) FROM ${q(table.name)} c WHERE ${child.map(each => `${each} IS NOT NULL`).join(' AND ')}`,
          )
          .raw()
          .get() as bigint[]
      ).map(Number) as [number, number]
      return {
        table: table.name,
        columns: key.from,
        parent: key.parent,
        parentColumns: key.to,
        confidence: 1,
        matched,
        orphans: values - matched,
        why: 'declared foreign key',
        choice: 'accepted',
        kind: 'declared',
      }
    })
}
