/**
 * A plan says exactly what will change, as plain frozen data: facts from detection plus the operator's choices, bound
 * to the schema by its fingerprint. The same plan gives the same rows the same ULIDs, whatever came since, because it
 * holds the seed and the base time; its hash covers both.
 */
import { z } from 'zod'

const referenceSchema = z
  .strictObject({
    table: z.string(),
    column: z.string(),
    kind: z.enum(['declared', 'inferred', 'composite']),
    /** Name of the column that an expansion adds beside the reference. */
    beside: z.string().nullable(),
    /** Where the reference is its table's integer key as well: the name that key goes on under. */
    legacy: z.string().nullable(),
    /** Creation column of the referring table: an orphan is as old as the first row that refers to it. */
    time: z.string().nullable(),
  })
  .readonly()

const identitySchema = z
  .strictObject({
    table: z.string(),
    column: z.string(),
    strategy: z.enum(['replace', 'expand']),
    time: z
      .strictObject({ from: z.enum(['id', 'column', 'order']), column: z.string().optional() })
      .readonly(),
    /** Name of the column that an expansion adds beside the identity. */
    beside: z.string().nullable(),
    /** Name of the column that tells when those ULIDs were made, where one is wanted. */
    generatedAt: z.string().exactOptional(),
    /** An integer key that is kept: the name it goes on under. */
    legacy: z.string().nullable(),
    /** Letter case of the ULIDs: one per column, or equality and order would break (HAZARDS B3). */
    case: z.enum(['upper', 'lower']),
    references: z.array(referenceSchema).readonly(),
  })
  .readonly()

export const planSchema = z
  .strictObject({
    schema: z.literal('ulid-migrate.plan/1'),
    target: z.string(),
    engine: z.literal('sqlite'),
    fingerprint: z.string(),
    /** 64 hex digits. */
    seed: z.string().regex(/^[0-9a-f]{64}$/),
    /** Milliseconds since 1970, UTC. */
    baseTime: z.number().int().nonnegative(),
    timezone: z.string(),
    sentinels: z.enum(['keep', 'null', 'refuse']),
    identities: z.array(identitySchema).readonly(),
    /** sha256 over everything above, as canonical JSON. */
    hash: z.string(),
  })
  .readonly()

export type Plan = z.infer<typeof planSchema>
export type PlannedIdentity = z.infer<typeof identitySchema>
export type PlannedReference = z.infer<typeof referenceSchema>
