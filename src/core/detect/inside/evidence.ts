/** Counts what stands at places of a column, over all of its rows, for the identities that may be meant. */
import type { Connection } from '../../engines/sqlite/open.ts'
import type { Column, Table } from '../../schema/model.ts'
import { countDocuments, isCountedInside, notCounted } from './count-documents.ts'
import { readValues } from './read-values.ts'
import { newTally, type Progress, type Suspicion, type Tally } from './tally.ts'

export interface Evidence extends Readonly<Omit<Tally, 'different' | 'differentOrphans'>> {
  /** Values of the column that are not NULL. */
  readonly values: number
  /** Different ids that name rows, and that do not: counted up to a thousand. */
  readonly different: number
  readonly differentOrphans: number
  readonly samples: readonly string[]
  readonly orphanSamples: readonly string[]
}

/** One reading of the column for all places in it; the answers are in the order of the questions. */
export function* weigh(
  db: Connection,
  table: Table,
  column: Column,
  suspicions: readonly Suspicion[],
): Generator<Progress, readonly Evidence[]> {
  const tallied = suspicions.map(each => ({ ...each, tally: newTally() }))
  const plain = tallied.filter(each => isCountedInside(table, each))
  const others = tallied.filter(each => !plain.includes(each))
  let values = 0
  if (plain.length > 0) {
    const counted = yield* countDocuments(db, table, column, plain)
    values = counted.values
    if (counted.unread > 0) yield* readValues(db, table, column, plain, notCounted(column))
  }
  if (others.length > 0) values = yield* readValues(db, table, column, others)
  return tallied.map(({ tally }) => ({
    ...tally,
    values,
    different: tally.different.size,
    differentOrphans: tally.differentOrphans.size,
    samples: [...tally.different].slice(0, 3),
    orphanSamples: [...tally.differentOrphans].slice(0, 3),
  }))
}
