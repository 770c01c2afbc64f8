/** Reads what a database is made of. The texts DuckDB gives are not whole: what is missing is put back (HAZARDS F4). */
import { settledCasts } from './cast-text.ts'
import type { Catalog, DuckForeignKey, DuckIndex, DuckTable } from './catalog.ts'
import type { Store } from './connect.ts'
import { parseTable, printTable } from './create-table.ts'
import { readMacros } from './read-macros.ts'
import { readSchemas, readSequences, readTypes, readViews } from './read-objects.ts'
import { rowsOf } from './rows.ts'
import { bracketed, inSchema, leadingName, nameList, splitAtCommas } from './sql-text.ts'
import { type OwnType, withOwnTypes } from './type-text.ts'

/** The catalog of an attached database, by default of the one that the store is connected to. */
export async function readCatalog(store: Store, database?: string): Promise<Catalog> {
  const name = database ?? String((await store.all('SELECT current_database()'))[0]![0])
  const types = await readTypes(store, name)
  return {
    tables: await readTables(store, name, types.own),
    objects: [
      ...(await readSchemas(store, name)),
      ...types.objects,
      ...(await readSequences(store, name)),
      ...(await readMacros(store, name)),
      ...(await readViews(store, name)),
    ],
    storageVersion: await storageVersion(store, name),
  }
}

async function storageVersion(store: Store, database: string): Promise<string> {
  const [found] = await rowsOf<{ tags: readonly { key: string; value: string }[] }>(
    store,
    'SELECT tags FROM duckdb_databases() WHERE database_name = $1',
    [database],
  )
  return found?.tags.find(tag => tag.key === 'storage_version')?.value ?? ''
}

interface TableRow {
  readonly schema: string
  readonly name: string
  readonly comment: string | null
  readonly sql: string
}

interface ColumnRow {
  readonly schema: string
  readonly table: string
  readonly name: string
  readonly comment: string | null
  readonly nullable: boolean
}

interface ConstraintRow {
  readonly schema: string
  readonly table: string
  readonly kind: 'PRIMARY KEY' | 'UNIQUE' | 'CHECK' | 'FOREIGN KEY'
  readonly text: string
  readonly expression: string | null
  readonly columns: readonly string[]
  readonly parent: string | null
  readonly to: readonly string[]
}

interface IndexRow extends Omit<DuckIndex, 'columns'> {}

async function readTables(store: Store, database: string, own: readonly OwnType[]): Promise<DuckTable[]> {
  const tables = await rowsOf<TableRow>(
    store,
    `SELECT schema_name AS schema, table_name AS name, comment, sql FROM duckdb_tables()
     WHERE NOT internal AND database_name = $1 ORDER BY schema_name, table_name`,
    [database],
  )
  const columns = byTable(
    await rowsOf<ColumnRow>(
      store,
      `SELECT schema_name AS schema, table_name AS table, column_name AS name, comment, is_nullable AS nullable
       FROM duckdb_columns() WHERE NOT internal AND database_name = $1 ORDER BY column_index`,
      [database],
    ),
  )
  const constraints = byTable(
    await rowsOf<ConstraintRow>(
      store,
      `SELECT schema_name AS schema, table_name AS table, constraint_type AS kind, constraint_text AS text, expression,
              constraint_column_names AS columns, referenced_table AS parent, referenced_column_names AS to
       FROM duckdb_constraints()
       WHERE database_name = $1 AND constraint_type <> 'NOT NULL' ORDER BY constraint_index`,
      [database],
    ),
  )
  const indexes = byTable(
    await rowsOf<IndexRow>(
      store,
      `SELECT schema_name AS schema, index_name AS name, table_name AS table, is_unique AS unique, sql, comment
       FROM duckdb_indexes() WHERE database_name = $1 ORDER BY index_name`,
      [database],
    ),
  )
  return tables.map(table => {
    const key = inSchema(table.schema, table.name)
    return tableOf(table, columns.get(key) ?? [], constraints.get(key) ?? [], indexes.get(key) ?? [], own)
  })
}

function tableOf(
  table: TableRow,
  columnRows: readonly ColumnRow[],
  constraints: readonly ConstraintRow[],
  indexes: readonly IndexRow[],
  own: readonly OwnType[],
): DuckTable {
  const { schema, name, comment } = table
  const written = parseTable(settledCasts(withKeys(table, constraints)))
  const columns = written.columns.map(column => ({
    ...column,
    type: withOwnTypes(column.type, own, schema),
  }))
  const columnsOf = (kind: ConstraintRow['kind']) =>
    constraints.filter(each => each.kind === kind).map(each => each.columns)
  return {
    schema,
    name,
    sql: printTable({ ...written, columns }),
    comment,
    columns: columns.map((column, position) => ({
      name: column.name,
      type: column.type,
      fullType: written.columns[position]!.type,
      notNull: !columnRows[position]!.nullable,
      default: column.default,
      generated: column.generated !== null,
      collation: column.collation,
      comment: columnRows[position]!.comment,
    })),
    primaryKey: columnsOf('PRIMARY KEY')[0] ?? [],
    uniques: columnsOf('UNIQUE'),
    checks: constraints.flatMap(each => (each.expression === null ? [] : settledCasts(each.expression))),
    foreignKeys: constraints.filter(each => each.kind === 'FOREIGN KEY').map(foreignKeyOf),
    indexes: indexes.map(index => ({
      ...index,
      sql: settledCasts(index.sql),
      columns: indexColumns(index.sql),
    })),
  }
}

/**
 * The table's text with its foreign keys whole. DuckDB leaves an empty place for a reference to the table itself, and
 * writes names in others without their quotes; so its words are replaced, last constraint first, before anything reads
 * them. A key of one column may stand behind that column instead: then it is not among them.
 */
function withKeys(table: TableRow, constraints: readonly ConstraintRow[]): string {
  let rest = table.sql.slice(0, -');'.length)
  let whole = ''
  for (const constraint of [...constraints].reverse()) {
    const written = `, ${constraint.text}`
    if (rest.endsWith(written)) {
      rest = rest.slice(0, rest.length - written.length)
      whole = `, ${constraint.kind === 'FOREIGN KEY' ? foreignKeyText(constraint) : constraint.text}${whole}`
    } else if (!isKey(constraint) || constraint.columns.length > 1)
      throw new Error(
        `${constraint.kind} of ${table.name} is not where it should be in its text: ${table.sql}`,
      )
  }
  return `${rest}${whole});`
}

function isKey({ kind }: ConstraintRow): boolean {
  return kind === 'PRIMARY KEY' || kind === 'UNIQUE'
}

// DuckDB has no keys from one schema to another.
function foreignKeyOf({ columns, schema, parent, to }: ConstraintRow): DuckForeignKey {
  return { columns, schema, table: parent!, to }
}

function foreignKeyText(constraint: ConstraintRow): string {
  const { columns, schema, table, to } = foreignKeyOf(constraint)
  return `FOREIGN KEY ${nameList(columns)} REFERENCES ${inSchema(schema, table)}${nameList(to)}`
}

/** The columns of an index; null for an expression, which DuckDB puts in brackets. */
function indexColumns(sql: string): readonly (string | null)[] {
  const items = splitAtCommas(bracketed(sql)!.inside)
  return items.map(item => leadingName(item)?.name ?? null)
}

function byTable<Row extends { readonly schema: string; readonly table: string }>(
  rows: readonly Row[],
): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const key = inSchema(row.schema, row.table)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [row])
    else group.push(row)
  }
  return groups
}
