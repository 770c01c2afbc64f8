/** The run itself. No Esc and no question while a lock is held: the ways out are its end, and Ctrl-C. */
import { exitCodes } from '../core/index.ts'
import { messageBlock } from '../ui/error-block.ts'
import { clock, duration } from '../ui/format.ts'
import { type Area, blank, type Line, line, paragraph, span } from '../ui/line.ts'
import { wasInUse } from '../wizard/openings.ts'
import { isCommitted, isFilling, isInDoubt } from '../wizard/progress.ts'
import {
  type Failed,
  isExpanding,
  isRehearsal,
  type MigrateScreen,
  type Wizard,
  type Working,
} from '../wizard/state.ts'
import { symbols } from '../wizard/symbols.ts'
import { waysOn } from './common.ts'
import { livePhases, logLines, runningLines } from './running.ts'

export function migrateBody(wizard: Wizard, screen: MigrateScreen, area: Area): readonly Line[] {
  const { work } = screen
  if (work.is === 'failed') return failed(wizard, screen, work, area)
  const promise = promiseLines(wizard, screen, work, area.width)
  const rest = { width: area.width, height: area.height - promise.length }
  const changes = isRehearsal(screen.rehearsal) ? screen.rehearsal.document.changes : []
  // What others write meanwhile is proved once it is committed.
  const planned = isExpanding(screen) ? livePhases.filter(phase => phase !== 'verify') : livePhases
  return [...runningLines(wizard, work, planned, screen.wholeLog, rest, changes), ...promise]
}

/** What state the target is in meanwhile, and what the ways out lead to. */
function promiseLines(wizard: Wizard, screen: MigrateScreen, work: Working, width: number): readonly Line[] {
  if (isCommitted(work.progress)) return paragraph('Committed. What follows only reads.', width, 'muted', 1)
  if (!isExpanding(screen))
    return paragraph(
      'One transaction: until the commit the file is as it was. Ctrl-C leaves it so.',
      width,
      'muted',
      1,
    )
  const pause = pauseText(wizard, work)
  return pause === null
    ? paragraph(
        'Short transactions: other programs go on meanwhile. Ctrl-C stops; what is filled by then stays.',
        width,
        'muted',
        1,
      )
    : paragraph(pause, width, 'warning', 1)
}

function pauseText({ now }: Wizard, { progress, pausing, stopping }: Working): string | null {
  const { pausedAt } = progress
  if (stopping !== 'no' || !isFilling(progress)) return null
  if (pausedAt === null) return pausing ? 'Pausing after the transaction at hand.' : null
  if (!pausing) return 'Going on.'
  const since = `${clock(pausedAt)}, for ${duration(Math.max(0, now - pausedAt) / 1000)}`
  return `Paused since ${since}. No lock is held: other programs go on. p ends the pause, Ctrl-C stops; what is filled stays.`
}

function failed(wizard: Wizard, screen: MigrateScreen, work: Failed, area: Area): readonly Line[] {
  const { wholeLog, journey } = screen
  const { failure, progress, stopped } = work
  const isResumed = isExpanding(screen) && !isRehearsal(screen.rehearsal)
  const committed = progress !== null && isCommitted(progress)
  const inDoubt = isInDoubt(progress, failure)
  const at = progress?.phases.find(each => each.seconds === null)?.phase
  const begun = isExpanding(screen) && (progress?.phases.some(({ phase }) => phase === 'rewrite') ?? false)
  const state = committed
    ? 'The transaction was committed before this: r shows the way back.'
    : wasInUse(work)
      ? 'Nothing was changed. Enter tries again with the same plan, Esc goes back.'
      : begun || isResumed
        ? 'What is filled stays: it can go on from there, or be taken back.'
        : inDoubt
          ? 'The engine was lost while it committed, so the file is the old one or the new one, and whole in either case. Enter looks which.'
          : 'The file is the old one: the transaction was rolled back, or never began.'
  const head =
    stopped && !committed && !inDoubt
      ? [
          line(
            span(
              ` ${symbols.done} Stopped, as you asked. ${begun || isResumed ? 'The legacy ids are as they were.' : 'The file is the old one.'}`,
              'ok',
            ),
          ),
          blank,
        ]
      : []
  const where = at === undefined ? '' : ` It was in the phase ${at}.`
  const proof =
    failure.exit === exitCodes.verification && !committed
      ? paragraph(
          'The proof failed inside the transaction, which undid itself. Enter looks at the target again.',
          area.width,
          'plain',
          3,
        )
      : []
  const ways = work.stopped ? '' : waysOn(wizard, journey)
  // A stop that was asked for is told, not accused of.
  const told = stopped ? { ...failure, severity: 'info' as const } : failure
  const block = messageBlock(told, area.width, state + where)
  const log = progress === null ? [] : logLines(progress, area.width)
  const offered = ways === '' ? [] : paragraph(ways, area.width, 'strong', 3)
  const room = area.height - head.length - block.length - proof.length - offered.length - 1
  return [
    ...head,
    ...block,
    ...proof,
    ...offered,
    blank,
    ...log.slice(-Math.max(0, wholeLog ? room : Math.min(6, room))),
  ].slice(0, area.height)
}
