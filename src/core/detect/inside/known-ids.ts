/** The identities that values are looked up in: what their ids look like, and whether one is there. */
import type { Connection } from '../../engines/sqlite/open.ts'
import { textBytes } from '../../engines/sqlite/text-bytes.ts'
import { kindOf } from '../../identifiers/index.ts'
import { quoteName as q } from '../../schema/names.ts'
import type { KeyRange } from '../key-range.ts'
import type { KeyColumn } from '../keys.ts'
import { type Shape, shapesOf, wholly } from './shapes.ts'

/**
 * What a match is worth. `machine`: made by a machine and long, so that no two meet by chance. `number`: small numbers,
 * which are everywhere. `word`: chosen by people, as a name or a code, and used as a word elsewhere.
 */
export type Worth = 'machine' | 'number' | 'word'

export interface KnownIds {
  readonly key: KeyColumn
  readonly worth: Worth
  /** Of text ids; none where they have no common one. */
  readonly shapes: readonly Shape[]
  readonly shortest: number
  readonly longest: number
  /** The greatest of whole numbers. */
  readonly last: bigint
  /** Of row numbers without a gap: those between are rows, others are none. */
  readonly range: KeyRange | null
  has(id: Buffer | bigint): boolean
  /** SQL condition: whether the value of an expression without affinity names a row. */
  isIn(value: string): string
  /** Whether it is worth a look. */
  fits(id: Buffer | bigint): boolean
}

const SOME = 300

/**
 * @param range of a key of row numbers that has every number between them: then nothing is looked up
 * @param from where the ids are, if no longer in the key itself
 */
export function knownIds(
  db: Connection,
  key: KeyColumn,
  range: KeyRange | null = null,
  from = { table: key.table.name, column: key.column.name },
): KnownIds | null {
  const { encode } = textBytes(db)
  const table = q(from.table)
  const column = q(from.column)
  const some = (order: string) =>
    db
      .prepare(
        `SELECT DISTINCT v FROM (SELECT CASE typeof(${column}) WHEN 'text' THEN substr(${column}, 1, 300) ELSE ${column} END AS v
         FROM ${table} WHERE typeof(${column}) IN ('text', 'integer') ORDER BY ${column} ${order} LIMIT ${SOME})`,
      )
      .pluck()
      .all() as (string | bigint)[]
  const ids = [...new Set([...some('ASC'), ...some('DESC')])]
  if (ids.length === 0) return null
  const texts = ids.filter(id => typeof id === 'string')
  const worth = worthOf(ids)
  const lookup = db.prepare(`SELECT 1 FROM ${table} WHERE ${column} = +CAST(? AS TEXT)`).pluck()
  const number = db.prepare(`SELECT 1 FROM ${table} WHERE ${column} = ?`).pluck()
  const lengths = texts.map(text => Buffer.byteLength(text))
  const numbers = ids.filter(id => typeof id === 'bigint')
  const shortest = Math.min(...lengths)
  const longest = Math.max(...lengths)
  const shapes = shapesOf(texts)
  const shape = shapes.length === 0 ? null : wholly(shapes)
  // A number that is a text of the key is written as the texts are that a machine made.
  const isAsMade = (number: string) => worth !== 'machine' || (shape?.test(number) ?? true)
  return {
    key,
    worth,
    shapes,
    shortest,
    longest,
    last: numbers.toSorted((a, b) => (a < b ? -1 : 1)).at(-1) ?? 0n,
    range,
    // The parent's affinity decides, as in a key check: `+` takes the text's away (HAZARDS B11).
    has: id => {
      if (typeof id !== 'bigint') return lookup.get(encode(id)) !== undefined
      return range === null ? number.get(id) !== undefined : id >= range[0] && id <= range[1]
    },
    isIn: value => {
      const there = `EXISTS (SELECT 1 FROM ${table} p WHERE p.${column} = +${value})`
      return range === null
        ? there
        : `CASE typeof(${value}) WHEN 'integer' THEN ${value} BETWEEN ${range[0]} AND ${range[1]} ELSE ${there} END`
    },
    fits: id => {
      if (typeof id === 'bigint')
        return numbers.length > 0 || (key.column.affinity === 'text' && isAsMade(id.toString()))
      // Ids that are written in other ways than those that were seen are still as long as ids are.
      if (texts.length > 0)
        return (
          id.length >= shortest / 2 &&
          id.length <= longest * 2 &&
          (shape?.test(id.toString('latin1')) ?? true)
        )
      return id.length < 20 && /^-?\d+$/.test(id.toString('latin1'))
    },
  }
}

function worthOf(ids: readonly (string | bigint)[]): Worth {
  const numbers = ids.filter(id => typeof id === 'bigint')
  if (numbers.length * 2 > ids.length)
    return numbers.filter(id => kindOf(id) === 'snowflake').length > numbers.length * 0.9
      ? 'machine'
      : 'number'
  const made = ids.filter(id => typeof id === 'string' && isMachineMade(id)).length
  if (made >= ids.length * 0.9) return 'machine'
  return ids.every(id => /^-?\d+$/.test(id.toString())) ? 'number' : 'word'
}

/** Long, with digits and letters, and without what people put into names, addresses and paths. */
function isMachineMade(id: string): boolean {
  if (/[\s@/\\,;]/.test(id) || /^\d{4}-\d\d-\d\d/.test(id)) return false
  const kind = kindOf(id)
  if (kind === 'text')
    return (
      id.length >= 10 &&
      /^[A-Za-z0-9_-]+$/.test(id) &&
      /\d/.test(id) &&
      /[A-Za-z].*\d.*[A-Za-z]|\d.*[A-Za-z].*\d/.test(id)
    )
  if (kind === 'prefixed') return id.length >= 10
  return kind !== 'other' && kind !== 'integer'
}
