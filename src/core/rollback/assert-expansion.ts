import { resolve } from 'node:path'
import type { Context } from '../context.ts'
import { expandingRun, lastStanding, liveExpansions, recordedRuns } from '../journal/in-target.ts'
import { precondition } from '../message.ts'
import { lookAt } from '../migrate/prepare.ts'
import { inShell } from '../shell.ts'

/** Throws a refusal (exit 4) unless `run`, or the last migration, is an expansion that stands. */
export async function assertExpansion(
  target: string,
  run: string | undefined,
  context: Context,
): Promise<void> {
  const path = resolve(target)
  const runs = await lookAt(path, context, ({ db }) => recordedRuns(db))
  const last = lastStanding(runs)
  const begun = expandingRun(runs)
  if (
    last &&
    [...liveExpansions(runs), ...(begun ? [begun] : [])].some(each => each.run === (run ?? last.run))
  )
    return
  throw precondition(
    'EXPANSION.NONE',
    path,
    run === undefined ? 'There is no expansion to take back.' : `The run ${run} is no expansion that stands.`,
    last
      ? last.plan.contract
        ? `The run ${last.run} has brought it to its end.`
        : `The last migration, ${last.run}, put ULIDs in place of the legacy ids.`
      : 'No migration is recorded in it.',
    last
      ? inShell`Undo that ${last.plan.contract ? 'first' : 'instead'}: ulid-migrate rollback ${path}`
      : inShell`See what is known: ulid-migrate status ${path}`,
  )
}
