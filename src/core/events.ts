/**
 * What the engine says while it works. Screens, the headless report, `--events` and the report file are four readers
 * of this one stream; none of them asks the engine anything else.
 */
import type { Check } from './documents.ts'
import type { Failure, Message } from './message.ts'

export const phases = [
  'inspect',
  'copy',
  'preconditions',
  'snapshot',
  'check-snapshot',
  'map',
  'rewrite',
  'verify',
  'commit',
  'verify-outside',
  'undo',
  'restore',
] as const

export type Phase = (typeof phases)[number]

export type EngineEvent =
  | { readonly type: 'phase'; readonly phase: Phase; readonly status: 'started' }
  | {
      readonly type: 'phase'
      readonly phase: Phase
      readonly status: 'done'
      readonly seconds: number
      readonly detail: string
    }
  | {
      readonly type: 'progress'
      readonly phase: Phase
      readonly object: string
      readonly unit: 'rows' | 'pages' | 'checks' | 'objects'
      readonly done: number
      readonly total: number
    }
  | { readonly type: 'check'; readonly check: Check }
  | { readonly type: 'finding'; readonly finding: Message }
  /** Somebody else holds the file; sent again about once a second, so that no wait is silent. */
  | {
      readonly type: 'waiting'
      readonly for: string
      readonly holder: string
      readonly seconds: number
      readonly limit: number
    }
  /** The operator's pause of an expansion, which holds no lock meanwhile. */
  | { readonly type: 'pause'; readonly status: 'started' }
  | { readonly type: 'pause'; readonly status: 'done'; readonly seconds: number }
  /** A line that a command of a system printed, without escape sequences. */
  | { readonly type: 'output'; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  /** What a system has made until now, each time that there is more of it. */
  | {
      readonly type: 'tables'
      readonly database: string
      readonly tables: readonly string[]
      readonly missing: readonly string[]
    }

/** The last word of an operation: exactly one, and nothing follows it. */
export type Outcome<R> =
  | { readonly type: 'result'; readonly value: R }
  | { readonly type: 'failed'; readonly error: Failure }

/** An event as it travels: stamped with time, run and target. */
export type Stamped<E> = E & { readonly at: string; readonly run: string; readonly target: string }
