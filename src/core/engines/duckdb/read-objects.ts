/** Schemas, types, sequences and views: everything but tables and macros. */
import { quoteName as q, quoteText } from '../../schema/names.ts'
import { settledCasts } from './cast-text.ts'
import type { DuckObject } from './catalog.ts'
import type { Store } from './connect.ts'
import { rowsOf } from './rows.ts'
import { inSchema } from './sql-text.ts'
import type { OwnType } from './type-text.ts'

interface Named {
  readonly schema: string
  readonly name: string
  readonly comment: string | null
}

export async function readSchemas(store: Store, database: string): Promise<readonly DuckObject[]> {
  const schemas = await rowsOf<{ name: string; comment: string | null }>(
    store,
    `SELECT schema_name AS name, comment FROM duckdb_schemas()
     WHERE NOT internal AND database_name = $1 ORDER BY oid`,
    [database],
  )
  return schemas.map(({ name, comment }) => ({
    kind: 'schema',
    schema: name,
    name,
    sql: `CREATE SCHEMA ${q(name)};`,
    comment,
    columnComments: [],
  }))
}

/** The types as objects, and those that a column can get by name though DuckDB writes them out in full. */
export async function readTypes(
  store: Store,
  database: string,
): Promise<{ readonly objects: readonly DuckObject[]; readonly own: readonly OwnType[] }> {
  const types = await rowsOf<Named>(
    store,
    `SELECT schema_name AS schema, type_name AS name, comment FROM duckdb_types()
     WHERE NOT internal AND database_name = $1 ORDER BY type_oid`,
    [database],
  )
  if (types.length === 0) return { objects: [], own: [] }
  const samples = types.map(({ schema, name }) => `NULL::${q(database)}.${inSchema(schema, name)}`)
  const described = await rowsOf<{ column_type: string }>(store, `DESCRIBE SELECT ${samples.join(', ')}`)
  const keywords = new Set(
    (await rowsOf<{ word: string }>(store, 'SELECT keyword_name AS word FROM duckdb_keywords()')).map(
      each => each.word,
    ),
  )
  const spell = (name: string) => (/^[a-z_][a-z0-9_]*$/.test(name) && !keywords.has(name) ? name : q(name))
  const defined = types.map((type, position) => ({ ...type, definition: described[position]!.column_type }))
  return {
    objects: defined.map(({ schema, name, comment, definition }) => ({
      kind: 'type',
      schema,
      name,
      sql: `CREATE TYPE ${inSchema(schema, name)} AS ${definition};`,
      comment,
      columnComments: [],
    })),
    own: defined
      // An alias of a plain type is lost for good: no INTEGER tells whether it was one.
      .filter(({ definition }) => /^(ENUM|STRUCT|UNION)\(.*\)$/s.test(definition))
      .map(({ schema, name, definition }) => ({
        schema,
        spelled: schema === 'main' ? spell(name) : `${spell(schema)}.${spell(name)}`,
        definition,
      })),
  }
}

interface Sequence extends Named {
  readonly smallest: string
  readonly largest: string
  readonly step: string
  readonly cycle: boolean
  readonly sql: string
}

/**
 * DuckDB's own text has no schema and no quotes. START is the next value in it, and right; `last_value` is not: a file
 * that was opened anew says the next one there too.
 */
export async function readSequences(store: Store, database: string): Promise<readonly DuckObject[]> {
  const sequences = await rowsOf<Sequence>(
    store,
    `SELECT schema_name AS schema, sequence_name AS name, comment, min_value AS smallest, max_value AS largest,
            increment_by AS step, cycle, sql
     FROM duckdb_sequences() WHERE database_name = $1 ORDER BY sequence_oid`,
    [database],
  )
  return sequences.map(({ schema, name, comment, ...sequence }) => ({
    kind: 'sequence',
    schema,
    name,
    sql: sequenceText(inSchema(schema, name), sequence),
    comment,
    columnComments: [],
  }))
}

function sequenceText(name: string, sequence: Omit<Sequence, keyof Named>): string {
  const { smallest, largest, step, cycle } = sequence
  const next = / START (-?\d+) (?:NO )?CYCLE;$/.exec(sequence.sql)![1]!
  const usedUp = BigInt(next) > BigInt(largest) || BigInt(next) < BigInt(smallest)
  const start = usedUp ? (step.startsWith('-') ? smallest : largest) : next
  const text = `CREATE SEQUENCE ${name} INCREMENT BY ${step} MINVALUE ${smallest} MAXVALUE ${largest} START ${start}${cycle ? '' : ' NO'} CYCLE;`
  // None can begin behind its end: the last value is taken.
  return usedUp ? `${text} SELECT nextval(${quoteText(name)});` : text
}

export async function readViews(store: Store, database: string): Promise<readonly DuckObject[]> {
  const views = await rowsOf<Named & { sql: string }>(
    store,
    `SELECT schema_name AS schema, view_name AS name, comment, sql FROM duckdb_views()
     WHERE NOT internal AND database_name = $1 ORDER BY view_oid`,
    [database],
  )
  const comments = await rowsOf<Named & { column: string; comment: string }>(
    store,
    `SELECT schema_name AS schema, table_name AS name, column_name AS column, comment FROM duckdb_columns()
     WHERE database_name = $1 AND comment IS NOT NULL ORDER BY column_index`,
    [database],
  )
  return views.map(view => ({
    kind: 'view',
    ...view,
    sql: settledCasts(view.sql),
    columnComments: comments
      .filter(each => each.schema === view.schema && each.name === view.name)
      .map(({ column, comment }) => ({ column, comment })),
  }))
}
