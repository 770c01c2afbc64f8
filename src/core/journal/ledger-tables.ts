/** The three tables of the ledger, one for each of its models; what is written and read goes through their schemas. */
import type Database from 'better-sqlite3'
import type { z } from 'zod'
import { poolExecutionSchema, workflowCheckpointSchema, workflowExecutionSchema } from '../models.ts'

const ulid = (column: string) => `CHECK(length(${column}) = 26)`

export const ledgerDdl = `
  CREATE TABLE IF NOT EXISTS workflow_execution(
    execution_id TEXT PRIMARY KEY ${ulid('execution_id')}, workflow_name TEXT NOT NULL CHECK(length(workflow_name) BETWEEN 1 AND 100),
    status TEXT NOT NULL, start_time TEXT NOT NULL, end_time TEXT, iterations INTEGER NOT NULL DEFAULT 1 CHECK(iterations >= 1),
    metadata TEXT NOT NULL DEFAULT '{}' CHECK(json_valid(metadata))) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS pool_execution(
    execution_id TEXT PRIMARY KEY ${ulid('execution_id')}, pool_id TEXT NOT NULL REFERENCES workflow_execution, worker_id TEXT NOT NULL,
    operation TEXT NOT NULL, status TEXT NOT NULL, start_time TEXT NOT NULL, end_time TEXT, metadata TEXT NOT NULL CHECK(json_valid(metadata))) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS pool_execution_worker ON pool_execution(worker_id);
  CREATE TABLE IF NOT EXISTS workflow_checkpoint(
    checkpoint_id TEXT PRIMARY KEY ${ulid('checkpoint_id')}, workflow_execution_id TEXT NOT NULL REFERENCES pool_execution(execution_id),
    stage_name TEXT NOT NULL, status TEXT NOT NULL, result_data TEXT NOT NULL DEFAULT '{}', timestamp TEXT NOT NULL, error_message TEXT) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS workflow_checkpoint_execution ON workflow_checkpoint(workflow_execution_id);
`

/** A table whose columns are the fields of its model; `documents` are those that hold JSON. */
export interface ModelTable<S extends z.ZodObject> {
  readonly name: string
  readonly schema: S
  readonly documents: readonly string[]
}

export const workflowExecutions = {
  name: 'workflow_execution',
  schema: workflowExecutionSchema,
  documents: ['metadata'],
} as const

export const poolExecutions = {
  name: 'pool_execution',
  schema: poolExecutionSchema,
  documents: ['metadata'],
} as const

export const workflowCheckpoints = {
  name: 'workflow_checkpoint',
  schema: workflowCheckpointSchema,
  documents: ['result_data'],
} as const

/** @param clause what follows the values, as `ON CONFLICT ...`. Throws a ZodError for what is no such record. */
export function insertRecord<S extends z.ZodObject>(
  db: Database.Database,
  { name, schema, documents }: ModelTable<S>,
  given: z.input<S>,
  clause = '',
): void {
  const fields = Object.entries(schema.parse(given))
  const values = fields.map(([field, value]) => (documents.includes(field) ? JSON.stringify(value) : value))
  db.prepare(
    `INSERT INTO ${name}(${fields.map(([field]) => field).join(', ')}) VALUES(${fields.map(() => '?').join(', ')}) ${clause}`,
  ).run(...values)
}

/** The records for which `clause` holds, as its model says. Throws a ZodError for a row that is none. */
export function readRecords<S extends z.ZodObject>(
  db: Database.Database,
  { name, schema, documents }: ModelTable<S>,
  clause: string,
  ...values: readonly string[]
): readonly z.output<S>[] {
  const rows = db
    .prepare(`SELECT ${Object.keys(schema.shape).join(', ')} FROM ${name} ${clause}`)
    .all(...values) as Readonly<Record<string, unknown>>[]
  return rows.map(row =>
    schema.parse(
      Object.fromEntries(
        Object.entries(row).map(([field, value]) => [
          field,
          documents.includes(field) ? JSON.parse(String(value)) : value,
        ]),
      ),
    ),
  )
}
