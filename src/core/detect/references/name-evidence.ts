/** What the name of a column says about the table that it might refer to. */

import type { Column, Table } from '../../schema/model.ts'
import { sameName } from '../../schema/names.ts'
import { kinship, measures, outsiders, people, roles, tableWords, things } from './vocabulary.ts'
import { type ColumnWords, columnWords, isFormOf, ownWords, singularOf, type Ways, wordsOf } from './words.ts'

type Naming = (table: string) => Ways

export interface NameEvidence {
  /** How likely a column of this name refers to that table, 0 to 1, before any value is looked at. */
  readonly strength: number
  /** In words, as the end of "the name ..."; empty where it says nothing. */
  readonly says: string
  /** The column is called after the table, and no other way of reading its name is called for. */
  readonly outright?: true
}

const nothing: NameEvidence = { strength: 0, says: '' }

export interface Named {
  readonly table: Table
  readonly column: Column
}

/** @param naming see namingOf in words.ts */
export function nameEvidence(child: Named, parent: Named, naming: Naming): NameEvidence {
  const own = columnWords(child.column.name)
  const key = columnWords(parent.column.name)
  const self = sameName(child.table.name, parent.table.name)
  const ways = naming(parent.table.name)
  const within = naming(child.table.name)
  const bare = ownWords(child.table, child.column.name)
  const found = [
    sameColumn(child, parent, own, key, naming),
    ...spellings(own, bare, within).flatMap(words =>
      self ? byWords(words, key, ways, self) : ofOther(words, key, parent.column, ways),
    ),
    ...(self ? [] : withOwnTable(own, key, within, ways)),
    endsAsKey(own, key, ways),
    self ? nothing : belongs(within, bare, ways),
    self ? asOther(own, key, child.table) : nothing,
    asUser(own, ways),
    self ? nothing : byInitial(own, key, ways),
  ].reduce((best, each) => (each.strength > best.strength ? each : best), nothing)
  const counts = own.mark === 'none' && singularOf(own.all.at(-1) ?? '') !== own.all.at(-1)
  return isMeasure(bare) && (counts || found.strength < 0.9)
    ? { ...found, strength: found.strength * 0.25 }
    : found
}

const saidOf = new WeakMap<Column, WeakMap<ColumnWords, NameEvidence>>()

/** Columns of many tables are called the same: what their words say of a key of another table is found once. */
function ofOther(own: ColumnWords, key: ColumnWords, column: Column, ways: Ways): NameEvidence {
  const found = saidOf.get(column) ?? new WeakMap<ColumnWords, NameEvidence>()
  saidOf.set(column, found)
  const before = found.get(own)
  if (before) return before
  const best = byWords(own, key, ways, false).reduce((a, b) => (b.strength > a.strength ? b : a), nothing)
  found.set(own, best)
  return best
}

/** The column's words, also without those of its own table: `post_author` in posts, `rev_actor` in revision. */
function spellings(own: ColumnWords, bare: ColumnWords, table: Ways): readonly ColumnWords[] {
  const before = table.filter(
    way => own.stem.length > way.length && way.every((word, at) => own.stem[at] === word),
  )
  return [
    own,
    ...(bare === own ? [] : [bare]),
    ...before.map(way => ({ ...own, stem: own.stem.slice(way.length) })),
  ]
}

/** `type` in orders beside order_types: the words of both tables together. */
function withOwnTable(own: ColumnWords, key: ColumnWords, table: Ways, ways: Ways): readonly NameEvidence[] {
  if (
    own.stem.length === 0 ||
    own.all.some(word => word !== 'type' && word !== 'status' && measures.has(word))
  )
    return []
  const spelled = (words: readonly string[]) => words.map(singularOf).join('')
  return table.flatMap(name =>
    ways
      // Nothing less than all of it will do: `n` in orders is not short for anything.
      .filter(way => spelled(joined(name, own.stem)) === spelled(way))
      .map(way => asTable({ ...own, stem: joined(name, own.stem) }, key, way))
      .map(({ strength, says }) => ({ strength: strength * 0.98, says })),
  )
}

/** `patient identifier` and `identifier type` are `patient identifier type`. */
function joined(front: readonly string[], back: readonly string[]): readonly string[] {
  return front.at(-1) === back[0] ? [...front, ...back.slice(1)] : [...front, ...back]
}

function byWords(own: ColumnWords, key: ColumnWords, ways: Ways, self: boolean): readonly NameEvidence[] {
  return [
    ...ways.flatMap(way => [
      self ? asItself(own, key, way) : asTable(own, key, way),
      self && own.stem.length <= way.length ? nothing : asRole(own, way, self),
      self ? nothing : asPart(own, way),
      self ? nothing : asAbbreviation(own, way),
    ]),
    asPerson(own, ways),
    self ? asKin(own, ways) : nothing,
    self ? asAbove(own, ways) : nothing,
  ]
}

/** The same for words that several columns begin with, as `uom` in `uom_auth_name` and `uom_code`. */
export function stemEvidence(
  child: Table,
  stem: readonly string[],
  parent: Table,
  naming: Naming,
): NameEvidence {
  const own: ColumnWords = { all: [...stem, 'id'], stem, mark: 'id', last: 'id' }
  const ways = naming(parent.name)
  return [
    ...byWords(own, columnWords('id'), ways, sameName(child.name, parent.name)),
    belongs(naming(child.name), own, ways),
  ].reduce((best, each) => (each.strength > best.strength ? each : best), nothing)
}

/** Whether it depends on the table what is meant, as with `parent_id`; or on nothing, as with a measure. */
export function isRelative(own: ColumnWords): boolean {
  return own.stem.some(word => kinship.has(word)) || isMeasure(own)
}

/** Whether the name says that the column counts, measures or states something. */
export function isMeasure({ all, stem, mark }: ColumnWords): boolean {
  // `retry_of` is no number of retries.
  if (mark === 'id' || all.at(-1) === 'of') return false
  // An order has a number, and so has a line; only the one of the line is no more than that.
  if (mark === 'key') return numbered.has(stem.at(-1) ?? '')
  const last = all.at(-1) ?? ''
  // `failed_jobs` is how many, and `passed` as well; a text of that name may be something else.
  return measures.has(last) || measures.has(all[0] ?? '') || singularOf(last) !== last || last.endsWith('ed')
}

const numbered = new Set([
  'line',
  'page',
  'port',
  'version',
  'row',
  'seq',
  'sequence',
  'revision',
  'build',
  'phone',
  'fax',
  'house',
  'street',
  'post',
  'zip',
  'postal',
  'first',
  'last',
  'full',
  'display',
  'user',
  'file',
  'host',
  'status',
  'error',
  'exit',
  'http',
  'response',
  'color',
  'middle',
  'nick',
  'area',
])

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

/**
 * `job_id` beside `executions.job_id`; a general name says that only where the table has another key of its own. A key that
 * is called after neither its table nor nothing is a reference itself, and leads elsewhere.
 */
function sameColumn(
  child: Named,
  parent: Named,
  own: ColumnWords,
  key: ColumnWords,
  naming: Naming,
): NameEvidence {
  const a = wordsOf(child.column.name).join(' ')
  if (a !== wordsOf(parent.column.name).join(' ') || a === '') return nothing
  if (sameName(child.table.name, parent.table.name)) return nothing
  const says = 'is the same'
  const isOwnKey = child.table.primaryKey.some(name => sameName(name, child.column.name))
  const isOnlyKey = isOwnKey && child.table.primaryKey.length === 1
  if (own.all.length === 1 && generic.has(own.all[0]!)) {
    if (isOwnKey || own.mark !== 'id') return nothing
    // An id that is unique is most likely the row's own, although it is not the key.
    const isUnique = child.table.indexes.some(
      index =>
        index.unique && index.columns.length === 1 && sameName(index.columns[0] ?? '', child.column.name),
    )
    // Every table may have an `id`.
    return { strength: isUnique ? 0.2 : own.last === 'id' ? 0.3 : 0.55, says }
  }
  if (isMeasure(own)) return { strength: 0.3, says }
  const primary =
    parent.table.primaryKey.length === 1 && sameName(parent.table.primaryKey[0]!, parent.column.name)
  const isOwn = naming(parent.table.name).some(way =>
    [way.join(''), way.at(-1)].some(
      word =>
        word !== undefined &&
        !tableWords.has(word) &&
        (word === key.stem.join('') || isFormOf(word, key.stem.join(''))),
    ),
  )
  if (isOwn) return { strength: key.mark === 'none' ? 0.85 : 0.97, says, outright: true }
  // Two tables whose own keys have one name, as value_id, are often no more alike than that.
  if (isOnlyKey) return { strength: parent.column.affinity === 'integer' ? 0.3 : 0.75, says }
  // `catalog_product_int.entity_id` is that of catalog_product, not of any other table with an entity_id.
  const below = naming(child.table.name).some(name =>
    naming(parent.table.name).some(way => name.join(' ').startsWith(`${way.join(' ')} `)),
  )
  if (below) return { strength: 0.97, says }
  return { strength: primary ? (key.mark === 'none' ? 0.75 : 0.88) : 0.45, says }
}

/** `job_id`, `jobId`, `jobs_id`, `fk_job`, `job`, and `country_code` where the key is a code. */
function asTable(own: ColumnWords, key: ColumnWords, way: readonly string[]): NameEvidence {
  const says = `is that of ${way.join(' ')}`
  const plain = (words: readonly string[]) => words.map(singularOf).join('')
  const table = plain(way)
  // A letter with a number, as c1, is called after nothing.
  if (table.length < 2) return nothing
  // A table may be called what a natural key is called: `url` beside urls.
  if (own.all.length === 1 && plain(own.all) === table) return { strength: 0.85, says, outright: true }
  if (plain(own.stem) === table && own.stem.length > 0) {
    if (own.mark === 'id') return { strength: 0.97, says, outright: true }
    if (own.mark === 'none') return { strength: 0.92, says, outright: true }
    // `country_code` beside countries.code, `currency_code` beside currencies.currency
    const isKey = own.last === key.all.at(-1) || plain(key.all) === table
    return { strength: isKey ? 0.95 : 0.45, says }
  }
  if (own.stem.length > 0 && isFormOf(plain(own.stem), table))
    return { strength: own.mark === 'id' ? 0.93 : own.mark === 'none' ? 0.88 : 0.6, says }
  const whole = own.all.join('')
  if (key.all.length > 0 && whole === `${table}${key.all.join('')}`) return { strength: 0.95, says }
  return nothing
}

/** What is called after its own table is mostly another name of its own row; of ids that no accident makes, values tell. */
function asItself(own: ColumnWords, key: ColumnWords, way: readonly string[]): NameEvidence {
  const { strength, says } = asTable(own, key, way)
  return own.mark === 'id' ? { strength: Math.min(strength, 0.3), says } : nothing
}

/** `parent_job_id`, `billing_address`, `manager_staff_id`: a role before the table's name. */
function asRole(own: ColumnWords, way: readonly string[], self: boolean): NameEvidence {
  const says = `ends as that of ${way.join(' ')}`
  const tail = own.stem
    .slice(-way.length)
    .map((word, at, all) => (at === all.length - 1 ? singularOf(word) : word))
  if (own.stem.length > way.length && tail.join(' ') === way.join(' '))
    return { strength: own.mark === 'id' ? 0.92 : own.mark === 'none' ? 0.85 : 0.5, says }
  const head = own.stem.slice(0, way.length).map(singularOf)
  if (!self && own.stem.length > way.length && head.join(' ') === way.map(singularOf).join(' '))
    return { strength: own.mark === 'id' ? 0.55 : 0.3, says: `begins as that of ${way.join(' ')}` }
  // `firstpost`, `obergruppe`
  const stem = own.stem.join('')
  const table = way.at(-1)!
  // `issueid` beside jiraissue
  if (!self && way.length === 1 && stem.length >= 4 && table.length > stem.length && table.endsWith(stem))
    return { strength: own.mark === 'id' ? 0.75 : 0.5, says: `is the end of ${table}` }
  if (table.length >= 4 && stem.length > table.length + 2 && stem.endsWith(table))
    return { strength: (own.mark === 'id' ? 0.75 : 0.6) * (way.length === 1 ? 1 : 0.8), says }
  return nothing
}

/** `crs_id` beside `geodetic_crs`, `type_id` beside `job_types`. */
function asPart(own: ColumnWords, way: readonly string[]): NameEvidence {
  if (own.stem.length === 0 || way.length < 2) return nothing
  const stem = own.stem.map(singularOf)
  const weight = own.mark === 'id' ? 1 : own.mark === 'none' ? 0.65 : 0.85
  for (let length = Math.min(stem.length, way.length - 1); length >= 1; length--) {
    const tail = stem.slice(-length).join(' ')
    const whole = length === stem.length
    if (way.slice(-length).map(singularOf).join(' ') === tail)
      return { strength: weight * (whole ? 0.88 : 0.65), says: `is the end of ${way.join(' ')}` }
    if (whole && way.slice(0, length).map(singularOf).join(' ') === tail)
      return { strength: weight * 0.5, says: `is the beginning of ${way.join(' ')}` }
  }
  return nothing
}

/** `uom` for unit_of_measure, `dept` for departments, `cust` for customers. */
function asAbbreviation(own: ColumnWords, way: readonly string[]): NameEvidence {
  const word = own.stem.at(-1)
  if (word === undefined) return nothing
  const weight = own.mark === 'id' ? 1 : own.mark === 'none' ? 0.8 : 0.9
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
    if (
      short.length >= (long === full && own.stem.length > 1 ? 3 : 2) &&
      long.length > short.length + 1 &&
      isSkeleton(short, long)
    )
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
function endsAsKey(own: ColumnWords, key: ColumnWords, ways: Ways): NameEvidence {
  if (key.all.length === 0 || (key.all.length === 1 && generic.has(key.all[0]!))) return nothing
  if (key.stem.length === 0 || own.all.length <= key.all.length) return nothing
  if (own.all.slice(-key.all.length).join(' ') !== key.all.join(' ')) return nothing
  const says = `ends as the key, ${key.all.join(' ')}`
  const stem = key.stem.join('')
  const isOwn = ways
    .flat()
    .some(word => word.startsWith(stem) || stem.startsWith(word) || isFormOf(word, stem))
  return { strength: !isOwn ? (key.mark === 'id' ? 0.6 : 0.75) : key.mark === 'id' ? 0.88 : 0.85, says }
}

/** `created_by`, `author_id`, `payer`, `customer` beside users: somebody, where the table's rows are people. */
function asPerson(own: ColumnWords, ways: Ways): NameEvidence {
  const by = bys.has(own.all.at(-1) ?? '') && own.all.length > 1
  const last = own.stem.at(-1) ?? ''
  const known = roles.has(last) || people.has(singularOf(last))
  // `closed` alone is a state.
  const role = known ? own.mark === 'id' || !last.endsWith('ed') : isAgent(last)
  if (!by && !role) return nothing
  const says = 'says what somebody did'
  if (!ways.some(way => isPeople(way.at(-1)!))) return { strength: by ? 0.15 : 0, says }
  const plain = ways.some(way => way.length <= 2)
  const outside = by && !ways.some(way => !outsiders.has(way.at(-1)!)) ? 0.7 : 1
  const weight = (by || known ? 1 : 0.8) * (own.mark === 'id' || by ? 1 : 0.85) * outside
  return { strength: (plain ? 0.75 : 0.5) * weight, says }
}

const bys = new Set(['by', 'par', 'por', 'von', 'durch', 'door', 'przez', 'av', 'af', 'da'])

const peopled = new Map<string, boolean>()

/** Whether a table is called after people, in a form of that language: `pracownicy` for pracownik, `praticiens`. */
function isPeople(word: string): boolean {
  const found =
    peopled.get(word) ??
    (people.has(word) || [...people].some(each => each.length >= 6 && isFormOf(word, each)))
  peopled.set(word, found)
  return found
}

/** `uid` is short for the id of a user, also behind what that user did: `uid`, `create_uid`, `last_comment_uid`. */
function asUser(own: ColumnWords, ways: Ways): NameEvidence {
  if (own.last !== 'uid' || !ways.some(way => way.length <= 2 && accounts.has(way.at(-1)!))) return nothing
  return { strength: ways.some(way => way.length === 1) ? 0.85 : 0.7, says: 'is short for that of a user' }
}

const accounts = new Set(['user', 'account', 'usr', 'member', 'person', 'benutzer', 'usuario', 'utilisateur'])

/** `nid` of node, `tid` of term: where the key itself is called so, by the first letter of its table. */
function byInitial(own: ColumnWords, key: ColumnWords, ways: Ways): NameEvidence {
  const name = key.all.join('')
  if (!/^[a-z]id$/.test(name) || own.all.at(-1) !== name) return nothing
  if (!ways.some(way => way.some(word => word.startsWith(name[0]!)))) return nothing
  return { strength: own.all.length === 1 ? 0.93 : 0.85, says: 'is short for the key' }
}

/** Words for who does something are made alike: payer, Sachbearbeiter, examinee, vendedor, redacteur. */
function isAgent(word: string): boolean {
  return /.{3}(er|or|ee|eur|euse|erin|rice)$/.test(word) && !things.has(word) && !measures.has(word)
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
function asKin(own: ColumnWords, ways: Ways): NameEvidence {
  const clear = own.stem.some(word => parents.has(word)) || (own.stem.length > 1 && own.stem.at(-1) === 'of')
  if (!clear && !own.stem.some(word => kinship.has(word) && !particles.has(word))) return nothing
  // `current_team` and `area_of_use` speak of something else.
  const others = own.stem
    .filter(word => !parents.has(word) && !kinship.has(word) && !particles.has(word))
    .filter(word => !ways.some(way => way.includes(singularOf(word))))
  const strength = own.mark === 'id' ? (clear ? 0.93 : 0.85) : clear ? 0.88 : 0.45
  return {
    strength: others.length === 0 ? strength : strength * (clear ? 0.8 : 0.2),
    says: 'says how rows of one table are related',
  }
}

/**
 * `actuacion_previa` beside id_actuacion, `dok_powiazany` beside id_dok: what begins as the key may be another row's, where
 * not everything in the table begins so.
 */
function asOther(own: ColumnWords, key: ColumnWords, table: Table): NameEvidence {
  const stem = key.stem.join(' ')
  const isMore = ({ stem: words }: ColumnWords) =>
    words.length > key.stem.length && words.slice(0, key.stem.length).join(' ') === stem
  if (stem === '' || !isMore(own) || own.stem.length > key.stem.length + 2 || isMeasure(own)) return nothing
  const alike = table.columns.filter(({ name }) => isMore(columnWords(name))).length
  return alike <= 3 ? { strength: 0.2, says: 'begins as the key' } : nothing
}

/** `obergruppe` in warengruppen, `supercategory` in product_categories. */
function asAbove(own: ColumnWords, ways: Ways): NameEvidence {
  const [, rest] = /^(?:ober|unter|haupt|eltern|super|sub|sup|sur|sous)(.{4,})$/.exec(own.stem.join('')) ?? []
  if (rest === undefined) return nothing
  const ends = (word: string) =>
    word.endsWith(rest) ||
    isFormOf(word.slice(-rest.length), rest) ||
    isFormOf(word.slice(-rest.length - 1), rest)
  return ways.some(way => ends(way.at(-1)!)) ? { strength: 0.85, says: 'says what is above a row' } : nothing
}

const particles = new Set([
  'of',
  'in',
  'to',
  'by',
  'for',
  'from',
  'up',
  'down',
  'first',
  'last',
  'left',
  'right',
])

/** `ensemble_member.member_id` refers to members of what the table's own name begins with. */
function belongs(table: Ways, own: ColumnWords, ways: Ways): NameEvidence {
  if (own.mark === 'none' && !own.stem.some(word => parents.has(word))) return nothing
  const names = table.map(way => way.join(' '))
  if (!ways.some(way => names.some(each => each.startsWith(`${way.join(' ')} `)))) return nothing
  const kin =
    own.stem.some(word => kinship.has(word)) ||
    own.stem.some(word => names.some(each => each.split(' ').includes(word)))
  return { strength: kin || own.stem.length === 0 ? 0.5 : 0.15, says: 'belongs to a table of that one' }
}
