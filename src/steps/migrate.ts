/** The run itself. No Esc and no question while a lock is held: the ways out are its end, and Ctrl-C. */
import { exitCodes } from '../core/index.ts'
import { messageBlock } from '../ui/error-block.ts'
import { type Area, blank, type Line, line, paragraph, span } from '../ui/line.ts'
import { wasInUse } from '../wizard/openings.ts'
import { isCommitted } from '../wizard/progress.ts'
import { type Failed, isRehearsal, type MigrateScreen, type Wizard } from '../wizard/state.ts'
import { symbols } from '../wizard/symbols.ts'
import { waysOn } from './common.ts'
import { livePhases, logLines, runningLines } from './running.ts'

export function migrateBody(wizard: Wizard, screen: MigrateScreen, area: Area): readonly Line[] {
  const { work } = screen
  if (work.is === 'failed') return failed(wizard, screen, work, area)
  const committed = isCommitted(work.progress)
  const isResumed = !isRehearsal(screen.rehearsal)
  const text = committed
    ? 'Committed. What follows only reads.'
    : isResumed
      ? 'Short transactions: the legacy ids stay as they are. Ctrl-C stops, and it goes on from there.'
      : 'One transaction: until the commit the file is as it was. Ctrl-C leaves it so.'
  const promise = paragraph(text, area.width, 'muted', 1)
  const rest = { width: area.width, height: area.height - promise.length }
  const changes = isRehearsal(screen.rehearsal) ? screen.rehearsal.document.changes : []
  return [...runningLines(wizard, work, livePhases, screen.wholeLog, rest, changes), ...promise]
}

function failed(wizard: Wizard, screen: MigrateScreen, work: Failed, area: Area): readonly Line[] {
  const { wholeLog, journey } = screen
  const { failure, progress, stopped } = work
  const isResumed = !isRehearsal(screen.rehearsal)
  const committed = progress !== null && isCommitted(progress)
  const at = progress?.phases.find(each => each.seconds === null)?.phase
  const state = committed
    ? 'The transaction was committed before this: r shows the way back.'
    : wasInUse(work)
      ? 'Nothing was changed. Enter tries again with the same plan, Esc goes back.'
      : isResumed
        ? 'The legacy ids are as they were, and the expansion stands where it stopped: it can go on, or be taken back.'
        : 'The file is the old one: the transaction was rolled back, or never began.'
  const head =
    stopped && !committed
      ? [
          line(
            span(
              ` ${symbols.done} Stopped, as you asked.${isResumed ? '' : ' The file is the old one.'}`,
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
