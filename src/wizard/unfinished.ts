/** Runs that did not come to their end, as a target's status tells them: what state the file is in, and what Enter does. */
import { type LiveExpansion, type RunRecord, type StatusTarget, withCommas } from '../core/index.ts'
import type { Entry } from './state.ts'

export type Unfinished =
  /** Another process is at it. */
  | { readonly is: 'running'; readonly record: RunRecord }
  /** Some rows have their ULIDs; it goes on where it stands. */
  | { readonly is: 'expansion'; readonly run: string; readonly percent: number }
  /** Programs have written rows past it, and no trigger has completed them. */
  | { readonly is: 'behind'; readonly run: string; readonly rows: number }
  /** Committed, and not proved from outside. */
  | { readonly is: 'unproved'; readonly run: string; readonly failed: boolean }
  /** Stopped before its commit, which the database takes back. */
  | { readonly is: 'unchanged'; readonly record: RunRecord }
  /** A restore or the like, of which the file itself has no record. */
  | { readonly is: 'unsure'; readonly record: RunRecord }

export function unfinishedOf(entry: Entry): Unfinished | null {
  return entry.status === null ? null : (unfinishedIn(entry.status) ?? behindIn(entry, entry.status))
}

/** Where there are triggers, what fell out of step is for somebody to look into; DuckDB has none. */
function behindIn({ detection }: Entry, { expansions }: StatusTarget): Unfinished | null {
  if (detection.is !== 'known' || detection.document.engine !== 'duckdb') return null
  const rowsOf = ({ coverage }: LiveExpansion) =>
    coverage.reduce((sum, { without, outOfStep }) => sum + without + outOfStep, 0)
  const behind = expansions.find(expansion => rowsOf(expansion) > 0)
  return behind === undefined ? null : { is: 'behind', run: behind.run, rows: rowsOf(behind) }
}

/** Whether Enter takes up an expansion, by its own plan. */
export function isTakenUp(of: Unfinished | null): of is Extract<Unfinished, { is: 'expansion' | 'behind' }> {
  return of?.is === 'expansion' || of?.is === 'behind'
}

function unfinishedIn({ runs, unfinished, unproved }: StatusTarget): Unfinished | null {
  const [newest] = runs
  if (newest?.status === 'running') return { is: 'running', record: newest }
  if (unfinished !== null) return { is: 'expansion', ...unfinished }
  if (unproved !== null) return { is: 'unproved', ...unproved }
  if (newest?.status !== 'stopped') return null
  const leavesNoTrace = newest.what === 'migrate' || newest.what === 'undo'
  return { is: leavesNoTrace ? 'unchanged' : 'unsure', record: newest }
}

/** What state the file is in, and what Enter does about it. */
export function unfinishedText(of: Unfinished): string {
  switch (of.is) {
    case 'running':
      return `a ${of.record.what} is at work on it in another process. Enter only looks.`
    case 'expansion':
      return `an expansion stands at ${of.percent} %: the legacy ids are as they were. Enter goes on with it.`
    case 'behind':
      return `ids that programs wrote since the expansion have no ULID beside them (${withCommas(of.rows)}): DuckDB has no triggers. Enter completes them.`
    case 'unproved':
      return of.failed
        ? 'a run is committed, so the file is the new one, and its proof failed. Enter proves it again.'
        : 'a run was killed after its commit: the file is the new one, and not proved yet. Enter proves it.'
    case 'unchanged':
      return of.record.what === 'undo'
        ? 'an undo stopped before its commit: nothing was changed, the file is still migrated. Enter looks at it.'
        : 'a run stopped before its commit: nothing was changed, the file is the old one. Enter begins anew.'
    case 'unsure':
      return `a ${of.record.what} stopped: the file is as before it, or as after it. Enter looks which.`
  }
}

/** What Enter is called at its row. */
export function unfinishedNext(of: Unfinished): string {
  switch (of.is) {
    case 'expansion':
      return 'go on'
    case 'behind':
      return 'complete'
    case 'unproved':
      return 'prove'
    case 'running':
    case 'unchanged':
    case 'unsure':
      return 'detect'
  }
}
