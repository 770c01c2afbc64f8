/**
 * What compiling a plan yields: statements in the order they run, as text. Some kinds need more than running: ULIDs
 * are assigned by the engine chunk by chunk, copying and filling go by key range, so that there is progress and a
 * place to stop, and values that hold ids without being ids are looked into one by one.
 */

import type { Phase } from '../events.ts'
import type { Place } from '../inside/place.ts'
import type { Leader } from '../plan/plan.ts'
import type { SchemaObject } from '../schema/model.ts'
import type { RunRecord } from './run-record.ts'

export type Step = Statement | Assign | Chunked | Scan | Splice | Fetch | Gather

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
  /** Finds a ULID that was made and that another row has kept: (the row it was made for, the one that kept it, the ULID). */
  readonly clash: string
  /** Takes back what {@link write} has written. */
  readonly again: string
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

/** The values of one column that are looked into. A row is known by a number. */
export interface ValuesInside {
  readonly places: readonly Place[]
  /** For each place: 1 where @id names a row. */
  readonly known: readonly string[]
  readonly total: string
  /** The numbers of the rows from @from on, at most @limit of them. */
  readonly chunk: string
  /** Of the row @n: its time, the value's type, the value (text as bytes), and for each place whether it is one in this row. */
  readonly row: string
}

/** Asks other targets for the ids that stand inside of values, and notes the ULIDs of those that they know. */
export interface Gather {
  readonly kind: 'gather'
  readonly phase: 'map'
  readonly object: string
  readonly values: ValuesInside
  /** For each place: who is asked, one after the other, and what notes their @ulid of the id @id, which is new. */
  readonly asks: readonly (readonly { readonly of: readonly Leader[]; readonly write: string }[])[]
}

/** Notes the ids that name no row. */
export interface Scan {
  readonly kind: 'scan'
  readonly phase: Phase
  readonly object: string
  readonly values: ValuesInside
  /** For each place. */
  readonly notes: readonly Note[]
}

export interface Note {
  /** Given the id that stands there as @id, and its row's time as @ms; null where orphans stay as they are. */
  readonly sql: string | null
  /** Ids of the identity, where one that names no row has to be of the kind that most of them are. */
  readonly alike: string | null
}

/** Sets aside each value in which ids are found, beside the value that takes its place. */
export interface Splice {
  readonly kind: 'splice'
  readonly phase: Phase
  readonly object: string
  readonly values: ValuesInside
  /** For each place: what comes in the place of @id, an integer or the bytes of a text; nothing where it stays. */
  readonly finds: readonly string[]
  /** Writes the new value @value (a text as bytes if @text) of the row @n. */
  readonly write: string
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
    case 'gather':
      return [
        `-- ${step.object}: ids inside of its values, row by row, at ${spelled(step.values.places)}`,
        ...step.asks.flatMap(asks =>
          asks.map(({ of, write }) => `-- as ${of.map(each => each.target).join(', ')} has them\n${write};`),
        ),
      ].join('\n')
    case 'scan':
      return [
        `-- ${step.object}: orphans inside of its values, row by row, at ${spelled(step.values.places)}`,
        ...step.notes.flatMap(({ sql }) => (sql === null ? [] : [`${sql};`])),
      ].join('\n')
    case 'splice':
      return `-- ${step.object}: ids inside of its values, row by row, at ${spelled(step.values.places)}\n${step.write};`
  }
}

function spelled(places: readonly Place[]): string {
  return places
    .map(({ path, pattern }) => [path, pattern].filter(Boolean).join(':') || 'the whole value')
    .join(', ')
}

/** A statement that needs no more than running. */
export function statement(phase: Phase, object: string, sql: string, when?: string): Statement {
  return { kind: 'statement', phase, object, sql, ...(when === undefined ? {} : { when }) }
}
