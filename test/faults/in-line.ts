/**
 * Fails one statement, or one file operation, after the other until the operation gets through: each failure must leave
 * the old content, or, after the commit, the complete new one and say so; and the same operation must then succeed.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Context } from '../../src/core/context.ts'
import { exitCodes, Refusal } from '../../src/core/message.ts'
import type { Settings } from '../../src/core/requests.ts'
import type { Medium } from './media.ts'

export interface Subject {
  readonly name: string
  readonly medium: Medium
  readonly duckdb: boolean
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
function isBegun(state: State): boolean {
  return state.own.includes('_ulid_migrate_progress')
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
  const { medium } = subject
  const violations: string[] = []
  const sample = await subject.make()
  const before = await stateOf(medium, sample.path)
  const { count: total } = await failing(0, () =>
    subject.run(sample.path, subject.contextFor(sample.settings)),
  )
  const after = await stateOf(medium, sample.path)
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
    if (!medium.isFree(path)) complain('a lock is left')
    const state = await stateOf(medium, path)
    const [isOld, isNew] = [before, after].map(each => each.content === state.content)
    const begun = isBegun(state)
    if (!begun && !isOld && !isNew) complain('the content is neither old nor new')
    if (begun && (!(error instanceof Refusal) || !/stands at \d+ %/.test(error.failure.message)))
      complain(`an expansion is on its way, and it says: ${(error as Error | null)?.message}`)
    if (error === null && !isNew) complain('it succeeded, and the content is not the new one')
    if (error !== null) judge(error, isNew! && before.content !== after.content, complain)
    violations.push(
      ...(await secondTry(subject, path, settings, isNew!)).map(each => `${subject.name}, ${n}: ${each}`),
    )
    if ((await stateOf(medium, path)).content !== after.content)
      complain('the second try did not lead to the end')
    const scratch = `${settings.stateDir}/scratch`
    const left = existsSync(scratch)
      ? readdirSync(scratch).filter(name => !isWorkingCopy(join(scratch, name)))
      : []
    if (left.length > 0) complain('a copy is left in scratch')
    const partials = existsSync(settings.snapshotDir)
      ? readdirSync(settings.snapshotDir).filter(name => name.endsWith('.partial'))
      : []
    if (partials.length > 0) complain('half a snapshot is left')
  }
  return { failures, violations }
}

/** Those of DuckDB files are gone with their process, which here is that of the test. */
function isWorkingCopy(folder: string): boolean {
  return ['copy.db', 'work.db'].some(name => existsSync(join(folder, name)))
}

interface State {
  /** The content, and which tables of ours are there: a finalize changes nothing else. */
  readonly content: string
  readonly own: readonly string[]
}

async function stateOf(medium: Medium, path: string): Promise<State> {
  const { own } = await medium.recover(path)
  return { content: [await medium.content(path), ...own.toSorted()].join(' '), own }
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
