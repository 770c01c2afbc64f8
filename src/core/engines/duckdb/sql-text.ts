/**
 * Reads the SQL that DuckDB writes itself (duckdb_tables().sql and the like): strings in single quotes, names in double
 * quotes or bare, brackets for lists. SQLite's tokenizer takes those brackets for quotes.
 */
import { quoteName as q, unquote } from '../../schema/names.ts'

export interface Piece {
  readonly kind: 'space' | 'string' | 'quoted' | 'word' | 'number' | 'sign'
  readonly text: string
  readonly start: number
  /** How many brackets are open around it; an opening and its closing one have the depth outside them. */
  readonly depth: number
}

const shapes = [
  ['space', /\s+/],
  ['string', /'(?:[^']|'')*'/],
  ['quoted', /"(?:[^"]|"")*"/],
  ['word', /[A-Za-z_\x80-\uffff][\w$\x80-\uffff]*/],
  ['number', /\d[\w.]*/],
  ['sign', /[\s\S]/],
] as const

const anyPiece = new RegExp(shapes.map(([, shape]) => `(${shape.source})`).join('|'), 'g')

/** The pieces of a text; joined they give it back. */
export function pieces(text: string): readonly Piece[] {
  let depth = 0
  return [...text.matchAll(anyPiece)].map(match => {
    const kind = shapes[match.slice(1).findIndex(group => group !== undefined)]![0]
    if (kind === 'sign' && /[)\]}]/.test(match[0])) depth -= 1
    const piece: Piece = { kind, text: match[0], start: match.index, depth }
    if (kind === 'sign' && /[([{]/.test(match[0])) depth += 1
    return piece
  })
}

/** Parts between the commas that are in no bracket and no quotes, without the spaces around them. */
export function splitAtCommas(text: string): readonly string[] {
  if (text.trim() === '') return []
  const commas = pieces(text).filter(piece => piece.text === ',' && piece.depth === 0)
  const starts = [0, ...commas.map(comma => comma.start + 1)]
  return starts.map((start, position) => text.slice(start, commas[position]?.start).trim())
}

/** What stands before the first round bracket, inside it, and behind the one that closes it; null where there is none. */
export function bracketed(
  text: string,
): { readonly before: string; readonly inside: string; readonly after: string } | null {
  const all = pieces(text)
  const open = all.find(piece => piece.text === '(' && piece.depth === 0)
  const close = open && all.find(piece => piece.text === ')' && piece.depth === 0 && piece.start > open.start)
  if (open === undefined || close === undefined) return null
  return {
    before: text.slice(0, open.start),
    inside: text.slice(open.start + 1, close.start),
    after: text.slice(close.start + 1),
  }
}

/** The name that a text begins with, bare or in double quotes, and what comes behind it; null for anything else. */
export function leadingName(text: string): { readonly name: string; readonly rest: string } | null {
  const [first] = pieces(text)
  if (first?.kind !== 'word' && first?.kind !== 'quoted') return null
  return { name: unquote(first.text), rest: text.slice(first.text.length) }
}

/** Names in brackets: `(a, "b c")`. */
export function nameList(names: readonly string[]): string {
  return `(${names.map(q).join(', ')})`
}

/** A table or another object with its schema, in quotes. */
export function inSchema(schema: string, name: string): string {
  return `${q(schema)}.${q(name)}`
}

/** Whether DuckDB takes both for one name: it ignores case. */
export function sameDuckName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
