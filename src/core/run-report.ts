/** The report over a run of systems: what was found, done and proved, how to go back, and what is due. */
import type { Check, CodeGenerator, CodeSite, Proof, TargetState } from './documents.ts'
import type { Message } from './message.ts'

/** A system's own tests, run once. */
export interface TestRun {
  readonly status: 'passed' | 'failed' | 'timed-out' | 'not-started'
  readonly command: readonly string[]
  readonly exit: number | null
  readonly signal: string | null
  readonly seconds: number
  /** The file with their output. */
  readonly log: string
  /** Tests that failed, where the output names them as pytest, unittest or TAP do. */
  readonly failures: readonly string[]
  /** The last lines of the output. */
  readonly tail: readonly string[]
  readonly why: string
}

/** One side of a comparison. */
export interface TimedQuery {
  /** Of one execution; the median. */
  readonly microseconds: number
  /** That it answered with: of all executions together, where it was asked for several values. */
  readonly rows: number
  /** Lines of EXPLAIN QUERY PLAN. */
  readonly plan: readonly string[]
}

export interface ComparedQuery {
  readonly name: string
  readonly sql: string
  /** How often each side was timed. */
  readonly times: number
  /** For how many values it was asked each time; 0 where it takes none. */
  readonly values: number
  readonly before: TimedQuery
  /** Null where it can no longer be asked. */
  readonly after: TimedQuery | null
  readonly verdict: 'as-before' | 'slower' | 'no-index' | 'other-rows' | 'fails'
  readonly why: string
}

/** The proof of one rehearsal: of the migration and of its undo. */
export interface Rehearsal {
  readonly proof: Proof
  readonly undo: Proof
  readonly seconds: number
  /** Asked of the copy, and of the target as it is. */
  readonly queries: readonly ComparedQuery[]
}

export interface TargetReport {
  readonly target: string
  /** The run that migrated it, which may be an earlier one; empty where none did. */
  readonly run: string
  /** Whether that was this run, or one that it goes on with. */
  readonly ofThisRun: boolean
  /** `done-before`: by an earlier run, and proved again. `skipped`: by the operator, or with what it holds ids of. */
  readonly status:
    | 'waiting'
    | 'migrated'
    | 'done-before'
    | 'nothing-to-do'
    | 'skipped'
    | 'unreadable'
    | 'empty'
    | 'failed'
    | 'rolled-back'
  readonly state: TargetState | ''
  readonly rows: number
  readonly strategy: string
  readonly identities: number
  readonly identifiers: number
  readonly references: number
  readonly seconds: number
  readonly snapshot: string
  readonly rehearsal: Rehearsal | null
  /** Inside the transaction, and by another process after it. */
  readonly proof: Proof | null
  readonly outside: Proof | null
  readonly queries: readonly ComparedQuery[]
  /** Ids that were looked for by their ULID, and found with their legacy id; -1 where one was not. */
  readonly traced: number
  readonly findings: readonly Message[]
  /** Commands. */
  readonly wayBack: readonly string[]
  readonly due: readonly string[]
}

/** What a look at a system's source code found; nothing of it was changed. */
export interface SourceReport {
  /** How many files were looked at. */
  readonly files: number
  /** Places that make ids of the old kind. */
  readonly old: readonly CodeSite[]
  /** Places of which only the operator can say whether their ids are to be ULIDs. */
  readonly undecided: readonly CodeSite[]
  /** Files that make ids with the generator. */
  readonly using: readonly string[]
  /** Files that could not be read, or are not understood. */
  readonly unread: readonly string[]
  /** How many places would reject a ULID, or read a part out of an id. */
  readonly rejecting: number
  /** What came of trying the generator, where an id is made, or is to be made, with it. */
  readonly generators: readonly CodeGenerator[]
  /** Why it could not be looked at. */
  readonly error: Message | null
}

export interface SystemReport {
  readonly system: string
  readonly title: string
  readonly folder: string | null
  readonly status: 'waiting' | 'done' | 'nothing-to-do' | 'skipped' | 'failed' | 'stopped' | 'rolled-back'
  /** Where its databases were looked for. */
  readonly places: readonly { readonly path: string; readonly what: string; readonly there: boolean }[]
  readonly targets: readonly TargetReport[]
  /** Its own tests. */
  readonly tests: { readonly before: TestRun | null; readonly after: TestRun | null }
  /** Beside those of its targets: `system-tests` and `queries`. */
  readonly checks: readonly Check[]
  /** Null where it was not looked at. */
  readonly source: SourceReport | null
  readonly findings: readonly Message[]
  readonly due: readonly string[]
}

/** One line of what the documents of the systems ask for. */
export interface Criterion {
  readonly criterion: string
  /** `due`: it can still be fulfilled, by what `by` says; nothing went wrong. */
  readonly verdict: 'proved' | 'failed' | 'due' | 'not-applicable'
  /** By which check, with numbers; or the reason why not. */
  readonly by: string
}

export interface RunReport {
  readonly run: string
  /** The run that this one goes on with; empty where it began anew. */
  readonly resumes: string
  readonly status: 'running' | 'succeeded' | 'nothing-to-do' | 'failed' | 'stopped' | 'rolled-back'
  readonly begun: string
  readonly ended: string
  /** The process that is at work on it. */
  readonly process: { readonly pid: number; readonly started: string }
  readonly systems: readonly SystemReport[]
  readonly criteria: readonly Criterion[]
  readonly error: Message | null
  /** Systems that were being rolled back, and are not yet. */
  readonly takesBack: readonly string[]
  /** What to run now. */
  readonly next: readonly string[]
}
