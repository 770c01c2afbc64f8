/**
 * The schema of a SQLite database as it was found. Nothing is ever rendered back from this model: the stored text of
 * an object is the truth, and stays beside what SQLite's own pragmas say of it.
 */

export type Affinity = 'integer' | 'text' | 'blob' | 'real' | 'numeric'

export interface Column {
  readonly name: string
  readonly type: string
  readonly affinity: Affinity
  readonly notNull: boolean
  readonly default: string | null
  readonly generated: 'no' | 'virtual' | 'stored'
  /** Position in the primary key, from 1; 0 when not part of it. */
  readonly key: number
}

export interface Index {
  readonly name: string
  readonly table: string
  readonly unique: boolean
  readonly origin: 'create' | 'unique' | 'primary-key'
  readonly partial: boolean
  /** Null for an expression. */
  readonly columns: readonly (string | null)[]
  readonly collations: readonly string[]
  /** Null for the index behind a constraint. */
  readonly sql: string | null
}

export interface ForeignKey {
  readonly from: readonly string[]
  readonly parent: string
  /** Resolved: an implicit target is filled in with the parent's primary key. */
  readonly to: readonly string[]
  /** True where the text says only `REFERENCES parent`. */
  readonly implicit: boolean
}

export interface Table {
  readonly name: string
  readonly sql: string
  readonly kind: 'table' | 'virtual' | 'shadow'
  readonly withoutRowid: boolean
  readonly strict: boolean
  readonly autoincrement: boolean
  /** The column that is the rowid under another name (HAZARDS B1), if there is one. */
  readonly rowidAlias: string | null
  /** `rowid`, `_rowid_` or `oid`, whichever no column hides (HAZARDS D6); null where all are hidden or there is none. */
  readonly rowid: string | null
  readonly columns: readonly Column[]
  readonly primaryKey: readonly string[]
  readonly foreignKeys: readonly ForeignKey[]
  readonly indexes: readonly Index[]
}

/** A row of sqlite_schema that has text: tables, indexes, views and triggers, in stored order. */
export interface SchemaObject {
  readonly type: 'table' | 'index' | 'view' | 'trigger'
  readonly name: string
  readonly table: string
  readonly sql: string
}

export interface Schema {
  readonly objects: readonly SchemaObject[]
  readonly tables: readonly Table[]
  /** What SQLite keeps beside the tables: `sqlite_sequence`, and `sqlite_stat1` where ANALYZE has been run. */
  readonly statistics: readonly string[]
  readonly encoding: string
  readonly pageSize: number
  /** sha256 over the sorted objects, without our own tables. */
  readonly fingerprint: string
}
