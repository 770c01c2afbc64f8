/**
 * What the engine's events add up to: phases with their times, how far the current step is, rows a second, time left.
 * A pure fold; the only clock is the one in the events and ticks, so the same events always give the same picture.
 */
import {
  type Check,
  type EngineEvent,
  type Failure,
  type Phase,
  type Timing,
  withCommas,
} from '../core/index.ts'
import { duration } from '../ui/format.ts'

export interface PhaseProgress {
  readonly phase: Phase
  readonly startedAt: number
  /** Null while it runs. */
  readonly seconds: number | null
  readonly detail: string
}

export interface Step {
  readonly phase: Phase
  readonly object: string
  readonly unit: 'rows' | 'pages' | 'checks' | 'objects'
  readonly done: number
  readonly total: number
}

interface Sample {
  readonly at: number
  readonly rows: number
  readonly share: number
}

export interface Wait {
  readonly for: string
  readonly holder: string
  readonly seconds: number
  readonly limit: number
}

export interface LogLine {
  readonly at: number
  readonly object: string
  readonly text: string
}

export interface Progress {
  readonly startedAt: number
  /** What each phase took before, by the rehearsal; empty when nothing was rehearsed yet. */
  readonly expected: readonly Timing[]
  readonly phases: readonly PhaseProgress[]
  readonly step: Step | null
  /** Objects of the current phase that are over. */
  readonly over: readonly string[]
  readonly rows: number
  readonly samples: readonly Sample[]
  readonly log: readonly LogLine[]
  readonly checks: readonly Check[]
  readonly wait: Wait | null
  /** Since when it rests, as the operator wished; null while it works. */
  readonly pausedAt: number | null
  /** What a command of a system printed, the last lines of it. */
  readonly output: readonly string[]
  /** What it has made until now. */
  readonly made: Made | null
}

export interface Made {
  readonly database: string
  readonly tables: readonly string[]
  readonly missing: readonly string[]
}

const windowMs = 5_000
const logLimit = 500
const outputLimit = 100

export function startProgress(at: number, expected: readonly Timing[] = []): Progress {
  return {
    startedAt: at,
    expected,
    phases: [],
    step: null,
    over: [],
    rows: 0,
    samples: [],
    log: [],
    checks: [],
    wait: null,
    pausedAt: null,
    output: [],
    made: null,
  }
}

/** @returns the progress after `event`, which came at `at` (ms since 1970) */
export function advance(progress: Progress, event: EngineEvent, at: number): Progress {
  switch (event.type) {
    case 'phase':
      return event.status === 'started'
        ? begin(progress, event.phase, at)
        : sampled(end(progress, event.phase, event.seconds, event.detail, at), at)
    case 'progress':
      return sampled(move(progress, event, at), at)
    case 'check':
      return withLog(
        { ...progress, checks: [...progress.checks, event.check], wait: null },
        { at, object: event.check.id, text: event.check.detail },
      )
    case 'finding':
      return withLog(progress, { at, object: event.finding.object, text: event.finding.message })
    case 'waiting':
      return {
        ...progress,
        wait: { for: event.for, holder: event.holder, seconds: event.seconds, limit: event.limit },
      }
    case 'pause':
      return event.status === 'started'
        ? withLog({ ...progress, pausedAt: at, wait: null }, { at, object: 'paused', text: '' })
        : resumed(progress, event.seconds, at)
    case 'output':
      return { ...progress, output: [...progress.output, event.text].slice(-outputLimit) }
    case 'tables':
      return {
        ...progress,
        made: { database: event.database, tables: event.tables, missing: event.missing },
      }
  }
}

/**
 * A pause is no work: all that is measured goes on as if what was before had been later by as much. So elapsed time, rate and
 * time left are those of the work alone.
 */
function resumed(progress: Progress, seconds: number, at: number): Progress {
  const later = seconds * 1000
  return withLog(
    {
      ...progress,
      pausedAt: null,
      startedAt: progress.startedAt + later,
      phases: progress.phases.map(each => ({ ...each, startedAt: each.startedAt + later })),
      samples: progress.samples.map(each => ({ ...each, at: each.at + later })),
    },
    { at, object: 'gone on', text: `after ${duration(seconds)}` },
  )
}

/** The clock of the work, which stands still in a pause. */
export function workClock({ pausedAt }: Progress, now: number): number {
  return pausedAt ?? now
}

function begin(progress: Progress, phase: Phase, at: number): Progress {
  const phases = progress.phases.filter(each => each.phase !== phase)
  return {
    ...progress,
    phases: [...phases, { phase, startedAt: at, seconds: null, detail: '' }],
    step: null,
    over: [],
    wait: null,
  }
}

function end(progress: Progress, phase: Phase, seconds: number, detail: string, at: number): Progress {
  const known = progress.phases.some(each => each.phase === phase)
  const started = known ? progress : begin(progress, phase, at)
  const finished = progress.step === null ? started : objectOver(started, progress.step, at)
  return {
    ...finished,
    phases: finished.phases.map(each => (each.phase === phase ? { ...each, seconds, detail } : each)),
    step: null,
    over: [],
    wait: null,
  }
}

function move(progress: Progress, event: Step, at: number): Progress {
  const before = progress.step
  const same = before !== null && before.phase === event.phase && before.object === event.object
  const left = before !== null && !same ? objectOver(progress, before, at) : progress
  const fresh = event.unit === 'rows' ? event.done - (same ? before.done : 0) : 0
  const { phase, object, unit, done, total } = event
  return {
    ...left,
    step: { phase, object, unit, done, total },
    rows: left.rows + Math.max(0, fresh),
    wait: null,
  }
}

function objectOver(progress: Progress, step: Step, at: number): Progress {
  // Checks have a word of their own.
  const logged =
    step.object === '' || step.unit === 'checks'
      ? progress
      : withLog(progress, {
          at,
          object: step.object,
          text: `${withCommas(step.total)} ${step.unit}`,
        })
  return { ...logged, over: [...logged.over, step.object] }
}

function withLog(progress: Progress, entry: LogLine): Progress {
  return { ...progress, log: [...progress.log, entry].slice(-logLimit) }
}

function sampled(progress: Progress, at: number): Progress {
  const recent = progress.samples.filter(sample => sample.at >= at - windowMs)
  return { ...progress, samples: [...recent, { at, rows: progress.rows, share: shareDone(progress) ?? 0 }] }
}

/** Seconds that the rehearsal spent in a phase, or on one object of it; null where it did not measure that. */
export function expectedSeconds(expected: readonly Timing[], phase: string, object?: string): number | null {
  const found = expected.filter(
    each => each.phase === phase && (object === undefined || each.object === object),
  )
  return found.length === 0 ? null : found.reduce((sum, each) => sum + each.seconds, 0)
}

/** How much of the whole is done, 0 to 1, by the rehearsal's own times; null when nothing was rehearsed. */
export function shareDone(progress: Progress): number | null {
  const whole = progress.expected.reduce((sum, each) => sum + each.seconds, 0)
  if (whole <= 0) return null
  let done = 0
  for (const phase of new Set(progress.expected.map(each => each.phase))) {
    const seconds = expectedSeconds(progress.expected, phase) ?? 0
    const seen = progress.phases.find(each => each.phase === phase)
    if (seen === undefined) continue
    done += seen.seconds !== null ? seconds : Math.min(seconds, secondsIntoPhase(progress, phase, seconds))
  }
  return Math.min(1, done / whole)
}

function secondsIntoPhase(progress: Progress, phase: string, seconds: number): number {
  const step = progress.step
  if (step === null || step.phase !== phase || step.total <= 0) return 0
  const part = Math.min(1, step.done / step.total)
  const ofObject = expectedSeconds(progress.expected, phase, step.object)
  if (ofObject === null) return seconds * part
  const before = [...new Set(progress.over)].filter(object => object !== step.object)
  const past = before.reduce(
    (sum, object) => sum + (expectedSeconds(progress.expected, phase, object) ?? 0),
    0,
  )
  return past + ofObject * part
}

/** What the last five seconds saw; null when that is too little to make a rate of. */
function lately(progress: Progress, now: number): { rows: number; share: number; seconds: number } | null {
  const recent = progress.samples.filter(sample => sample.at >= now - windowMs)
  const first = recent[0]
  const last = recent.at(-1)
  // The time since the last sample counts, too: when nothing moves, the rate goes down.
  if (first === undefined || last === undefined || now <= first.at) return null
  return { rows: last.rows - first.rows, share: last.share - first.share, seconds: (now - first.at) / 1000 }
}

/** Rows a second over the last five seconds; null when no rows moved in them. */
export function rowsPerSecond(progress: Progress, now: number): number | null {
  const recent = lately(progress, workClock(progress, now))
  return recent === null || recent.rows <= 0 ? null : recent.rows / recent.seconds
}

/** Seconds left, by the speed of the last five seconds; null while it is too early to say (TERMINAL 7). */
export function secondsLeft(progress: Progress, now: number): number | null {
  const share = shareDone(progress)
  const clock = workClock(progress, now)
  const elapsed = (clock - progress.startedAt) / 1000
  if (share === null || elapsed < 5 || share < 0.02) return null
  const overall = share / elapsed
  const recent = lately(progress, clock)
  const speed = recent === null || recent.share <= 0 ? overall : recent.share / recent.seconds
  // Half of each: the last seconds alone jump with every small table.
  return (1 - share) / ((speed + overall) / 2)
}

/** `about 40 s`, `a few seconds`: no more digits than can be known. */
export function roughly(seconds: number): string {
  if (seconds < 10) return 'a few seconds'
  if (seconds < 60) return `about ${Math.ceil(seconds / 5) * 5} s`
  return `about ${Math.ceil(seconds / 60)} min`
}

/** Whether rows are being written. */
export function isFilling({ phases }: Progress): boolean {
  return phases.some(({ phase, seconds }) => phase === 'rewrite' && seconds === null)
}

/** Whether the transaction is over: from then on the target is another one. A restore commits all its pages at once. */
export function isCommitted(progress: Progress): boolean {
  return progress.phases.some(({ phase, seconds }) => commits.has(phase) && seconds !== null)
}

/** Whether the engine was lost between the order to commit and its answer: only the file itself knows. */
export function isInDoubt(progress: Progress | null, failure: Failure): boolean {
  return (
    failure.code === 'ENGINE.LOST' &&
    progress?.phases.some(({ phase, seconds }) => commits.has(phase) && seconds === null) === true
  )
}

const commits: ReadonlySet<Phase> = new Set(['commit', 'restore'])

/** `told`, and the phases that were seen but are not in it. */
export function measured(progress: Progress, told: readonly Timing[]): readonly Timing[] {
  const seen = progress.phases.flatMap(({ phase, seconds }) =>
    seconds === null || told.some(each => each.phase === phase) ? [] : [{ phase, object: '', seconds }],
  )
  return [...told, ...seen]
}

const least = 0.02

/**
 * The live run's expected times from a rehearsal's. It knows rewriting, verifying and committing from the copy; the
 * snapshot is the same work as making that copy (so is reading the whole file twice more, to see that it and the
 * snapshot are sound), and the check from outside is the same as the check within.
 */
export function expectRun(rehearsed: readonly Timing[]): readonly Timing[] {
  const own = rehearsed.filter(each => ['map', 'rewrite', 'verify'].includes(each.phase))
  const copy = expectedSeconds(rehearsed, 'copy') ?? least
  const once = (phase: string, seconds: number | null) => [
    { phase, object: '', seconds: Math.max(least, seconds ?? least) },
  ]
  return [
    ...once('inspect', expectedSeconds(rehearsed, 'inspect')),
    ...once('preconditions', copy),
    ...once('snapshot', copy),
    ...once('check-snapshot', copy),
    ...own.map(each => ({ ...each, seconds: Math.max(least, each.seconds) })),
    ...once('commit', expectedSeconds(rehearsed, 'commit')),
    ...once('verify-outside', expectedSeconds(rehearsed, 'verify')),
  ]
}
