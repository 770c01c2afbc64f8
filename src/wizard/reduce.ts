/**
 * The wizard as a machine: a state and a message give the next state, and what to ask of the world. Nothing here
 * draws, waits or calls anything, so all of it can be tested as data.
 */
import { type Action, isMovement, moveText } from './actions.ts'
import { bindingOf, keyTable } from './keys.ts'
import { visibleIdentities } from './listed.ts'
import type { WizardMessage } from './messages.ts'
import { compareWhereDue } from './moves/across.ts'
import { onAnswer } from './moves/answers.ts'
import { onApplication } from './moves/application.ts'
import { onConfirm } from './moves/confirm.ts'
import { onDetect } from './moves/detect.ts'
import { onDryRun } from './moves/dry-run.ts'
import { onFilter } from './moves/filter.ts'
import { interrupt, leave, quit, withWork } from './moves/leaving.ts'
import { onCompleted, onFound, onOpen } from './moves/open.ts'
import { onRemembered } from './moves/remember.ts'
import { onRollback, openRollback } from './moves/rollback.ts'
import { onInitialize, onMigrate } from './moves/running.ts'
import { fromTheTop, isScrolled, scroll } from './moves/scroll.ts'
import { lookWhereDue } from './moves/source.ts'
import { andThen, askStatus, notice, read, type Step, show, stay } from './moves/step.ts'
import { askTakeBack, onTakeBack } from './moves/take-back.ts'
import { onTargets } from './moves/targets.ts'
import { onTrace, openTrace } from './moves/trace.ts'
import { type } from './moves/typed.ts'
import { onVerify } from './moves/verify.ts'
import { typing } from './openings.ts'
import { advance } from './progress.ts'
import { isText } from './read-keys.ts'
import { reportWhereChanged } from './report.ts'
import {
  documentOf,
  type ReportFile,
  rollbackRuns,
  type Screen,
  visibleEntries,
  type Wizard,
  workOf,
} from './state.ts'

export function reduce(wizard: Wizard, message: WizardMessage): Step {
  const now = { ...wizard, now: message.at }
  const moved = next(now, message)
  if (moved.wizard === now && moved.commands.length === 0 && message.type === 'key') return stay(wizard)
  const { wizard: then, commands } = andThen(andThen(moved, compareWhereDue), lookWhereDue)
  return {
    wizard: fromTheTop(wizard, inBounds(then)),
    commands: [...commands, ...reportWhereChanged(wizard, then)],
  }
}

function next(wizard: Wizard, message: WizardMessage): Step {
  switch (message.type) {
    case 'opened':
      return wizard.entries.reduce(
        (step, entry) => andThen(step, after => read(after, entry.target, 'anew')),
        askStatus(wizard),
      )
    case 'key':
      return onKey(wizard, message.key)
    case 'tick':
      return stay(wizard)
    case 'event':
      return onEvent(wizard, message)
    case 'answer':
      return onAnswer(wizard, message)
    case 'wrote':
      return notice(wizard, `Written: ${message.file}`)
    case 'not-written':
      return notice(wizard, `${message.file} could not be written: ${message.why}`)
    case 'remembered':
      return onRemembered(wizard, message)
    case 'completed':
      return onCompleted(wizard, message.text, message.completions)
    case 'found':
      return onFound(wizard, message.text, message.given)
    case 'not-found':
      return notice(wizard, message.why)
    case 'reported':
      return onReported(wizard, message.report)
    case 'signal':
      return wizard.screen.name === 'quitting' ? stay(wizard) : leave(wizard, message.code)
    case 'wiped':
      return stay({ ...wizard, wiped: wizard.wiped + 1 })
  }
}

function onKey(wizard: Wizard, key: string): Step {
  const binding = bindingOf(wizard, key)
  const closed = binding?.closed(wizard) ?? null
  const text = wizard.help === null && isText(key) && typing(wizard) !== null
  if (text && (binding === null || closed !== null)) return type({ ...wizard, notice: '' }, key)
  if (binding === null) return wizard.help === null ? stay(wizard) : stay({ ...wizard, help: null })
  if (closed !== null)
    return closed === '' || closed === wizard.notice ? stay(wizard) : notice(wizard, closed)
  return act(wizard.notice === '' ? wizard : { ...wizard, notice: '' }, binding.action)
}

function act(wizard: Wizard, action: Action): Step {
  switch (action) {
    case 'help':
      return stay({ ...wizard, help: wizard.help === null ? { scroll: 0 } : null })
    case 'quit':
      return quit(wizard)
    case 'interrupt':
      return interrupt(wizard)
    case 'redraw':
      return { wizard, commands: [{ type: 'redraw' }] }
    case 'suspend':
      return { wizard, commands: [{ type: 'suspend' }] }
    default:
      break
  }
  if (wizard.help !== null) {
    if (!isMovement(action)) return stay({ ...wizard, help: null })
    return stay({
      ...wizard,
      help: { scroll: moveText(wizard.help.scroll, action, keyTable().length + 40) },
    })
  }
  if (action === 'rollback' && wizard.screen.name !== 'rollback') return openRollback(wizard)
  if (action === 'trace' && wizard.screen.name !== 'trace') return openTrace(wizard, wizard.screen)
  return onScreen(wizard, wizard.screen, action)
}

function onScreen(wizard: Wizard, screen: Screen, action: Action): Step {
  if (isMovement(action) && isScrolled(wizard)) return scroll(wizard, action)
  switch (screen.name) {
    case 'targets':
      return screen.filter.editing ? onFilter(wizard, screen, action) : onTargets(wizard, screen, action)
    case 'open':
      return onOpen(wizard, screen, action)
    case 'detect':
      return screen.filter.editing ? onFilter(wizard, screen, action) : onDetect(wizard, screen, action)
    case 'initialize':
      return onInitialize(wizard, screen, action)
    case 'dry-run':
      return onDryRun(wizard, screen, action)
    case 'confirm':
      return onConfirm(wizard, screen, action)
    case 'migrate':
      return onMigrate(wizard, screen, action)
    case 'verify':
      return onVerify(wizard, screen, action)
    case 'application':
      return onApplication(wizard, screen, action)
    case 'rollback':
      return onRollback(wizard, screen, action)
    case 'take-back':
      return onTakeBack(wizard, screen, action)
    case 'trace':
      return onTrace(wizard, screen, action)
    case 'done':
      if (action === 'next') return quit(wizard)
      if (action === 'take-all-back') return askTakeBack(wizard, screen, wizard.book.done)
      if (action === 'back')
        return show(wizard, { name: 'targets', cursor: 0, filter: { text: '', editing: false } })
      return isMovement(action)
        ? show(wizard, { ...screen, scroll: moveText(screen.scroll, action, 100) })
        : stay(wizard)
    case 'quitting':
      return stay(wizard)
  }
}

/** That it can't be written is said once: the databases record what was done to them, the report only tells of it. */
function onReported(wizard: Wizard, report: ReportFile): Step {
  const known = { ...wizard, report }
  const before = wizard.report
  const isNews = 'why' in report && !(before !== null && 'why' in before)
  return isNews ? notice(known, `The report could not be written: ${report.why}`) : stay(known)
}

function onEvent(wizard: Wizard, message: Extract<WizardMessage, { type: 'event' }>): Step {
  const { job, event, at } = message
  const work = workOf(wizard.screen)
  if (work?.job === job)
    return stay(withWork(wizard, { ...work, progress: advance(work.progress, event, at) }))
  const { comparison } = wizard
  if (comparison.is === 'asking' && comparison.job === job)
    return stay({
      ...wizard,
      comparison: { ...comparison, progress: advance(comparison.progress, event, at) },
    })
  return stay({
    ...wizard,
    entries: wizard.entries.map(entry =>
      entry.detection.is === 'reading' && entry.detection.job === job
        ? {
            ...entry,
            detection: { ...entry.detection, progress: advance(entry.detection.progress, event, at) },
          }
        : entry,
    ),
  })
}

/** Lists get shorter while the cursor stands in them; it stays on a row. */
function inBounds(wizard: Wizard): Wizard {
  const { screen } = wizard
  const within = (cursor: number, length: number) => Math.max(0, Math.min(cursor, length - 1))
  if (screen.name === 'targets') {
    const cursor = within(screen.cursor, visibleEntries(wizard, screen.filter).length)
    return cursor === screen.cursor ? wizard : { ...wizard, screen: { ...screen, cursor } }
  }
  if (screen.name === 'detect') {
    const entry = wizard.entries.find(each => each.target === screen.journey.target)
    const document = entry === undefined ? null : documentOf(entry)
    const identities =
      entry === undefined || document === null ? [] : visibleIdentities(wizard, entry, screen.filter)
    // While nothing is known the cursor waits where it was: the list comes back.
    const cursor = document === null ? screen.cursor : within(screen.cursor, identities.length)
    const references = identities[cursor]?.references.length ?? 0
    const referenceCursor =
      document === null ? screen.referenceCursor : within(screen.referenceCursor, references)
    const pane =
      screen.pane === 'references' && document !== null && references === 0 ? 'identities' : screen.pane
    if (cursor === screen.cursor && referenceCursor === screen.referenceCursor && pane === screen.pane)
      return wizard
    return { ...wizard, screen: { ...screen, cursor, referenceCursor, pane } }
  }
  if (screen.name === 'rollback' && screen.stage.is === 'list') {
    const cursor = within(screen.stage.cursor, rollbackRuns(wizard).length)
    return cursor === screen.stage.cursor
      ? wizard
      : { ...wizard, screen: { ...screen, stage: { is: 'list', cursor } } }
  }
  return wizard
}
