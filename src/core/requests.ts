/** What can be asked of the engine, and what each answers with. The operation's name is the command's. */
import type {
  CodeRun,
  CodeTarget,
  CodeUndone,
  DetectedTarget,
  DryRunTarget,
  FinalizedTarget,
  InitializedTarget,
  MigratedTarget,
  Proof,
  PrunedTarget,
  RolledBackTarget,
  SnapshotsTarget,
  StatusTarget,
  Trace,
  VerifiedTarget,
} from './documents.ts'
import type { Across, Following } from './links.ts'
import type { Message } from './message.ts'
import type { Plan } from './plan/plan.ts'
import type { ComparedQuery, TestRun } from './run-report.ts'
import type { ObjectPrint } from './schema/print.ts'
import type { Command, Generator, System } from './systems/system.ts'

/** What the operator chose, by flag, by key or in the config file; whatever is absent is decided by detection. */
export interface Choices {
  readonly strategy?: 'replace' | 'expand'
  /** For integer keys: `keep-integer` unless said otherwise. */
  readonly form?: 'keep-integer' | 'pure'
  readonly all?: boolean
  /** `table.column`, quoted as in SQL where needed. */
  readonly only?: readonly string[]
  readonly skip?: readonly string[]
  /** `child.column=parent.column` */
  readonly references?: readonly string[]
  readonly noReferences?: readonly string[]
  /** `table.column=id|order|COLUMN` */
  readonly times?: readonly string[]
  /** `UTC`, a fixed offset as `+02:00`, or an IANA name; for times that do not say. */
  readonly timezone?: string
  readonly sentinels?: 'keep' | 'null' | 'refuse'
  readonly case?: 'upper' | 'lower'
  /** `table.column=NAME`: what the ULID column beside an identity or a reference is called. */
  readonly ulidColumns?: readonly string[]
  /** Whether a column beside each identity's ULID tells when that was made. */
  readonly generatedAt?: boolean
  readonly accept?: readonly string[]
  /** Those of the lists above that were said of a whole system: they hold where their table is. */
  readonly whereThere?: readonly string[]
  /** Columns that hold ids of other targets, as `across` found them. */
  readonly follows?: readonly Following[]
  /** 64 hex digits; random when absent. */
  readonly seed?: string
  /** Clock for rows that have no time of their own, ISO 8601; now when absent. */
  readonly baseTime?: string
}

/** How much of an expansion's work other programs may notice. */
export interface Pace {
  /** No other writer shall wait longer than so many milliseconds for a lock of ours; 50 where nothing is said. */
  readonly maxStall: number
  /** Rows a second at most; null for as many as that bound allows. */
  readonly rate: number | null
}

export const usualPace: Pace = { maxStall: 50, rate: null }

/** What the operator chose of a contract. */
export interface ContractChoices {
  /** The legacy columns go on, as `legacy_<name>`. */
  readonly keepLegacy?: boolean
  /** The ULID columns take the names of the legacy ones; else they keep their own. */
  readonly takeNames?: boolean
  /** The verification period need not be over. */
  readonly early?: boolean
  /** How long it is; 14 days where nothing is said. */
  readonly verificationDays?: number
  readonly accept?: readonly string[]
}

/** A query whose time is compared before and after a migration. */
export interface BaselineQuery {
  readonly name: string
  readonly sql: string
  /** Where the values of its one parameter are read; absent where it takes none. */
  readonly values?: { readonly table: string; readonly column: string }
}

/** Where the program keeps its own files, and how long it may wait for somebody else's lock. */
export interface Settings {
  readonly stateDir: string
  readonly snapshotDir: string
  readonly waitSeconds: number
  /** As DuckDB reads it: `512MB`, `2GiB`. Absent: decided by what the machine has. */
  readonly duckdbMemory?: string
}

export interface Requests {
  readonly detect: { readonly target: string; readonly choices: Choices }
  readonly plan: { readonly target: string; readonly choices: Choices }
  readonly 'dry-run': {
    readonly target: string
    readonly choices: Choices
    readonly plan?: Plan
    /** Where the migrated copy is put, for those that follow this target; it is thrown away where nothing is said. */
    readonly keep?: string
    /** Such copies of other targets, by their paths. */
    readonly rehearsed?: Readonly<Record<string, string>>
  }
  /** Whether a plan still fits its target. It only reads, and refuses with what moved. */
  readonly 'check-plan': {
    readonly target: string
    readonly plan: Plan
    readonly print: readonly ObjectPrint[]
  }
  /** Which columns of these targets hold ids of another one of them, or of one that the choices name. */
  readonly across: {
    readonly targets: readonly {
      readonly target: string
      readonly choices: Choices
      /** What detection says of it by these choices, where that is known; else it is asked. */
      readonly known?: DetectedTarget
    }[]
  }
  readonly migrate: {
    readonly target: string
    readonly choices: Choices
    readonly plan?: Plan
    /** How gently an expansion goes about it, beside other programs. */
    readonly pace?: Partial<Pace>
    /** The plan of a contract wants the target's name here. */
    readonly confirm?: string
  }
  /** The plan of a contract; it is rehearsed by `dry-run` and carried out by `migrate`, as any other. */
  readonly 'plan-contract': { readonly target: string; readonly choices: ContractChoices }
  /** `strict` says whether anybody else may have written since the run; without it, that is told from the file. */
  readonly verify: { readonly target: string; readonly run?: string; readonly strict?: boolean }
  readonly rollback: {
    readonly target: string
    readonly mode: 'undo' | 'restore'
    readonly run?: string
    readonly dryRun: boolean
    /** An undo of anything but an expansion is refused: that is what `collapse` asks for. */
    readonly expansion?: boolean
    /** Restore over newer rows wants the target's name here. */
    readonly confirm?: string
  }
  readonly status: {
    readonly targets: readonly string[]
    /** How long expansions are watched, by target, and for all others; 14 days where nothing is said. */
    readonly verificationDays?: { readonly usually?: number; readonly of: Readonly<Record<string, number>> }
  }
  readonly trace: {
    readonly id: string
    readonly targets: readonly string[]
    /** Those that the ledger knows as well. */
    readonly everywhere?: boolean
    /** What the systems of targets are called, by their paths; else it is told from the schema. */
    readonly systems?: Readonly<Record<string, string>>
    /** How many seconds before and after its time are looked at; a minute where nothing is said. */
    readonly window?: number
    /** Only what it names: neither what refers to it nor what is near. */
    readonly brief?: boolean
  }
  readonly finalize: { readonly target: string; readonly confirm?: string; readonly dryRun: boolean }
  readonly snapshots: { readonly targets: readonly string[]; readonly check: boolean }
  readonly 'prune-snapshots': {
    readonly target: string
    readonly runs: readonly string[]
    readonly olderThanDays?: number
    readonly confirm?: string
    readonly dryRun: boolean
  }
  /** Of a system: a file that is not there is made, and one with tables is left alone. Else both are refused. */
  readonly initialize: { readonly target: string; readonly schema: string; readonly ofSystem?: boolean }
  /** The system's own command, run and watched; without `run` it is only said whether there is anything to do. */
  readonly 'initialize-system': {
    /** The database that it is about: the only one that counts where it was named. */
    readonly target: string
    readonly named: boolean
    readonly system: System
    readonly run: boolean
    /** Other tables than expected are taken as they are. */
    readonly accept: boolean
  }
  readonly code: {
    readonly target: string
    /** Its name, or empty for a path. */
    readonly system: string
    /** Where its files are shown from and its interpreter is run; told from the packages where nothing is said. */
    readonly folder?: string
    /** Files and folders of source code, absolute. */
    readonly paths: readonly string[]
    readonly generator: Generator
    /** Whether that was named, and so comes before a module of ours that is in its place. */
    readonly named: boolean
    readonly interpreter: readonly string[]
    readonly putGenerator: boolean
    readonly case: 'upper' | 'lower'
    /** Sites, as `FILE:LINE`, that change or stay whatever is thought of them. */
    readonly change: readonly string[]
    readonly leave: readonly string[]
    readonly write: boolean
    readonly allowDirty: boolean
    readonly accept: readonly string[]
    /**
     * When the generator is tried, which runs the system's own code: where an id is to be made with it, unless said
     * otherwise; `used`: also where one is already; `never`: only the files are read. Whoever writes tries it in any case.
     */
    readonly trial?: 'used' | 'never'
  }
  readonly 'undo-code': {
    readonly run?: string
    readonly dryRun?: boolean
    /** For a rehearsal: later runs, the last first, that are taken back before this one. */
    readonly without?: readonly string[]
  }
  readonly 'code-runs': Readonly<Record<string, never>>
  /**
   * How a migrated database answers these queries, and those that follow from its own plan, held against the file with what
   * was there before: the snapshot, or, for a rehearsed copy, the target itself.
   */
  readonly 'compare-queries': {
    readonly target: string
    readonly before: string
    readonly queries: readonly BaselineQuery[]
  }
  /** The tests of a system; `target` is its folder. */
  readonly 'system-tests': { readonly target: string; readonly command: Command; readonly log: string }
  /** Asked by an engine of a fresh engine, so that a snapshot is opened by a process that did not write it. */
  readonly 'check-snapshot': { readonly target: string; readonly snapshot: string }
  /** The same for a target that others go on writing to: what the copy holds is told by a digest. */
  readonly 'digest-snapshot': { readonly snapshot: string }
  /** The proof of an undo from outside; `of` is the migration that it took back. */
  readonly 'verify-undo': {
    readonly target: string
    readonly run: string
    readonly of: string
    readonly strict: boolean
  }
  /** What a file looks like from outside, for one who holds a lock on it and must not read it himself (HAZARDS E1). */
  readonly 'last-write': { readonly target: string }
  /** A DuckDB file and its .wal as one file, made by a process that has it not open. */
  readonly 'copy-store': { readonly from: string; readonly to: string }
  /** The checksum of a file, made beside the engine's own work. */
  readonly 'hash-file': { readonly file: string }
}

export interface Answers {
  readonly detect: DetectedTarget
  readonly plan: { readonly plan: Plan; readonly detected: DetectedTarget }
  readonly 'plan-contract': { readonly plan: Plan; readonly findings: readonly Message[] }
  readonly 'dry-run': {
    readonly document: DryRunTarget
    readonly plan: Plan
    /** Of the schema that was rehearsed, so that what moves afterwards can be named. */
    readonly print: readonly ObjectPrint[]
  }
  readonly 'check-plan': { readonly fingerprint: string }
  readonly across: Across
  readonly migrate: MigratedTarget
  readonly verify: VerifiedTarget
  readonly rollback: RolledBackTarget
  readonly status: readonly StatusTarget[]
  readonly trace: Trace
  readonly finalize: FinalizedTarget
  readonly snapshots: readonly SnapshotsTarget[]
  readonly 'prune-snapshots': PrunedTarget
  readonly initialize: {
    readonly target: string
    readonly tables: readonly string[]
    /** They were there, and nothing was made. */
    readonly standing?: boolean
  }
  readonly 'initialize-system': InitializedTarget
  readonly code: CodeTarget
  readonly 'undo-code': CodeUndone
  readonly 'code-runs': readonly CodeRun[]
  readonly 'compare-queries': readonly ComparedQuery[]
  readonly 'system-tests': TestRun
  readonly 'check-snapshot': { readonly rows: number }
  readonly 'digest-snapshot': { readonly digest: string; readonly rows: number }
  readonly 'verify-undo': Proof
  readonly 'last-write': { readonly signature: string }
  readonly 'copy-store': {
    readonly bytes: number
    /** Of the file that was copied, by which one sees whether anybody writes to it later. */
    readonly mark: string
  }
  readonly 'hash-file': { readonly sha256: string }
}

export type Operation = keyof Requests
