/** What an undo leaves behind in other targets, told before it begins: ids that were alike are so no longer. */

import type { Context } from '../context.ts'
import type { RecordedRun } from '../journal/in-target.ts'
import { Ledger } from '../journal/ledger.ts'
import type { Message } from '../message.ts'
import { leadersOf } from '../plan/plan.ts'
import { inShell } from '../shell.ts'

/** Tells of those that the run has taken ULIDs from, and of those that have taken its own. */
export function tellAcross(path: string, run: RecordedRun, context: Context): void {
  const leaders = new Set(leadersOf(run.plan).map(leader => leader.target))
  for (const leader of leaders) tell(context, apartFrom(path, leader, 'keeps'))
  for (const follower of followersOf(path, context)) tell(context, apartFrom(path, follower, 'took'))
}

function tell(context: Context, finding: Message): void {
  context.emit({ type: 'finding', finding })
}

/** Targets that hold ULIDs of this one, as far as the ledger knows. */
function followersOf(path: string, context: Context): readonly string[] {
  try {
    const ledger = new Ledger(context.settings, () => context.now())
    try {
      return ledger
        .targets()
        .filter(target =>
          ledger
            .runs(target)
            .some(
              each =>
                each.what === 'migrate' && each.status === 'succeeded' && each.facts.follows?.includes(path),
            ),
        )
    } finally {
      ledger.close()
    }
  } catch {
    return [] // the undo itself says what is wrong with the ledger
  }
}

function apartFrom(path: string, other: string, how: 'keeps' | 'took'): Message {
  return {
    code: 'UNDO.ACROSS',
    severity: 'warning',
    object: path,
    message:
      how === 'keeps'
        ? `${other}, whose ids it holds, keeps its ULIDs.`
        : `${other} holds ULIDs of it, and keeps them.`,
    why: 'An undo changes one target. Once it is done, the ids of the two no longer meet.',
    next:
      how === 'keeps'
        ? inShell`Undo that one as well, after this: ulid-migrate rollback ${other}`
        : inShell`Undo that one first: ulid-migrate rollback ${other}`,
  }
}
