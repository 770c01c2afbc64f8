/**
 * What one run did to a target: kept in the target, read by verify and undo. A target may come from anywhere, so what is
 * read is checked before it is used, and no name in it can lead an undo to a table that is not ours.
 */
import { z } from 'zod'
import { OWN_PREFIX } from '../engines/sqlite/inspect.ts'
import { placeShape } from '../plan/plan-schema.ts'

const own = z.string().startsWith(OWN_PREFIX)

const mapSchema = z
  .strictObject({
    map: own,
    orphans: own,
    table: z.string(),
    column: z.string(),
    /** True for whole numbers: rows that came since get new ones when the run is undone. */
    numeric: z.boolean(),
    /** What the triggers of an expansion live on, see sync-triggers.ts; null for a replacement. */
    live: z.strictObject({ waiting: own, held: own, fresh: own }).readonly().nullable().default(null),
    /** The ULIDs that came from other targets, for an identity that follows theirs; null for any other. */
    followed: own.nullable().default(null),
    /** True where the ids name rows of other targets, and none here. */
    elsewhere: z.boolean().default(false),
  })
  .readonly()

const replacedSchema = z
  .strictObject({
    column: z.string(),
    map: own,
    orphans: own,
    /** The column that holds the integer key as it goes on; null where there is none. */
    legacy: z.string().nullable(),
    role: z.enum(['identity', 'reference']),
    /** What the column is called since, where a contract has named it otherwise. */
    named: z.string().optional(),
  })
  .readonly()

const tableSchema = z
  .strictObject({
    table: z.string(),
    /** Whether the table's key was its rowid under another name. */
    alias: z.boolean(),
    before: z.string(),
    after: z.string(),
    /** Columns whose values are ULIDs now and were legacy ids before, with the map that translates them. */
    replaced: z.array(replacedSchema).readonly(),
    added: z.array(z.string()).readonly(),
    /** ULID columns that a contract has done away with, and the column that holds their values since. */
    merged: z
      .array(
        z
          .strictObject({ column: z.string(), into: z.string(), role: z.enum(['identity', 'reference']) })
          .readonly(),
      )
      .readonly()
      .default([]),
    /** Cells whose old value no map can tell: the table that holds it by position, with the ULID that took its place. */
    kept: z.array(z.strictObject({ column: z.string(), store: own }).readonly()).readonly(),
  })
  .readonly()

/** A column in whose values ids stand; what they were before the run is with the cells that its table has kept. */
const insideSchema = z
  .strictObject({
    table: z.string(),
    column: z.string(),
    places: z
      .array(
        z
          .strictObject({
            ...placeShape,
            map: own,
            /** Null where only the value says whose id it is: one that names no row is nobody's, and stays. */
            orphans: own.nullable(),
            numeric: z.boolean(),
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly()

const objectSchema = z
  .strictObject({
    type: z.enum(['table', 'index', 'view', 'trigger']),
    name: z.string(),
    table: z.string(),
    sql: z.string(),
  })
  .readonly()

export const runRecordSchema = z
  .strictObject({
    maps: z.array(mapSchema).readonly(),
    tables: z.array(tableSchema).readonly(),
    inside: z.array(insideSchema).readonly().default([]),
    /** Objects that were not there before. */
    objects: z.array(objectSchema).readonly(),
    /** Objects that a contract has taken away. */
    removed: z.array(objectSchema).readonly().default([]),
    /** Triggers, indexes and virtual tables that got another text. */
    edited: z
      .array(
        z
          .strictObject({ type: z.string(), name: z.string(), before: z.string(), after: z.string() })
          .readonly(),
      )
      .readonly(),
  })
  .readonly()

export type RunRecord = z.infer<typeof runRecordSchema>
export type MapRecord = z.infer<typeof mapSchema>
export type TableRecord = z.infer<typeof tableSchema>
export type InsideRecord = z.infer<typeof insideSchema>

/** The name under which a column holds its ULIDs since the run. */
export function calledNow({ column, named }: TableRecord['replaced'][number]): string {
  return named ?? column
}

/** The same of the identity that a map belongs to. */
export function identityNow({ tables }: Pick<RunRecord, 'tables'>, map: MapRecord): string {
  const own = tables
    .flatMap(({ table, replaced }) => replaced.map(each => ({ ...each, table })))
    .find(each => each.role === 'identity' && each.map === map.map)
  return own ? calledNow(own) : map.column
}
