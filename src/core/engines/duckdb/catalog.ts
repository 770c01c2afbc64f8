/** What a DuckDB database is made of, as its own catalog tells. */
export interface DuckColumn {
  readonly name: string
  /** As DuckDB writes it, but with the names of the database's own types: `VARCHAR`, `FLOAT[384]`, `mood`. */
  readonly type: string
  /** With own types spelled out: `ENUM('a', 'b')`. */
  readonly fullType: string
  readonly notNull: boolean
  readonly default: string | null
  readonly generated: boolean
  readonly collation: string | null
  readonly comment: string | null
}

export interface DuckForeignKey {
  readonly columns: readonly string[]
  readonly schema: string
  readonly table: string
  readonly to: readonly string[]
}

export interface DuckIndex {
  readonly schema: string
  readonly name: string
  readonly table: string
  readonly unique: boolean
  /** Null for an expression. */
  readonly columns: readonly (string | null)[]
  readonly sql: string
  readonly comment: string | null
}

export interface DuckTable {
  readonly schema: string
  readonly name: string
  /** A whole CREATE TABLE that makes the same table again: self references and names of types are in it (HAZARDS F4). */
  readonly sql: string
  readonly comment: string | null
  readonly columns: readonly DuckColumn[]
  readonly primaryKey: readonly string[]
  readonly uniques: readonly (readonly string[])[]
  readonly checks: readonly string[]
  readonly foreignKeys: readonly DuckForeignKey[]
  readonly indexes: readonly DuckIndex[]
}

export interface DuckObject {
  readonly kind: 'schema' | 'type' | 'sequence' | 'view' | 'macro'
  readonly schema: string
  readonly name: string
  readonly sql: string
  readonly comment: string | null
}

export interface Catalog {
  readonly tables: readonly DuckTable[]
  readonly objects: readonly DuckObject[]
  /** As the file says: `v1.0.0+`. */
  readonly storageVersion: string
}
