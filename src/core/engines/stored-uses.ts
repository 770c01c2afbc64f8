/** What only the store itself knows of: DuckDB's views, macros, CHECKs, generated columns and indexes over expressions. */
import type { ColumnPath } from '../schema/names.ts'

/** A place where one of them speaks of a column. */
export interface StoredUse {
  readonly column: ColumnPath
  readonly kind: 'CHECK' | 'generated column' | 'index' | 'view' | 'macro'
  /** How it is called when it is accepted. */
  readonly object: string
  readonly expression: string
  /** Whether it would mean something else, or fail, once the column holds ULIDs. */
  readonly meaning: boolean
  /** Whether it may mean another column of that name: names in a query are not resolved here. */
  readonly doubtful: boolean
}

export type StoredUses = (columns: readonly ColumnPath[]) => readonly StoredUse[]
