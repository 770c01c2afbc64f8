/**
 * What is known of a programming language, as data: how ids are made in it, what is only put around such a value, and
 * what would reject a ULID. The patterns are ast-grep's; the words that decide about a site are in `words.ts`.
 */
import type { Rule } from '@ast-grep/napi'

/** An expression that makes a value which may serve as an id. */
export interface Maker {
  readonly id: string
  /** `$F` is the called function, `$$$A` its arguments. */
  readonly rule: Rule
  /** The full name of the function, once imports are followed; without it the rule alone decides. */
  readonly called?: RegExp
  /** Chance: differs at every call. Content: the same for the same arguments. */
  readonly from: 'chance' | 'content'
  /** Whether the value is an object that has yet to be made a text. */
  readonly object?: true
  /** A function that is handed on, to be called for each new row. */
  readonly factory?: true
  /** Such a value is nothing to speak of but where its name is that of an id. */
  readonly onlyIds?: true
  /** What may stand around this value besides, and leaves it what it is. */
  readonly wraps?: readonly Rule[]
  /** Of these, what makes it a text. */
  readonly texts?: readonly Rule[]
  /** Why it may be meant so, where the name alone does not tell. */
  readonly meant?: { readonly name: RegExp; readonly why: string }
  readonly what: string
}

/** An expression that would not take a ULID for an id. */
export interface Validator {
  readonly id: string
  readonly rule: Rule
  readonly called?: RegExp
  readonly why: string
}

export interface Language {
  readonly name: string
  /** As ast-grep knows it, by the extension of a file. */
  readonly grammars: Readonly<Record<string, string>>
  /** A file without any of these words is not worth parsing. */
  readonly hint: RegExp
  readonly makers: readonly Maker[]
  /** What may stand around a value that was made, and leaves it the same id in another spelling. */
  readonly wraps: readonly Rule[]
  /** Of the above, what makes an object a text. */
  readonly texts: readonly Rule[]
  readonly composed: Texts
  /** A value that tells the time, by its own text. */
  readonly time: RegExp
  /** One that tells no more of it than the day. */
  readonly day: RegExp
  /** What says of a place that it takes UUIDs only, texts of less than 26 characters, or texts. */
  readonly typed: { readonly uuid: RegExp; readonly short: RegExp; readonly text: RegExp }
  /** What is handed on to make an id each time: the generator, or a function that calls it. */
  readonly factory: (local: string, call: string) => string
  /** Between a value and what it is given to. */
  readonly through: ReadonlySet<string>
  readonly validators: readonly Validator[]
  readonly kinds: Kinds
  /** Files whose ids are nobody's rows. */
  readonly tests: RegExp
}

/** How texts are put together. */
export interface Texts {
  /** A text with values put in. */
  readonly template: { readonly kind: string; readonly value: string; readonly content: string }
  /** One text behind the other. */
  readonly sums: readonly Rule[]
  /** A text `$S` with places for the values `$V` or `$$$V`. */
  readonly formats: readonly { readonly rule: Rule; readonly place: RegExp }[]
  readonly literals: ReadonlySet<string>
}

/** What the grammar calls the things that are looked for. */
export interface Kinds {
  readonly functions: ReadonlySet<string>
  readonly assignments: ReadonlySet<string>
  readonly identifiers: ReadonlySet<string>
  readonly comment: string
  /** Statements, by the kinds of their parents. */
  readonly blocks: ReadonlySet<string>
}
