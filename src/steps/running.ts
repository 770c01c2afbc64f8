/** Work under way, as migrate, dry-run and rollback show it: phases with their times, the bar, the last log lines. */
import type { Change, Phase } from '../core/index.ts'
import { clock, count, counted, duration } from '../ui/format.ts'
import { wideFrom } from '../ui/frame.ts'
import { type Area, blank, cell, type Line, line, paragraph, span, spread, unbounded } from '../ui/line.ts'
import { scrolled } from '../ui/list.ts'
import { progressBar } from '../ui/progress-bar.ts'
import {
  expectedSeconds,
  isCommitted,
  type Progress,
  roughly,
  rowsPerSecond,
  secondsLeft,
  shareDone,
  workClock,
} from '../wizard/progress.ts'
import { isExpanding, type Screen, type Wizard, type Working } from '../wizard/state.ts'
import { symbols } from '../wizard/symbols.ts'
import { tableBars } from './table-bars.ts'

/** What each phase is called on screens. */
export const phaseNames: Readonly<Record<Phase, string>> = {
  inspect: 'inspect',
  copy: 'private copy',
  preconditions: 'preconditions',
  snapshot: 'snapshot',
  'check-snapshot': 'check the snapshot',
  map: 'new identifiers',
  rewrite: 'rewrite',
  verify: 'verify before commit',
  commit: 'commit',
  'verify-outside': 'verify from outside',
  undo: 'undo',
  restore: 'restore',
}

const nameWidth = 22

/** The phases of a live run, in their order; those not reached yet are shown, so that the end is in sight. */
export const livePhases: readonly Phase[] = [
  'inspect',
  'preconditions',
  'snapshot',
  'check-snapshot',
  'map',
  'rewrite',
  'verify',
  'commit',
  'verify-outside',
]

const barsShown = 8
const fewestLogLines = 3

/** @param tables those that are rewritten, with their rows; each has a bar while it is at work */
export function runningLines(
  wizard: Wizard,
  work: Working,
  planned: readonly Phase[],
  wholeLog: boolean,
  area: Area,
  tables: readonly Change[] = [],
): readonly Line[] {
  const { progress } = work
  if (wholeLog) return scrolled(logLines(progress, area.width), wizard.scroll, area)
  const phases = phaseLines(wizard, progress, planned, area.width)
  const below = [blank, ...barLines(wizard, progress, area.width), ...waitLines(progress, area.width)]
  const promise = stopLines(wizard.screen, work, area.width)
  const room = area.height - below.length - promise.length
  const shown = phases.length > room ? aroundNow(progress, phases, room) : phases
  const height = Math.min(barsShown, room - shown.length - fewestLogLines - 1)
  const inTables = tableBars(progress, tables, { width: area.width, height })
  const bars = inTables.length > 0 ? [blank, ...inTables] : []
  const logRoom = room - shown.length - bars.length - 1
  const log = logLines(progress, area.width).slice(-Math.max(0, Math.min(6, logRoom)))
  const gap =
    area.height -
    shown.length -
    bars.length -
    below.length -
    promise.length -
    log.length -
    (log.length > 0 ? 1 : 0)
  return [
    ...shown,
    ...bars,
    ...below,
    ...(log.length > 0 && gap >= 0 ? [blank, ...log] : []),
    ...Array.from({ length: Math.max(0, Math.min(1, gap)) }, () => blank),
    ...promise,
  ]
}

function aroundNow(progress: Progress, phases: readonly Line[], height: number): readonly Line[] {
  if (height < 1) return []
  const room = height - 1
  const from = Math.min(Math.max(0, progress.phases.length - Math.ceil(room / 2)), phases.length - room)
  const more = counted(phases.length - room, 'more phase')
  return [...phases.slice(from, from + room), line(span(`     ${more}`, 'muted'))]
}

function phaseLines(
  wizard: Wizard,
  progress: Progress,
  planned: readonly Phase[],
  width: number,
): readonly Line[] {
  const seen = progress.phases.map(each => each.phase)
  const last = Math.max(-1, ...seen.map(phase => planned.indexOf(phase)))
  // A phase that was passed over is not coming any more.
  const ahead = planned.filter((phase, index) => !seen.includes(phase) && index > last)
  return [
    ...progress.phases.map(({ phase, startedAt, seconds, detail }) => {
      const over = seconds !== null
      const took = over ? seconds : Math.max(0, workClock(progress, wizard.now) - startedAt) / 1000
      const before = over ? null : expectedSeconds(progress.expected, phase)
      const rehearsal = before === null || before < 0.1 ? '' : `rehearsal ${duration(before)}`
      const said = over ? detail : [stepText(progress), rehearsal].filter(Boolean).join('   ')
      return line(
        '   ',
        span(over ? symbols.done : symbols.now, over ? 'ok' : 'accent'),
        span(` ${cell(phaseNames[phase], nameWidth)}`, over ? 'plain' : 'strong'),
        span(cell(duration(took), 12, 'right')),
        span(width < wideFrom ? '' : `   ${said}`, over ? 'muted' : 'plain'),
      )
    }),
    ...ahead.map(phase => line('   ', span(`${symbols.toCome} ${phaseNames[phase]}`, 'muted'))),
  ]
}

function stepText(progress: Progress): string {
  const { step } = progress
  if (step === null) return ''
  const of = step.total > 0 ? `${count(step.done)} of ${count(step.total)}` : count(step.done)
  return `${step.object}   ${of}${step.unit === 'rows' ? '' : ` ${step.unit}`}`.trim()
}

function barLines(wizard: Wizard, progress: Progress, width: number): readonly Line[] {
  const elapsed = (workClock(progress, wizard.now) - progress.startedAt) / 1000
  const whole = progress.expected.reduce((sum, each) => sum + each.seconds, 0)
  const share = shareDone(progress) ?? ofStep(progress)
  const barWidth = Math.min(50, width - 24)
  const left = secondsLeft(progress, wizard.now)
  const rate = rowsPerSecond(progress, wizard.now)
  const told = [
    `${duration(Math.max(0, elapsed))} so far`,
    ...(left !== null
      ? [`${roughly(left)} left`]
      : whole > 0
        ? [`expected ${duration(whole)} by the rehearsal`]
        : []),
    // What rests has no speed.
    ...(rate !== null && progress.pausedAt === null ? [`${count(Math.round(rate))} rows/s`] : []),
  ]
  const step = width < wideFrom ? [line(span(`   ${stepText(progress)}`, 'muted'))] : []
  const ofWhat = whole > 0 || share === null ? '' : '  of this step'
  return [
    line('   ', ...progressBar(share, barWidth), span(ofWhat, 'muted')),
    ...paragraph(told.join(', '), width, 'muted', 3),
    ...step,
  ]
}

/** Where nothing was rehearsed, the bar is that of the step at hand. */
export function ofStep(progress: Progress): number | null {
  const { step } = progress
  return step === null || step.total <= 0 ? null : step.done / step.total
}

function waitLines(progress: Progress, width: number): readonly Line[] {
  const { wait } = progress
  if (wait === null) return []
  const holder = wait.holder === '' ? '' : ` ${wait.holder};`
  const text = `${symbols.warning} Waiting for ${wait.for}:${holder} ${Math.round(wait.seconds)} of at most ${wait.limit} s`
  return paragraph(text, width, 'warning', 3)
}

function stopLines(screen: Screen, work: Working, width: number): readonly Line[] {
  const text = stopText(screen, work)
  return text === null ? [] : paragraph(text, width, 'warning', 1)
}

/** What has been done about Ctrl-C; null where nobody pressed it. */
export function stopText(screen: Screen, work: Working): string | null {
  const committed = isCommitted(work.progress)
  const expanding = isExpanding(screen)
  switch (work.stopping) {
    case 'no':
      return null
    case 'asked':
      return committed
        ? 'Committed already: only the proof from outside is still made. Ctrl-C again kills the engine.'
        : expanding
          ? 'Stopping after the transaction at hand; what is filled stays. Ctrl-C again kills the engine.'
          : 'Stopping at the next chunk, then rolling back. Ctrl-C again kills the engine.'
    case 'killed':
      return committed
        ? 'The engine is killed; what was committed stands.'
        : expanding
          ? 'The engine is killed; what is filled stays, and the same command goes on from there.'
          : 'The engine is killed; the file is rolled back when it is next opened.'
  }
}

export function logLines(progress: Progress, width: number): readonly Line[] {
  return progress.log.map(({ at, object, text }) =>
    spread(
      line(span(`   ${clock(at)}`, 'muted'), '   ', object),
      line(span(text, 'muted'), '  '),
      width === unbounded ? width : Math.min(width, 76),
    ),
  )
}
