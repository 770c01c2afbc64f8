import type { Random } from './random.ts'
import type { StoreRows } from './store-rows.ts'

/** What each family of tables of reflection.duckdb is written with. */
export interface Memory {
  readonly into: StoreRows['into']
  readonly settle: StoreRows['settle']
  readonly random: Random
  readonly rows: number
  /** Of session_buddy.db beside it: no table here has them. */
  readonly sessions: readonly string[]
}
