/**
 * When a key works, and what it does now. A function answers null when the key works, otherwise the reason that is
 * shown to whoever presses it anyway.
 */
import { isDeepStrictEqual } from 'node:util'
import {
  type CodeRun,
  type DetectedReference,
  type DetectedTarget,
  knownPlaceOf,
  type Message,
  type RunRecord,
  type System,
} from '../core/index.ts'
import { matchesName } from '../ui/target-name.ts'
import { firstToMigrate, firstToRehearse, followsOf, holdersOf, roundAbout } from './across.ts'
import { applicationDue, applicationOf, doneOf, pageOf, toCome } from './book.ts'
import { type Blockers, blockersOf, isAcceptable, isAccepted, toAccept } from './consent.ts'
import { type Follower, followersOf } from './followers.ts'
import { type ListedIdentity, shownDocument, visibleIdentities, visibleReferences } from './listed.ts'
import { isCommitted, isFilling } from './progress.ts'
import { worseQueries } from './report.ts'
import { whyNotRestored } from './snapshots.ts'
import {
  type AnyChoice,
  type Comparison,
  documentOf,
  type Entry,
  entryOf,
  type Failed,
  isExpanding,
  isLive,
  isRehearsal,
  nameOf,
  type RollbackHow,
  rollbackRuns,
  type Traced,
  visibleEntries,
  type Wizard,
  type Working,
} from './state.ts'
import { type TargetChoice, targetChoices } from './target-choices.ts'
import { isTakenUp, unfinishedNext, unfinishedOf } from './unfinished.ts'

type Closed = string | null

export const always = (): Closed => null

const live = 'A run is under way: the only ways out are its end, and Ctrl-C.'

export function notLive(wizard: Wizard): Closed {
  return isLive(wizard.screen) ? live : null
}

export function rollback(wizard: Wizard): Closed {
  if (isLive(wizard.screen)) return live
  const { screen } = wizard
  if (screen.name === 'verify' && screen.work.is === 'working') return 'The proof is still being made.'
  if (screen.name === 'dry-run' && screen.work.is === 'working')
    return 'The rehearsal is still running: Esc abandons it.'
  if (screen.name === 'application' && screen.work.is === 'working') return busyApplication
  return null
}

const busyApplication = 'It is still being looked at: Esc ends that.'

/** Whether there is a journey to go on with, or all is known that the order of a new one depends on. */
export function overAll(wizard: Wizard): Closed {
  const { entries, comparison } = wizard
  if (toCome(wizard).length > 0) return null
  if (entries.length < 2) return 'There is no other target: Enter looks into this one.'
  if (entries.some(({ detection }) => detection.is === 'waiting' || detection.is === 'reading'))
    return 'The targets are still being read: a moment, please.'
  return comparison.is === 'known' || comparison.is === 'stopped' ? null : unsettled(comparison)
}

export function allNext(wizard: Wizard): string {
  return toCome(wizard).length > 0 ? 'go on' : 'all'
}

/** One that is alone is left by Esc, and not left out of anything. */
export function skippable(wizard: Wizard): Closed {
  const { screen } = wizard
  if (isLive(screen)) return live
  return 'journey' in screen && screen.journey.of > 1 ? null : 'It is the only one: Esc leads back.'
}

/** What failed here, and can be taken back: the target at hand, or those of the system. */
function failedHere(wizard: Wizard): readonly string[] {
  const { screen, book } = wizard
  if (screen.name === 'application')
    return screen.work.is === 'ended' && applicationProblems(wizard, screen.system)
      ? doneOf(wizard, screen.system)
      : []
  const hasFailed = problems(wizard) || (screen.name === 'migrate' && screen.work.is === 'failed')
  if (!hasFailed || !('journey' in screen)) return []
  return book.done.filter(target => target === screen.journey.target)
}

export function takeThisBack(wizard: Wizard): Closed {
  if (isLive(wizard.screen)) return live
  return failedHere(wizard).length > 0 ? null : 'Nothing that failed here was committed: r shows all runs.'
}

export function takeBackNext(wizard: Wizard): string {
  const [one, ...others] = failedHere(wizard)
  return one === undefined || others.length > 0 ? 'roll these back' : `roll ${nameOf(wizard, one)} back`
}

/** Beyond what failed at hand; where nothing has failed, the way back is that of the menu. */
export function takeAllBack(wizard: Wizard): Closed {
  const { screen, book } = wizard
  if (isLive(screen)) return live
  const here = failedHere(wizard)
  const hasFailed =
    here.length > 0 || problems(wizard) || (screen.name === 'migrate' && screen.work.is === 'failed')
  const isAtTheEnd = screen.name === 'done' && book.done.length > 1
  if (book.done.length === 0) return 'Nothing was migrated here yet.'
  if (!hasFailed && !isAtTheEnd) return 'Nothing has failed: r shows all runs.'
  return book.done.every(target => here.includes(target)) ? 'That is all that was migrated here: u.' : null
}

export function takeBackEnterNext({ screen }: Wizard): string {
  if (screen.name !== 'take-back') return 'roll back'
  switch (screen.stage.is) {
    case 'asking':
    case 'running':
      return screen.targets.length === 1 ? 'roll back' : `roll back ${screen.targets.length}`
    case 'failed':
      return 'try again'
    case 'ended':
      return 'targets'
  }
}

/** Whether its queries or its tests say that the application is no longer what it was. */
export function applicationProblems(wizard: Wizard, system: System): boolean {
  return (
    (applicationOf(wizard, system)?.checks.some(check => !check.ok) ?? false) ||
    doneOf(wizard, system).some(target => {
      const page = pageOf(wizard, target)
      return page !== null && (worseQueries(wizard, page).length > 0 || page.traced < 0)
    })
  )
}

export function applicationEnter({ screen }: Wizard): Closed {
  return screen.name === 'application' && screen.work.is === 'working' ? busyApplication : null
}

export function applicationNext(wizard: Wizard): string {
  const { screen } = wizard
  if (screen.name !== 'application') return 'run'
  switch (screen.work.is) {
    case 'asked':
      return screen.tasks.some(task => task.does === 'tests') ? 'run its tests' : 'time its queries'
    case 'failed':
      return 'try again'
    case 'working':
    case 'ended':
      return orElseNext(wizard, 'done')
  }
}

export function applicationSkip({ screen }: Wizard): string {
  return screen.name === 'application' && screen.work.is === 'ended' ? 'on' : 'go on without'
}

export function applicationBack({ screen }: Wizard): string {
  return screen.name === 'application' && screen.work.is === 'working' ? 'abandon' : 'targets'
}

export function hasEntry(wizard: Wizard): Closed {
  if (wizard.screen.name !== 'targets') return null
  return visibleEntries(wizard, wizard.screen.filter).length > 0 ? null : 'There is no target here.'
}

/** What Enter does at the row under the cursor. */
export function targetsNext(wizard: Wizard): string {
  const { screen, entries } = wizard
  if (screen.name !== 'targets' || entries.some(entry => entry.selected)) return 'detect'
  const focused = visibleEntries(wizard, screen.filter)[screen.cursor]
  const unfinished = focused === undefined ? null : unfinishedOf(focused)
  return unfinished === null ? 'detect' : unfinishedNext(unfinished)
}

export function severalSelected({ screen }: Wizard): Closed {
  return 'journey' in screen && screen.journey.of > 1 ? null : 'Only one target was selected.'
}

/** The target that the screen is about, where it is about one. */
export function currentEntry(wizard: Wizard): Entry | null {
  const { screen } = wizard
  return 'journey' in screen ? entryOf(wizard, screen.journey.target) : null
}

function currentDocument(wizard: Wizard): DetectedTarget | null {
  const entry = currentEntry(wizard)
  return entry === null ? null : shownDocument(wizard, entry)
}

/** The identity under the cursor of the detect screen. */
export function focusedIdentity(wizard: Wizard): ListedIdentity | null {
  const entry = currentEntry(wizard)
  if (wizard.screen.name !== 'detect' || entry === null) return null
  return visibleIdentities(wizard, entry, wizard.screen.filter)[wizard.screen.cursor] ?? null
}

export function focusedReference(wizard: Wizard): DetectedReference | null {
  const identity = focusedIdentity(wizard)
  const entry = currentEntry(wizard)
  if (wizard.screen.name !== 'detect' || identity === null || entry === null) return null
  return visibleReferences(entry, identity)[wizard.screen.referenceCursor] ?? null
}

export function ownIdentity(wizard: Wizard): Closed {
  const identity = focusedIdentity(wizard)
  if (identity === null) return 'There is no identity here.'
  if (identity.elsewhere === undefined) return null
  return `It is an identity of ${nameOf(wizard, identity.elsewhere)}. Tab shows what holds its ids here.`
}

export function hasIdentity(wizard: Wizard): Closed {
  return focusedIdentity(wizard) === null ? 'There is no identity here.' : null
}

/** The pages of an identity are a ring: itself in the list, what refers to it, and all that is known of it. */
export function nextPane(wizard: Wizard): 'identities' | 'references' | 'evidence' {
  const { screen } = wizard
  if (screen.name !== 'detect' || screen.pane === 'evidence') return 'identities'
  const hasReferences = (focusedIdentity(wizard)?.references.length ?? 0) > 0
  return screen.pane === 'identities' && hasReferences ? 'references' : 'evidence'
}

export function toggleReference(wizard: Wizard): Closed {
  const reference = focusedReference(wizard)
  if (reference === null) return 'There is no reference here.'
  if (reference.kind === 'declared') return 'Declared by a foreign key: it always follows its identity.'
  return null
}

export function followNext(wizard: Wizard): string {
  return focusedReference(wizard)?.choice === 'accepted' ? 'leave out' : 'follow'
}

/** Whether the choices for a target are others than those that the next run would go by. */
export function isUnkept(entry: Entry): boolean {
  return !isDeepStrictEqual(entry.choices, entry.kept)
}

/** Those whose choices were made on the screen of this target, since they hold ids of it, and are not kept yet. */
export function unkeptElsewhere(wizard: Wizard, target: string): readonly Entry[] {
  return holdersOf(wizard, target)
    .map(holder => entryOf(wizard, holder))
    .filter(isUnkept)
}

function isUnkeptHere(wizard: Wizard, entry: Entry): boolean {
  return isUnkept(entry) || unkeptElsewhere(wizard, entry.target).length > 0
}

/** What the engine has not taken yet may be something that it refuses. */
export function rememberable(wizard: Wizard): Closed {
  const entry = currentEntry(wizard)
  if (entry === null || entry.detection.is === 'failed' || entry.detection.is === 'waiting')
    return 'Nothing is known of it yet: there is nothing to keep.'
  if (entry.detection.is === 'reading') return 'Still reading: a moment, please.'
  return null
}

/** Choices that nobody keeps yet are offered early in the footer, where others have their place later. */
export function rememberFirst(wizard: Wizard): Closed {
  const entry = currentEntry(wizard)
  return entry !== null && isUnkeptHere(wizard, entry) ? rememberable(wizard) : ''
}

export function rememberLater(wizard: Wizard): Closed {
  return rememberFirst(wizard) === '' ? rememberable(wizard) : ''
}

/** The choice for the whole target that is under the cursor. */
export function focusedChoice(wizard: Wizard): TargetChoice | null {
  const { screen } = wizard
  const entry = currentEntry(wizard)
  const document = entry === null ? null : documentOf(entry)
  if (screen.name !== 'detect' || entry === null || document === null) return null
  const choices = targetChoices(entry.choices, entry.given.choices, document)
  return choices[Math.min(screen.choiceCursor, choices.length - 1)] ?? null
}

/** Whether there are rows for choices to be made about. */
export function choosable(wizard: Wizard): Closed {
  const document = currentDocument(wizard)
  if (document === null) return 'Still reading: a moment, please.'
  return document.state === 'empty' ? 'There are no tables yet: there is nothing to choose.' : null
}

export function strategyNext(wizard: Wizard): string {
  return currentEntry(wizard)?.choices.strategy === 'expand' ? 'replace' : 'expand'
}

export function choiceNext(wizard: Wizard): string {
  return focusedChoice(wizard) === null ? 'change' : `change ${focusedChoice(wizard)?.name}`
}

export function hasForm(wizard: Wizard): Closed {
  if (currentEntry(wizard)?.choices.strategy === 'expand')
    return 'An expansion leaves the keys as they are: there is no form to choose.'
  const chosen = currentDocument(wizard)?.identities.filter(identity => identity.migrate) ?? []
  return chosen.some(identity => identity.integerKey)
    ? null
    : 'No integer key is to be migrated, so there is no form to choose.'
}

export function formNext(wizard: Wizard): string {
  return currentEntry(wizard)?.choices.form === 'pure' ? 'keep integers' : 'give integers up'
}

export function hasFindings(wizard: Wizard): Closed {
  return (currentDocument(wizard)?.findings.length ?? 0) > 0 ? null : 'There are no findings.'
}

function waitsForConsent(wizard: Wizard): boolean {
  const entry = currentEntry(wizard)
  return entry !== null && blockers(entry).unanswered.length > 0
}

/** What waits for an answer is the first thing to look at; other findings come later. */
export function findingsFirst(wizard: Wizard): Closed {
  return waitsForConsent(wizard) ? hasFindings(wizard) : ''
}

export function findingsLater(wizard: Wizard): Closed {
  return waitsForConsent(wizard) ? '' : hasFindings(wizard)
}

/** The finding under the cursor of the detect screen. */
export function focusedFinding(wizard: Wizard): Message | null {
  const { screen } = wizard
  if (screen.name !== 'detect') return null
  return currentDocument(wizard)?.findings[screen.findingCursor] ?? null
}

export function acceptFinding(wizard: Wizard): Closed {
  const finding = focusedFinding(wizard)
  if (finding === null) return 'There are no findings.'
  if (finding.severity !== 'blocker') return 'This blocks nothing: there is nothing to accept.'
  return isAcceptable(finding) ? null : `No consent lifts this. ${finding.next}`
}

export function acceptNext(wizard: Wizard): string {
  const finding = focusedFinding(wizard)
  const entry = currentEntry(wizard)
  return finding !== null && entry !== null && isAccepted(finding, entry.choices) ? 'take back' : 'accept'
}

/** What stops a migration of this target; an empty one has its own way on. */
export function blockers(entry: Entry): Blockers {
  const document = documentOf(entry)
  return blockersOf(document === null || document.state === 'empty' ? [] : document.findings, entry.choices)
}

export function nothingToDo(wizard: Wizard, entry: Entry): boolean {
  const document = documentOf(entry)
  if (document === null || document.state === 'empty' || unfinishedOf(entry)?.is === 'behind') return false
  return (
    !document.identities.some(identity => identity.migrate) && followsOf(wizard, entry.target).length === 0
  )
}

function unsettled(comparison: Extract<Comparison, { is: 'due' | 'asking' | 'failed' }>): string {
  return comparison.is === 'failed'
    ? `${comparison.failure.message} x goes on without.`
    : 'The targets are still compared with each other: a moment, please. x goes on without.'
}

/** What is between the targets and not settled, so that none of them can go on. */
function comparing(wizard: Wizard, target: string): Closed {
  const { comparison } = wizard
  switch (comparison.is) {
    case 'due':
    case 'asking':
    case 'failed':
      return unsettled(comparison)
    case 'known':
    case 'stopped': {
      const round = roundAbout(wizard, target)
      return round === null ? null : `${round.message} ${round.next}`
    }
  }
}

/** Whether there is a comparison to stop, or one that was stopped. */
export function comparable({ comparison, entries, screen }: Wizard): Closed {
  const alone = entries.length < 2
  switch (comparison.is) {
    case 'known':
      return alone ? 'There is no other target.' : 'The targets have been compared with each other.'
    case 'due':
      return alone || screen.name === 'targets' ? 'The targets are still being read.' : null
    case 'asking':
    case 'stopped':
    case 'failed':
      return null
  }
}

export function compareNext({ comparison }: Wizard): string {
  return comparison.is === 'stopped' ? 'compare targets' : 'do not compare'
}

export function detectEnter(wizard: Wizard): Closed {
  const entry = currentEntry(wizard)
  if (entry === null) return null
  if (entry.detection.is === 'failed') return null
  if (entry.detection.is !== 'known') return 'Still reading: a moment, please.'
  const between = entry.detection.document.state === 'empty' ? null : comparing(wizard, entry.target)
  if (between !== null) return between
  if (isTakenUp(unfinishedOf(entry))) return null
  const { refused, unanswered } = blockers(entry)
  const [refusal] = refused
  if (refusal !== undefined) return `${refusal.object}: ${refusal.message} ${refusal.next}`
  return unanswered.length === 0 ? null : toAccept(unanswered)
}

function orElseNext(wizard: Wizard, otherwise: string): string {
  const { screen } = wizard
  return 'journey' in screen && screen.journey.rest.length > 0 ? 'next target' : otherwise
}

/** A file that is not there yet, of a system that makes it, or whose schema is known. */
export function isMissing({ detection, given }: Entry): boolean {
  if (detection.is !== 'failed' || detection.failure.code !== 'TARGET.MISSING') return false
  const { owner } = given
  return owner !== undefined && (owner.initialize !== null || knownPlaceOf(owner, given.target) !== null)
}

export function detectNext(wizard: Wizard): string {
  const entry = currentEntry(wizard)
  if (entry !== null && isMissing(entry)) return 'initialize'
  if (entry === null || entry.detection.is === 'failed') return 'try again'
  if (documentOf(entry)?.state === 'empty') return 'initialize'
  const unfinished = unfinishedOf(entry)
  if (isTakenUp(unfinished)) return unfinishedNext(unfinished)
  if (nothingToDo(wizard, entry)) return orElseNext(wizard, 'done')
  const first = firstToRehearse(wizard, entry.target)
  return first === null ? 'dry-run' : `${nameOf(wizard, first)} first`
}

export function initializeEnter(wizard: Wizard): Closed {
  const { screen } = wizard
  return screen.name === 'initialize' && screen.work.is === 'working' ? 'The tables are being made.' : null
}

export function initializeNext(wizard: Wizard): string {
  const { screen } = wizard
  if (currentEntry(wizard)?.given.owner?.initialize) return 'make the known schema'
  return screen.name === 'initialize' && screen.work.is === 'failed' ? 'try again' : 'make the tables'
}

export function runCommand(wizard: Wizard): Closed {
  const command = currentEntry(wizard)?.given.owner?.initialize ?? null
  return command === null ? 'No command is known that would make its tables.' : initializeEnter(wizard)
}

export function runCommandNext(wizard: Wizard): string {
  const { screen } = wizard
  const failed = screen.name === 'initialize' && screen.how === 'command' && screen.work.is === 'failed'
  return failed ? 'run it again' : 'run its command'
}

export function rehearsed(wizard: Wizard): Closed {
  const { screen } = wizard
  return screen.name === 'dry-run' && screen.work.is !== 'rehearsed'
    ? 'There is no rehearsal to show yet.'
    : null
}

export function dryRunEnter(wizard: Wizard): Closed {
  const { screen } = wizard
  if (screen.name !== 'dry-run' || screen.work.is === 'failed') return null
  if (screen.work.is === 'working') return 'The rehearsal is still running: Esc abandons it.'
  const { proof, undo, findings } = screen.work.rehearsal.document
  if (!proof.ok) return 'The rehearsal failed its checks: go back and choose otherwise.'
  if (!undo.ok) return 'The rehearsed undo failed its checks: there would be no way back.'
  const { refused, unanswered } = blockersOf(findings, entryOf(wizard, screen.journey.target).choices)
  const [blocker] = [...refused, ...unanswered]
  return blocker === undefined ? null : `${blocker.object}: ${blocker.message} ${blocker.next}`
}

export function dryRunNext(wizard: Wizard): string {
  const { screen } = wizard
  if (screen.name !== 'dry-run' || screen.work.is !== 'rehearsed') return 'rehearse again'
  if (screen.work.rehearsal.document.changes.length === 0) return orElseNext(wizard, 'done')
  const first = firstToMigrate(wizard, screen.journey.target)
  return first === null ? 'confirm' : `${nameOf(wizard, first)} first`
}

export function dryRunBack(wizard: Wizard): string {
  const { screen } = wizard
  return screen.name === 'dry-run' && screen.work.is === 'working' ? 'abandon' : 'back'
}

/** The text that is being typed now, and the name it has to match, if there is one. */
export function typing(wizard: Wizard): { readonly typed: string; readonly name: string | null } | null {
  const { screen } = wizard
  if (screen.name === 'confirm' && screen.work.is === 'asked')
    return { typed: screen.typed, name: nameOf(wizard, screen.journey.target) }
  if (screen.name === 'rollback' && screen.stage.is === 'typing')
    return { typed: screen.stage.typed, name: nameOf(wizard, screen.stage.choice.target) }
  if (screen.name === 'open') return { typed: screen.typed, name: null }
  if (screen.name === 'trace' && screen.stage.is === 'typing')
    return { typed: screen.stage.typed, name: null }
  if ((screen.name === 'targets' || screen.name === 'detect') && screen.filter.editing)
    return { typed: screen.filter.text, name: null }
  return null
}

/** `?` asks for help also while a name is typed, unless the name has one itself. */
export function questionMark(wizard: Wizard): Closed {
  return typing(wizard)?.name?.includes('?') ? 'The name has a ? in it: F1 shows the help.' : null
}

export function noQuestionMark(wizard: Wizard): Closed {
  return questionMark(wizard) === null ? 'Help is at ?.' : null
}

export function confirmEnter(wizard: Wizard): Closed {
  const { screen } = wizard
  if (screen.name === 'confirm' && screen.work.is === 'working')
    return 'The schema is read once more before anything is begun: a moment, please.'
  const text = typing(wizard)
  if (text?.name === undefined || text.name === null) return null
  const first = screen.name === 'confirm' ? firstToMigrate(wizard, screen.journey.target) : null
  if (first !== null) return `${nameOf(wizard, first)} comes first: ids of it are taken here.`
  return matchesName(text.typed, text.name) ? null : `Type ${text.name} exactly, then press Enter.`
}

/** While the schema is read once more, nothing but that can be ended. */
export function confirmSkip(wizard: Wizard): Closed {
  return isReadingSchema(wizard) ? confirmEnter(wizard) : skippable(wizard)
}

export function confirmBack(wizard: Wizard): string {
  if (isReadingSchema(wizard)) return 'abandon'
  const { screen } = wizard
  return screen.name === 'confirm' && !isRehearsal(screen.rehearsal) ? 'targets' : 'back to dry-run'
}

function isReadingSchema({ screen }: Wizard): boolean {
  return screen.name === 'confirm' && screen.work.is === 'working'
}

export function failedOnly(wizard: Wizard): Closed {
  return notLive(wizard)
}

/** Whether it failed because another program held the file; then nothing was begun, and the same may be tried again. */
export function wasInUse(work: Working | Failed): boolean {
  return work.is === 'failed' && !work.stopped && work.failure.code === 'LOCK.HELD'
}

export function migrateNext(wizard: Wizard): string {
  const { screen } = wizard
  return screen.name === 'migrate' && wasInUse(screen.work) ? 'try again' : 'detect again'
}

/** Only between the short transactions of an expansion nobody waits for a lock of ours. */
export function pausable({ screen }: Wizard): Closed {
  if (screen.name !== 'migrate' || screen.work.is === 'failed')
    return 'Nothing is under way that could be paused.'
  if (!isExpanding(screen))
    return 'One transaction can not be paused: others wait for its lock until it ends. Ctrl-C stops and undoes it.'
  if (screen.work.stopping !== 'no') return 'It is being stopped.'
  return isFilling(screen.work.progress) ? null : 'It can be paused only while rows are filled.'
}

export function pauseNext({ screen }: Wizard): string {
  return screen.name === 'migrate' && screen.work.is === 'working' && screen.work.pausing ? 'go on' : 'pause'
}

export function interruptNow(wizard: Wizard): string {
  const { screen } = wizard
  const work =
    screen.name === 'rollback' || screen.name === 'take-back'
      ? screen.stage.is === 'running' && screen.stage.work
      : (screen.name === 'migrate' || screen.name === 'initialize') &&
        screen.work.is === 'working' &&
        screen.work
  if (!work || !isLive(screen)) return 'quit'
  switch (work.stopping) {
    case 'no':
      // A stopped undo leaves what it was to undo, an expansion stays as far as it is, and no stop undoes a commit.
      return isWayBack(screen) || isCommitted(work.progress) || runsCommand(screen) || isExpanding(screen)
        ? 'stop'
        : 'stop and undo'
    case 'asked':
      return 'kill the engine'
    case 'killed':
      return 'killed'
  }
}

function isWayBack({ name }: Wizard['screen']): boolean {
  return name === 'rollback' || name === 'take-back'
}

/** What a system has made by itself is not ours to undo. */
function runsCommand(screen: Wizard['screen']): boolean {
  return screen.name === 'initialize' && screen.how === 'command'
}

export function idle(wizard: Wizard): Closed {
  const { screen } = wizard
  return screen.name === 'verify' && screen.work.is === 'working' ? 'The proof is still being made.' : null
}

export function proved(wizard: Wizard): Closed {
  const { screen } = wizard
  return screen.name === 'verify' && screen.work.is !== 'proved' ? 'There is no proof to show.' : null
}

function problems(wizard: Wizard): boolean {
  const { screen } = wizard
  return (
    screen.name === 'verify' &&
    (screen.work.is === 'failed' || (screen.work.is === 'proved' && !screen.work.proof.ok))
  )
}

/** The way back is the first key after a proof with problems, and a later one otherwise. */
export function rollbackFirst(wizard: Wizard): Closed {
  return problems(wizard) ? null : (rollback(wizard) ?? '')
}

export function rollbackLater(wizard: Wizard): Closed {
  return problems(wizard) ? '' : rollback(wizard)
}

export function verifyNext(wizard: Wizard): string {
  const { screen } = wizard
  const system = screen.name === 'verify' ? applicationDue(wizard, screen.journey.target) : null
  if (system !== null) return `on to ${system.title} itself`
  return orElseNext(wizard, 'done')
}

/** The run under the cursor of the rollback menu. */
export function focusedRun(wizard: Wizard): AnyChoice | null {
  const { screen } = wizard
  if (screen.name !== 'rollback' || screen.stage.is !== 'list') return null
  return rollbackRuns(wizard)[screen.stage.cursor] ?? null
}

export function undoable(wizard: Wizard): Closed {
  const run = focusedRun(wizard)
  if (run === null) return 'There is no run to undo.'
  return run.of === 'code' ? codeUndoable(run.run) : whyNotUndone(run.record)
}

/** Null where it can be taken back. */
export function whyNotUndone({ what, status }: RunRecord): string | null {
  if (what !== 'migrate') return 'Only a migration can be undone.'
  switch (status) {
    case 'succeeded':
    case 'expanding':
      return null
    case 'undone':
      return 'This run is undone already.'
    case 'finalized':
      return 'This run is finalized: its maps are gone.'
    case 'running':
      return 'This run has not ended.'
    case 'failed':
    case 'stopped':
      return 'This run changed nothing: there is nothing to undo.'
  }
}

function codeUndoable({ status, files, changedSince }: CodeRun): Closed {
  if (status === 'undone') return 'This run is undone already.'
  return changedSince.length < files.length
    ? null
    : 'Every file of it changed since: an undo would leave them all as they are.'
}

/** What an undo of source code would do stands on the screen already, file by file. */
export function rehearsable(wizard: Wizard): Closed {
  const { screen } = wizard
  const asked = screen.name === 'rollback' && screen.stage.is === 'asking' ? screen.stage.choice : null
  if ((asked ?? focusedRun(wizard))?.of === 'code') return 'Enter shows what would go back, before it does.'
  return asked === null ? undoable(wizard) : null
}

export function restorable(wizard: Wizard): Closed {
  const run = focusedRun(wizard)
  if (run === null) return 'There is no run to restore.'
  if (run.of === 'code') return 'Source code has no snapshot: undo puts the copies of its files back.'
  return whyNotRestored(wizard, run.record)
}

/** A restore wants its name anew: there may be more rows by now that it would discard. */
export function mayTryAgain({ how, work }: { readonly how: RollbackHow; readonly work: Failed }): boolean {
  return how !== 'restore' && wasInUse(work)
}

export function rolledBackNext(wizard: Wizard): string {
  const { screen } = wizard
  if (screen.name !== 'rollback') return 'on'
  if (screen.stage.is === 'failed') return mayTryAgain(screen.stage) ? 'try again' : 'back to the runs'
  return screen.stage.is === 'finished' && screen.stage.document.rehearsed ? 'undo for real' : 'targets'
}

export function traceable(wizard: Wizard): Closed {
  return idle(wizard)
}

/** Whether there is an id to look for, or a row to go on to. */
export function traceEnter({ screen }: Wizard): Closed {
  if (screen.name !== 'trace') return null
  switch (screen.stage.is) {
    case 'typing':
      return screen.stage.typed.trim() === '' ? 'Type a ULID, or an id of before.' : null
    case 'looking':
      return 'It is being looked for: Esc ends that.'
    case 'failed':
      return null
    case 'found': {
      const follower = focusedFollower(screen.stage)
      if (follower === null)
        return 'Nothing refers to it, and nothing is near it in time: there is nothing to follow.'
      return follower.id === null && follower.reference !== null
        ? `${follower.reference.table} has no migrated ids of its own: there is nothing to follow.`
        : null
    }
  }
}

export function traceNext({ screen }: Wizard): string {
  return screen.name === 'trace' && screen.stage.is === 'failed' ? 'try again' : 'follow'
}

export function traceBack({ screen }: Wizard): string {
  if (screen.name !== 'trace') return 'back'
  return screen.stage.is === 'looking' ? 'abandon' : screen.trail.length > 0 ? 'step back' : 'back'
}

/** The row under the cursor, which refers or is near in time. */
export function focusedFollower({ trace, cursor }: Traced): Follower | null {
  return followersOf(trace)[cursor] ?? null
}

export function openEnter({ screen }: Wizard): Closed {
  return screen.name === 'open' && screen.typed.trim() === '' ? 'Type the path of a database.' : null
}
