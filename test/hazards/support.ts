/** One way through for every hazard: migrate in this process, look with plain SQL, take it back. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { detect } from '../../src/core/detect/detect.ts'
import type { MigratedTarget, Proof } from '../../src/core/documents.ts'
import { type Failure, type Message, Refusal } from '../../src/core/message.ts'
import type { ApplyOptions } from '../../src/core/migrate/apply.ts'
import { migrate } from '../../src/core/migrate/migrate.ts'
import { lookAt } from '../../src/core/migrate/prepare.ts'
import { hashOf, makePlan } from '../../src/core/plan/make-plan.ts'
import type { Plan } from '../../src/core/plan/plan.ts'
import type { Choices, Settings } from '../../src/core/requests.ts'
import { undo } from '../../src/core/rollback/undo.ts'
import { contentOf, makeDatabase, type Row, rowsOf } from '../support/database.ts'
import { settingsIn } from '../support/engine.ts'
import { sha256Of, temporaryFolder } from '../support/folder.ts'
import { agreeing, detectIn, inProcess, unwatched } from '../support/in-process.ts'

export interface Place {
  /** Holds the database, and nothing of the engine's. */
  readonly folder: string
  readonly path: string
  readonly settings: Settings
}

/** A database made from SQL, alone in its folder. */
export function place(...sql: readonly string[]): Place {
  const all = temporaryFolder()
  const folder = join(all, 'target')
  mkdirSync(folder)
  const path = makeDatabase(join(folder, 'hazard.db'), ...sql)
  return { folder, path, settings: settingsIn(all) }
}

/** A UUID of version 4 for number `n`. */
export function uuid(n: number): string {
  return `${n.toString(16).padStart(8, '0')}-1234-4abc-8def-${n.toString(16).padStart(12, '0')}`
}

/** A comparison with the shape of a ULID in upper case. */
export const isUlid = (column: string) =>
  `(typeof(${column}) = 'text' AND length(${column}) = 26 AND ${column} GLOB '[0-7][0-9A-HJKMNP-TV-Z]*' AND NOT ${column} GLOB '*[^0-9A-HJKMNP-TV-Z]*')`

export const failedChecks = (proof: Proof) => proof.checks.filter(check => !check.ok)

/** Migrates, agreeing to whatever can be agreed to; both proofs, inside and outside, must be whole. */
export async function migrateAt(
  { path, settings }: Place,
  choices: Choices = {},
  options: ApplyOptions = {},
): Promise<MigratedTarget> {
  const agreed = { seed: '5eed', ...(await agreeing(path, choices)) }
  const done = await inWords(migrate(path, agreed, undefined, inProcess(settings), options))
  expect(done.status).toBe('succeeded')
  expect([...failedChecks(done.proof), ...failedChecks(done.outside)]).toEqual([])
  return done
}

/** Takes the migration back; its proof must be whole. */
export async function undoAt({ path, settings }: Place): Promise<void> {
  const { proof } = await inWords(undo(path, undefined, inProcess(settings)))
  expect(failedChecks(proof)).toEqual([])
}

/** Lets a refusal fail the test with its reason. */
async function inWords<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof Refusal) throw new Error(`${error.message}\n${error.failure.why}`, { cause: error })
    throw error
  }
}

interface Journey {
  readonly choices?: Choices
  /** Queries that must give the same rows before, after and back again. */
  readonly same?: readonly string[]
  /** Looks at the migrated file. */
  readonly then?: (path: string) => void
  /** Tables whose bytes are SQLite's own affair: an index that was built anew. */
  readonly rebuilt?: readonly string[]
}

/**
 * There and back: before, after and once more before are compared by SQL that knows nothing of the engine; at the end
 * every cell and every schema text is what it was.
 */
export async function thereAndBack(at: Place, journey: Journey = {}): Promise<MigratedTarget> {
  const { choices = {}, same = [], then, rebuilt = [] } = journey
  const content = contentWithout(at.path, rebuilt)
  const answers = answersTo(at.path, same)
  const done = await migrateAt(at, choices)
  expect(answersTo(at.path, same)).toEqual(answers)
  then?.(at.path)
  await undoAt(at)
  expect(answersTo(at.path, same)).toEqual(answers)
  expect(contentWithout(at.path, rebuilt)).toEqual(content)
  return done
}

function answersTo(path: string, queries: readonly string[]): readonly (readonly Row[])[] {
  return queries.map(sql => rowsOf(path, sql))
}

/** All cells and texts, but for the rows of these tables. */
export function contentWithout(path: string, tables: readonly string[]): readonly string[] {
  return contentOf(path).filter(line => !tables.some(table => line.startsWith(`${table}: `)))
}

/** What `work` is refused with. */
export async function refusalOf(work: Promise<unknown>): Promise<Failure> {
  try {
    await work
  } catch (error) {
    if (error instanceof Refusal) return error.failure
    throw error
  }
  throw new Error('It was not refused.')
}

/** What migrating is refused with; not a byte may have changed. */
export async function refusedMigration(
  at: Place,
  choices: Choices = {},
  options: ApplyOptions = {},
): Promise<Failure> {
  const bytes = sha256Of(at.path)
  const failure = await refusalOf(
    migrate(at.path, { seed: '5eed', ...choices }, undefined, inProcess(at.settings), options),
  )
  expect(sha256Of(at.path)).toBe(bytes)
  return failure
}

/** Findings of these codes, or all. */
export async function findingsAt(
  { path }: Place,
  choices: Choices = {},
  ...codes: readonly string[]
): Promise<readonly Message[]> {
  const { findings } = await detectIn(path, choices)
  return codes.length === 0 ? findings : findings.filter(finding => codes.includes(finding.code))
}

/** The stored text of one object. */
export function textOf(path: string, name: string): string {
  return String(
    rowsOf(path, `SELECT sql FROM sqlite_schema WHERE name = '${name.replaceAll("'", "''")}'`)[0]?.[0],
  )
}

/** A plan for this file that changes nothing. */
async function identityPlan(at: Place): Promise<Plan> {
  const plan = await lookAt(at.path, inProcess(at.settings), async looking =>
    makePlan(looking, await detect(looking, {}, unwatched), {}),
  )
  const body = { ...plan, identities: [] }
  return { ...body, hash: hashOf(body) }
}

/** Makes every table anew by a plan that changes nothing. */
export async function rebuildAllAt(at: Place): Promise<void> {
  const plan = await identityPlan(at)
  const done = await migrate(at.path, {}, plan, inProcess(at.settings), { rebuildAll: true })
  expect([...failedChecks(done.proof), ...failedChecks(done.outside)]).toEqual([])
}
