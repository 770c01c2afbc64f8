/** Checks a copy of a DuckDB file against the file, in a process that wrote neither. */
import type { Context } from '../../context.ts'
import type { Answers } from '../../requests.ts'
import { quoteName as q } from '../../schema/names.ts'
import { differs } from '../snapshot-differs.ts'
import type { Store } from './connect.ts'
import { describeDuckDB } from './describe.ts'
import { limitsOf } from './limits.ts'
import { openPatiently } from './open-patiently.ts'

/**
 * Opens both to read, which the target's own readers need not notice, and compares what they are made of and every row in
 * its place. Throws a refusal (exit 4) when `snapshot` is anything but the same content.
 */
export async function checkStore(
  target: string,
  snapshot: string,
  context: Context,
): Promise<Answers['check-snapshot']> {
  const was = await contentOf(target, context)
  const is = await contentOf(snapshot, context)
  const lines = new Set(is.lines)
  const missing = was.lines.filter(line => !lines.delete(line))
  const [lost, added] = [missing[0], [...lines][0]]
  if (lost !== undefined || added !== undefined)
    throw differs(
      snapshot,
      [lost && `the database has ${lost}`, added && `the snapshot has ${added}`].filter(Boolean).join('; '),
    )
  return { rows: is.rows }
}

/** All there is to a database, as lines that are alike where it is. */
async function contentOf(path: string, context: Context) {
  const store = await openPatiently(path, 'read-only', limitsOf(context.settings), context)
  try {
    const tables = await tablesOf(store)
    const lines = await catalogLines(store)
    let rows = 0
    for (const [done, [schema, table]] of tables.entries()) {
      const object = schema === 'main' ? table : `${schema}.${table}`
      const [count, hash] = await digestOf(store, schema, table)
      lines.push(`${object}: ${count} rows with the digest ${hash}`)
      rows += Number(count)
      context.emit({
        type: 'progress',
        phase: 'check-snapshot',
        object,
        unit: 'objects',
        done: done + 1,
        total: tables.length,
      })
      await context.breathe()
    }
    return { lines, rows }
  } catch (error) {
    throw describeDuckDB(error, path)
  } finally {
    store.close()
  }
}

async function tablesOf(store: Store): Promise<readonly (readonly [schema: string, table: string])[]> {
  const rows = await store.all(
    'SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal ORDER BY ALL',
  )
  return rows.map(([schema, table]) => [String(schema), String(table)])
}

/**
 * Rows are told apart by their cells and by how many stand before them. Their numbers may be others: taking a .wal in
 * closes the gaps that deleted rows have left.
 */
async function digestOf(store: Store, schema: string, table: string): Promise<readonly [string, string]> {
  const columns = await store.all(
    'SELECT column_name FROM duckdb_columns() WHERE schema_name = $1 AND table_name = $2 ORDER BY column_index',
    [schema, table],
  )
  const cells = columns.map((_, at) => `c${at}`)
  const named = columns.map(([name], at) => `${q(String(name))} AS c${at}`)
  const [row] = await store.all(
    `SELECT count(*), coalesce(sum(hash(place, ${cells.join(', ')})), 0)
     FROM (SELECT row_number() OVER () AS place, ${named.join(', ')} FROM ${q(schema)}.${q(table)})`,
  )
  return [String(row![0]), String(row![1])]
}

/** What DuckDB itself tells of each kind of object, but for sizes and for the numbers that it gives them. */
const catalogs: readonly (readonly [kind: string, columns: string, from: string])[] = [
  ['schema', 'schema_name, comment, tags', 'duckdb_schemas()'],
  ['table', 'schema_name, table_name, comment, tags, sql', 'duckdb_tables()'],
  [
    'column',
    'schema_name, table_name, column_name, column_index, comment, column_default, is_nullable, data_type',
    'duckdb_columns()',
  ],
  [
    'constraint',
    'schema_name, table_name, constraint_index, constraint_type, constraint_text, expression, constraint_column_names, referenced_table, referenced_column_names',
    'duckdb_constraints()',
  ],
  ['index', 'schema_name, index_name, comment, tags, table_name, is_unique, sql', 'duckdb_indexes()'],
  ['view', 'schema_name, view_name, comment, tags, sql', 'duckdb_views()'],
  [
    'sequence',
    'schema_name, sequence_name, comment, tags, start_value, min_value, max_value, increment_by, cycle, last_value, sql',
    'duckdb_sequences()',
  ],
  ['type', 'schema_name, type_name, logical_type, labels, comment, tags', 'duckdb_types()'],
  [
    'macro',
    'schema_name, function_name, function_type, parameters, macro_definition, comment, tags',
    'duckdb_functions()',
  ],
]

/** These tell only of what somebody has made. */
const plain = new Set(['duckdb_constraints()', 'duckdb_indexes()', 'duckdb_sequences()'])

async function catalogLines(store: Store): Promise<string[]> {
  const lines: string[] = []
  for (const [kind, columns, from] of catalogs) {
    const own = plain.has(from) ? '' : 'AND NOT internal'
    const rows = await store.all(
      `SELECT to_json(t) FROM (SELECT ${columns} FROM ${from} WHERE database_name = current_database() ${own}) t`,
    )
    lines.push(...rows.map(([text]) => `${kind} ${String(text)}`))
  }
  return lines
}
