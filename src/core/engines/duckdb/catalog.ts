/** What a DuckDB database is made of, as its own catalog tells. */
export interface DuckColumn {
  readonly name: string
  /** As DuckDB writes it, but with the names of the database's own types: `VARCHAR`, `FLOAT[384]`, `mood`. */
  readonly type: string
  /** With own types spelled out: `ENUM('a', 'b')`. */
  readonly fullType: string
  readonly notNull: boolean
  /** The expression; null also for a generated column. */
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
  /** The expressions: `(price > 0)`. */
  readonly checks: readonly string[]
  readonly foreignKeys: readonly DuckForeignKey[]
  readonly indexes: readonly DuckIndex[]
}

/** What is not a table. A macro for values and one for tables may share a name: they are two kinds. */
export interface DuckObject {
  readonly kind: 'schema' | 'type' | 'sequence' | 'view' | 'macro' | 'table macro'
  /** Of a schema: its own name. */
  readonly schema: string
  readonly name: string
  /** Makes the same object again; of a sequence: one that goes on where it stands. */
  readonly sql: string
  readonly comment: string | null
  /** Those of a view's columns. */
  readonly columnComments: readonly { readonly column: string; readonly comment: string }[]
}

export interface Catalog {
  /** By schema and name. */
  readonly tables: readonly DuckTable[]
  /** Schemas, types, sequences, macros, views; each kind in the order in which DuckDB has them, which makes them. */
  readonly objects: readonly DuckObject[]
  /** As the file says: `v1.0.0+`; empty for a database in memory. */
  readonly storageVersion: string
}
