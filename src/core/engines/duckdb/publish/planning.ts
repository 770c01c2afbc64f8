/** What plans for tables are made from. */
import type { LetterCase } from '../../../identifiers/crockford.ts'
import type { ColumnPath } from '../../../schema/names.ts'
import type { Connection } from '../../sqlite/open.ts'
import type { Catalog } from '../catalog.ts'
import type { Store } from '../connect.ts'
import type { CopyRecord } from '../copy-record.ts'
import type { Positions } from '../positions.ts'
import { sameDuckName } from '../sql-text.ts'
import type { TableChange } from './differences.ts'

/** A column that holds ULIDs of its own; `always` where new rows get one from DuckDB, whatever they got before. */
export interface IdentityColumn extends ColumnPath {
  readonly always?: boolean
}

/** A column that goes, and the one that takes its place in keys, constraints and the order of columns. */
export interface Successor extends ColumnPath {
  readonly successor: string
}

export interface Planning {
  readonly store: Store
  /** The working copy after, with that of before attached. */
  readonly db: Connection
  readonly path: string
  readonly catalog: Catalog
  readonly record: CopyRecord | null
  readonly positions: Positions
  readonly identities: readonly IdentityColumn[]
  readonly letterCase: LetterCase
  readonly back: boolean
  readonly successors: readonly Successor[]
  filled(rows: number, of: number, table: string): Promise<void>
}

export function heirsOf({ successors }: Planning, change: TableChange): readonly Successor[] {
  return successors.filter(
    each => each.table === change.name && change.dropped.some(name => sameDuckName(name, each.column)),
  )
}
