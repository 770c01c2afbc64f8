import { type Token, tokenize } from './tokens.ts'

/** A column and its table, as an operator writes them: `jobs.job_id`. */
export interface ColumnPath {
  readonly table: string
  readonly column: string
}

/** The name as SQL, always in double quotes, so that no keyword, space or quote in it matters. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** The text as an SQL string literal. A NUL would end the statement there, so it must not hold one. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** The name that a token spells: `"a""b"`, `[a b]`, `` `a` `` and `'a'` lose their quotes, a bare word is itself. */
export function unquote(tokenText: string): string {
  const quote = tokenText[0]
  if (quote === '[') return tokenText.slice(1, -1)
  if (quote === '"' || quote === '`' || quote === "'") {
    return tokenText.slice(1, -1).replaceAll(quote + quote, quote)
  }
  return tokenText
}

/** Whether SQLite takes both for one name: it ignores case for A to Z only, `É` and `é` differ (HAZARDS A9). */
export function sameName(a: string, b: string): boolean {
  return a.length === b.length && foldName(a) === foldName(b)
}

/** Whether both are one column of one table. */
export function samePlace(a: ColumnPath, b: ColumnPath): boolean {
  return sameName(a.table, b.table) && sameName(a.column, b.column)
}

/** The name in the letter case that {@link sameName} compares by: a key for maps and sets of names. */
export function foldName(name: string): string {
  return name.replace(/[A-Z]+/g, letters => letters.toLowerCase())
}

/**
 * Reads `table.column`, each part a plain word or quoted in any of SQLite's ways: `"it em".g`, `[a.b]."c""d"`.
 * @throws RangeError naming the text when it is anything else.
 */
export function parseColumnPath(text: string): ColumnPath {
  const [table, dot, column, ...rest] = tokenize(text).filter(token => token.kind !== 'space')
  if (isName(table) && dot?.text === '.' && isName(column) && rest.length === 0) {
    return { table: unquote(table.text), column: unquote(column.text) }
  }
  throw new RangeError(
    `${text} is not table.column; a name of other than letters, digits and _ needs quotes: "my table".id`,
  )
}

/** Writes what {@link parseColumnPath} reads, with quotes only around names that need them. */
export function formatColumnPath(table: string, column: string): string {
  return `${spell(table)}.${spell(column)}`
}

function spell(name: string): string {
  const [first, ...rest] = tokenize(name)
  return first?.kind === 'word' && rest.length === 0 ? name : quoteName(name)
}

/** The name that a text spells, bare or quoted in any of SQLite's ways; null where it is anything else. */
export function parseName(text: string): string | null {
  const [token, ...rest] = tokenize(text).filter(each => each.kind !== 'space')
  return isName(token) && rest.length === 0 ? unquote(token.text) : null
}

function isName(token: Token | undefined): token is Token {
  if (token?.kind === 'word') return true
  if (token?.kind !== 'quoted' && token?.kind !== 'string') return false
  const quote = token.text[0]!
  // Doubled quotes inside come in pairs, so an even number means that the last one closes.
  return quote === '[' ? token.text.endsWith(']') : token.text.split(quote).length % 2 === 1
}
