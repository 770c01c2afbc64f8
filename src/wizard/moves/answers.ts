/** What the engine's last words lead to. Words for calls that nobody waits for any more are dropped. */

import type { Answers, DetectedTarget, Failure, Outcome, TargetReport } from '../../core/index.ts'
import { exitCodes, migratedPage } from '../../core/index.ts'
import { followsOf, leads } from '../across.ts'
import { foundOf, noteDone, notePage, notePageIfAny, noteStatus, noteTakenBack } from '../book.ts'
import { columnPath } from '../choices.ts'
import { commandFor } from '../command-for.ts'
import { withoutStaleConsent } from '../consent.ts'
import type { Answer } from '../messages.ts'
import { wasInUse } from '../openings.ts'
import { isCommitted, measured } from '../progress.ts'
import { noteRead } from '../snapshots.ts'
import {
  type Deed,
  entryOf,
  type Failed,
  isRehearsal,
  type Journey,
  onlyReads,
  type QuittingScreen,
  type Rehearsal,
  type Resumed,
  targetsScreen,
  type Wizard,
  type Working,
  workOf,
} from '../state.ts'
import { onCompared, withoutFollower } from './across.ts'
import { onTaskAnswer } from './application.ts'
import { onPlanFits } from './confirm.ts'
import { withCodeRuns } from './rollback.ts'
import { withSource } from './source.ts'
import { andThen, askStatus, lookAgain, refresh, type Step, show, stay, toDetect, withEntry } from './step.ts'
import { onTakenBack } from './take-back.ts'
import { onTraced } from './trace.ts'

export function onAnswer(wizard: Wizard, answer: Answer): Step {
  switch (answer.operation) {
    case 'detect':
      return onDetected(wizard, answer.job, answer.outcome)
    case 'across':
      return onCompared(wizard, answer.job, answer.outcome)
    case 'status':
      return onStatus(wizard, answer.job, answer.outcome)
    case 'code-runs':
      return onCodeRuns(wizard, answer.job, answer.outcome)
    case 'code':
      return stay(withSource(wizard, answer.job, answer.outcome))
    case 'initialize':
    case 'initialize-system':
    case 'dry-run':
    case 'check-plan':
    case 'migrate':
    case 'verify':
    case 'undo-code':
    case 'rollback':
    case 'compare-queries':
    case 'trace':
    case 'system-tests': {
      if (wizard.screen.name === 'quitting') return onLastWord(wizard, wizard.screen, answer)
      const work = workOf(wizard.screen)
      if (work === null || work.job !== answer.job) return stay(wizard)
      return onScreenAnswer(wizard, work, answer)
    }
  }
}

/** The run that was stopped by leaving: the summary says how it ended. */
function onLastWord(leaving: Wizard, screen: QuittingScreen, answer: ScreenAnswer): Step {
  const { live } = screen
  if (live === null || live.job !== answer.job) return stay(leaving)
  const wizard: Wizard = { ...leaving, screen: { ...screen, live: null } }
  const { target, rehearsal } = live
  if (answer.outcome.type === 'failed')
    return stay(
      withDeed(wizard, {
        did: 'stopped',
        target,
        during: stepOf(answer.operation),
        failure: answer.outcome.error,
      }),
    )
  switch (answer.operation) {
    case 'migrate': {
      const { value: migrated } = answer.outcome
      const told = withDeed(wizard, { did: 'migrated', target, migrated, proof: migrated.outside })
      return stay(
        rehearsal === null || !isRehearsal(rehearsal)
          ? told
          : noteMigrated(told, target, migrated, rehearsal),
      )
    }
    case 'rollback':
      return stay(
        noteTakenBack(
          withDeed(wizard, { did: 'rolled-back', target, document: answer.outcome.value }),
          target,
        ),
      )
    case 'undo-code':
      return stay(withDeed(wizard, { did: 'code-put-back', target, document: answer.outcome.value }))
    case 'initialize':
    case 'initialize-system':
      return stay(
        withDeed(wizard, { did: 'initialized', target, tables: answer.outcome.value.tables.length }),
      )
    case 'dry-run':
    case 'check-plan':
    case 'verify':
    case 'compare-queries':
    case 'trace':
    case 'system-tests':
      return stay(wizard)
  }
}

function onDetected(wizard: Wizard, job: number, outcome: Outcome<Answers['detect']>): Step {
  const entry = wizard.entries.find(each => each.detection.is === 'reading' && each.detection.job === job)
  if (entry === undefined || entry.detection.is !== 'reading') return stay(wizard)
  const { settled, shown } = entry.detection
  if (outcome.type === 'result') {
    const found = outcome.value
    const known = withEntry(wizard, entry.target, each => ({
      ...each,
      choices: settled
        ? withoutStaleConsent(each.choices, each.given.choices, settled.document, found)
        : each.choices,
      original: each.original ?? found,
      detection: { is: 'known', document: found },
    }))
    return stay({ ...known, notice: shown === null ? wizard.notice : whatWasNotDone(shown, found) })
  }
  if (settled === null)
    return stay(
      withEntry(wizard, entry.target, each => ({
        ...each,
        detection: { is: 'failed', failure: outcome.error },
      })),
    )
  // The new choices were refused: the old ones still hold.
  const back = withEntry(wizard, entry.target, each => ({
    ...each,
    choices: settled.choices,
    detection: { is: 'known', document: settled.document },
  }))
  return stay({ ...back, notice: `${outcome.error.message} ${outcome.error.why}` })
}

/** The engine has the last word on what can be taken in; where it says otherwise, the reason is shown. */
function whatWasNotDone(wanted: DetectedTarget, found: DetectedTarget): string {
  const contrary = found.identities.find(each =>
    wanted.identities.some(
      other => other.table === each.table && other.column === each.column && other.migrate !== each.migrate,
    ),
  )
  return contrary === undefined ? '' : `${columnPath(contrary.table, contrary.column)}: ${contrary.reason}`
}

function onStatus(wizard: Wizard, job: number, outcome: Outcome<Answers['status']>): Step {
  if (wizard.statusJob !== job) return stay(wizard)
  if (outcome.type === 'failed')
    return stay({
      ...wizard,
      statusJob: null,
      notice: `The runs could not be read: ${outcome.error.message}`,
    })
  const byTarget = new Map(outcome.value.map(each => [each.target, each]))
  const known = {
    ...wizard,
    statusJob: null,
    entries: wizard.entries.map(entry => ({ ...entry, status: byTarget.get(entry.target) ?? entry.status })),
  }
  return stay(noteStatus(known))
}

function onCodeRuns(wizard: Wizard, job: number, outcome: Outcome<Answers['code-runs']>): Step {
  if (wizard.codeRunsJob !== job) return stay(wizard)
  if (outcome.type === 'result') return stay(withCodeRuns(wizard, outcome.value))
  const notice = `The runs that changed source code could not be read: ${outcome.error.message}`
  return stay({ ...wizard, codeRunsJob: null, notice })
}

type ScreenAnswer = Exclude<Answer, { operation: 'detect' | 'across' | 'status' | 'code-runs' | 'code' }>

function onScreenAnswer(before: Wizard, work: Working, answer: ScreenAnswer): Step {
  // What was said about keys that had to wait is no longer true.
  const wizard = { ...before, notice: '' }
  if (answer.outcome.type === 'failed') return onFailure(wizard, work, answer.operation, answer.outcome.error)
  switch (answer.operation) {
    case 'initialize':
    case 'initialize-system':
      return onInitialized(wizard, answer.outcome.value)
    case 'dry-run':
      return onRehearsed(wizard, work, answer.outcome.value, answer.at)
    case 'check-plan':
      return onPlanFits(wizard)
    case 'migrate':
      return onMigrated(wizard, answer.outcome.value)
    case 'verify':
      return onVerified(wizard, answer.outcome.value)
    case 'rollback':
      return onRolledBack(wizard, answer.outcome.value)
    case 'undo-code':
      return onPutBack(wizard, answer.outcome.value)
    case 'trace':
      if (wizard.screen.name === 'trace') return onTraced(wizard, wizard.screen, answer.outcome.value)
      return onTaskAnswer(wizard, answer)
    case 'compare-queries':
    case 'system-tests':
      return onTaskAnswer(wizard, answer)
  }
}

function onInitialized(wizard: Wizard, value: { readonly tables: readonly string[] }): Step {
  const { screen } = wizard
  if (screen.name !== 'initialize') return stay(wizard)
  const { target } = screen.journey
  const told = withDeed(wizard, { did: 'initialized', target, tables: value.tables.length })
  return andThen(refresh(told, target), next => toDetect(next, screen.journey))
}

function onRehearsed(wizard: Wizard, work: Working, value: Answers['dry-run'], at: number): Step {
  const { screen } = wizard
  if (screen.name !== 'dry-run') return stay(wizard)
  const { plan, document, print } = value
  // A plan that is not the one that was rehearsed must never reach the confirmation.
  if (plan.hash !== document.plan.hash)
    return onFailure(wizard, work, 'dry-run', notTheSamePlan(document.target))
  const { target } = screen.journey
  const rehearsal: Rehearsal = {
    plan,
    document,
    print,
    timings: measured(work.progress, document.timings),
    at,
    follows: followsOf(wizard, target),
    kept: leads(wizard, target),
  }
  const kept = withEntry(wizard, target, entry => ({ ...entry, rehearsal }))
  return show(kept, { ...screen, scroll: 0, work: { is: 'rehearsed', rehearsal } })
}

function onMigrated(wizard: Wizard, migrated: Answers['migrate']): Step {
  const { screen } = wizard
  if (screen.name !== 'migrate') return stay(wizard)
  const { journey } = screen
  const proof = migrated.outside
  const deed = withDeed(wizard, { did: 'migrated', target: journey.target, migrated, proof })
  const told = noteMigrated(deed, journey.target, migrated, screen.rehearsal)
  const work = { is: 'proved', proof, again: false } as const
  const shown = show(told, { name: 'verify', journey, migrated, cursor: 0, details: false, work })
  const refreshed = andThen(shown, next => refresh(next, journey.target))
  // What was found between the targets holds on: nobody has to wait until it is asked again.
  const { comparison } = wizard
  return {
    ...refreshed,
    wizard: withoutFollower({ ...refreshed.wizard, comparison }, journey.target),
  }
}

function onVerified(wizard: Wizard, { proof }: Answers['verify']): Step {
  const { screen } = wizard
  if (screen.name !== 'verify') return stay(wizard)
  const { migrated, journey } = screen
  const { target } = journey
  const shown = { ...screen, cursor: 0, work: { is: 'proved', proof, again: migrated !== null } } as const
  // An earlier run is no deed of this wizard; that it is proved now, its status tells.
  if (migrated === null) return andThen(show(wizard, shown), askStatus)
  const told = notePageIfAny(withDeed(wizard, { did: 'migrated', target, migrated, proof }), target, {
    outside: proof,
    ...(migrated.status === 'nothing-to-do' ? {} : { status: proof.ok ? 'migrated' : 'failed' }),
  })
  return show(told, shown)
}

function onRolledBack(wizard: Wizard, document: Answers['rollback']): Step {
  const { screen } = wizard
  if (screen.name === 'take-back')
    return onTakenBack(
      withDeed(wizard, { did: 'rolled-back', target: document.target, document }),
      screen,
      document,
    )
  if (screen.name !== 'rollback' || screen.stage.is !== 'running') return stay(wizard)
  const { choice, how } = screen.stage
  if (choice.of === 'code') return stay(wizard)
  if (how === 'weigh')
    return show(noteRead(wizard, choice.record.snapshot, 'as taken'), {
      ...screen,
      stage: { is: 'typing', choice, typed: '', weighed: document },
    })
  const shown = { ...screen, stage: { is: 'finished', choice, document } as const }
  if (document.rehearsed) return show(wizard, shown)
  const told = noteTakenBack(
    withDeed(wizard, { did: 'rolled-back', target: choice.target, document }),
    choice.target,
  )
  // Where the operator came from may no longer be true of the target.
  return andThen(show(told, { ...shown, from: targetsScreen }), next => refresh(next, choice.target))
}

/** What is known of its source code is old now. */
function onPutBack(wizard: Wizard, document: Answers['undo-code']): Step {
  const { screen } = wizard
  if (screen.name !== 'rollback' || screen.stage.is !== 'running') return stay(wizard)
  const { target } = screen.stage.choice
  const told = withDeed({ ...wizard, sources: {} }, { did: 'code-put-back', target, document })
  return show(told, { ...screen, stage: { is: 'put-back', document } })
}

function onFailure(
  wizard: Wizard,
  work: Working,
  operation: ScreenAnswer['operation'],
  failure: Failure,
): Step {
  const { screen } = wizard
  const stopped = work.stopping !== 'no'
  const failed: Failed = { is: 'failed', failure, stopped, progress: work.progress }
  const deed = (target: string): Deed => ({
    did: stopped ? 'stopped' : 'failed',
    target,
    during: stepOf(operation),
    failure,
  })
  switch (screen.name) {
    case 'initialize':
      return andThen(show(withDeed(wizard, deed(screen.journey.target)), { ...screen, work: failed }), next =>
        refresh(next, screen.journey.target),
      )
    case 'dry-run':
      return show(wizard, { ...screen, work: failed })
    case 'confirm':
      return rehearseAnew(wizard, screen.journey, failed)
    case 'migrate': {
      const { journey } = screen
      const told = withDeed(wizard, deed(journey.target))
      if (failure.exit === exitCodes.precondition && failure.code.startsWith('PLAN.'))
        return rehearseAnew(wizard, journey, failed)
      return andThen(show(noteFailed(told, journey.target, failed), { ...screen, work: failed }), next =>
        lookAgain(next, journey.target),
      )
    }
    case 'verify':
    case 'application':
      return show(wizard, { ...screen, work: failed })
    case 'take-back': {
      const [target = ''] = screen.targets
      const shown = { ...screen, stage: { is: 'failed', work: failed } as const }
      return andThen(show(withDeed(wizard, deed(target)), shown), next => refresh(next, target))
    }
    case 'rollback': {
      if (screen.stage.is !== 'running') return stay(wizard)
      const { choice, how } = screen.stage
      const shown = { ...screen, stage: { is: 'failed', choice, how, work: failed } as const }
      if (how === 'weigh' && choice.of === 'database')
        return show(withSpoilt(wizard, choice.record.snapshot, failure), shown)
      if (onlyReads(how)) return show(wizard, shown)
      const told = show(withDeed(wizard, deed(choice.target)), { ...shown, from: targetsScreen })
      return choice.of === 'code' ? told : andThen(told, next => refresh(next, choice.target))
    }
    case 'trace': {
      if (screen.stage.is !== 'looking') return stay(wizard)
      return show(wizard, { ...screen, stage: { is: 'failed', id: screen.stage.id, work: failed } })
    }
    case 'open':
    case 'targets':
    case 'detect':
    case 'done':
    case 'quitting':
      return stay(wizard)
  }
}

/** What the engine found of a snapshot that it would not put back. */
function withSpoilt(wizard: Wizard, snapshot: string, { code }: Failure): Wizard {
  if (code === 'SNAPSHOT.MISSING') return noteRead(wizard, snapshot, 'missing')
  return code === 'SNAPSHOT.ALTERED' ? noteRead(wizard, snapshot, 'altered') : wizard
}

/** What was rehearsed can't be carried out, since the schema moved: back to it, with what moved; nothing was done. */
function rehearseAnew(wizard: Wizard, journey: Journey, work: Failed): Step {
  const stale = withEntry(wizard, journey.target, entry => ({ ...entry, rehearsal: null }))
  return show(stale, { name: 'dry-run', journey, view: 'summary', scroll: 0, work })
}

/** What was done to a target, by what was rehearsed of it. */
function noteMigrated(
  wizard: Wizard,
  target: string,
  migrated: Answers['migrate'],
  rehearsal: Rehearsal | Resumed,
): Wizard {
  const isWrong = migrated.status === 'succeeded' && !migrated.outside.ok
  const noted = notePage(wizard, target, {
    ...foundOf(entryOf(wizard, target)),
    ...migratedPage(migrated),
    ...(isWrong ? { status: 'failed' } : {}),
    ...(isRehearsal(rehearsal) ? rehearsedPage(rehearsal) : {}),
  })
  if (migrated.status === 'nothing-to-do') return noted
  const { book, ...done } = noteDone(noted, target)
  // Of one that was only gone on with, nobody here saw a rehearsal.
  const [sample] = isRehearsal(rehearsal) ? rehearsal.document.samples : []
  return sample === undefined
    ? { ...done, book }
    : { ...done, book: { ...book, samples: { ...book.samples, [target]: sample } } }
}

function rehearsedPage({ document }: Rehearsal): Partial<TargetReport> {
  const { proof, undo, estimate, findings } = document
  return { rehearsal: { proof, undo, seconds: estimate.rehearsalSeconds, queries: [] }, findings }
}

/** What was stopped, or was in use, has not failed: it is still to come. What was committed is there to be taken back. */
function noteFailed(wizard: Wizard, target: string, work: Failed): Wizard {
  const isCommittedAlready = work.progress !== null && isCommitted(work.progress)
  if (!isCommittedAlready && (work.stopped || wasInUse(work))) return wizard
  const { exit: _, ...message } = work.failure
  const failed = notePage(wizard, target, { status: 'failed', findings: [message] })
  if (!isCommittedAlready) return failed
  const wayBack = [commandFor(wizard, 'rollback', target, '--yes')]
  return noteDone(notePage(failed, target, { ofThisRun: true, wayBack }), target)
}

/** The way has one step for both: who makes the tables is no other step. */
function stepOf(operation: ScreenAnswer['operation']): string {
  switch (operation) {
    case 'undo-code':
      return 'undo of source code'
    case 'initialize-system':
      return 'initialize'
    case 'compare-queries':
    case 'trace':
    case 'system-tests':
      return 'the look at the application'
    case 'check-plan':
      return 'confirm'
    case 'initialize':
    case 'dry-run':
    case 'migrate':
    case 'verify':
    case 'rollback':
      return operation
  }
}

/** A newer proof of the same migration takes the place of the older one. */
function withDeed(wizard: Wizard, deed: Deed): Wizard {
  const deeds = wizard.deeds.filter(
    each => !(deed.did === 'migrated' && each.did === 'migrated' && each.migrated === deed.migrated),
  )
  return { ...wizard, deeds: [...deeds, deed] }
}

function notTheSamePlan(target: string): Failure {
  return {
    code: 'WIZARD.OTHER_PLAN',
    severity: 'blocker',
    object: target,
    message: 'The engine rehearsed another plan than the one it returned.',
    why: 'Their hashes differ, so what was shown is not what would be done.',
    next: 'Press Enter to rehearse again; if this comes back, please report it.',
    exit: exitCodes.failed,
  }
}
