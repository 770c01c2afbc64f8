/** What a program did to a database after its migration. */
export interface Wrote {
  readonly inserted: number
  readonly updated: number
  readonly deleted: number
  /** What the database would not take, and why. */
  readonly refused: readonly string[]
}
