/** What an attack says of itself when it is over. */
export interface Attacked {
  /** One line for the end of the output, and for docs/safety.md. */
  readonly line: string
  readonly violations: readonly string[]
}
