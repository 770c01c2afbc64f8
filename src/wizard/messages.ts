/** What can happen to the wizard, and what it can ask for in return. Both are plain data, so that tests can be too. */
import type {
  Answers,
  Choices,
  EngineEvent,
  Operation,
  Outcome,
  Remembered,
  Requests,
} from '../core/index.ts'
import type { ReportContent } from './report.ts'
import type { GivenTarget, Job, ReportFile } from './state.ts'

/** The operations a screen may ask for. */
export type Asked = Extract<
  Operation,
  | 'detect'
  | 'across'
  | 'status'
  | 'initialize'
  | 'initialize-system'
  | 'dry-run'
  | 'check-plan'
  | 'migrate'
  | 'verify'
  | 'rollback'
  | 'code-runs'
  | 'undo-code'
  | 'code'
  | 'compare-queries'
  | 'trace'
  | 'system-tests'
>

export type Answer = {
  [O in Asked]: {
    readonly type: 'answer'
    readonly job: Job
    readonly operation: O
    readonly outcome: Outcome<Answers[O]>
    readonly at: number
  }
}[Asked]

export type WizardMessage =
  | { readonly type: 'opened'; readonly at: number }
  /** A grapheme, or the name of a key that is none: `enter`, `esc`, `ctrl-c` (see read-keys.ts). */
  | { readonly type: 'key'; readonly key: string; readonly at: number }
  | { readonly type: 'tick'; readonly at: number }
  | { readonly type: 'event'; readonly job: Job; readonly event: EngineEvent; readonly at: number }
  | Answer
  | { readonly type: 'wrote'; readonly file: string; readonly at: number }
  | { readonly type: 'not-written'; readonly file: string; readonly why: string; readonly at: number }
  | {
      readonly type: 'remembered'
      readonly target: string
      readonly choices: Choices
      readonly outcome: Remembered
      readonly at: number
    }
  | {
      readonly type: 'completed'
      readonly text: string
      readonly completions: readonly string[]
      readonly at: number
    }
  | {
      readonly type: 'found'
      readonly text: string
      readonly given: readonly GivenTarget[]
      readonly at: number
    }
  | { readonly type: 'not-found'; readonly why: string; readonly at: number }
  | { readonly type: 'reported'; readonly report: ReportFile; readonly at: number }
  /** SIGTERM, SIGINT or SIGHUP: the code to leave with. */
  | { readonly type: 'signal'; readonly code: number; readonly at: number }
  /** The terminal's content is gone or not to be trusted: after a suspension, or a change of size. */
  | { readonly type: 'wiped'; readonly at: number }

export type Start = {
  [O in Asked]: {
    readonly type: 'start'
    readonly job: Job
    readonly operation: O
    readonly request: Requests[O]
  }
}[Asked]

export type Command =
  | Start
  | { readonly type: 'stop'; readonly job: Job }
  | { readonly type: 'pause'; readonly job: Job }
  | { readonly type: 'resume'; readonly job: Job }
  | { readonly type: 'kill'; readonly job: Job }
  | { readonly type: 'write'; readonly file: string; readonly text: string }
  | { readonly type: 'remember'; readonly target: string; readonly choices: Choices }
  | { readonly type: 'report'; readonly content: ReportContent }
  /** How a path that is typed could go on. */
  | { readonly type: 'complete'; readonly text: string }
  /** What a path names. */
  | { readonly type: 'find'; readonly text: string }
  | { readonly type: 'redraw' }
  | { readonly type: 'suspend' }
  /** Stop whatever runs, then leave. */
  | { readonly type: 'leave'; readonly code: number }
  /** Ctrl-C while leaving: kill whatever still runs. */
  | { readonly type: 'kill-all' }
