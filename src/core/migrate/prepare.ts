/** From a path and choices to facts and a plan: what detect, dry-run and migrate have in common. */
import { resolve } from 'node:path'
import type { Context } from '../context.ts'
import { type Detection, detect, type Looking } from '../detect/detect.ts'
import type { Breathe } from '../detect/references/find.ts'
import { refusals } from '../detect/refusals.ts'
import { openForReading } from '../engines/open.ts'
import { schemaOf } from '../engines/schema-of.ts'
import { describe } from '../engines/sqlite/describe.ts'
import { expandingRun, recordedRuns } from '../journal/in-target.ts'
import { unfinished } from '../journal/unfinished.ts'
import { exitCodes, type Message, precondition, Refusal } from '../message.ts'
import { hashOf, makePlan } from '../plan/make-plan.ts'
import { type Plan, plannedPlaces } from '../plan/plan.ts'
import type { Answers, Choices } from '../requests.ts'
import type { Schema } from '../schema/model.ts'
import { movedSince, type ObjectPrint } from '../schema/print.ts'
import type { SyncedColumn } from '../schema-changes/sync-names.ts'
import { inShell } from '../shell.ts'

export interface Prepared {
  readonly detection: Detection
  readonly plan: Plan
  readonly schema: Schema
}

/** Looks at the target without a trace and lets `look` use what it finds. */
export async function lookAt<T>(
  target: string,
  context: Context,
  look: (looking: Looking) => T | Promise<T>,
): Promise<T> {
  const path = resolve(target)
  const reading = await openForReading(path, context)
  try {
    const looking = {
      db: reading.db,
      schema: schemaOf(reading),
      target: path,
      file: reading.file,
      ...(reading.uses ? { uses: reading.uses } : {}),
      now: context.now(),
    }
    return await look(looking)
  } catch (error) {
    throw describe(error, path)
  } finally {
    reading.close()
  }
}

/** What detection finds, and what the target records of an expansion that is not at its end. */
export async function detectIn(
  looking: Looking,
  choices: Choices,
  breathe: Breathe,
  named?: readonly SyncedColumn[],
): Promise<Detection> {
  const detection = await detect(looking, choices, breathe, named)
  const begun = expandingRun(recordedRuns(looking.db))
  if (begun === undefined) return detection
  const { severity, code, object, message, why, next } = unfinished(
    looking.target,
    begun.run,
    'Some of its rows may have no ULID yet; those are no gaps for another plan to fill.',
  ).failure
  const findings = [{ severity, code, object, message, why, next }, ...detection.document.findings]
  return { ...detection, document: { ...detection.document, state: 'expanding', findings } }
}

/** Detection tells how far it is, and can be stopped between two looks. */
export function watching(context: Context): Breathe {
  return async (object, done, total) => {
    context.emit({ type: 'progress', phase: 'inspect', object, unit: 'objects', done, total })
    await context.breathe()
  }
}

/** The plan by which an expansion goes on that was begun before; undefined where there is none. */
export async function begunExpansion(
  target: string,
  choices: Choices,
  context: Context,
): Promise<Answers['plan'] | undefined> {
  return lookAt(target, context, async looking => {
    const begun = expandingRun(recordedRuns(looking.db))
    return (
      begun && { plan: begun.plan, detected: (await detectIn(looking, choices, watching(context))).document }
    )
  })
}

/** Detects, and makes the plan that the choices amount to, or checks that a given plan still fits. */
export async function prepare(
  target: string,
  choices: Choices,
  given: Plan | undefined,
  context: Context,
): Promise<Prepared> {
  return lookAt(target, context, async looking => {
    if (given) assertFits(given, looking)
    const detection = given
      ? await detectIn(looking, choicesOf(given, choices), watching(context), ulidColumnsIn(given))
      : await detectIn(looking, choices, watching(context))
    if (detection.document.state === 'empty') refuseEmpty(looking.target, detection.document.findings)
    if (!given) assertNoBlockers(looking.target, detection.document.findings, choices.accept ?? [])
    return { detection, plan: given ?? makePlan(looking, detection, choices), schema: looking.schema }
  })
}

function choicesOf(plan: Plan, choices: Choices): Choices {
  const strategy = plan.identities[0]?.strategy
  const generatedAt = plan.identities.some(identity => identity.generatedAt !== undefined)
  const chosen = strategy && strategy !== 'contract' ? { strategy } : {}
  return { ...choices, ...chosen, timezone: plan.timezone, generatedAt }
}

function ulidColumnsIn(plan: Plan): SyncedColumn[] {
  return plannedPlaces(plan).flatMap(({ table, column, beside }) =>
    beside === null ? [] : [{ table, column, ulid: beside }],
  )
}

/** A plan is bound to the file's schema and to itself: changed by hand or meant for another database, it is refused. */
export function assertFits(plan: Plan, looking: Looking, print: readonly ObjectPrint[] = []): void {
  if (hashOf(plan) !== plan.hash)
    throw precondition(
      'PLAN.ALTERED',
      looking.target,
      'The plan was altered after it was made.',
      `Its content does not give its hash ${plan.hash.slice(0, 8)}.`,
      inShell`Make a new one: ulid-migrate dry-run ${looking.target} --out plan.json`,
    )
  assertFingerprint(plan, looking.schema, looking.target, print)
}

/** @param print of the schema that the plan was made for, where it is at hand: then what moved is named */
export function assertFingerprint(
  plan: Plan,
  schema: Schema,
  target: string,
  print: readonly ObjectPrint[] = [],
): void {
  if (plan.fingerprint === schema.fingerprint) return
  const moved = print.length === 0 ? [] : movedSince(print, schema.objects)
  if (moved.length > 0)
    throw precondition(
      'PLAN.OTHER_SCHEMA',
      target,
      'The schema of this database moved since the plan was made.',
      `Since then: ${moved.join(', ')}.`,
      inShell`Make a new plan: ulid-migrate dry-run ${target} --out plan.json`,
    )
  throw precondition(
    'PLAN.OTHER_SCHEMA',
    target,
    'The plan does not fit this database.',
    `It was made for ${plan.target} with the schema ${plan.fingerprint.slice(0, 8)}; this one has ${schema.fingerprint.slice(0, 8)}. It is another database, or its schema was changed since.`,
    inShell`Make a new one: ulid-migrate dry-run ${target} --out plan.json`,
  )
}

function refuseEmpty(target: string, findings: readonly Message[]): never {
  const finding = findings.find(each => each.code === 'TARGET.NO_TABLES')!
  throw precondition(finding.code, target, finding.message, finding.why, finding.next)
}

/** Throws the first blocker that is not accepted, or that none can accept. */
export function assertNoBlockers(
  target: string,
  findings: readonly Message[],
  accepted: readonly string[],
): void {
  const blocking = findings.filter(
    finding =>
      finding.severity === 'blocker' && (refusals.has(finding.code) || !accepted.includes(finding.object)),
  )
  const first = blocking[0]
  if (!first) return
  const more =
    blocking.length > 1 ? inShell` (and ${blocking.length - 1} more, see: ulid-migrate detect ${target})` : ''
  throw new Refusal({ ...first, message: `${first.message}${more}`, exit: exitCodes.precondition })
}
