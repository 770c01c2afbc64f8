/** The schemas that the program knows, how a file is recognised as one of them, and how one is made. */
import { resolve } from 'node:path'
import type Database from 'better-sqlite3'
import { precondition } from '../message.ts'
import { inShell } from '../shell.ts'
import { crackerjackSchema } from './schemas/crackerjack.ts'
import { crackerjackMetricsSchema } from './schemas/crackerjack-metrics.ts'
import { knowledgeGraphSchema } from './schemas/knowledge-graph.ts'
import type { KnownSchema } from './schemas/known-schema.ts'
import { mahavishnuLearningSchema } from './schemas/mahavishnu-learning.ts'
import { oneiricCheckpointsSchema } from './schemas/oneiric-checkpoints.ts'
import { reflectionSchema } from './schemas/reflection.ts'
import { sessionBuddySchema } from './schemas/session-buddy.ts'
import type { System } from './system.ts'

export type { KnownSchema } from './schemas/known-schema.ts'

export const knownSchemas: readonly KnownSchema[] = [
  crackerjackSchema,
  crackerjackMetricsSchema,
  sessionBuddySchema,
  oneiricCheckpointsSchema,
  reflectionSchema,
  knowledgeGraphSchema,
  mahavishnuLearningSchema,
]

/**
 * The schema that a file should have by its name and the folders above it, without opening it.
 *
 * @param path absolute, or relative to the working folder
 * @returns null when the name says nothing
 */
export function knownSchemaFor(path: string): KnownSchema | null {
  const steps = resolve(path).toLowerCase().split(/[\\/]/)
  const fileName = steps.pop() ?? ''
  const named = knownSchemas.filter(schema => schema.fileNames.includes(fileName))
  return (
    named.find(schema => schema.folders.length === 0 || schema.folders.some(name => steps.includes(name))) ??
    null
  )
}

/**
 * Where the known schema of a system is made, and which: its own at the first place that is known for it, else at the first;
 * where a file is named, the one that it is known for, else the system's own.
 */
export function knownPlaceOf(
  { schema, places }: System,
  named: string | null,
): { readonly path: string; readonly schema: string } | null {
  const paths = places.map(place => place.path)
  const path = named ?? paths.find(each => knownSchemaFor(each)?.name === schema) ?? paths[0]
  const name = (named === null ? undefined : knownSchemaFor(named)?.name) ?? schema
  return path === undefined || name === null ? null : { path, schema: name }
}

/**
 * Makes all tables and indexes of a SQLite schema, in one transaction: afterwards all are there, or none.
 *
 * @throws Refusal `SCHEMA.EXISTS` when a table of it is there already; the database is as it was
 */
export function createKnownSchema(db: Database.Database, schema: KnownSchema): void {
  const create = db.transaction(() => {
    const present = tablesAlreadyThere(db, schema)
    if (present.length > 0) {
      throw precondition(
        'SCHEMA.EXISTS',
        db.name,
        `The schema "${schema.name}" was not made: ${present.join(', ')} ${present.length === 1 ? 'is' : 'are'} there already.`,
        'A known schema is only made in a database that has none of its tables, so that nothing of yours is touched.',
        inShell`Look at what is there: ulid-migrate detect ${db.name}`,
      )
    }
    for (const statement of schema.statements) db.exec(statement)
  })
  create.immediate()
}

function tablesAlreadyThere(db: Database.Database, schema: KnownSchema): readonly string[] {
  // Names in SQLite compare without case, and a view takes a table's name as well.
  const there = db.prepare<[string]>('SELECT 1 FROM sqlite_schema WHERE name = ? COLLATE NOCASE')
  return schema.expectedTables.filter(table => there.get(table) !== undefined)
}
