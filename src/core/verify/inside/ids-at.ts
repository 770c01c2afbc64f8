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
  const { fullkey, keys } = pathExpression(path)
  const { decode, encode } = textBytes(db)
  const document = `SELECT CASE WHEN @text THEN CAST(@value AS TEXT) ELSE @value END AS d`
  const valid = db.prepare(`SELECT json_valid(d, 9) FROM (${document})`).pluck()
  const nodes = db
    .prepare(
      `SELECT fullkey, ${keys ? "'text', CAST(key AS BLOB)" : "e.type, CASE e.type WHEN 'text' THEN CAST(e.atom AS BLOB) ELSE e.atom END"}
       FROM (${document}), json_tree(d) e WHERE ${keys ? 'e.key IS NOT NULL' : "e.type IN ('text', 'integer')"}`,
    )
    .raw()
  return (value, isText) => {
    const bytes = typeof value === 'bigint' ? null : Buffer.from(value, 'latin1')
    const bare = bytes?.subarray(0, 3).toString('hex') === 'efbbbf' ? bytes.subarray(3) : bytes // a byte order mark
    if (bare === null) return []
    const given = { value: isText ? encode(bare) : bare, text: isText ? 1n : 0n }
    if (valid.get(given) !== 1n) return null
    const all: Readings[] = []
    for (const [key, type, atom] of nodes.iterate(given) as Iterable<[string, string, Buffer | bigint]>) {
      if (!fullkey.test(key)) continue
      const id = typeof atom === 'bigint' ? atom : decode(atom).toString('latin1')
      if (inText === null) all.push([[id]])
      else if (type === 'text') all.push(...found(inText(id as string)))
    }
    return all
  }
}

function found(readings: Readings): readonly Readings[] {
  return readings.length === 0 ? [] : [readings]
}

/** `$.jobs[*].id` as an expression over json_tree's fullkey; a path to keys leads to what stands under them. */
function pathExpression(path: string): { readonly fullkey: RegExp; readonly keys: boolean } {
  const keys = path.endsWith('.*~')
  const steps =
    (keys ? path.slice(0, -1) : path).match(/\.\*|\."(?:[^"\\]|\\.)*"|\.[^.[\]]+|\[\*\]|\[\d+\]/g) ?? []
  const anyName = '\\.(?:[^.[\\]"]+|"(?:[^"\\\\]|\\\\.)*")'
  const expression = steps.map(step => {
    if (step === '.*') return anyName
    if (step === '[*]') return '\\[\\d+\\]'
    if (step.startsWith('[')) return escaped(step)
    const name = step.startsWith('."') ? (JSON.parse(step.slice(1)) as string) : step.slice(1)
    const quoted = JSON.stringify(name).slice(1, -1)
    return `\\.(?:${escaped(name)}|"${escaped(name)}"|"${escaped(quoted)}")`
  })
  return { fullkey: new RegExp(`^\\$${expression.join('')}$`, 's'), keys }
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
