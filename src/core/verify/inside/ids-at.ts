/**
 * The ids that stand at a place of a value, read a second time and in another way than the engine reads them: documents by
 * SQLite's own json_tree, texts by regular expressions.
 */
import type { Connection } from '../../engines/sqlite/open.ts'
import { textBytes } from '../../engines/sqlite/text-bytes.ts'
import type { Place } from '../../inside/place.ts'

/** A number, or the bytes of a text as latin1. */
export type Id = bigint | string

/** What stands at one spot: the ids in it, in each way in which it can be read, the usual one first. */
export type Readings = readonly (readonly Id[])[]

/** All of them; null for a value that SQLite can not read. */
export type IdsAt = (value: Id, isText: boolean) => readonly Readings[] | null

export function idsAt(db: Connection, { path, pattern }: Place): IdsAt {
  const inText = pattern === undefined ? null : textReader(pattern)
  if (path === undefined) return value => (inText === null ? [[[value]]] : found(inText(String(value))))
  const { steps, keys } = stepsOf(path)
  const { decode, encode } = textBytes(db)
  const document = `SELECT CASE WHEN @text THEN CAST(@value AS TEXT) ELSE @value END AS d`
  const valid = db.prepare(`SELECT json_valid(d, 9) FROM (${document})`).pluck()
  const bytesOf = (sql: string) => `CASE typeof(${sql}) WHEN 'text' THEN CAST(${sql} AS BLOB) ELSE ${sql} END`
  const tree = db
    .prepare(
      `SELECT e.id, e.parent, ${bytesOf('e.key')}, e.type, ${bytesOf('e.atom')} FROM (${document}), json_tree(d) e`,
    )
    .raw()
  const idOf = (value: Buffer | bigint) =>
    typeof value === 'bigint' ? value : decode(value).toString('latin1')
  return (value, isText) => {
    if (typeof value === 'bigint') return []
    const bytes = Buffer.from(value, 'latin1')
    const bare = bytes.subarray(0, 3).toString('hex') === 'efbbbf' ? bytes.subarray(3) : bytes // a byte order mark
    const given = { value: isText ? encode(bare) : bare, text: isText ? 1n : 0n }
    if (valid.get(given) !== 1n) return null
    const all: Readings[] = []
    const inside = new Map<bigint, number>() // containers on the path, and how many of its steps lead to them
    for (const [id, parent, key, type, atom] of tree.iterate(given) as Iterable<Node>) {
      const above = parent === null ? -1 : inside.get(parent)
      if (above === undefined || (above >= 0 && !steps[above]!(key === null ? null : idOf(key)))) continue
      const depth = above + 1
      if (depth < steps.length) inside.set(id, depth)
      else if (keys) all.push(...at(idOf(key!)))
      else if (type === 'text' || type === 'integer') all.push(...at(idOf(atom!)))
    }
    return all
  }

  function at(id: Id): readonly Readings[] {
    if (inText === null) return [[[id]]]
    return typeof id === 'string' ? found(inText(id)) : []
  }
}

type Node = [
  id: bigint,
  parent: bigint | null,
  key: Buffer | bigint | null,
  type: string,
  atom: Buffer | bigint | null,
]

function found(readings: Readings): readonly Readings[] {
  return readings.length === 0 ? [] : [readings]
}

/** `$.jobs[*].id` as what is asked of each key on the way; a path to keys leads to what stands under them. */
function stepsOf(path: string) {
  const keys = path.endsWith('.*~')
  const texts =
    (keys ? path.slice(0, -1) : path).match(/\.\*|\."(?:[^"\\]|\\.)*"|\.[^.[\]]+|\[\*\]|\[\d+\]/g) ?? []
  const steps = texts.map((text): ((key: Id | null) => boolean) => {
    if (text === '.*') return key => typeof key === 'string'
    if (text === '[*]') return key => typeof key === 'bigint'
    if (text.startsWith('[')) return key => key === BigInt(text.slice(1, -1))
    const name = latin(text.startsWith('."') ? (JSON.parse(text.slice(1)) as string) : text.slice(1))
    return key => key === name
  })
  return { steps, keys }
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}

/** The most readings of one text, which no text has but one that is made to have them. */
const MOST = 40

/** Reads texts that are written by a pattern: all before the id, the id or a list of them, all behind it. */
function textReader(pattern: string): (text: string) => Readings {
  const pieces = pattern.match(/\\[\s\S]|\{id(?::(?:[^\\}]|\\[\s\S])+)?\}|[\s\S]/g) ?? []
  const at = pieces.findIndex(piece => piece.startsWith('{id'))
  const format = pieces[at]!.slice(4, -1).replaceAll(/\\(.)/g, '$1')
  const list = /^(.+?)\.\.\./s.exec(pieces.slice(at + 1).join(''))
  const separator = list && !/(?<!\\)\*/.test(list[1]!) ? latin(list[1]!.replaceAll(/\\(.)/g, '$1')) : null
  const rest =
    separator === null ? pieces.slice(at + 1) : pieces.slice(at + 1).slice(listPieces(pieces.slice(at + 1)))
  const before = expressionOf(pieces.slice(0, at))
  const after = expressionOf(rest)
  const isBefore = new RegExp(`^${before}$`, 's')
  const isAfter = new RegExp(`^${after}$`, 's')
  const read = idReader(format)
  return text => {
    const ends = places(text, at => isAfter.test(text.slice(at)), rest.includes('*'), text.length)
    const starts = places(text, at => isBefore.test(text.slice(0, at)), pieces.slice(0, at).includes('*'), 0)
    const readings: Id[][] = []
    for (const start of starts)
      for (const end of ends) {
        if (end <= start) continue
        const parts = text.slice(start, end).split(separator ?? '\0\0')
        const ids = parts.filter(part => part !== '').map(read)
        if (ids.length > 0 && ids.every(id => id !== null)) readings.push(ids as Id[])
        if (readings.length >= MOST) return readings
      }
    return readings
  }
  /** Last ones first: a divider is the last one that fits. */
  function places(text: string, fits: (at: number) => boolean, open: boolean, fixed: number): number[] {
    if (!open) {
      // Without any text between, there is one place only: as far from the edge as the literal is long.
      const length = literalLength(fixed === 0 ? pieces.slice(0, at) : rest)
      const only = fixed === 0 ? length : fixed - length
      return only >= 0 && fits(only) ? [only] : []
    }
    const all: number[] = []
    for (let each = text.length; each >= 0 && all.length < MOST; each--) if (fits(each)) all.push(each)
    return all
  }
}

function listPieces(pieces: readonly string[]): number {
  return (
    pieces.findIndex(
      (piece, at) => at > 0 && piece === '.' && pieces[at + 1] === '.' && pieces[at + 2] === '.',
    ) + 3
  )
}

function latin(text: string): string {
  return Buffer.from(text).toString('latin1')
}

function literalLength(pieces: readonly string[]): number {
  return pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece.replace(/^\\/, '')), 0)
}

function expressionOf(pieces: readonly string[]): string {
  return pieces.map(piece => (piece === '*' ? '.*' : escaped(latin(piece.replace(/^\\(?=.)/s, ''))))).join('')
}

/** An id by how the pattern says that it is written; a ULID stands in the place of any. */
function idReader(format: string): (text: string) => Id | null {
  const ulid = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/i
  const decimal = /^0(\d+)$/.exec(format)
  if (decimal) {
    const width = Number(decimal[1])
    return text =>
      ulid.test(text)
        ? text
        : /^\d+$/.test(text) && BigInt(text).toString().padStart(width, '0') === text
          ? BigInt(text)
          : null
  }
  const hex = /^(hex|HEX)(\d*)$/.exec(format)
  if (hex)
    return text => {
      if (ulid.test(text)) return text
      const digits = hex[1] === 'hex' ? /^[0-9a-f]{1,16}$/ : /^[0-9A-F]{1,16}$/
      if (!digits.test(text)) return null
      const id = BigInt(`0x${text}`)
      return id.toString(16).padStart(Number(hex[2] || '1'), '0') === text.toLowerCase() ? id : null
    }
  if (format === '') return text => (/[\0-\x1f\x7f]/.test(text) ? null : text)
  const shape = new RegExp(
    `^${escaped(latin(format)).replaceAll('#', '[0-9]+').replaceAll('@', '[0-9A-Za-z]+')}$`,
  )
  return text => (ulid.test(text) || shape.test(text) ? text : null)
}
