/** A schema that the program can make itself, when the application that owns the file cannot be run. */
export interface KnownSchema {
  /** Stable and unique; what `initialize` is asked for. */
  readonly name: string
  /** The system that owns such files. */
  readonly system: string
  readonly title: string
  /** What kind of database it is made in. */
  readonly engine: 'sqlite' | 'duckdb'
  /** Base names of files that hold this schema, in lower case. */
  readonly fileNames: readonly string[]
  /** Folders of which one must lie above the file, for base names that others use too; empty: the name is enough. */
  readonly folders: readonly string[]
  /** One CREATE each, in the order in which they must run. */
  readonly statements: readonly string[]
  /** The schema is there when all of these are. */
  readonly expectedTables: readonly string[]
  /** How the application makes its schema itself (SYSTEMS 4), as typed into a shell. */
  readonly command: string
  /** How its ids become ULIDs unless the operator says otherwise: what the guide wants for this system (SYSTEMS 2.1). */
  readonly strategy: 'replace' | 'expand'
}

/** A plain index, named after what it covers. */
export function indexOn(table: string, column: string): string {
  return `CREATE INDEX idx_${table}_${column} ON ${table} (${column})`
}
