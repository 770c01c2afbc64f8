/** What killed runs left: their entries in the ledger, and the copies that they had begun. */
import { existsSync, lstatSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { removeSidecars } from '../engines/sqlite/sidecars.ts'
import type { Settings } from '../requests.ts'
import { discard } from '../scratch.ts'
import type { RecordedRun } from './in-target.ts'
import { Ledger } from './ledger.ts'

/** What a snapshot is called until it is complete and checked. */
export function partial(snapshot: string): string {
  return `${snapshot}.partial`
}

/**
 * Settles every run over `target` whose process is gone. `recorded` are the runs that the target itself records: one
 * that is among them did commit. Of one that is not, nothing is left in the target, and the copy that it had taken is a
 * copy of what is there; it goes. A killed restore may or may not have put its snapshot back, so that copy stays; a
 * finalize that committed has taken every record with it.
 */
export function settleAbandoned(
  ledger: Ledger,
  target: string,
  recorded: readonly RecordedRun[],
  settings: Settings,
): void {
  for (const { run, what, facts, settle } of ledger.abandoned(target)) {
    const committed = recorded.find(each => each.run === run && each.what === what)
    if (facts.snapshot) removeCopy(partial(facts.snapshot), settings)
    if (facts.snapshot) removeSidecars(facts.snapshot)
    if (committed?.status === 'expanding') {
      settle('stopped', { snapshotSha256: committed.snapshotSha256 }) // it goes on, and is proved by its snapshot
    } else if (committed) {
      settle('succeeded', { snapshotSha256: committed.snapshotSha256, proved: 'pending' })
    } else if (what === 'restore') {
      settle('stopped')
    } else if (what === 'finalize' && recorded.length === 0) {
      settle('succeeded')
    } else {
      if (facts.snapshot) removeCopy(facts.snapshot, settings)
      settle('stopped', { snapshot: '', snapshotBytes: 0 })
    }
  }
}

/**
 * Takes away what lies half made beside the snapshots of killed runs over `target`. Needs no lock, so every command does
 * it; whether a whole copy may go is decided by the next run, which has the lock and sees what was committed.
 */
export function tidyAbandoned(target: string, settings: Settings, now: () => number): void {
  if (!existsSync(join(settings.stateDir, 'ledger.sqlite'))) return
  try {
    const ledger = new Ledger(settings, now)
    const abandoned = ledger.abandoned(target)
    for (const { facts } of abandoned) if (facts.snapshot) removeCopy(partial(facts.snapshot), settings)
    // The dead may have been reading the snapshots of earlier runs as well.
    if (abandoned.length > 0)
      for (const { snapshot } of ledger.runs(target)) if (snapshot) removeSidecars(snapshot)
    ledger.close()
  } catch {
    // Whoever needs the ledger says what is wrong with it.
  }
}

/** Takes away a copy of our own: a plain file in the snapshot folder, whatever the ledger may name. */
export function removeCopy(path: string, settings: Settings): void {
  if (dirname(path) !== settings.snapshotDir || !lstatSync(path, { throwIfNoEntry: false })?.isFile()) return
  discard(path)
  removeSidecars(path)
}
