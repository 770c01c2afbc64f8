/**
 * Whether an expression means something else, or fails, once a column in it holds ULIDs: DuckDB compares a text with a
 * number or a UUID by casting it, which no ULID survives. Told from what stands beside the column's name.
 */
import { unquote } from '../../schema/names.ts'
import { type Piece, pieces } from './sql-text.ts'

/** What counts with a value, cuts it or tells its kind. */
const ofValues =
  /^(CAST|TRY_CAST|max|min|sum|avg|abs|round|typeof|printf|format|length|len|strlen|substr|substring|left|right|instr|position|upper|lower|hex|unhex|replace|trim|split_part|string_split|regexp_\w+|starts_with|ends_with|contains|prefix|suffix)$/i

const equalities = /^(IN|BETWEEN|LIKE|ILIKE|GLOB|SIMILAR)$/i

export function meansOtherwise(expression: string, use: Piece): boolean {
  const all = pieces(expression).filter(piece => piece.kind !== 'space')
  const at = all.findIndex(piece => piece.start === use.start)
  const first = firstOf(all, at)
  const [previous, next] = [all[first - 1], all[at + 1]]
  if (/^[+\-*/%|&^]$/.test(next?.text ?? '') || /^[+\-/%|&^]$/.test(previous?.text ?? '')) return true
  if (isCompared(all, at + 1, 1) || isCompared(all, first - 1, -1)) return true
  const word = next?.text.toUpperCase() === 'NOT' ? all[at + 2] : next
  if (word?.kind === 'word' && equalities.test(word.text)) return !isQuery(all, all.indexOf(word))
  if (isSorted(all, first)) return true
  return ofValues.test(functionAround(all, first)) && !isCastToText(all, at)
}

function isCastToText(all: readonly Piece[], at: number): boolean {
  return all[at + 1]?.text.toUpperCase() === 'AS' && /^VARCHAR$/i.test(all[at + 2]?.text ?? '')
}

/** The expression with what stands beside the use, for people. */
export function around(expression: string, use: Piece): string {
  const all = pieces(expression).filter(piece => piece.kind !== 'space')
  const at = all.findIndex(piece => piece.start === use.start)
  const cast = isCastToText(all, at) ? 3 : 0 // what stands beside that is meant
  const from = all[Math.max(0, firstOf(all, at) - 3 - cast)]!
  const to = all[Math.min(all.length - 1, at + 4 + cast)]!
  return expression.slice(from.start, to.start + to.text.length).replaceAll(/\s+/g, ' ')
}

function firstOf(all: readonly Piece[], at: number): number {
  let first = at
  while (all[first - 1]?.text === '.' && first >= 2) first -= 2
  return first
}

/** A comparison by size, or an equality with a literal; with another column it means what it meant. */
function isCompared(all: readonly Piece[], at: number, step: 1 | -1): boolean {
  const signs: string[] = []
  let end = at
  for (; /^[<>=!]$/.test(all[end]?.text ?? ''); end += step) signs.push(all[end]!.text)
  if (signs.length === 0) return false
  const operator = (step === 1 ? signs : signs.reverse()).join('')
  if (/^(<|>|<=|>=)$/.test(operator)) return true
  const beside = all[end]
  if (step === -1) return beside?.kind === 'number' || beside?.kind === 'string'
  const isCast = /^(CAST|TRY_CAST)$/i.test(beside?.text ?? '')
  return beside?.kind === 'number' || beside?.kind === 'string' || beside?.text === '-' || isCast
}

function isQuery(all: readonly Piece[], at: number): boolean {
  return all[at + 1]?.text === '(' && /^(SELECT|WITH|FROM)$/i.test(all[at + 2]?.text ?? '')
}

function isSorted(all: readonly Piece[], at: number): boolean {
  for (let index = at - 1; index > 0; index--) {
    const { text, kind } = all[index]!
    if (text.toUpperCase() === 'BY') return /^ORDER$/i.test(all[index - 1]!.text)
    if (kind === 'word' && /^(SELECT|FROM|WHERE|ON|AND|OR|SET|VALUES|HAVING|LIMIT)$/i.test(text)) return false
  }
  return false
}

function functionAround(all: readonly Piece[], at: number): string {
  const depth = all[at]!.depth
  for (let index = at - 1; index > 0; index--)
    if (all[index]!.text === '(' && all[index]!.depth === depth - 1) return unquote(all[index - 1]!.text)
  return ''
}
