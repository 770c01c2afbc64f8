/** What a verification check is. Each is one file in checks/, known by its id in reports, docs and tests alike. */

import type { Check } from '../documents.ts'
import type { Table } from '../schema/model.ts'
import { quoteName as q } from '../schema/names.ts'
import { withCommas } from '../with-commas.ts'
import { type Comparison, sideBySide } from './comparison.ts'

export interface CheckDefinition {
  readonly id: string
  /** One sentence for the docs: what must hold. */
  readonly claim: string
  /** True for what only a migration can be asked: an undo makes no ULIDs. */
  readonly ofUlids?: boolean
  /** True for what only an expansion can be asked. */
  readonly ofExpansion?: boolean
  /** True for what only a contract, or its undo, can be asked. */
  readonly ofContract?: boolean
  /** True for what only a run can be asked that has looked inside of values. */
  readonly ofInside?: boolean
  /** True for what only an undo can be asked. */
  readonly ofUndo?: boolean
  /** True for what only a target that holds ids of others can be asked. */
  readonly ofFollowers?: boolean
  run(comparison: Comparison, breathe: () => Promise<void>): Promise<Finding>
}

export type Finding = Omit<Check, 'id' | 'seconds'>

/** Rows looked at between two breaths. */
const RANGE = 50_000

/**
 * The table's rows in `main` cut into ranges of positions, so that a check of a large table can be stopped. A table
 * without a rowid comes in one piece.
 */
export async function* ranges(
  comparison: Comparison,
  table: Table,
  breathe: () => Promise<void>,
): AsyncGenerator<{ readonly where: string; readonly parameters: Record<string, bigint> }> {
  const { db } = comparison
  const { position } = sideBySide(comparison, table)
  if (position === null) {
    yield { where: '1', parameters: {} }
    return
  }
  const name = `main.${q(table.name)}`
  const last = db
    .prepare(
      `SELECT max(p) FROM (SELECT ${position} AS p FROM ${name} WHERE ${position} >= ? ORDER BY ${position} LIMIT ${RANGE})`,
    )
    .pluck()
  let from = db.prepare(`SELECT min(${position}) FROM ${name}`).pluck().get() as bigint | null
  while (from !== null) {
    const to = last.get(from) as bigint | null
    if (to === null) return
    yield { where: `n.${position} BETWEEN @from AND @to`, parameters: { from, to } }
    await breathe()
    from = to < 9223372036854775807n ? to + 1n : null
  }
}

/** At most this many rows at fault are named; the count says how many there are. */
export const FAULTS = 5

export function passed(count: number, detail: string): Finding {
  return { ok: true, count, detail }
}

export function failed(count: number, detail: string, faults: readonly string[]): Finding {
  return { ok: false, count, detail, faults: faults.slice(0, FAULTS) }
}

/** `1 table`, `2 tables`. */
export function counted(value: number, noun: string): string {
  return `${number(value)} ${noun}${value === 1 ? '' : 's'}`
}

export function number(value: number | bigint): string {
  return withCommas(Number(value))
}
