/** What the name of a column says about the table that it might refer to. */

import type { Column, Table } from '../../schema/model.ts'
import { sameName } from '../../schema/names.ts'
import {
  type ColumnWords,
  columnWords,
  kinship,
  measures,
  people,
  roles,
  singularOf,
  tableNames,
  wordsOf,
} from './words.ts'

export interface NameEvidence {
  /** How likely a column of this name refers to that table, 0 to 1, before any value is looked at. */
  readonly strength: number
  /** In words, as the end of "the name ..."; empty where it says nothing. */
  readonly says: string
}

const nothing: NameEvidence = { strength: 0, says: '' }

export interface Named {
  readonly table: Table
  readonly column: Column
}

/** @param prefix words that most tables of the schema begin with */
export function nameEvidence(child: Named, parent: Named, prefix: readonly string[]): NameEvidence {
  const own = columnWords(child.column.name)
  const key = columnWords(parent.column.name)
  const self = sameName(child.table.name, parent.table.name)
  const ways = tableNames(parent.table.name, prefix)
  const found = [
    sameColumn(child, parent, own, key),
    ...ways.flatMap(way => [
      asTable(own, key, way),
      asRole(own, way),
      asPart(own, way),
      asAbbreviation(own, way),
    ]),
    endsAsKey(own, key),
    asPerson(own, ways),
    self ? asKin(own) : nothing,
    self ? nothing : within(child.table.name, own, ways, prefix),
  ].reduce((best, each) => (each.strength > best.strength ? each : best), nothing)
  return isMeasure(own) && found.strength < 0.95 ? { ...found, strength: found.strength * 0.25 } : found
}

/** The same for words that several columns begin with, as `uom` in `uom_auth_name` and `uom_code`. */
export function stemEvidence(
  child: Table,
  stem: readonly string[],
  parent: Table,
  prefix: readonly string[],
): NameEvidence {
  const own: ColumnWords = { all: [...stem, 'id'], stem, mark: 'id', last: 'id' }
  const ways = tableNames(parent.name, prefix)
  return [
    ...ways.flatMap(way => [
      asTable(own, columnWords('id'), way),
      asRole(own, way),
      asPart(own, way),
      asAbbreviation(own, way),
    ]),
    sameName(child.name, parent.name) ? asKin(own) : nothing,
    within(child.name, own, ways, prefix),
  ].reduce((best, each) => (each.strength > best.strength ? each : best), nothing)
}

/** Whether the name says that the column counts, measures or states something. */
export function isMeasure({ all, mark }: ColumnWords): boolean {
  return mark !== 'id' && all.some((word, at) => measures.has(word) && (at === all.length - 1 || at === 0))
}

const generic = new Set([
  'id',
  'pk',
  'uid',
  'guid',
  'uuid',
  'ulid',
  'rowid',
  'fid',
  'oid',
  'code',
  'key',
  'name',
  'no',
  'number',
  'nr',
  'num',
  'slug',
  'value',
  'type',
  'hash',
  'title',
  'label',
  'url',
  'path',
  'email',
  'date',
  'version',
  'seq',
  'n',
  'status',
  'description',
])

/** `job_id` beside `executions.job_id`; a general name says that only where the table has another key of its own. */
function sameColumn(child: Named, parent: Named, own: ColumnWords, key: ColumnWords): NameEvidence {
  const a = wordsOf(child.column.name).join(' ')
  if (a !== wordsOf(parent.column.name).join(' ') || a === '') return nothing
  if (sameName(child.table.name, parent.table.name)) return nothing
  if (own.all.length > 1 || !generic.has(own.all[0]!)) {
    if (isMeasure(own)) return { strength: 0.3, says: 'is the same' }
    return { strength: key.mark === 'none' ? 0.8 : 0.97, says: 'is the same' }
  }
  const isOwnKey =
    child.table.primaryKey.length === 0
      ? false
      : child.table.primaryKey.some(name => sameName(name, child.column.name))
  return isOwnKey || own.mark !== 'id' ? nothing : { strength: 0.55, says: 'is the same' }
}

/** `job_id`, `jobId`, `jobs_id`, `fk_job`, `job`, and `country_code` where the key is a code. */
function asTable(own: ColumnWords, key: ColumnWords, way: readonly string[]): NameEvidence {
  const says = `is that of ${way.join(' ')}`
  const plain = (words: readonly string[]) => words.map(singularOf).join('')
  const table = plain(way)
  // A table may be called what a natural key is called: `url` beside urls.
  if (own.all.length === 1 && plain(own.all) === table) return { strength: 0.85, says }
  if (plain(own.stem) === table && own.stem.length > 0) {
    if (own.mark === 'id') return { strength: 0.97, says }
    if (own.mark === 'none') return { strength: 0.85, says }
    return { strength: own.last === key.all.at(-1) ? 0.95 : 0.45, says }
  }
  // `userid`, `courseid`: written without any sign between.
  const joined = own.all.join('')
  if (joined === `${table}id` || joined === `id${table}`) return { strength: 0.95, says }
  if (key.all.length > 0 && joined === `${table}${key.all.join('')}`) return { strength: 0.95, says }
  return nothing
}

/** `parent_job_id`, `billing_address`, `manager_staff_id`: a role before the table's name. */
function asRole(own: ColumnWords, way: readonly string[]): NameEvidence {
  const says = `ends as that of ${way.join(' ')}`
  const tail = own.stem
    .slice(-way.length)
    .map((word, at, all) => (at === all.length - 1 ? singularOf(word) : word))
  if (own.stem.length > way.length && tail.join(' ') === way.join(' '))
    return { strength: own.mark === 'id' ? 0.9 : own.mark === 'none' ? 0.7 : 0.4, says }
  const head = own.stem.slice(0, way.length).map(singularOf)
  if (own.stem.length > way.length && head.join(' ') === way.map(singularOf).join(' '))
    return { strength: own.mark === 'id' ? 0.55 : 0.3, says: `begins as that of ${way.join(' ')}` }
  const joined = own.all.join('')
  const table = way.join('')
  if (table.length >= 4 && joined.endsWith(`${table}id`) && joined.length > table.length + 2)
    return { strength: 0.75, says }
  return nothing
}

/** `crs_id` beside `geodetic_crs`, `type_id` beside `job_types`. */
function asPart(own: ColumnWords, way: readonly string[]): NameEvidence {
  if (own.stem.length === 0 || way.length < 2) return nothing
  const stem = own.stem.map(singularOf)
  const weight = own.mark === 'id' ? 1 : own.mark === 'none' ? 0.6 : 0.8
  for (let length = Math.min(stem.length, way.length - 1); length >= 1; length--) {
    const tail = stem.slice(-length).join(' ')
    const whole = length === stem.length
    if (way.slice(-length).map(singularOf).join(' ') === tail)
      return { strength: weight * (whole ? 0.75 : 0.6), says: `is the end of ${way.join(' ')}` }
    if (whole && way.slice(0, length).map(singularOf).join(' ') === tail)
      return { strength: weight * 0.5, says: `is the beginning of ${way.join(' ')}` }
  }
  return nothing
}

/** `uom` for unit_of_measure, `dept` for departments, `cust` for customers. */
function asAbbreviation(own: ColumnWords, way: readonly string[]): NameEvidence {
  const word = own.stem.at(-1)
  if (word === undefined) return nothing
  const weight = own.mark === 'id' ? 1 : own.mark === 'none' ? 0.6 : 0.9
  const alone = own.stem.length === 1 ? 1 : 0.9
  const initials = way.map(each => each[0]).join('')
  if (way.length > 1 && initials === own.stem.join(''))
    return { strength: weight * (way.length > 2 ? 0.9 : 0.75), says: `are the initials of ${way.join(' ')}` }
  if (way.length > 2 && initials === word)
    return { strength: weight * alone * 0.95, says: `ends with the initials of ${way.join(' ')}` }
  const full = way.at(-1)!
  const says = `may be short for ${way.join(' ')}`
  for (const [short, long] of [
    [own.stem.join(''), way.join('')],
    [word, full],
  ] as const) {
    if (short.length >= 3 && long.length > short.length && long.startsWith(short))
      return { strength: weight * alone * (way.length === 1 || long !== full ? 0.65 : 0.5), says }
    if (short.length >= 2 && long.length > short.length + 1 && isSkeleton(short, long))
      return { strength: weight * alone * (short.length >= 3 ? 0.5 : 0.3), says }
  }
  // `ShipVia` beside shippers, `tx_chrom` beside chrominfo.
  const begins = own.stem.some(
    each => each.length >= 4 && way.some(long => long.startsWith(each) && long.length > each.length),
  )
  return begins ? { strength: weight * 0.4, says: `begins like ${way.join(' ')}` } : nothing
}

/** Letters of the word in their order, from the first on: `dpt`, `emp`, `mgr`. */
function isSkeleton(short: string, long: string): boolean {
  if (short[0] !== long[0]) return false
  let at = 0
  for (const letter of long) if (letter === short[at]) at++
  return at === short.length && !/[aeiou]{2}/.test(short)
}

/** `tx_chrom` beside chrominfo.chrom, `SupplierID` beside any table with a `supplier_id`. */
function endsAsKey(own: ColumnWords, key: ColumnWords): NameEvidence {
  if (key.all.length === 0 || (key.all.length === 1 && generic.has(key.all[0]!))) return nothing
  if (key.stem.length === 0 || own.all.length <= key.all.length) return nothing
  const says = `ends as the key, ${key.all.join(' ')}`
  if (own.all.slice(-key.all.length).join(' ') === key.all.join(' '))
    return { strength: key.mark === 'id' ? 0.88 : 0.75, says }
  return nothing
}

/** `created_by`, `author_id`, `sender`: somebody, where the table's rows are people. */
function asPerson(own: ColumnWords, ways: readonly (readonly string[])[]): NameEvidence {
  if (!ways.some(way => people.has(way.at(-1)!))) return nothing
  const plain = ways.some(way => way.length === 1)
  const by = own.all.at(-1) === 'by'
  const role =
    own.stem.some(word => roles.has(word)) && (own.mark === 'id' || own.stem.every(word => roles.has(word)))
  if (!by && !role) return nothing
  return {
    strength: (plain ? 0.6 : 0.35) * (own.mark === 'id' || by ? 1 : 0.7),
    says: 'says what somebody did',
  }
}

const parents = new Set([
  'parent',
  'reports',
  'manager',
  'supervisor',
  'boss',
  'mentor',
  'superior',
  'ancestor',
  'predecessor',
  'reply',
  'replied',
])

/** `parent_id`, `reports_to`, `replaced_by`: another row of the same table. */
function asKin(own: ColumnWords): NameEvidence {
  const kin = own.stem.some(word => kinship.has(word))
  if (!kin) return nothing
  const clear = own.stem.some(word => parents.has(word))
  return {
    strength: own.mark === 'id' ? 0.75 : clear ? 0.7 : 0.4,
    says: 'says how rows of one table are related',
  }
}

/** `ensemble_member.member_id` refers to members of what the table's own name begins with. */
function within(
  table: string,
  own: ColumnWords,
  ways: readonly (readonly string[])[],
  prefix: readonly string[],
): NameEvidence {
  if (own.mark === 'none') return nothing
  const names = tableNames(table, prefix).map(way => way.join(' '))
  if (!ways.some(way => names.some(each => each.startsWith(`${way.join(' ')} `)))) return nothing
  const kin =
    own.stem.some(word => kinship.has(word)) ||
    own.stem.some(word => names.some(each => each.split(' ').includes(word)))
  return { strength: kin || own.stem.length === 0 ? 0.5 : 0.15, says: 'belongs to a table of that one' }
}
