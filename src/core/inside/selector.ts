/**
 * A place as an operator writes it: `events.data:$.job.id`, `metrics.id:metric_{id}_*`,
 * `comments.commentable_id[commentable_type=Post|Photo]`; path and pattern together: `events.data:$.ref:job-{id}`.
 */

import { type ColumnPath, formatColumnPath, parseColumnPath, parseName } from '../schema/names.ts'
import { tokenize } from '../schema/tokens.ts'
import { formatPath, parsePath } from './path.ts'
import { formatPattern, parsePattern } from './pattern.ts'
import type { Place } from './place.ts'

/** @throws RangeError that says what is wrong with the text. */
export function parsePlace(text: string): ColumnPath & { readonly place: Place } {
  const name = nameEnd(text)
  const column = parseColumnPath(text.slice(0, name))
  let rest = text.slice(name)
  const place: { -readonly [K in keyof Place]: Place[K] } = {}
  if (rest.startsWith('[')) {
    const { when, end } = parseWhen(rest, text)
    place.when = when
    rest = rest.slice(end)
  }
  if (rest.startsWith(':$')) {
    const end = pathEnd(rest)
    place.path = formatPath(parsePath(rest.slice(1, end)))
    rest = rest.slice(end)
  }
  if (rest.startsWith(':')) place.pattern = formatPattern(parsePattern(rest.slice(1)))
  else if (rest !== '')
    throw new RangeError(`${text} is no place: behind the column, "${rest}" means nothing`)
  return { ...column, place }
}

/** Behind `table.column`, where each may be quoted. */
function nameEnd(text: string): number {
  let parts = 0
  for (const token of tokenize(text)) {
    if (token.kind === 'space' || token.text === '.') continue
    parts += 1
    if (parts === 2) return token.kind === 'word' || token.kind === 'quoted' ? token.end : text.length
  }
  return text.length
}

/** A path ends at the first colon outside of quotes. */
function pathEnd(rest: string): number {
  const names = /"(?:[^"\\]|\\[\s\S])*"|:/g
  names.lastIndex = 1
  for (let match = names.exec(rest); match !== null; match = names.exec(rest))
    if (match[0] === ':') return match.index
  return rest.length
}

function parseWhen(rest: string, text: string): { when: NonNullable<Place['when']>; end: number } {
  const match =
    /^\[\s*("(?:[^"]|"")*"|[^\s"'=[\]]+)\s*=((?:\s*(?:'(?:[^']|'')*'|[^|\]']+)\s*(?:\||(?=\])))+)\]/.exec(
      rest,
    )
  const column = match && parseName(match[1]!)
  if (!match || column === null)
    throw new RangeError(
      `${text} is no place: in brackets stands another column with its values, as in [commentable_type=Post|Photo]`,
    )
  const values = [...match[2]!.matchAll(/\s*(?:'((?:[^']|'')*)'|([^|']+?))\s*(?:\||$)/g)].map(
    ([, quoted, bare]) => quoted?.replaceAll("''", "'") ?? bare!,
  )
  return { when: { column: column!, is: values }, end: match[0].length }
}

/** Writes what {@link parsePlace} reads, with quotes only where they are needed. */
export function formatPlace({ table, column }: ColumnPath, { when, path, pattern }: Place): string {
  const rows = when ? `[${spellName(when.column)}=${when.is.map(spellValue).join('|')}]` : ''
  return `${formatColumnPath(table, column)}${rows}${path ? `:${path}` : ''}${pattern ? `:${pattern}` : ''}`
}

function spellName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`
}

function spellValue(value: string): string {
  return /^[^\s|\]']+$/.test(value) ? value : `'${value.replaceAll("'", "''")}'`
}
