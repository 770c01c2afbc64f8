import type { Choices, DetectedTarget } from '../../core/index.ts'
import { firstToRehearse } from '../across.ts'
import { type Action, isMovement, moveCursor } from '../actions.ts'
import { cycleTime, switchForm, toggleIdentity, toggleReference } from '../choices.ts'
import { toggleAccept } from '../consent.ts'
import { isSameIdentity, shownDocument, visibleIdentities } from '../listed.ts'
import {
  focusedChoice,
  focusedFinding,
  focusedIdentity,
  focusedReference,
  isMissing,
  nextPane,
  nothingToDo,
} from '../openings.ts'
import { type DetectScreen, documentOf, entryOf, type Journey, type Wizard } from '../state.ts'
import { switchStrategy, targetChoices } from '../target-choices.ts'
import { isTakenUp, unfinishedOf } from '../unfinished.ts'
import { compareOrNot, goFirst, toggleAcross } from './across.ts'
import { startRehearsal } from './dry-run.ts'
import { onward, passOver } from './journey.ts'
import { rememberChoices, sayUnkept } from './remember.ts'
import { notice, read, type Step, show, stay, toDetect, toTargets, withEntry } from './step.ts'
import { takeUpAgain } from './unfinished.ts'

export function onDetect(wizard: Wizard, screen: DetectScreen, action: Action): Step {
  const entry = entryOf(wizard, screen.journey.target)
  const document = documentOf(entry)
  if (isMovement(action)) return show(wizard, moved(screen, wizard, action))
  switch (action) {
    case 'next':
      return sayUnkept(wizard, entry.target, enter(wizard, screen))
    case 'compare':
      return compareOrNot(wizard)
    case 'skip':
      return passOver(wizard, screen.journey)
    case 'remember':
      return rememberChoices(wizard, screen)
    case 'back':
      if (screen.pane !== 'identities') return show(wizard, { ...screen, pane: 'identities' })
      if (screen.filter.text !== '')
        return show(wizard, { ...screen, cursor: 0, filter: { text: '', editing: false } })
      return sayUnkept(wizard, entry.target, toTargets(wizard))
    case 'pane':
      return show(wizard, { ...screen, pane: nextPane(wizard) })
    case 'findings':
      return show(wizard, { ...screen, pane: screen.pane === 'findings' ? 'identities' : 'findings' })
    case 'choices':
      return show(wizard, { ...screen, pane: screen.pane === 'choices' ? 'identities' : 'choices' })
    case 'filter':
      return show(wizard, { ...screen, filter: { ...screen.filter, editing: true } })
    case 'previous-target':
    case 'next-target':
      return otherTarget(wizard, screen, action)
    case 'toggle':
      if (screen.pane === 'findings') return accept(wizard, screen)
      if (screen.pane === 'choices') return chooseNext(wizard, screen)
      return document === null ? stay(wizard) : toggle(wizard, screen, document)
    case 'form':
      return document === null ? stay(wizard) : choose(wizard, screen, switchForm(entry.choices), document)
    case 'strategy':
      return document === null
        ? stay(wizard)
        : choose(wizard, screen, switchStrategy(entry.choices), document)
    case 'date-source': {
      const identity = focusedIdentity(wizard)
      if (identity === null || document === null) return stay(wizard)
      const { choices, time } = cycleTime(entry.choices, identity)
      return choose(wizard, screen, choices, {
        ...document,
        identities: document.identities.map(each =>
          isSameIdentity(each, identity) ? { ...each, time } : each,
        ),
      })
    }
    default:
      return stay(wizard)
  }
}

function moved(screen: DetectScreen, wizard: Wizard, action: Action): DetectScreen {
  const entry = entryOf(wizard, screen.journey.target)
  const document = shownDocument(wizard, entry)
  if (document === null || !isMovement(action)) return screen
  switch (screen.pane) {
    case 'identities': {
      const rows = visibleIdentities(wizard, entry, screen.filter).length
      return { ...screen, cursor: moveCursor(screen.cursor, action, rows), referenceCursor: 0 }
    }
    case 'references': {
      const rows = focusedIdentity(wizard)?.references.length ?? 0
      return { ...screen, referenceCursor: moveCursor(screen.referenceCursor, action, rows) }
    }
    case 'evidence':
      return screen
    case 'findings':
      return { ...screen, findingCursor: moveCursor(screen.findingCursor, action, document.findings.length) }
    case 'choices': {
      const { length } = targetChoices(entry.choices, entry.given.choices, document)
      return {
        ...screen,
        choiceCursor: moveCursor(Math.min(screen.choiceCursor, length - 1), action, length),
      }
    }
  }
}

function enter(wizard: Wizard, screen: DetectScreen): Step {
  const { journey } = screen
  const entry = entryOf(wizard, journey.target)
  switch (entry.detection.is) {
    case 'failed':
      return isMissing(entry) ? toInitialize(wizard, journey) : read(wizard, journey.target, 'anew')
    case 'waiting':
    case 'reading':
      return stay(wizard)
    case 'known': {
      const { document } = entry.detection
      if (document.state === 'empty') return toInitialize(wizard, journey)
      const unfinished = unfinishedOf(entry)
      if (isTakenUp(unfinished)) return takeUpAgain(wizard, journey, unfinished)
      if (nothingToDo(wizard, entry)) return onward(wizard, journey)
      const first = firstToRehearse(wizard, journey.target)
      if (first !== null) return goFirst(wizard, journey, first)
      if (entry.rehearsal === null) return startRehearsal(wizard, journey)
      return show(wizard, {
        name: 'dry-run',
        journey,
        view: 'summary',
        scroll: 0,
        work: { is: 'rehearsed', rehearsal: entry.rehearsal },
      })
    }
  }
}

function toInitialize(wizard: Wizard, journey: Journey): Step {
  const missing = isMissing(entryOf(wizard, journey.target))
  return show(wizard, { name: 'initialize', journey, missing, how: 'known', work: { is: 'asked' } })
}

function toggle(wizard: Wizard, screen: DetectScreen, document: DetectedTarget): Step {
  const entry = entryOf(wizard, screen.journey.target)
  const identity = focusedIdentity(wizard)
  if (identity === null) return stay(wizard)
  if (screen.pane === 'identities') {
    const original = entry.original ?? document
    const choices = toggleIdentity(entry.choices, entry.given.choices, original, document, identity)
    return choose(wizard, screen, choices, {
      ...document,
      identities: document.identities.map(each =>
        isSameIdentity(each, identity) ? { ...each, migrate: !each.migrate } : each,
      ),
    })
  }
  const reference = focusedReference(wizard)
  if (screen.pane !== 'references' || reference === null) return stay(wizard)
  const { target } = screen.journey
  if (identity.elsewhere !== undefined)
    return toggleAcross(wizard, target, identity.elsewhere, identity, reference)
  if (reference.target !== undefined)
    return toggleAcross(wizard, reference.target, target, identity, reference)
  const choice = reference.choice === 'accepted' ? ('offered' as const) : ('accepted' as const)
  return choose(wizard, screen, toggleReference(entry.choices, entry.given.choices, identity, reference), {
    ...document,
    identities: document.identities.map(each =>
      isSameIdentity(each, identity)
        ? {
            ...each,
            references: each.references.map(other => (other === reference ? { ...other, choice } : other)),
          }
        : each,
    ),
  })
}

/** The choice under the cursor, turned to its next value. */
function chooseNext(wizard: Wizard, screen: DetectScreen): Step {
  const document = documentOf(entryOf(wizard, screen.journey.target))
  const focused = focusedChoice(wizard)
  return document === null || focused === null ? stay(wizard) : choose(wizard, screen, focused.next, document)
}

/** Consent changes nothing that the engine found, so nothing is read again. */
function accept(wizard: Wizard, screen: DetectScreen): Step {
  const finding = focusedFinding(wizard)
  if (finding === null) return stay(wizard)
  return stay(
    withEntry(wizard, screen.journey.target, entry => {
      const choices = toggleAccept(entry.choices, finding)
      const { detection } = entry
      const reading = detection.is === 'reading' && detection.settled !== null
      return {
        ...entry,
        choices,
        rehearsal: null,
        // Should the engine refuse the choices that it is reading by, this one stays all the same.
        detection: reading
          ? {
              ...detection,
              settled: { ...detection.settled, choices: toggleAccept(detection.settled.choices, finding) },
            }
          : detection,
      }
    }),
  )
}

/** Other choices: what was rehearsed no longer counts, and the engine says what they amount to. */
function choose(wizard: Wizard, screen: DetectScreen, choices: Choices, shown: DetectedTarget): Step {
  const { target } = screen.journey
  const before = entryOf(wizard, target)
  const reading = read(wizard, target, 'again')
  // The request has to carry the new choices; the settled ones stay as the place to return to.
  const commands = reading.commands.map(command =>
    command.type === 'start' && command.operation === 'detect'
      ? { ...command, request: { ...command.request, choices } }
      : command,
  )
  const chosen = withEntry(reading.wizard, target, entry => ({
    ...entry,
    choices,
    original: before.original,
    detection: entry.detection.is === 'reading' ? { ...entry.detection, shown } : entry.detection,
  }))
  return { wizard: chosen, commands }
}

/** The selected targets are a ring while one looks; what is left of it is walked through by Enter. */
function otherTarget(wizard: Wizard, screen: DetectScreen, action: 'previous-target' | 'next-target'): Step {
  const { journey } = screen
  if (journey.rest.length === 0) return notice(wizard, 'No other target is selected.')
  const ring = [journey.target, ...journey.rest]
  const turned =
    action === 'next-target' ? [...ring.slice(1), ring[0]!] : [ring.at(-1)!, ...ring.slice(0, -1)]
  return toDetect(wizard, { ...journey, target: turned[0]!, rest: turned.slice(1) })
}
