/**
 * What one run did to a target: kept in the target, read by verify and undo. A target may come from anywhere, so what is
 * read is checked before it is used, and no name in it can lead an undo to a table that is not ours.
 */
import { z } from 'zod'
import { OWN_PREFIX } from '../engines/sqlite/inspect.ts'

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
    /** Cells whose old value no map can tell: the table that holds it by position, with the ULID that took its place. */
    kept: z.array(z.strictObject({ column: z.string(), store: own }).readonly()).readonly(),
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
    /** Objects that were not there before. */
    objects: z.array(objectSchema).readonly(),
    /** Triggers and virtual tables that got another text. */
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
