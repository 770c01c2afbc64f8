/**
 * Everything the wizard knows, as frozen data: what each target answered, and which screen is shown. A screen holds
 * what it cannot do without, so that confirming without a rehearsal, or migrating without a plan, cannot be written
 * down at all.
 */
import {
  type Across,
  type Check,
  type Choices,
  type CodeRun,
  type CodeUndone,
  type DetectedSystem,
  type DetectedTarget,
  type DryRunTarget,
  type Failure,
  type Following,
  isInSteps,
  type Message,
  type MigratedTarget,
  type ObjectPrint,
  type Plan,
  type Proof,
  type RolledBackTarget,
  type RunRecord,
  type StatusTarget,
  type System,
  type TargetReport,
  type TestRun,
  type Timing,
  type Trace,
} from '../core/index.ts'
import { fileName, targetNames } from '../ui/target-name.ts'
import type { Progress } from './progress.ts'
import { unfinishedOf } from './unfinished.ts'

/** One call of the engine, by the order in which they were made; answers to calls nobody waits for are dropped. */
export type Job = number

export interface Working {
  readonly is: 'working'
  readonly job: Job
  readonly progress: Progress
  /** What Ctrl-C has asked so far. */
  readonly stopping: 'no' | 'asked' | 'killed'
  /** Whether it is to rest, as far as anybody has said; since when it does is in the progress. */
  readonly pausing: boolean
}

export interface Failed {
  readonly is: 'failed'
  readonly failure: Failure
  /** True when the operator asked for the stop: then it is no failure. */
  readonly stopped: boolean
  readonly progress: Progress | null
}

export type Detection =
  | { readonly is: 'waiting' }
  | {
      readonly is: 'reading'
      readonly job: Job
      readonly progress: Progress
      /** What was known before, with what the operator just changed; shown until the new answer is there. */
      readonly shown: DetectedTarget | null
      /** The last answer and the choices it belongs to: where to return if the engine refuses the new ones. */
      readonly settled: { readonly document: DetectedTarget; readonly choices: Choices } | null
    }
  | { readonly is: 'known'; readonly document: DetectedTarget }
  | { readonly is: 'failed'; readonly failure: Failure }

/** A plan and what it did on a copy: always the two of the same hash. */
export interface Rehearsal {
  readonly plan: Plan
  readonly document: DryRunTarget
  /** Of the schema that it was made for. */
  readonly print: readonly ObjectPrint[]
  /** What each phase took: by the document, and by the clock where the document does not say. */
  readonly timings: readonly Timing[]
  /** When it was answered, ms since 1970. */
  readonly at: number
  /** What it took from other targets. */
  readonly follows: readonly Following[]
  /** Whether its copy was kept, for those that take their ULIDs from it. */
  readonly kept: boolean
}

/** An expansion, by its run, that stands half way; or so many rows of which have no ULID where a column of it is. */
export type Resumed = { readonly resumes: string } & (
  | { readonly percent: number }
  | { readonly behind: number }
)

export function isRehearsal(of: Rehearsal | Resumed): of is Rehearsal {
  return 'plan' in of
}

/** What the targets have to do with each other; asked once all of them have been read, and again by other choices. */
export type Comparison =
  | { readonly is: 'due'; readonly shown: Across | null }
  | {
      readonly is: 'asking'
      readonly job: Job
      readonly progress: Progress
      /** The answer before, with what the operator just changed; shown until the new one is there. */
      readonly shown: Across | null
    }
  | { readonly is: 'known'; readonly across: Across }
  /** The operator goes on without. */
  | { readonly is: 'stopped' }
  | { readonly is: 'failed'; readonly failure: Failure; readonly shown: Across | null }

/** A target that the wizard was opened with. */
export interface GivenTarget {
  readonly target: string
  /** By flags, environment and config files. */
  readonly choices: Choices
  /** The config files that had something to say of it. */
  readonly configFiles: readonly string[]
  /** The title of the system that it belongs to, where it was found by that. */
  readonly system?: string
  /** The system that keeps it, where that is known. */
  readonly owner?: System
}

export interface Entry {
  readonly target: string
  readonly given: GivenTarget
  readonly selected: boolean
  readonly choices: Choices
  /** Those that need not be kept any more: they were there at the start, or are in the config file since. */
  readonly kept: Choices
  /** Why they could not be kept, when that was asked for. */
  readonly notKept: Failure | null
  /** What detection said before the operator changed anything; the choices are the difference to it. */
  readonly original: DetectedTarget | null
  readonly detection: Detection
  readonly status: StatusTarget | null
  /** Kept while the choices stay, so that going back loses nothing. */
  readonly rehearsal: Rehearsal | null
}

/** The targets chosen at the start: the one at hand, and those still to come. */
export interface Journey {
  readonly target: string
  readonly rest: readonly string[]
  readonly of: number
}

/** What the journeys of this wizard have done and have still to do: what its report is made of. */
export interface Book {
  /** When the wizard was opened, ms since 1970. */
  readonly begun: number
  /** Of every target that a journey was to take, and of each that was migrated. */
  readonly pages: readonly TargetReport[]
  /** Targets that are migrated, in the order in which they were. */
  readonly done: readonly string[]
  /** An id of each target as its rehearsal showed it, which has to be found again. */
  readonly samples: Readonly<Record<string, Sample>>
  /** What became of the applications above them, by the names of their systems. */
  readonly applications: Readonly<Record<string, Application>>
}

export interface Sample {
  readonly before: string
  readonly after: string
}

/** A system after its migration: what its queries and its own tests say. */
export interface Application {
  /** The targets that were migrated then; with others it has to be proved anew. */
  readonly of: readonly string[]
  /** Whether it was looked at, or the operator went on without. */
  readonly was: 'proved' | 'passed-over'
  readonly tests: TestRun | null
  readonly checks: readonly Check[]
  readonly findings: readonly Message[]
}

/** Where the report lies, or why it could not be written. */
export type ReportFile = { readonly file: string } | { readonly why: string }

export interface Filter {
  readonly text: string
  readonly editing: boolean
}

export interface TargetsScreen {
  readonly name: 'targets'
  readonly cursor: number
  readonly filter: Filter
}

/** A file to open, by a path that is typed. */
export interface OpenScreen {
  readonly name: 'open'
  readonly typed: string
  /** How it could go on, where that is not settled. */
  readonly completions: readonly string[]
}

export interface DetectScreen {
  readonly name: 'detect'
  readonly journey: Journey
  readonly pane: 'identities' | 'references' | 'evidence' | 'findings' | 'choices'
  readonly cursor: number
  readonly referenceCursor: number
  readonly findingCursor: number
  readonly choiceCursor: number
  readonly filter: Filter
}

export interface InitializeScreen {
  readonly name: 'initialize'
  readonly journey: Journey
  /** Whether there is not even a file yet. */
  readonly missing: boolean
  /** Whether the known schema is made, or the command of its system is run. */
  readonly how: 'known' | 'command'
  readonly work: { readonly is: 'asked' } | Working | Failed
}

export interface DryRunScreen {
  readonly name: 'dry-run'
  readonly journey: Journey
  readonly view: 'summary' | 'schema' | 'statements' | 'checks'
  readonly scroll: number
  readonly work: Working | { readonly is: 'rehearsed'; readonly rehearsal: Rehearsal } | Failed
}

export interface ConfirmScreen {
  readonly name: 'confirm'
  readonly journey: Journey
  /** An expansion that was begun before goes on by its own plan, which was rehearsed and confirmed then. */
  readonly rehearsal: Rehearsal | Resumed
  readonly typed: string
  /** Once the name is typed, the schema is read once more before anything is begun. */
  readonly work: { readonly is: 'asked' } | Working
}

export interface MigrateScreen {
  readonly name: 'migrate'
  readonly journey: Journey
  readonly rehearsal: Rehearsal | Resumed
  readonly wholeLog: boolean
  readonly work: Working | Failed
}

export interface VerifyScreen {
  readonly name: 'verify'
  readonly journey: Journey
  /** Null where it is an earlier run that is proved. */
  readonly migrated: MigratedTarget | null
  readonly cursor: number
  readonly details: boolean
  readonly work: { readonly is: 'proved'; readonly proof: Proof; readonly again: boolean } | Working | Failed
}

/** A run on a database. */
export interface RunChoice {
  readonly of: 'database'
  readonly target: string
  readonly record: RunRecord
}

/** A run that changed source code; `target` is its tree. */
export interface CodeChoice {
  readonly of: 'code'
  readonly target: string
  readonly run: CodeRun
}

export type AnyChoice = RunChoice | CodeChoice

export type RollbackStage =
  | { readonly is: 'list'; readonly cursor: number }
  | { readonly is: 'asking'; readonly choice: AnyChoice }
  /** The restore was weighed first: its snapshot read whole, and what would be lost counted. */
  | {
      readonly is: 'typing'
      readonly choice: RunChoice
      readonly typed: string
      readonly weighed: RolledBackTarget
    }
  | { readonly is: 'running'; readonly choice: AnyChoice; readonly how: RollbackHow; readonly work: Working }
  | { readonly is: 'finished'; readonly choice: RunChoice; readonly document: RolledBackTarget }
  | { readonly is: 'put-back'; readonly document: CodeUndone }
  | { readonly is: 'failed'; readonly choice: AnyChoice; readonly how: RollbackHow; readonly work: Failed }

/** `weigh` rehearses a restore. */
export type RollbackHow = 'undo' | 'rehearse-undo' | 'restore' | 'weigh'

/** Whether it leaves the target as it is. */
export function onlyReads(how: RollbackHow): boolean {
  return how === 'rehearse-undo' || how === 'weigh'
}

export interface RollbackScreen {
  readonly name: 'rollback'
  /** Where Esc leads while nothing was changed. */
  readonly from: Exclude<Screen, RollbackScreen | TakeBackScreen | TraceScreen | OpenScreen | QuittingScreen>
  readonly stage: RollbackStage
}

/** What was found of one id, and the row under the cursor, which refers to it or is near it in time. */
export interface Traced {
  readonly is: 'found'
  readonly trace: Trace
  readonly cursor: number
}

export type TraceStage =
  | { readonly is: 'typing'; readonly typed: string }
  | { readonly is: 'looking'; readonly id: string; readonly work: Working }
  | Traced
  | { readonly is: 'failed'; readonly id: string; readonly work: Failed }

/** Everything that is known of one id; from there on to the rows that refer to it, and to what was made at that time. */
export interface TraceScreen {
  readonly name: 'trace'
  readonly from: TargetsScreen | DetectScreen | VerifyScreen | DoneScreen
  /** What was looked at before the row that was followed, the last one at the end. */
  readonly trail: readonly Traced[]
  readonly stage: TraceStage
}

export type Task =
  | { readonly does: 'queries'; readonly target: string }
  | { readonly does: 'trace'; readonly target: string; readonly sample: Sample }
  | { readonly does: 'tests' }

/** The application above the targets of a system: it is proved once all of them have been. */
export interface ApplicationScreen {
  readonly name: 'application'
  readonly journey: Journey
  readonly system: System
  /** The one at hand, and those after it. */
  readonly tasks: readonly Task[]
  readonly work: { readonly is: 'asked' } | Working | { readonly is: 'ended' } | Failed
}

/** What is taken back, the newest first, one after another. */
export type TakeBackStage =
  | { readonly is: 'asking' }
  | { readonly is: 'running'; readonly work: Working }
  | { readonly is: 'ended' }
  | { readonly is: 'failed'; readonly work: Failed }

export interface TakeBackScreen {
  readonly name: 'take-back'
  /** Where Esc leads while nothing was changed. */
  readonly from: MigrateScreen | VerifyScreen | ApplicationScreen | DoneScreen
  /** Those that are still to be taken back: the one at hand is the first. */
  readonly targets: readonly string[]
  readonly taken: readonly RolledBackTarget[]
  readonly stage: TakeBackStage
}

export interface DoneScreen {
  readonly name: 'done'
  readonly scroll: number
}

export interface QuittingScreen {
  readonly name: 'quitting'
  readonly code: number
  /** The run that was writing when the way out was taken; its last word is still waited for. */
  readonly live: {
    readonly job: Job
    readonly target: string
    readonly rehearsal: Rehearsal | Resumed | null
  } | null
}

export type Screen =
  | TargetsScreen
  | OpenScreen
  | DetectScreen
  | InitializeScreen
  | DryRunScreen
  | ConfirmScreen
  | MigrateScreen
  | VerifyScreen
  | ApplicationScreen
  | RollbackScreen
  | TakeBackScreen
  | TraceScreen
  | DoneScreen
  | QuittingScreen

/** Something that was done, or was tried: what the summary on the main screen is made of. */
export type Deed =
  | { readonly did: 'initialized'; readonly target: string; readonly tables: number }
  | {
      readonly did: 'migrated'
      readonly target: string
      readonly migrated: MigratedTarget
      readonly proof: Proof
    }
  | { readonly did: 'rolled-back'; readonly target: string; readonly document: RolledBackTarget }
  | { readonly did: 'code-put-back'; readonly target: string; readonly document: CodeUndone }
  | { readonly did: 'stopped'; readonly target: string; readonly during: string; readonly failure: Failure }
  | { readonly did: 'failed'; readonly target: string; readonly during: string; readonly failure: Failure }

/** Places that make old ids; null where they are not known. */
export interface SourceLook {
  readonly job: Job
  readonly old: number | null
}

export interface SnapshotRead {
  readonly found: 'as taken' | 'altered' | 'missing'
  /** ms since 1970 */
  readonly at: number
}

export interface Wizard {
  /** Of the last message, ms since 1970. */
  readonly now: number
  readonly entries: readonly Entry[]
  /** What it was opened with by name, and what is not there of that. */
  readonly systems: readonly DetectedSystem[]
  /** The folder of the ledger, where a command would not find it by itself. */
  readonly stateDir: string | null
  readonly screen: Screen
  /** Help lies over the screen, which goes on beneath. */
  readonly help: { readonly scroll: number } | null
  readonly notice: string
  readonly deeds: readonly Deed[]
  readonly book: Book
  /** Null as long as there is nothing to report. */
  readonly report: ReportFile | null
  readonly nextJob: Job
  readonly comparison: Comparison
  /** The call that asks for runs, if one is under way. */
  readonly statusJob: Job | null
  /** Runs that changed source code, wherever it lies: known once the rollback menu was opened. */
  readonly codeRuns: readonly CodeRun[]
  readonly codeRunsJob: Job | null
  /** Snapshots that were read whole since the wizard was opened, by their paths. */
  readonly snapshotsRead: Readonly<Record<string, SnapshotRead>>
  /** What the source code of systems still does, by their names: asked once one of their databases is rehearsed. */
  readonly sources: Readonly<Record<string, SourceLook>>
  /** How far a screen without a cursor is scrolled, where it does not fit: see moves/scroll.ts. */
  readonly scroll: number
  /** How often the screen was wiped: each time it has to be drawn anew. */
  readonly wiped: number
}

const noFilter: Filter = { text: '', editing: false }

export const targetsScreen: TargetsScreen = { name: 'targets', cursor: 0, filter: noFilter }

export function detectScreen(journey: Journey): DetectScreen {
  return {
    name: 'detect',
    journey,
    pane: 'identities',
    cursor: 0,
    referenceCursor: 0,
    findingCursor: 0,
    choiceCursor: 0,
    filter: noFilter,
  }
}

/** Each target is held against each: where a folder holds many, that takes long, and is done when it is asked for. */
const comparedUnasked = 12

/** A target of which nothing is known yet. */
export function newEntry(given: GivenTarget): Entry {
  return {
    target: given.target,
    given,
    selected: false,
    choices: given.choices,
    kept: given.choices,
    notKept: null,
    original: null,
    detection: { is: 'waiting' },
    status: null,
    rehearsal: null,
  }
}

/** The state before anything was asked of the engine. */
export function initialWizard(
  targets: readonly GivenTarget[],
  now: number,
  systems: readonly DetectedSystem[] = [],
  stateDir: string | null = null,
): Wizard {
  return {
    now,
    systems,
    stateDir,
    entries: targets.map(newEntry),
    screen: targetsScreen,
    help: null,
    notice: '',
    deeds: [],
    book: { begun: now, pages: [], done: [], samples: {}, applications: {} },
    report: null,
    nextJob: 1,
    comparison: targets.length > comparedUnasked ? { is: 'stopped' } : { is: 'due', shown: null },
    statusJob: null,
    codeRuns: [],
    codeRunsJob: null,
    snapshotsRead: {},
    sources: {},
    scroll: 0,
    wiped: 0,
  }
}

export function entryOf(wizard: Wizard, target: string): Entry {
  const entry = wizard.entries.find(each => each.target === target)
  if (entry === undefined) throw new Error(`No such target in the wizard: ${target}`)
  return entry
}

/** What a target is called among all of them. */
export function nameOf({ entries }: Wizard, target: string): string {
  const known = namesOf.get(entries) ?? namesIn(entries)
  return known.get(target) ?? fileName(target)
}

/** Every row of every frame asks for names, and each depends on all targets: they are made once for a list. */
const namesOf = new WeakMap<readonly Entry[], ReadonlyMap<string, string>>()

function namesIn(entries: readonly Entry[]): ReadonlyMap<string, string> {
  const names = targetNames(entries.map(entry => entry.target))
  const known = new Map(entries.map((entry, index) => [entry.target, names[index] ?? entry.target]))
  namesOf.set(entries, known)
  return known
}

/** What is known of a target, also while it is being read again. */
export function documentOf(entry: Entry): DetectedTarget | null {
  switch (entry.detection.is) {
    case 'known':
      return entry.detection.document
    case 'reading':
      return entry.detection.shown
    case 'waiting':
    case 'failed':
      return null
  }
}

/** Unfinished runs come first, then targets with something due, the others as they were given. */
export function orderedEntries(wizard: Wizard): readonly Entry[] {
  const rank = (entry: Entry) =>
    unfinishedOf(entry) !== null ? 0 : (entry.status?.due.length ?? 0) > 0 ? 1 : 2
  return [...wizard.entries].sort((a, b) => rank(a) - rank(b))
}

/** The rows of the targets screen: ordered, and narrowed by the filter. */
export function visibleEntries(wizard: Wizard, filter: Filter): readonly Entry[] {
  const wanted = filter.text.toLowerCase()
  return orderedEntries(wizard).filter(entry => entry.target.toLowerCase().includes(wanted))
}

/** The rows of the rollback menu, newest first. */
export function rollbackRuns(wizard: Wizard): readonly AnyChoice[] {
  const databases = wizard.entries.flatMap(entry =>
    (entry.status?.runs ?? []).map(record => ({ of: 'database', target: entry.target, record }) as const),
  )
  const code = wizard.codeRuns.map(run => ({ of: 'code', target: run.target, run }) as const)
  return [...databases, ...code].sort((a, b) => doneAt(b).localeCompare(doneAt(a)))
}

export function doneAt(choice: AnyChoice): string {
  return choice.of === 'code' ? choice.run.at : choice.record.at
}

/** Whether what is under way there, or has just failed, fills ULID columns in short transactions while programs go on writing. */
export function isExpanding(screen: Screen): boolean {
  if (screen.name !== 'migrate') return false
  const { rehearsal } = screen
  return isRehearsal(rehearsal) ? isInSteps(rehearsal.plan) : 'percent' in rehearsal
}

/** Whether the engine is writing to a target now: then the only way out is to finish or to stop. */
export function isLive(screen: Screen): boolean {
  switch (screen.name) {
    case 'migrate':
    case 'initialize':
      return screen.work.is === 'working'
    case 'rollback':
      return screen.stage.is === 'running' && !onlyReads(screen.stage.how)
    case 'take-back':
      return screen.stage.is === 'running'
    case 'application':
    case 'targets':
    case 'detect':
    case 'dry-run':
    case 'confirm':
    case 'verify':
    case 'trace':
    case 'open':
    case 'done':
    case 'quitting':
      return false
  }
}

/** The call that the screen itself waits for. */
export function workOf(screen: Screen): Working | null {
  switch (screen.name) {
    case 'initialize':
    case 'dry-run':
    case 'migrate':
    case 'verify':
    case 'application':
    case 'confirm':
      return screen.work.is === 'working' ? screen.work : null
    case 'rollback':
    case 'take-back':
      return screen.stage.is === 'running' ? screen.stage.work : null
    case 'trace':
      return screen.stage.is === 'looking' ? screen.stage.work : null
    case 'open':
    case 'targets':
    case 'detect':
    case 'done':
    case 'quitting':
      return null
  }
}
