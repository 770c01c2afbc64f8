/**
 * Ids that stand inside of values: in JSON documents, in longer texts, in rows of which another column says so. An index on
 * the very place serves where there is one. Else all values are read that may hold the id by their bytes, and taken apart.
 */
import { FOUND_ID } from '../compile/inside.ts'
import { textBytes } from '../engines/sqlite/text-bytes.ts'
import { type CompiledPlace, compilePlaces, hitsIn } from '../inside/hits.ts'
import { formatPath, type PathStep } from '../inside/path.ts'
import { writeNumber } from '../inside/pattern.ts'
import { quoteName as q, quoteText } from '../schema/names.ts'
import { type FoundId, ulidsOf } from './find-ids.ts'
import type { Holder } from './places.ts'
import type { Condition, Stored } from './query.ts'
import type { Reader } from './reader.ts'
import type { ReferredTo } from './referring.ts'
import { isInteger, type StoredId, spellingsOf } from './spellings.ts'

export interface InsideSearch {
  readonly holder: Holder
  /** By which an index finds the rows; null where none does. */
  readonly indexed: Condition | null
  /** What every row that holds the id fulfils, and few others. */
  readonly where: Condition
  /** SQL: whether the place is one in this row. */
  readonly applies: string
  /** SQL: what {@link judge} wants of a row `c`. */
  readonly read: readonly string[]
  /** Whether the id stands at the place in the value that was read. */
  readonly judge: (value: readonly Stored[]) => boolean
}

/** Null where the id can not stand there. */
export function insideSearch(
  reader: Reader,
  holder: Holder,
  to: Pick<ReferredTo, 'pairs' | 'own'>,
  found: FoundId,
): InsideSearch | null {
  const { column, holdsLegacy } = holder
  const texts = holdsLegacy ? legacyTexts(found) : ulidsOf(found)
  if (texts.length === 0) return null
  const place = holder.place ?? {}
  const [compiled] = compilePlaces([place]) as [CompiledPlace]
  const value = `c.${q(column.name)}`
  const isIt = holdsLegacy ? isLegacy(reader, to, found) : isUlid(texts)
  const applies = appliesIn(holder)
  const search = {
    holder,
    applies,
    read: [
      `typeof(${value})`,
      `CASE typeof(${value}) WHEN 'text' THEN CAST(${value} AS BLOB) ELSE ${value} END`,
    ],
    where: and(maybeIn(value, compiled, texts), applies),
    judge: judgeOf(reader, compiled, isIt),
  }
  const indexed = candidates(value, compiled, texts, holder).find(condition =>
    reader.searches(`SELECT 1 FROM main.${q(holder.table.name)} c WHERE ${condition.sql}`, condition.values),
  )
  return { ...search, indexed: indexed ?? null }
}

/** The rows that an index has found, as they are called. */
export function* gatherInside(
  reader: Reader,
  { holder, indexed, read, judge }: InsideSearch,
  row: readonly string[],
): Generator<readonly Stored[], void, void> {
  if (indexed === null) return
  const select = `SELECT ${[...row, ...read].join(', ')} FROM main.${q(holder.table.name)} c WHERE ${indexed.sql}`
  for (const each of reader.each(select, indexed.values))
    if (judge(each.slice(row.length))) yield each.slice(0, row.length)
}

function and(condition: Condition, sql: string): Condition {
  return sql === '1' ? condition : { ...condition, sql: `(${condition.sql} AND ${sql})` }
}

function appliesIn({ place }: Holder): string {
  const when = place?.when
  return when === undefined
    ? '1'
    : `coalesce(CAST(c.${q(when.column)} AS TEXT) IN (${when.is.map(quoteText).join(', ')}), 0)`
}

/** What a text may hold of the legacy id; a blob stands in none. */
function legacyTexts({ legacy }: FoundId): readonly string[] {
  return legacy === null || Buffer.isBuffer(legacy) ? [] : [String(legacy)]
}

type Id = Buffer | bigint

function isUlid(ulids: readonly string[]): (id: Id) => boolean {
  const upper = new Set(ulids.map(ulid => ulid.toUpperCase()))
  return id => typeof id !== 'bigint' && id.length === 26 && upper.has(id.toString('latin1').toUpperCase())
}

/** Compared as the run compared it: by the rules of the identity's own column, which its maps share. */
function isLegacy(
  reader: Reader,
  { pairs, own }: Pick<ReferredTo, 'pairs' | 'own'>,
  { legacy }: FoundId,
): (id: Id) => boolean {
  const from = [
    ...pairs.map(store => ({ table: store, column: 'legacy' })),
    ...(own?.liveLegacy && own.legacy !== null ? [{ table: own.table.name, column: own.legacy }] : []),
  ]
  const bytes = textBytes(reader.db)
  const asks = from.map(({ table, column }) =>
    reader.db
      .prepare(
        `SELECT EXISTS (SELECT 1 FROM main.${q(table)} m WHERE m.${q(column)} = +${FOUND_ID} AND m.${q(column)} = @legacy)`,
      )
      .pluck(),
  )
  return id => asks.some(ask => ask.get({ id: bytes.encodeId(id), legacy }) === 1n)
}

function judgeOf(
  reader: Reader,
  place: CompiledPlace,
  isIt: (id: Id) => boolean,
): (value: readonly Stored[]) => boolean {
  const bytes = textBytes(reader.db)
  const isId = (_: number, id: Id) => isIt(id)
  return ([type, stored]) => {
    if (type !== 'text' && type !== 'blob' && type !== 'integer') return false
    // A list of one, in a column that makes numbers of what looks like one.
    const asText = type === 'integer' && place.path === null && place.pattern !== null
    const raw = stored as Id
    const value = asText ? Buffer.from(String(raw)) : type === 'text' ? bytes.decode(raw as Buffer) : raw
    return hitsIn(value, asText ? 'text' : type, [place], isId).some(({ id }) => isIt(id))
  }
}

/** The longest piece of a text that nobody escapes in JSON. */
function plainPiece(text: string): string {
  return (text.match(/[A-Za-z0-9 _.:-]+/g) ?? []).reduce(
    (longest, piece) => (piece.length > longest.length ? piece : longest),
    '',
  )
}

/** That the bytes of the id stand somewhere in the value. */
function maybeIn(value: string, { path, pattern }: CompiledPlace, texts: readonly string[]): Condition {
  const number = texts.map(text => (isInteger(text) ? BigInt(text) : null)).find(each => each !== null)
  if (path === null && pattern === null) {
    const values: StoredId[] = texts.flatMap(text => spellingsOf(text).legacies)
    return { sql: `${value} IN (${values.map(() => '?').join(', ')})`, values }
  }
  const format = pattern?.format ?? { kind: 'plain' as const }
  const needles = texts.map(text =>
    number === undefined || format.kind !== 'number' ? plainPiece(text) : writeNumber(number, format),
  )
  const has = needles.map(
    () => `CASE typeof(${value}) WHEN 'blob' THEN instr(${value}, ?) ELSE instr(${value}, ?) END`,
  )
  return {
    sql: `(${has.join(' OR ')})`,
    values: needles.flatMap(needle => [Buffer.from(needle), needle]),
  }
}

/** Conditions that hold for every row with the id, each as an index might know it. */
function candidates(
  value: string,
  { path, pattern }: CompiledPlace,
  texts: readonly string[],
  holder: Holder,
): readonly Condition[] {
  const values: StoredId[] = texts.flatMap(text => spellingsOf(text).legacies)
  const among = (sql: string): Condition => ({
    sql: `${sql} IN (${values.map(() => '?').join(', ')})`,
    values,
  })
  const applies = appliesIn(holder)
  if (path === null && pattern === null) {
    const when = holder.place?.when
    // An index that begins with the type knows nothing of its text; whole numbers are written in one way only.
    const typed = when && `c.${q(when.column)} IN (${when.is.flatMap(literalsOf).join(', ')})`
    return [and(among(value), applies), ...(typed ? [and(and(among(value), typed), applies)] : [])]
  }
  const found =
    path !== null && pattern === null && path.every(isPlain)
      ? [`json_extract(${value}, ${quoteText(formatPath(path))})`, ...arrows(value, path)].map(among)
      : path === null && pattern !== null && pattern.before.length === 1 && pattern.separator === null
        ? [beginsWith(value, pattern, texts)]
        : []
  return found.map(each => and(each, applies))
}

function literalsOf(text: string): readonly string[] {
  return isInteger(text) ? [quoteText(text), text] : [quoteText(text)]
}

function isPlain({ kind }: PathStep): boolean {
  return kind === 'key' || kind === 'item'
}

/** `value ->> '$.id'` and `value ->> 'id'`, as people write indexes. */
function arrows(value: string, path: readonly PathStep[]): readonly string[] {
  const [only, ...more] = path
  const short = only?.kind === 'key' && more.length === 0 ? [`${value} ->> ${quoteText(only.name)}`] : []
  return [`${value} ->> ${quoteText(formatPath(path))}`, ...short]
}

/** Where the id stands at a known distance from the beginning, an index on the text itself knows the rows. */
function beginsWith(
  value: string,
  { before, format }: NonNullable<CompiledPlace['pattern']>,
  texts: readonly string[],
): Condition {
  const head = before[0]!.toString()
  const beginnings = texts.map(
    text => head + (isInteger(text) && format.kind === 'number' ? writeNumber(BigInt(text), format) : text),
  )
  return {
    sql: `(${beginnings.map(() => `(${value} >= ? AND ${value} < ?)`).join(' OR ')})`,
    values: beginnings.flatMap(text => [text, `${text}\u{10FFFF}`]),
  }
}
