/** Choices and facts become a plan. */
import { createHash, randomBytes } from 'node:crypto'
import { zoneOf } from '../detect/choices.ts'
import type { Detection, Looking } from '../detect/detect.ts'
import { isInside } from '../detect/inside/inside-reference.ts'
import { timeColumns } from '../detect/time-columns.ts'
import { ulidColumnOf } from '../detect/ulid-names.ts'
import { amount } from '../detect/values.ts'
import type { DetectedIdentity, DetectedReference } from '../documents.ts'
import { columnNamed, tableNamed } from '../engines/sqlite/inspect.ts'
import { usage } from '../message.ts'
import type { Choices } from '../requests.ts'
import type { Table } from '../schema/model.ts'
import { sameName, samePlace } from '../schema/names.ts'
import { foreignOf, noExpansion } from './foreign.ts'
import type { Plan, PlannedIdentity, PlannedInside, PlannedReference } from './plan.ts'
import { planInside } from './plan-inside.ts'

/** The plan that the operator's choices and the detected facts amount to; without identities, there is nothing to do. */
export function makePlan(looking: Looking, detection: Detection, choices: Choices): Plan {
  const { document } = detection
  const zone = zoneOf(choices.timezone ?? 'UTC')
  const isExpanded = detection.strategy === 'expand'
  // An expansion leaves alone what stands inside of values.
  const follows = (choices.follows ?? []).filter(({ place }) => place === undefined || !isExpanded)
  if (follows.length > 0 && isExpanded) throw noExpansion(document.target, follows)
  const identities = document.identities.filter(identity => identity.migrate)
  const planned = identities.map(identity => planIdentity(looking, identity, detection, choices))
  const { own, foreign, places } = foreignOf(follows, planned, ({ table, column }) =>
    planReference(looking, { table, column, kind: 'inferred' }, detection, choices),
  )
  const inside = planInside(document.target, looking.schema, identities, places, table =>
    timeOf(looking, table, choices),
  )
  const body = {
    schema: 'ulid-migrate.plan/1' as const,
    target: document.target,
    engine: looking.file.engine,
    fingerprint: looking.schema.fingerprint,
    seed: seedOf(choices.seed),
    baseTime: baseTimeOf(choices.baseTime, looking.now),
    timezone: zone.name,
    sentinels: choices.sentinels ?? 'keep',
    identities: own.map(identity => withoutInside(identity, inside)),
    ...(inside.length === 0 ? {} : { inside }),
    ...(foreign.length === 0 ? {} : { foreign }),
  }
  return Object.freeze({ ...body, hash: hashOf(body) })
}

function planIdentity(
  looking: Looking,
  identity: DetectedIdentity,
  detection: Detection,
  choices: Choices,
): PlannedIdentity {
  const { strategy, ulidColumns } = detection
  const beside = ulidColumnOf(ulidColumns, identity)
  const table = tableNamed(looking.schema, identity.table)!
  const following = choices.follows?.find(each => each.as === 'identity' && samePlace(each, identity))
  return {
    table: identity.table,
    column: identity.column,
    strategy,
    time: identity.time,
    beside: beside?.ulid ?? null,
    ...(beside?.generatedAt ? { generatedAt: beside.generatedAt } : {}),
    legacy: legacyName(table, identity.column, strategy, choices),
    ...(following ? { follows: following.of } : {}),
    case: following?.case ?? caseOf(identity, choices),
    references: identity.references
      .filter(reference => reference.choice === 'accepted' && !isInside(reference))
      .map(reference => planReference(looking, reference, detection, choices)),
  }
}

/** The references of an identity to columns that hold its ids as whole values, in every row. */
function withoutInside(identity: PlannedIdentity, inside: readonly PlannedInside[]): PlannedIdentity {
  const references = identity.references.filter(
    reference => !inside.some(column => samePlace(column, reference)),
  )
  return { ...identity, references }
}

/** As most of the ULIDs are written that are there already. */
export function caseOf(
  { kinds }: Pick<DetectedIdentity, 'kinds'>,
  choices: Choices,
): PlannedIdentity['case'] {
  return choices.case ?? (amount(kinds, 'ulid-lower') > amount(kinds, 'ulid') ? 'lower' : 'upper')
}

function planReference(
  looking: Looking,
  reference: Pick<DetectedReference, 'table' | 'column' | 'kind'>,
  { strategy, ulidColumns }: Detection,
  choices: Choices,
): PlannedReference {
  const table = tableNamed(looking.schema, reference.table)!
  return {
    table: reference.table,
    column: reference.column,
    kind: reference.kind === 'declared' || reference.kind === 'composite' ? reference.kind : 'inferred',
    beside: ulidColumnOf(ulidColumns, reference)?.ulid ?? null,
    legacy: legacyName(table, reference.column, strategy, choices),
    time: timeOf(looking, table, choices),
  }
}

/** The creation column of a table that refers. */
function timeOf(looking: Looking, table: Table, choices: Choices): string | null {
  return timeColumns(looking.db, table, zoneOf(choices.timezone ?? 'UTC'), looking.now)[0] ?? null
}

/** `legacy_id`, or the first free name like it, where the column is an integer key that is to be kept. */
function legacyName(
  table: Table,
  column: string,
  strategy: 'replace' | 'expand',
  choices: Choices,
): string | null {
  if (
    strategy === 'expand' ||
    choices.form === 'pure' ||
    table.rowidAlias === null ||
    !sameName(table.rowidAlias, column)
  )
    return null
  const plain = `legacy_${column}`
  const names = [plain, ...Array.from({ length: 99 }, (_, n) => `${plain}_${n + 2}`)]
  return names.find(name => !columnNamed(table, name)) ?? plain
}

function seedOf(seed: string | undefined): string {
  if (seed === undefined) return randomBytes(32).toString('hex')
  if (!/^[0-9a-f]{1,64}$/i.test(seed))
    throw usage(
      'CHOICE.SEED',
      seed,
      'The seed is not hexadecimal.',
      'It is up to 64 digits of 0-9 and a-f.',
      'Leave --seed out for a random one.',
    )
  return seed.toLowerCase().padStart(64, '0')
}

function baseTimeOf(text: string | undefined, now: number): number {
  if (text === undefined) return now
  const time = Date.parse(text)
  if (Number.isNaN(time))
    throw usage(
      'CHOICE.BASE_TIME',
      text,
      'This is no time.',
      'It is written as ISO 8601.',
      'For example --base-time 2026-02-11T07:25:00Z',
    )
  return time
}

/** sha256 over the plan without its hash, as JSON with its keys in order. */
export function hashOf(plan: Omit<Plan, 'hash'>): string {
  const { hash: _, ...body } = plan as Plan
  return createHash('sha256').update(canonical(body)).digest('hex')
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const entries = Object.entries(value).filter(([, each]) => each !== undefined)
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`)
    .join(',')}}`
}
