/**
 * What compiling a plan yields: statements in the order they run, as text. Three kinds need more than running: ULIDs
 * are assigned by the engine chunk by chunk, and copying and filling go by key range, so that there is progress and a
 * place to stop.
 */

import type { Phase } from '../events.ts'
import type { Leader } from '../plan/plan.ts'
import type { SchemaObject } from '../schema/model.ts'
import type { RunRecord } from './run-record.ts'

export type Step = Statement | Assign | Chunked | Fetch

export interface Statement {
  readonly kind: 'statement'
  readonly phase: Phase
  readonly object: string
  readonly sql: string
  /** Run only if this query gives 1. */
  readonly when?: string
}

/** Gives ULIDs to the rows of a staging table, which are numbered in the order of time and legacy id. */
export interface Assign {
  readonly kind: 'assign'
  readonly phase: 'map'
  readonly object: string
  /** Keys the generator: the same seed gives every domain its own ULIDs. */
  readonly domain: string
  readonly case: 'upper' | 'lower'
  /** Millisecond of each staged row after @from, at most @limit of them. */
  readonly times: string
  /** Writes the chunk's ULIDs, given as the bytes @ulids, @width each, for the staged rows after @from. */
  readonly write: string
  readonly total: string
}

/** Runs `sql` again and again, from @from on for @limit rows, until `last` says that nothing is left. */
export interface Chunked {
  readonly kind: 'chunked'
  readonly phase: Phase
  readonly object: string
  readonly sql: string
  /** The smallest position there is. */
  readonly first: string
  /** The position of the last row of the chunk that began at @from and had @limit rows. */
  readonly last: string
  readonly total: string
}

/** Asks other targets for the ULIDs of staged values, and notes those that they know. */
export interface Fetch {
  readonly kind: 'fetch'
  readonly phase: 'map'
  readonly object: string
  /** Who is asked; the first that knows a value has said what its ULID is. */
  readonly of: readonly Leader[]
  /** The staged values after @from with their numbers, at most @limit of them. */
  readonly read: string
  /** Notes @ulid for the value number @n. */
  readonly write: string
  readonly total: string
}

export interface Program {
  readonly steps: readonly Step[]
  /** The schema that the steps leave behind, without our own tables. */
  readonly objects: readonly SchemaObject[]
  /** What the journal in the target keeps for undo. */
  readonly record: RunRecord
}

/** The statements as one would type them, for `--sql` and for tests that compare text. */
export function sqlText(program: Program): readonly string[] {
  return program.steps.map(textOf)
}

function textOf(step: Step): string {
  switch (step.kind) {
    case 'statement':
      return `${step.sql};`
    case 'assign':
      return `-- ${step.object}: ULIDs in the order of the staged rows\n${step.write};`
    case 'chunked':
      return `-- ${step.object}: by key range\n${step.sql};`
    case 'fetch':
      return `-- ${step.object}: ULIDs as ${step.of.map(each => each.target).join(', ')} has them\n${step.write};`
  }
}

/** A statement that needs no more than running. */
export function statement(phase: Phase, object: string, sql: string, when?: string): Statement {
  return { kind: 'statement', phase, object, sql, ...(when === undefined ? {} : { when }) }
}
