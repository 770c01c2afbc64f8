/**
 * What of an expansion can't be cut into moments, told before it happens: making an index reads its whole table, and in
 * rollback-journal mode whoever reads long keeps those waiting who want to commit.
 */

import type { Message } from '../message.ts'
import { usualPace } from '../requests.ts'
import { inShell } from '../shell.ts'
import { withCommas } from '../with-commas.ts'

/** Rows a second, of an index over a column that is empty, and of one over a column that is filled (HAZARDS B19). */
const EMPTY = 2_000_000
const FILLED = 1_000_000
/** Bytes a second: integrity_check, copying, and the comparison by another process, which takes a second to start. */
const COPIED = 40_000_000
const STARTING = 1
/** Bytes a second of all the checks together. */
const PROVED = 10_000_000

export interface Indexed {
  readonly table: string
  readonly rows: number
  /** False for a column that was there before. */
  readonly empty: boolean
}

/** Estimates, from above, in whole milliseconds; those below `bound` are not worth a word. */
export function stallFindings(
  target: string,
  file: { readonly wal: boolean; readonly bytes: number },
  indexed: readonly Indexed[],
  bound = usualPace.maxStall,
): Message[] {
  const longest = indexed
    .map(({ table, rows, empty }) => ({
      table,
      milliseconds: Math.ceil((1000 * rows) / (empty ? EMPTY : FILLED)),
    }))
    .toSorted((a, b) => b.milliseconds - a.milliseconds)[0]
  return [
    ...(longest === undefined || longest.milliseconds <= bound
      ? []
      : [
          {
            code: 'EXPAND.INDEX_STALL',
            severity: 'warning' as const,
            object: longest.table,
            message: `Making the index over its ULIDs keeps other programs from writing, for about ${withCommas(longest.milliseconds)} ms.`,
            why: 'SQLite makes an index in one piece. It is made over the empty column, which takes the least time; all else goes in pieces.',
            next: 'Choose an hour in which nobody minds, or go on.',
          },
        ]),
    ...(file.wal
      ? []
      : [
          {
            code: 'EXPAND.JOURNAL_STALL',
            severity: 'warning' as const,
            object: target,
            message: `Other programs can not write while the snapshot is taken, for about ${inSeconds(STARTING + file.bytes / COPIED)}, and while the result is proved, for about ${inSeconds(STARTING + file.bytes / PROVED)}.`,
            why: 'The file is in rollback-journal mode, in which nobody can commit while somebody reads. The rest goes in pieces.',
            next: inShell`In WAL mode nobody has to wait for that: sqlite3 ${target} 'PRAGMA journal_mode = WAL'; or choose an hour in which nobody minds.`,
          },
        ]),
  ]
}

function inSeconds(seconds: number): string {
  return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`
}
