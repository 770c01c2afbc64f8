/**
 * Where an expression of a table (a CHECK, a generated column) uses one of its columns. Equal text is not enough: a
 * column may be called `end`, `like` or `length`, and a collation, a type in a CAST or a function may be called like a
 * column. So the expression is read as operand, operator, operand; only operands are columns. Subqueries and aliases
 * can't occur, SQLite prohibits them in these places.
 */
import { sameName, unquote } from './names.ts'
import { isSignificant, type Span, type Token, tokenize } from './tokens.ts'

/** Reserved words that stand where an operand begins, and leave the operand still to come. */
const prefixes = new Set(['not', 'case', 'when', 'then', 'else', 'exists', 'distinct', 'from', 'null'])
/** Words behind an operand that end it; every other word there is an operator, and an operand follows. */
const suffixes = new Set(['end', 'isnull', 'notnull', 'asc', 'desc'])

/**
 * @param span the expression's part of `sql`, with or without its parentheses
 * @returns the tokens that name the column, with offsets into `sql`
 */
export function columnUses(sql: string, span: Span, column: string): readonly Token[] {
  const tokens = tokenize(sql.slice(span.start, span.end)).filter(isSignificant)
  const uses: Token[] = []
  let operandExpected = true
  for (let position = 0; position < tokens.length; position += 1) {
    const token = tokens[position]!
    const following = tokens[position + 1]?.text
    const word = token.kind === 'word' ? token.text.toLowerCase() : ''
    if (token.kind === 'punctuation') {
      operandExpected = token.text !== ')'
    } else if (operandExpected) {
      const isName = token.kind === 'word' || token.kind === 'quoted'
      if (prefixes.has(word)) {
        operandExpected = word !== 'null'
      } else {
        operandExpected = false
        if (isName && following !== '.' && following !== '(' && sameName(unquote(token.text), column)) {
          uses.push({ ...token, start: token.start + span.start, end: token.end + span.start })
        }
      }
    } else if (word === 'collate') {
      position += 1
    } else if (word === 'as') {
      while (position + 1 < tokens.length && tokens[position + 1]!.text !== ')') position += 1
    } else {
      operandExpected = word !== '' && !suffixes.has(word)
    }
  }
  return uses
}
