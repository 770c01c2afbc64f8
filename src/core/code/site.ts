import type { Edit } from './edits.ts'
import type { Node, Span } from './source-file.ts'

/** A place in the source where an id is made. */
export interface Site {
  readonly rule: string
  readonly node: Node
  readonly span: Span
  /** What the value is given to. */
  readonly subject: string
  readonly verdict: 'change' | 'leave' | 'ask'
  readonly why: string
  /** Variables of the same function that the value is made of. */
  readonly parts: readonly Node[]
  /** What it becomes; null for a call of the generator. */
  readonly becomes: string | null
  /** Whether it is a function that is handed on, to make an id each time. */
  readonly factory?: true
  /** What else changes with it. */
  readonly also?: readonly Edit[]
}
