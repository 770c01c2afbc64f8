/** What a plan looks like where it is read: from a file, and from the record of a run. */
import { z } from 'zod'
import { parsePath } from '../inside/path.ts'
import { parsePattern } from '../inside/pattern.ts'

/** What a contract does with a column pair of an expansion; absent in any other plan. */
const contractedSchema = z
  .strictObject({
    /** The ULID column that goes, or whose name the column takes. */
    ulid: z.string(),
    /** What the column is called afterwards: as the ULID column, or as the legacy one. */
    name: z.string(),
    /** For an identity: the tables and the view that the expansion's triggers live on. */
    live: z
      .strictObject({ waiting: z.string(), held: z.string(), fresh: z.string(), orphans: z.string() })
      .readonly()
      .optional(),
  })
  .readonly()

export const referenceSchema = z
  .strictObject({
    table: z.string(),
    column: z.string(),
    kind: z.enum(['declared', 'inferred', 'composite']),
    /** Name of the column that an expansion adds beside the reference. */
    beside: z.string().nullable(),
    /** The name under which the legacy values go on: an integer key that is kept, or what a contract keeps. */
    legacy: z.string().nullable(),
    contracted: contractedSchema.optional(),
    /** Creation column of the referring table: an orphan is as old as the first row that refers to it. */
    time: z.string().nullable(),
  })
  .readonly()

/** A column of another target whose rows have their ULIDs first. */
export const leaderSchema = z
  .strictObject({ target: z.string(), table: z.string(), column: z.string() })
  .readonly()

export const identitySchema = z
  .strictObject({
    table: z.string(),
    column: z.string(),
    strategy: z.enum(['replace', 'expand', 'contract']),
    time: z
      .strictObject({ from: z.enum(['id', 'column', 'order']), column: z.string().optional() })
      .readonly(),
    /** Name of the column that an expansion adds beside the identity. */
    beside: z.string().nullable(),
    /** Name of the column that tells when those ULIDs were made, where one is wanted. */
    generatedAt: z.string().exactOptional(),
    /** The name under which the legacy ids go on: an integer key that is kept, or what a contract keeps. */
    legacy: z.string().nullable(),
    contracted: contractedSchema.optional(),
    /** Letter case of the ULIDs: one per column, or equality and order would break (HAZARDS B3). */
    case: z.enum(['upper', 'lower']),
    /** Identities of other targets that name the same things: an id that one of them knows gets the ULID it has there. */
    follows: z.array(leaderSchema).readonly().exactOptional(),
    references: z.array(referenceSchema).readonly(),
  })
  .readonly()

/** Columns that hold ids of other targets: their ULIDs are read from there. */
export const foreignSchema = z
  .strictObject({
    /** Who is asked for a ULID, one after the other. */
    of: z.array(leaderSchema).min(1).readonly(),
    /** How the first of them compares its ids: what is equal there is equal here (HAZARDS B11). */
    affinity: z.enum(['integer', 'text', 'blob', 'real', 'numeric']),
    collation: z.string(),
    case: z.enum(['upper', 'lower']),
    /** None where their ids only stand inside of values. */
    references: z.array(referenceSchema).readonly(),
  })
  .readonly()

/** Whether a text is one that can be read. */
function reads(read: (text: string) => unknown): (text: string) => boolean {
  return text => {
    try {
      read(text)
      return true
    } catch {
      return false
    }
  }
}

/** A place in values, as a plan and the record of a run write it. */
export const placeShape = {
  kind: z.enum(['json', 'polymorphic', 'embedded']),
  path: z.string().refine(reads(parsePath)).exactOptional(),
  pattern: z.string().refine(reads(parsePattern)).exactOptional(),
  when: z
    .strictObject({ column: z.string(), is: z.array(z.string()).readonly() })
    .readonly()
    .exactOptional(),
} as const

/** A column whose values hold ids without being ids: the places in them, each with the identity that it refers to. */
export const insideSchema = z
  .strictObject({
    table: z.string(),
    column: z.string(),
    places: z
      .array(
        z
          .strictObject({
            ...placeShape,
            /** One of the plan's identities; with a target, one of those that {@link foreignSchema} takes ULIDs from. */
            of: z
              .strictObject({ target: z.string().exactOptional(), table: z.string(), column: z.string() })
              .readonly(),
          })
          .readonly(),
      )
      .readonly(),
    /** Creation column of the table: an orphan is as old as the first row that refers to it. */
    time: z.string().nullable(),
  })
  .readonly()

export const planSchema = z
  .strictObject({
    schema: z.literal('ulid-migrate.plan/1'),
    target: z.string(),
    engine: z.enum(['sqlite', 'duckdb']),
    fingerprint: z.string(),
    /** 64 hex digits. */
    seed: z.string().regex(/^[0-9a-f]{64}$/),
    /** Milliseconds since 1970, UTC. */
    baseTime: z.number().int().nonnegative(),
    timezone: z.string(),
    sentinels: z.enum(['keep', 'null', 'refuse']),
    identities: z.array(identitySchema).readonly(),
    /** Absent where no id stands inside a value, so that plans of before keep their hash. */
    inside: z.array(insideSchema).readonly().exactOptional(),
    /** Absent where no column holds ids of another target. */
    foreign: z.array(foreignSchema).readonly().exactOptional(),
    /** What of its expansions a contract takes away, and which triggers get their own text back. */
    contract: z
      .strictObject({
        runs: z.array(z.string()).readonly(),
        drops: z
          .array(z.strictObject({ type: z.enum(['index', 'trigger']), name: z.string() }).readonly())
          .readonly(),
        restores: z.array(z.strictObject({ name: z.string(), sql: z.string() }).readonly()).readonly(),
      })
      .readonly()
      .optional(),
    /** sha256 over everything above, as canonical JSON. */
    hash: z.string(),
  })
  .readonly()
