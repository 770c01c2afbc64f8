/** Deletes snapshots, which nothing else ever does: by name of the run, or by age, and confirmed by the target's name. */
import { basename, resolve } from 'node:path'
import type { Context } from '../context.ts'
import type { KnownSnapshot, PrunedTarget } from '../documents.ts'
import { removeCopy } from '../journal/settle.ts'
import { precondition, usage } from '../message.ts'
import { isNamed, notNamed } from '../named.ts'
import { inShell } from '../shell.ts'
import { listSnapshots } from './list.ts'

/** Which of a target's snapshots: of these runs, or those older than so many days. */
export interface Prune {
  readonly runs: readonly string[]
  readonly olderThanDays?: number
  readonly confirm?: string
  readonly dryRun: boolean
}

/** Throws a refusal; then nothing was deleted. */
export async function pruneSnapshots(target: string, prune: Prune, context: Context): Promise<PrunedTarget> {
  const path = resolve(target)
  const [known] = await listSnapshots([path], false, context)
  const chosen = (known?.snapshots ?? []).filter(
    each => each.state === 'kept' && (prune.runs.includes(each.run) || isOlder(each, prune.olderThanDays)),
  )
  const unknown = prune.runs.filter(run => !known?.snapshots.some(each => each.run === run))
  if (unknown.length > 0)
    throw usage(
      'SNAPSHOT.NONE',
      unknown.join(', '),
      'There is no snapshot of that run.',
      `The ledger knows none of ${path} by that name.`,
      inShell`See what there is: ulid-migrate snapshots list ${path}`,
    )
  if (prune.dryRun || chosen.length === 0) return { target: path, pruned: chosen, rehearsed: prune.dryRun }
  assertConfirmed(path, chosen, prune.confirm)
  for (const { path: snapshot } of chosen) removeCopy(snapshot, context.settings)
  return { target: path, pruned: chosen, rehearsed: false }
}

function isOlder({ ageSeconds }: KnownSnapshot, days: number | undefined): boolean {
  return days !== undefined && ageSeconds > days * 86_400
}

function assertConfirmed(path: string, chosen: readonly KnownSnapshot[], confirm: string | undefined): void {
  if (isNamed(path, confirm)) return
  const backs = chosen.filter(each => each.wayBack).length
  throw precondition(
    'SNAPSHOT.UNCONFIRMED',
    path,
    notNamed('Deleting snapshots', confirm),
    `${chosen.length} would be deleted${backs > 0 ? `; ${backs} of them are what a restore, and the proof of a run that stands, needs` : ''}.`,
    inShell`Add: --confirm ${basename(path)}`,
  )
}
