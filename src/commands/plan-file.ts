/** Plans as files: told from databases by content, checked when read, and never written over anything else. */
import { closeSync, openSync, readFileSync, readSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import {
  commandLine,
  type ExitCode,
  exitCodes,
  type Failure,
  loadPlanSchema,
  type Plan,
} from '../core/index.ts'
import { failure } from './failure.ts'

export type ReadPlan =
  | { readonly type: 'plan'; readonly plan: Plan }
  | { readonly type: 'no-plan' }
  | { readonly type: 'failed'; readonly error: Failure }

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

// One byte is enough: neither SQLite's nor DuckDB's header begins with a brace.
function startsWithBrace(path: string): boolean {
  const file = openSync(path, 'r')
  try {
    const first = new Uint8Array(1)
    return readSync(file, first, 0, 1, 0) === 1 && first[0] === 0x7b
  } finally {
    closeSync(file)
  }
}

function broken(path: string, why: string): ReadPlan {
  return {
    type: 'failed',
    error: failure(exitCodes.precondition, 'PLAN.BROKEN', {
      object: path,
      message: 'This file is no plan that can be run.',
      why,
      next: commandLine('dry-run', 'TARGET', '--out', path),
    }),
  }
}

/**
 * Reads a plan, where the file is one. This process never has a target open, so looking at a file's first byte drops
 * no lock (HAZARDS E1).
 *
 * @returns `no-plan` for all that does not look like one, also for what is missing or cannot be read: the engine says
 * what is wrong with a target
 */
export async function readPlanFile(path: string): Promise<ReadPlan> {
  let text: string
  try {
    if (!isFile(path) || !startsWithBrace(path)) return { type: 'no-plan' }
    text = readFileSync(path, 'utf8')
  } catch {
    return { type: 'no-plan' }
  }
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (error) {
    return broken(path, `It is not valid JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const read = (await loadPlanSchema()).safeParse(content)
  if (read.success) return { type: 'plan', plan: read.data }
  const issue = read.error.issues[0]
  const where = issue && issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''
  return broken(path, `${where}${issue?.message ?? 'it has another shape'}`)
}

function refused(exit: ExitCode, path: string, why: string): Failure {
  return failure(exit, 'PLAN.NOT_WRITTEN', {
    object: path,
    message: 'The plan cannot be written there.',
    why,
    next: 'Name another file: --out plan.json',
  })
}

/** @returns why a plan must not be written to `path`: it would replace something else, or has no folder; else null */
export async function refusePlanFile(path: string): Promise<Failure | null> {
  if (!statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory())
    return refused(exitCodes.usage, path, `The folder ${dirname(path)} does not exist.`)
  if (statSync(path, { throwIfNoEntry: false }) && (await readPlanFile(path)).type !== 'plan')
    return refused(
      exitCodes.usage,
      path,
      'Something else lies there already, and only a plan is written over.',
    )
  return null
}

/** Writes a plan; a reader sees the old file or the new one. @returns null, or what went wrong */
export function writePlanFile(path: string, plan: Plan): Failure | null {
  const draft = `${path}.${process.pid}.tmp`
  try {
    writeFileSync(draft, `${JSON.stringify(plan, null, 2)}\n`, { flag: 'wx', mode: 0o600 })
    renameSync(draft, path)
    return null
  } catch (error) {
    return refused(exitCodes.failed, path, error instanceof Error ? error.message : String(error))
  }
}
