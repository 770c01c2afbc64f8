/**
 * Fails one statement, or one file operation, after the other until the operation gets through: each failure must leave
 * the old content, or, after the commit, the complete new one and say so; and the same operation must then succeed.
 */
import { existsSync, readdirSync } from 'node:fs'
import Database from 'better-sqlite3'
import type { Context } from '../../src/core/context.ts'
import { exitCodes, Refusal } from '../../src/core/message.ts'
import type { Settings } from '../../src/core/requests.ts'
import { columnOf, contentHash } from '../support/database.ts'

export interface Subject {
  readonly name: string
  /** Makes the database and its folders anew, in a folder of its own. */
  make(): Promise<{ readonly path: string; readonly settings: Settings }>
  /** The operation under attack. */
  run(path: string, context: Context): Promise<unknown>
  contextFor(settings: Settings): Context & { readonly events: readonly { readonly type: string }[] }
  /** Codes with which a second try may say that the first one did come through. */
  readonly doneAlready: readonly string[]
}

type Failing = (at: number, work: () => Promise<unknown>) => Promise<{ readonly count: number }>

/** An expansion goes in steps: what one of them that failed leaves is on its way, and said to be. */
function isBegun(path: string): boolean {
  const there = "SELECT count(*) FROM sqlite_schema WHERE name = '_ulid_migrate_progress'"
  return columnOf<bigint>(path, there)[0] === 1n
}

/** Messages that say that the change was made. */
const committed = new Set(['RUN.COMMITTED_UNPROVED', 'RUN.STOPPED_COMMITTED'])

export interface Tried {
  /** Failures that were caused. */
  readonly failures: number
  readonly violations: readonly string[]
}

/** @param take which n are tried; all by default */
export async function failEverywhere(
  subject: Subject,
  failing: Failing,
  take: (n: number) => boolean = () => true,
): Promise<Tried> {
  const violations: string[] = []
  const sample = await subject.make()
  const before = stateOf(sample.path)
  const { count: total } = await failing(0, () =>
    subject.run(sample.path, subject.contextFor(sample.settings)),
  )
  const after = stateOf(sample.path)
  let failures = 0
  for (let n = 1; n <= total; n++) {
    if (!take(n)) continue
    const { path, settings } = await subject.make()
    const complain = (what: string) => violations.push(`${subject.name}, ${n} of ${total}: ${what}`)
    let error: unknown = null
    try {
      await failing(n, () => subject.run(path, subject.contextFor(settings)))
    } catch (caught) {
      error = caught
    }
    failures += 1
    const content = stateOf(path)
    const begun = isBegun(path)
    if (!begun && content !== before && content !== after) complain('the content is neither old nor new')
    if (begun && (!(error instanceof Refusal) || !/stands at \d+ %/.test(error.failure.message)))
      complain(`an expansion is on its way, and it says: ${(error as Error | null)?.message}`)
    if (error === null && content !== after) complain('it succeeded, and the content is not the new one')
    if (error !== null) judge(error, content === after && before !== after, complain)
    if (!canWrite(path)) complain('a lock is left')
    violations.push(
      ...(await secondTry(subject, path, settings, content === after)).map(
        each => `${subject.name}, ${n}: ${each}`,
      ),
    )
    if (stateOf(path) !== after) complain('the second try did not lead to the end')
    const scratch = `${settings.stateDir}/scratch`
    if (existsSync(scratch) && readdirSync(scratch).length > 0) complain('a copy is left in scratch')
    const partials = existsSync(settings.snapshotDir)
      ? readdirSync(settings.snapshotDir).filter(name => name.endsWith('.partial'))
      : []
    if (partials.length > 0) complain('half a snapshot is left')
  }
  return { failures, violations }
}

/** The content, and which tables of ours are there: a finalize changes nothing else. */
function stateOf(path: string): string {
  const own =
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 14) = '_ulid_migrate_' ORDER BY name"
  return [contentHash(path), ...columnOf<string>(path, own)].join(' ')
}

function judge(error: unknown, isNew: boolean, complain: (what: string) => void): void {
  if (!(error instanceof Refusal)) {
    complain(`no refusal: ${(error as Error).stack}`)
    return
  }
  const { code, object, message, why, next, exit } = error.failure
  for (const [name, text] of Object.entries({ object, message, why, next }))
    if (text === '') complain(`${code} says nothing as ${name}`)
  const saysMade = committed.has(code) || exit === exitCodes.verification
  if (isNew && !saysMade) complain(`the change is made, and ${code} says: ${message} ${why}`)
  if (!isNew && committed.has(code)) complain(`nothing is changed, and ${code} says: ${message}`)
}

async function secondTry(
  subject: Subject,
  path: string,
  settings: Settings,
  done: boolean,
): Promise<readonly string[]> {
  try {
    await subject.run(path, subject.contextFor(settings))
    return []
  } catch (error) {
    if (done && error instanceof Refusal && subject.doneAlready.includes(error.failure.code)) return []
    return [
      `the second try failed: ${(error as Error).message} ${error instanceof Refusal ? error.failure.why : ''}`,
    ]
  }
}

function canWrite(path: string): boolean {
  const db = new Database(path, { timeout: 0 })
  try {
    db.exec('BEGIN IMMEDIATE; ROLLBACK')
    return true
  } catch {
    return false
  } finally {
    db.close()
  }
}
