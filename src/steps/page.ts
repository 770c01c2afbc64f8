/** Which screen is shown for which state: a pure function of the wizard and the size of the terminal. */
import { counted } from '../ui/format.ts'
import { frame, type Page, type Size } from '../ui/frame.ts'
import { type Area, type Line, line, type Span, span } from '../ui/line.ts'
import { placeInJourney } from '../wizard/book.ts'
import { footerKeys } from '../wizard/keys.ts'
import { applicationProblems } from '../wizard/openings.ts'
import {
  type ApplicationScreen,
  documentOf,
  entryOf,
  type Journey,
  nameOf,
  onlyReads,
  rollbackRuns,
  type Wizard,
} from '../wizard/state.ts'
import { applicationBody } from './application.ts'
import { confirmBody } from './confirm.ts'
import { detectBody } from './detect.ts'
import { doneBody } from './done.ts'
import { dryRunBody } from './dry-run.ts'
import { helpBody } from './help.ts'
import { initializeBody } from './initialize.ts'
import { migrateBody } from './migrate.ts'
import { openBody } from './open.ts'
import { railOf } from './rail-of.ts'
import { rollbackBody } from './rollback.ts'
import { takeBackBody } from './take-back.ts'
import { targetsBody } from './targets.ts'
import { traceBody } from './trace.ts'
import { verifyBody } from './verify.ts'

/** The whole frame: `rows - 1` lines of at most `columns` cells. */
export function picture(wizard: Wizard, size: Size): readonly Line[] {
  return frame(pageOf(wizard), size)
}

/** What there is to show, before it is known how: on a screen, or line by line. */
export function pageOf(wizard: Wizard): Page {
  const help = wizard.help
  return {
    title: titleOf(wizard),
    badge: badgeOf(wizard),
    stops: help === null ? railOf(wizard) : null,
    body: area => (help === null ? bodyOf(wizard, area) : helpBody(wizard, help.scroll, area)),
    scroll: wizard.scroll,
    notice: wizard.notice,
    keys: footerKeys(wizard),
  }
}

function titleOf(wizard: Wizard): string {
  const { screen } = wizard
  if (wizard.help !== null) return 'help'
  if (screen.name === 'application')
    return [placeInJourney(screen.journey), screen.system.title].filter(Boolean).join('  ')
  if ('journey' in screen) return titleOfTarget(wizard, screen.journey)
  if (screen.name === 'take-back') return 'roll back'
  return screen.name
}

/** `2 of 5  Session-Buddy  session_buddy.db` */
function titleOfTarget(wizard: Wizard, journey: Journey): string {
  const { target } = journey
  const place = placeInJourney(journey)
  const name = nameOf(wizard, target)
  if (place === null) return name
  const { owner, system } = entryOf(wizard, target).given
  return [place, owner?.title ?? system ?? '', name].filter(Boolean).join('  ')
}

function badgeOf(wizard: Wizard): Span {
  const { screen } = wizard
  switch (screen.name) {
    case 'targets': {
      const selected = wizard.entries.filter(entry => entry.selected).length
      return span(
        `${counted(wizard.entries.length, 'target')}${selected > 0 ? `, ${selected} selected` : ''}`,
        'muted',
      )
    }
    case 'detect': {
      const entry = wizard.entries.find(each => each.target === screen.journey.target)
      const state = entry === undefined ? null : (documentOf(entry)?.state ?? null)
      return span(state === null ? 'read only' : 'read only, unchanged', 'muted')
    }
    case 'initialize':
      return screen.work.is === 'working' ? span('LIVE', 'danger') : span('no tables yet', 'warning')
    case 'dry-run':
      switch (screen.work.is) {
        case 'working':
          return span('rehearsing on a copy', 'muted')
        case 'rehearsed':
          return span('rehearsed, target unchanged', 'ok')
        case 'failed':
          return span('target unchanged', 'muted')
      }
      break
    case 'confirm':
      return span('LIVE', 'danger')
    case 'migrate': {
      if (screen.work.is === 'failed') return span(screen.work.stopped ? 'stopped' : 'failed', 'danger')
      if (screen.work.progress.pausedAt !== null) return span('LIVE, paused', 'warning')
      const checked = screen.work.progress.phases.some(
        each => each.phase === 'check-snapshot' && each.seconds !== null,
      )
      return span(checked ? 'LIVE   snapshot checked' : 'LIVE', 'danger')
    }
    case 'verify': {
      if (screen.work.is !== 'proved')
        return span(screen.work.is === 'failed' ? 'not proved' : 'proving', 'warning')
      const bad = screen.work.proof.checks.filter(check => !check.ok).length
      return screen.work.proof.ok
        ? span('committed and proved', 'ok')
        : span(`${counted(bad, 'problem')}, committed`, 'danger')
    }
    case 'application':
      return applicationBadge(wizard, screen)
    case 'take-back':
      return screen.stage.is === 'running' || screen.stage.is === 'asking'
        ? span('LIVE', 'danger')
        : span(`${counted(screen.taken.length, 'target')} back`, 'muted')
    case 'rollback': {
      const { stage } = screen
      if (stage.is === 'running')
        return onlyReads(stage.how)
          ? span(stage.how === 'weigh' ? 'only reads' : 'rehearsing on a copy', 'muted')
          : span('LIVE', 'danger')
      if (stage.is === 'typing') return span('LIVE', 'danger')
      return span(
        `${counted(rollbackRuns(wizard).length, 'run')}, ${counted(wizard.entries.length, 'target')}`,
        'muted',
      )
    }
    case 'trace':
    case 'open':
      return span('only reads', 'muted')
    case 'done':
    case 'quitting':
      return span('')
  }
}

function applicationBadge(wizard: Wizard, { work, system }: ApplicationScreen): Span {
  switch (work.is) {
    case 'asked':
      return span('migrated and proved', 'ok')
    case 'working':
      return span('the application', 'muted')
    case 'failed':
      return span('not proved', 'warning')
    case 'ended':
      return applicationProblems(wizard, system) ? span('problems', 'danger') : span('as before', 'ok')
  }
}

function bodyOf(wizard: Wizard, area: Area): readonly Line[] {
  const { screen } = wizard
  switch (screen.name) {
    case 'targets':
      return targetsBody(wizard, screen, area)
    case 'open':
      return openBody(screen, area)
    case 'detect':
      return detectBody(wizard, screen, area)
    case 'initialize':
      return initializeBody(wizard, screen, area)
    case 'dry-run':
      return dryRunBody(wizard, screen, area)
    case 'confirm':
      return confirmBody(wizard, screen, area)
    case 'migrate':
      return migrateBody(wizard, screen, area)
    case 'verify':
      return verifyBody(wizard, screen, area)
    case 'application':
      return applicationBody(wizard, screen, area)
    case 'take-back':
      return takeBackBody(wizard, screen, area)
    case 'trace':
      return traceBody(wizard, screen, area)
    case 'rollback':
      return rollbackBody(wizard, screen, area)
    case 'done':
      return doneBody(wizard, screen, area)
    case 'quitting':
      return [line(' Stopping the engine. Ctrl-C does not wait for it.')]
  }
}
