/**
 * SQLite's own tokenizer, told again: stored schema text is edited by tokens (HAZARDS C5), so what is a name, a string
 * or a comment has to be decided exactly as SQLite decides it. Lossless: nothing is dropped, joined texts give the
 * input back. Text that SQLite could not read (an open quote, a stray character) still becomes tokens.
 */

export type TokenKind =
  | 'space'
  | 'comment'
  | 'word'
  | 'quoted'
  | 'string'
  | 'number'
  | 'blob'
  | 'variable'
  | 'punctuation'

/** A half-open range of UTF-16 offsets into the text. */
export interface Span {
  readonly start: number
  readonly end: number
}

export interface Token extends Span {
  readonly kind: TokenKind
  readonly text: string
}

// An identifier may hold any character from U+0080 on, so surrogates are matched unit by unit, without the u flag.
const shapes: readonly (readonly [TokenKind, RegExp])[] = [
  // A vertical tab continues a run of spaces, but can't begin one; a byte order mark counts as space.
  ['space', /\ufeff|[ \t\n\f\r][ \t\n\v\f\r]*/],
  // At the very end, slash and star are two operators; only with something behind them do they open a comment.
  ['comment', /--[^\n]*|\/\*(?=[\s\S])[\s\S]*?(?:\*\/|$)/],
  ['blob', /[xX]'[^']*(?:'|$)/],
  ['word', /[A-Za-z_\x80-\uffff][\w$\x80-\uffff]*/],
  ['quoted', /"[^"]*(?:""[^"]*)*(?:"|$)|`[^`]*(?:``[^`]*)*(?:`|$)|\[[^\]]*(?:\]|$)/],
  ['string', /'[^']*(?:''[^']*)*(?:'|$)/],
  ['number', /0[xX][0-9a-fA-F][\w$\x80-\uffff]*/],
  ['number', /(?=\.?[0-9])[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9][0-9_]*)?[\w$\x80-\uffff]*/],
  ['variable', /\?[0-9]*|[$@:#](?:::)*[\w$\x80-\uffff](?:[\w$\x80-\uffff]|::)*(?:\([^)\t-\r ]*\)?)?/],
  ['punctuation', /->>|->|\|\||<=|<>|<<|>=|>>|==|!=|[\s\S]/],
]

const anyToken = new RegExp(shapes.map(([, shape]) => `(${shape.source})`).join('|'), 'y')

/** Splits any text into SQLite's tokens, in order and without gaps; spans are UTF-16 offsets. Never throws. */
export function tokenize(sql: string): readonly Token[] {
  const tokens: Token[] = []
  anyToken.lastIndex = 0
  for (let match = anyToken.exec(sql); match !== null; match = anyToken.exec(sql)) {
    const group = match.findIndex((text, position) => position > 0 && text !== undefined)
    const kind = shapes[group - 1]![0]
    tokens.push({ kind, text: match[0], start: match.index, end: anyToken.lastIndex })
  }
  return tokens
}

/** Whether SQLite's parser sees the token: everything but white space and comments. */
export function isSignificant(token: Token): boolean {
  return token.kind !== 'space' && token.kind !== 'comment'
}

/** Whether the text ends in a `--` comment, which would swallow what is written right behind it. */
export function endsInLineComment(sql: string): boolean {
  const last = tokenize(sql).at(-1)
  return last?.kind === 'comment' && last.text.startsWith('--')
}
