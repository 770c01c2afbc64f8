import { unquote } from './names.ts'
import { isSignificant, type Span, type Token, tokenize } from './tokens.ts'

/** A name as it stands in the text: what it says, and where. */
export interface NamedSpan extends Span {
  readonly name: string
}

/** Reads SQL token by token, past white space and comments, and keeps every offset of the original text. */
export class TokenReader {
  readonly #sql: string
  readonly #tokens: readonly Token[]
  #position = 0

  constructor(sql: string) {
    this.#sql = sql
    this.#tokens = tokenize(sql).filter(isSignificant)
  }

  /** Offset behind the token read last: where a span that began earlier ends. */
  get end(): number {
    return this.#tokens[this.#position - 1]?.end ?? 0
  }

  get done(): boolean {
    return this.#position >= this.#tokens.length
  }

  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#position + ahead]
  }

  /** Whether exactly these bare words or operators come next, letter case apart. */
  at(...texts: readonly string[]): boolean {
    return texts.every((text, ahead) => {
      const token = this.peek(ahead)
      return (
        (token?.kind === 'word' && token.text.toLowerCase() === text) ||
        (token?.kind === 'punctuation' && token.text === text)
      )
    })
  }

  /** Reads these words if they come next, and says whether they did. */
  take(...texts: readonly string[]): boolean {
    if (!this.at(...texts)) return false
    this.#position += texts.length
    return true
  }

  expect(...texts: readonly string[]): void {
    if (!this.take(...texts)) this.fail(texts.join(' ').toUpperCase())
  }

  next(wanted: string): Token {
    const token = this.peek()
    if (token === undefined) this.fail(wanted)
    this.#position += 1
    return token
  }

  /** SQLite takes a bare word, any quotes and even a string literal where a name belongs. */
  name(wanted: string): NamedSpan {
    const token = this.peek()
    if (token?.kind !== 'word' && token?.kind !== 'quoted' && token?.kind !== 'string') this.fail(wanted)
    this.#position += 1
    return { name: unquote(token.text), start: token.start, end: token.end }
  }

  /** Reads from an opening to its closing parenthesis; the span includes both. */
  parens(): Span {
    const start = this.peek()?.start ?? 0
    this.expect('(')
    for (let depth = 1; depth > 0; ) {
      if (this.take('(')) depth += 1
      else if (this.take(')')) depth -= 1
      else this.next(')')
    }
    return { start, end: this.end }
  }

  /** @throws RangeError naming the place, what stands there and what was wanted. */
  fail(wanted: string): never {
    const token = this.peek()
    const found = token === undefined ? 'the end' : `${token.text.slice(0, 40)} at ${token.start}`
    throw new RangeError(`Cannot read ${this.#sql.slice(0, 60)}: expected ${wanted}, found ${found}`)
  }
}
