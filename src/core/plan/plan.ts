/**
 * A plan says exactly what will change, as plain frozen data: facts from detection plus the operator's choices, bound
 * to the schema by its fingerprint. The same plan gives the same rows the same ULIDs, whatever came since, because it
 * holds the seed and the base time; its hash covers both.
 */
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

const referenceSchema = z
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
const leaderSchema = z.strictObject({ target: z.string(), table: z.string(), column: z.string() }).readonly()

const identitySchema = z
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
const foreignSchema = z
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
const insideSchema = z
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
    engine: z.literal('sqlite'),
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

export type Plan = z.infer<typeof planSchema>
export type PlannedIdentity = z.infer<typeof identitySchema>
export type Strategy = PlannedIdentity['strategy']
export type PlannedReference = z.infer<typeof referenceSchema>
export type PlannedInside = z.infer<typeof insideSchema>
export type PlannedForeign = z.infer<typeof foreignSchema>
/** An identity of another target. */
export type Leader = z.infer<typeof leaderSchema>

/**
 * The columns inside of whose values the plan replaces ids: an expansion leaves them alone, and so does a contract that
 * keeps the legacy ids.
 */
export function replacedInside({ identities, inside }: Plan): readonly PlannedInside[] {
  const isReplaced = ({ of }: PlannedInside['places'][number]) =>
    of.target !== undefined ||
    identities.some(
      ({ table, column, strategy, legacy }) =>
        (strategy === 'replace' || (strategy === 'contract' && legacy === null)) &&
        table === of.table &&
        column === of.column,
    )
  return (inside ?? [])
    .map(column => ({ ...column, places: column.places.filter(isReplaced) }))
    .filter(({ places }) => places.length > 0)
}

/** Every column that the plan names: each identity, and behind it its references; then those to other targets. */
export function plannedPlaces({
  identities,
  foreign = [],
}: Pick<Plan, 'identities' | 'foreign'>): readonly (PlannedIdentity | PlannedReference)[] {
  return [
    ...identities.flatMap(identity => [identity, ...identity.references]),
    ...foreign.flatMap(each => each.references),
  ]
}

/** Whether there is nothing to do. */
export function isEmpty({ identities, foreign = [] }: Plan): boolean {
  return identities.length === 0 && foreign.length === 0
}

/** The identities of other targets that have to have their ULIDs before this plan can be carried out. */
export function leadersOf({ identities, foreign = [] }: Plan): readonly Leader[] {
  return [...identities.flatMap(identity => identity.follows ?? []), ...foreign.flatMap(each => each.of)]
}
