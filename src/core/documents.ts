/**
 * The documents that commands print with `--json` and that screens draw: what detection found, what a dry run showed,
 * what a run did, what was proved. Everything about targets is a list, also for one.
 */
import type { Message } from './message.ts'

export type IdKind =
  | 'integer'
  | 'uuid1'
  | 'uuid2'
  | 'uuid3'
  | 'uuid4'
  | 'uuid5'
  | 'uuid6'
  | 'uuid7'
  | 'uuid8'
  | 'ulid'
  | 'ulid-lower'
  | 'objectid'
  | 'ksuid'
  | 'snowflake'
  | 'nanoid'
  | 'cuid'
  | 'md5'
  | 'sha1'
  | 'sha256'
  | 'hex'
  | 'name-timestamp'
  | 'prefixed'
  | 'text'
  | 'blob16'
  | 'other'

export type TargetState = 'empty' | 'legacy' | 'half' | 'expanding' | 'expanded' | 'migrated' | 'none'

/** Where the time of a row, and so the time in its ULID, comes from. `column` is also the fallback of `id`. */
export interface TimeSource {
  readonly from: 'id' | 'column' | 'order'
  readonly column?: string
}

export interface DetectedReference {
  readonly table: string
  readonly column: string
  /** How sure detection is, 0 to 1; a declared key is 1. */
  readonly confidence: number
  readonly matched: number
  readonly orphans: number
  readonly sentinels: number
  /** Up to three values that name rows; orphans where there is none that does. */
  readonly samples: readonly string[]
  /** Up to three values that name no row. */
  readonly orphanSamples: readonly string[]
  readonly why: string
  /** What happens to these values if the reference is left out. */
  readonly leftOut: string
  /** The other target that holds the column; absent where it is the identity's own. */
  readonly target?: string
  /** Where in a JSON document, see docs/what-is-detected.md. */
  readonly path?: string
  /** How the id is written inside a longer text. */
  readonly pattern?: string
  /** Rows in which the value is an id of this identity. */
  readonly when?: { readonly column: string; readonly is: readonly string[] }
  readonly choice: 'accepted' | 'offered' | 'mentioned'
  readonly kind: 'declared' | 'inferred' | 'composite' | 'json' | 'polymorphic' | 'embedded'
}

/** A reference of several columns to a key of several; nothing of it becomes a ULID. */
export interface DetectedComposite {
  readonly table: string
  readonly columns: readonly string[]
  readonly parent: string
  /** In the order of `columns`. */
  readonly parentColumns: readonly string[]
  readonly confidence: number
  /** Rows that name a row of the parent. */
  readonly matched: number
  /** Rows that name none. */
  readonly orphans: number
  readonly why: string
  readonly choice: 'accepted' | 'offered' | 'mentioned'
  readonly kind: 'declared' | 'inferred'
}

/** An id, with the time that its row carries. */
export interface TimedId {
  readonly value: string
  /** ISO 8601, UTC; null where the row has none. */
  readonly time: string | null
}

/** Rows whose time is before that of the row before them by id: time wins, so their ULIDs sort elsewhere. */
export interface Inversions {
  /** How many rows were looked at, the first by id. */
  readonly looked: number
  readonly rows: number
}

export interface DetectedIdentity {
  readonly table: string
  readonly column: string
  readonly rows: number
  readonly kinds: Readonly<Partial<Record<IdKind, number>>>
  readonly nulls: number
  readonly duplicates: number
  /** Whether it is its table's row number (INTEGER PRIMARY KEY), so that the form of the plan applies. */
  readonly integerKey: boolean
  readonly migrate: boolean
  /** Whether `--all` (or the operator) may take it; false for natural keys and the like, until named by `--only`. */
  readonly offered: boolean
  readonly reason: string
  readonly time: TimeSource
  /** Other columns that could give the row's time, for the operator to choose from. */
  readonly timeColumns: readonly string[]
  /** Up to three of its values. */
  readonly samples: readonly TimedId[]
  /** Null where its ids have no order, or its rows no times. */
  readonly inversions: Inversions | null
  readonly references: readonly DetectedReference[]
}

/** A program that has the file open, as far as can be seen from here. */
export interface OpenBy {
  readonly pid: number
  readonly program: string
}

export interface DetectedTarget {
  /** The path as the operator wrote it, made absolute. */
  readonly target: string
  readonly engine: 'sqlite' | 'duckdb'
  readonly state: TargetState
  readonly bytes: number
  readonly tables: readonly { readonly name: string; readonly rows: number }[]
  readonly identities: readonly DetectedIdentity[]
  readonly composites: readonly DetectedComposite[]
  readonly findings: readonly Message[]
  /** Other programs that have the file open now: best effort, and only those of this machine that may be looked at. */
  readonly openBy: readonly OpenBy[]
}

export interface Check {
  readonly id: string
  readonly ok: boolean
  /** How many things were compared. */
  readonly count: number
  readonly detail: string
  readonly seconds?: number
  /** How many were changed by others since the run, where that is not held against it. */
  readonly changed?: number
  /** What is at fault, at most a handful, printable. */
  readonly faults?: readonly string[]
}

export interface Proof {
  readonly ok: boolean
  readonly checks: readonly Check[]
}

export interface Sample {
  readonly table: string
  readonly column: string
  readonly before: string
  readonly after: string
  /** ISO 8601, UTC. */
  readonly time: string
  readonly from: string
}

export interface Timing {
  readonly phase: string
  readonly object: string
  readonly seconds: number
}

export interface Change {
  readonly table: string
  readonly rows: number
  readonly columns: readonly string[]
}

/** The stored text of a table, index, view or trigger. */
export interface SchemaChange {
  readonly type: 'table' | 'index' | 'view' | 'trigger'
  readonly name: string
  /** Null where it is new. */
  readonly before: string | null
  /** Null where it goes. */
  readonly after: string | null
}

/** What the run will need and take, measured by the rehearsal. */
export interface Estimate {
  readonly seconds: number
  /** How long the run will keep other programs from writing: from its first lock to its commit. */
  readonly lockedSeconds: number
  readonly rehearsalSeconds: number
  readonly bytes: number
  readonly bytesAfter: number
  readonly snapshotBytes: number
  readonly freeBytes: number
}

export interface DryRunTarget {
  readonly target: string
  readonly engine: 'sqlite' | 'duckdb'
  readonly plan: { readonly hash: string; readonly file?: string }
  readonly changes: readonly Change[]
  /** Names of tables, indexes, views and triggers whose text and rows stay as they are. */
  readonly stays: {
    readonly tables: number
    readonly indexes: number
    readonly views: number
    readonly triggers: number
  }
  /** Objects whose stored text changes; our own tables are not among them. */
  readonly schema: readonly SchemaChange[]
  readonly orphans: number
  readonly samples: readonly Sample[]
  readonly estimate: Estimate
  readonly proof: Proof
  /** The undo, rehearsed on the same copy. */
  readonly undo: Proof
  readonly timings: readonly Timing[]
  readonly statements: readonly string[]
  readonly findings: readonly Message[]
  readonly openBy: readonly OpenBy[]
}

export interface MigratedTarget {
  readonly target: string
  readonly status: 'succeeded' | 'nothing-to-do'
  readonly strategy: 'replace' | 'expand' | 'contract'
  readonly plan: string
  readonly identities: number
  readonly identifiers: number
  readonly references: number
  readonly snapshot: string
  readonly proof: Proof
  /** The same checks by a fresh process after the commit. */
  readonly outside: Proof
  readonly timings: readonly Timing[]
}

export interface VerifiedTarget {
  readonly target: string
  readonly run: string
  readonly proof: Proof
  /** Null: nobody wrote since. Otherwise what moved. */
  readonly changedSince: {
    readonly cells: number
    readonly rowsAdded: number
    readonly rowsDeleted: number
  } | null
}

export interface RolledBackTarget {
  readonly target: string
  readonly run: string
  readonly mode: 'undo' | 'restore'
  readonly rowsKept: number
  readonly rowsDiscarded: number
  readonly byTable: readonly { readonly table: string; readonly rows: number }[]
  /** True for a rehearsal: the target was not touched. */
  readonly rehearsed: boolean
  readonly snapshot: string
  readonly proof: Proof
}

/** Our own tables taken out of a target; empty lists where there were none. */
export interface FinalizedTarget {
  readonly target: string
  /** The migrations that can no longer be undone. */
  readonly runs: readonly string[]
  readonly tables: readonly { readonly name: string; readonly rows: number }[]
  /** True for a dry run: the target was not touched. */
  readonly rehearsed: boolean
  /** Taken before the tables were dropped, so that even that is within reach. */
  readonly snapshot: string
  readonly proof: Proof
}

/** A database that has its tables now. */
export interface InitializedTarget {
  readonly target: string
  /** By its name, where one was asked for. */
  readonly system: string | null
  /** `missing` where it was only asked whether there is anything to do. */
  readonly status: 'made' | 'nothing-to-do' | 'missing'
  /** Who made the tables; null where nobody did now. */
  readonly by: 'command' | 'known-schema' | null
  readonly tables: readonly string[]
  readonly findings: readonly Message[]
}

export interface KnownSnapshot {
  readonly run: string
  readonly what: RunRecord['what']
  readonly at: string
  readonly path: string
  readonly bytes: number
  readonly ageSeconds: number
  /** Whether a migration that stands can be restored from it, and is proved with it. */
  readonly wayBack: boolean
  /** `kept` was not looked into; the others were. */
  readonly state: 'kept' | 'sound' | 'missing' | 'altered' | 'damaged'
}

export interface SnapshotsTarget {
  readonly target: string
  readonly snapshots: readonly KnownSnapshot[]
}

export interface PrunedTarget {
  readonly target: string
  readonly pruned: readonly KnownSnapshot[]
  readonly rehearsed: boolean
}

export interface RunRecord {
  readonly run: string
  readonly what: 'migrate' | 'undo' | 'restore' | 'finalize'
  readonly at: string
  readonly status: 'running' | 'expanding' | 'succeeded' | 'failed' | 'stopped' | 'undone' | 'finalized'
  readonly strategy: 'replace' | 'expand' | 'contract' | ''
  readonly identifiers: number
  readonly phases: readonly { readonly name: string; readonly status: string; readonly at: string }[]
  readonly snapshot: string
  readonly snapshotBytes: number
  /** At a glance: `kept` has the size and the time with which it was taken and checked, `touched` another time, `altered` another size. */
  readonly snapshotState: 'none' | 'kept' | 'touched' | 'altered' | 'missing'
  /** Rows written since the run, where that is known. */
  readonly rowsSince: number | null
}

/** One ULID column of an expansion. */
export interface Coverage {
  /** `table.column` of the ULID column. */
  readonly column: string
  readonly role: 'identity' | 'reference'
  readonly rows: number
  /** Rows that ought to have a ULID and have none. */
  readonly without: number
  /** References that hold another ULID than that of the row, or orphan, which their legacy column names. */
  readonly outOfStep: number
}

/** An expansion that stands: both its ids are live. */
export interface LiveExpansion {
  readonly run: string
  readonly since: string
  /** When its verification period is over. */
  readonly verifyUntil: string
  readonly coverage: readonly Coverage[]
  /** For each identity, the statement that finds a row by either id, `:id`. */
  readonly lookups: readonly string[]
}

/** An expansion that is under way, or was stopped on it. */
export interface UnfinishedExpansion {
  readonly run: string
  readonly percent: number
}

/** A run that is committed, and not proved from outside. */
export interface UnprovedRun {
  readonly run: string
  /** Whether that proof was made, and failed. */
  readonly failed: boolean
}

export interface StatusTarget {
  readonly target: string
  readonly state: TargetState | 'missing' | 'unreadable'
  readonly runs: readonly RunRecord[]
  readonly expansions: readonly LiveExpansion[]
  readonly unfinished: UnfinishedExpansion | null
  /** The migration that stands, where it was committed and not proved from outside, or its proof failed. */
  readonly unproved: UnprovedRun | null
  readonly due: readonly string[]
}

/** Everything that is known of one id. */
export interface Trace {
  /** As it was asked for. */
  readonly id: string
  /** The time inside it, ISO 8601, where it is a ULID. */
  readonly time: string | null
  readonly found: readonly TracedRow[]
  readonly references: readonly TracedReference[]
  /** What else was made at about that time, in all systems, the earliest first; of each identity the nearest few. */
  readonly related: readonly RelatedRow[]
  readonly near: TraceWindow
  /** Where it was looked for. */
  readonly targets: readonly TracedTarget[]
}

/** What an id names, under both its ids. */
export interface TracedRow {
  /** The application that it belongs to, where that is known. */
  readonly system: string | null
  readonly target: string
  readonly table: string
  readonly column: string
  /** The row's number, or its key; null where rows refer to the id and it names none. */
  readonly row: string | null
  readonly ulid: string | null
  readonly legacy: string | null
  /** The time inside the ULID, ISO 8601. */
  readonly time: string | null
  /** A few of its other columns, shortened; never what looks like a secret, nor a document. */
  readonly inShort: readonly ShortCell[]
}

export interface ShortCell {
  readonly column: string
  readonly value: string
}

export interface TracedReference {
  readonly target: string
  readonly table: string
  readonly column: string
  /** `table.column` of the identity. */
  readonly to: string
  /** The target of the identity. */
  readonly toTarget: string
  readonly kind: 'declared' | 'inferred' | 'composite' | 'json' | 'polymorphic' | 'embedded'
  /** The place in the column's values, as an operator writes it: `events.data:$.job.id`; null where the id is the whole value. */
  readonly inside: string | null
  readonly rows: number
  /** The first few of them, each by its number or key. */
  readonly samples: readonly string[]
  /** The ULIDs of those rows; null where their table has no migrated ids of its own. */
  readonly ids: readonly (string | null)[]
  /** Whether the whole column was read, since no index serves. */
  readonly scanned: boolean
}

/** A row whose ULID is of about the same time. */
export interface RelatedRow {
  readonly system: string | null
  readonly target: string
  readonly table: string
  readonly column: string
  readonly row: string | null
  readonly ulid: string
  /** Null where it never had one, or where finding it would have meant to read a whole map. */
  readonly legacy: string | null
  readonly time: string
  /** Seconds after the time of the id; negative for what came before it. */
  readonly offset: number
}

/** The window in time that `related` is about. */
export interface TraceWindow {
  /** On each side. */
  readonly seconds: number
  /** The ULID in its middle; null where none is known, and nothing was looked for. */
  readonly ulid: string | null
  /** How many rows of each identity lie in it; those without any are left out. */
  readonly identities: readonly NearIdentity[]
}

export interface NearIdentity {
  readonly target: string
  readonly table: string
  readonly column: string
  /** Null where no index serves, and nothing was looked for. */
  readonly rows: number | null
  /** Whether there are more of them than were counted. */
  readonly more: boolean
  /** How many of them are in `related`. */
  readonly shown: number
}

export interface TracedTarget {
  readonly target: string
  readonly system: string | null
  /** Whether it has a migration that stands. */
  readonly migrated: boolean
  /** How many identities it was looked for in: those of migrations that stand. */
  readonly identities: number
  /** How many keys of other tables a ULID was looked for in: text under a unique index, named like an id. */
  readonly keys: number
  /** Columns and maps that were read as a whole, since no index serves. */
  readonly readThrough: readonly string[]
  /** Why it could not be read. */
  readonly error: Message | null
}

/** A place where a database of a system may lie, and what is there. */
export interface PlaceLookedAt {
  readonly path: string
  /** What it would hold, in a few words; empty where nothing is known of it. */
  readonly what: string
  readonly found: 'sqlite' | 'empty' | 'duckdb' | 'other' | 'nothing'
}

export interface DetectedSystem {
  readonly system: string
  readonly title: string
  /** Its source tree; null where none was found. */
  readonly folder: string | null
  /** Its databases that are there and can be read. */
  readonly targets: readonly string[]
  readonly places: readonly PlaceLookedAt[]
  readonly findings: readonly Message[]
}

/** A place in source code where an id is made. */
export interface CodeSite {
  readonly file: string
  readonly line: number
  readonly rule: string
  /** What the value is given to; empty where nothing tells. */
  readonly subject: string
  /** The expression, in one line. */
  readonly text: string
  readonly verdict: 'change' | 'leave' | 'ask'
  readonly why: string
}

/** What the source code is to make its ids with, and what came of trying it. */
export interface CodeGenerator {
  readonly module: string
  readonly name: string
  readonly interpreter: string
  readonly state: 'good' | 'wrong' | 'missing'
  /** How many values were made. */
  readonly values: number
  readonly reasons: readonly string[]
  readonly notes: readonly string[]
}

export interface CodeTarget {
  /** A folder or file of source code. */
  readonly target: string
  readonly system: string
  /** How many files were looked at. */
  readonly files: number
  readonly sites: readonly CodeSite[]
  readonly findings: readonly Message[]
  /** Files that change, or were changed. */
  readonly changed: readonly string[]
  /** Files that are new. */
  readonly made: readonly string[]
  readonly diff: string
  readonly written: boolean
  /** One for each language in which an id is made. */
  readonly generators: readonly CodeGenerator[]
  /** Files that make ids with it already; only looked for where the request says so. */
  readonly using: readonly string[]
}

/** A run that changed source code. */
export interface CodeRun {
  readonly run: string
  readonly at: string
  readonly target: string
  readonly files: readonly string[]
  readonly status: 'written' | 'unfinished' | 'undone'
  /** Its name, or empty for a path. */
  readonly system: string
  /** Files that are neither as the run left them nor as they were before: an undo leaves them. */
  readonly changedSince: readonly string[]
}

export interface CodeUndone {
  readonly target: string
  readonly run: string
  /** Files that are as they were before the run. */
  readonly restored: readonly string[]
  /** Files that changed since, and were left. */
  readonly left: readonly string[]
  /** True for a rehearsal: no file was touched. */
  readonly rehearsed: boolean
}
