/** What a program did to a database after its migration. */
export interface Wrote {
  readonly inserted: number
  readonly updated: number
  readonly deleted: number
  /** What the database would not take, and why. */
  readonly refused: readonly string[]
}

/** How databases of one engine are written to by somebody else, and read. */
export interface Side {
  /** A line for each row and each object of the schema. */
  contentOf(path: string): readonly string[] | Promise<readonly string[]>
  contentHash(path: string): string | Promise<string>
  /** Tables that are made anew from others, equal in meaning, not in bytes. */
  derivedTables(path: string): ReadonlySet<string>
  writeInto(path: string): Wrote | Promise<Wrote>
}
