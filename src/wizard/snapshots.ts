/** What is known of the snapshot of a run: by a glance at its file, or because all of it was read. */
import { type RolledBackTarget, type RunRecord, withCommas } from '../core/index.ts'
import type { SnapshotRead, Wizard } from './state.ts'

export type KnownSnapshot = RunRecord['snapshotState'] | 'as taken'

export function snapshotOf(
  { snapshotsRead }: Wizard,
  { snapshot, snapshotState }: RunRecord,
): { readonly is: KnownSnapshot; readonly readAt: number | null } {
  const read = snapshotsRead[snapshot]
  // A file that is gone, or has another size, is not what was read before.
  if (read === undefined || snapshotState === 'missing' || snapshotState === 'altered')
    return { is: snapshotState, readAt: null }
  return { is: read.found, readAt: read.at }
}

/** Why the snapshot of a run can't be put back; null where it may be. */
export function whyNotRestored(wizard: Wizard, record: RunRecord): string | null {
  switch (snapshotOf(wizard, record).is) {
    case 'none':
      return 'This run has no snapshot.'
    case 'missing':
      return 'Its snapshot is gone, so there is nothing to put back. Undo works without it.'
    case 'altered':
      return 'Its snapshot is not what the run took, so it is not put back. Undo works without it.'
    case 'kept':
    case 'touched':
    case 'as taken':
      return null
  }
}

/** Notes what reading a snapshot as a whole has found. */
export function noteRead(wizard: Wizard, snapshot: string, found: SnapshotRead['found']): Wizard {
  return {
    ...wizard,
    snapshotsRead: { ...wizard.snapshotsRead, [snapshot]: { found, at: wizard.now } },
  }
}

/** `jobs 12, errors 3` */
export function lostByTable({ byTable }: RolledBackTarget): string {
  return byTable.map(({ table, rows }) => `${table} ${withCommas(rows)}`).join(', ')
}
