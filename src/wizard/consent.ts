/**
 * What has to be agreed to, object by object, before anything is rehearsed: parts of the schema that change with the
 * ids, and expressions that would mean something else.
 */
import { type Choices, type DetectedTarget, type Message, refusals } from '../core/index.ts'

/** Whether consent lifts what blocks; otherwise it has to be changed, or left out. */
export function isAcceptable(finding: Message): boolean {
  return finding.severity === 'blocker' && !refusals.has(finding.code)
}

/** Consent is given to an object, and so to all that is found on it. */
export function isAccepted(finding: Message, choices: Choices): boolean {
  return isAcceptable(finding) && (choices.accept ?? []).includes(finding.object)
}

export interface Blockers {
  /** Beyond consent. */
  readonly refused: readonly Message[]
  readonly unanswered: readonly Message[]
  readonly accepted: readonly Message[]
}

/** What blocks, by what can be done about it. */
export function blockersOf(findings: readonly Message[], choices: Choices): Blockers {
  const blocking = findings.filter(finding => finding.severity === 'blocker')
  return {
    refused: blocking.filter(finding => !isAcceptable(finding)),
    unanswered: blocking.filter(finding => isAcceptable(finding) && !isAccepted(finding, choices)),
    accepted: blocking.filter(finding => isAccepted(finding, choices)),
  }
}

/** The names of the objects, each once. */
export function objectsOf(findings: readonly Message[]): readonly string[] {
  return [...new Set(findings.map(finding => finding.object))]
}

/** `accounts, notes_fts and 3 more have to be accepted first: ...` */
export function toAccept(findings: readonly Message[]): string {
  const objects = objectsOf(findings)
  const named = objects.slice(0, objects.length > 3 ? 2 : 3).join(', ')
  const names = objects.length > 3 ? `${named} and ${objects.length - 2} more` : named
  return `${names} ${objects.length === 1 ? 'has' : 'have'} to be accepted first: f shows why, Space accepts.`
}

/** Agrees to what is found on an object, or takes that back. */
export function toggleAccept(choices: Choices, { object }: Message): Choices {
  const { accept = [], ...others } = choices
  return withAccept(
    others,
    accept.includes(object) ? accept.filter(each => each !== object) : [...accept, object],
  )
}

/**
 * The choices without consent to what nobody has seen: when other choices lead to other findings on an object, it has
 * to be accepted anew. What was accepted by flag or config file is accepted whatever it says.
 */
export function withoutStaleConsent(
  choices: Choices,
  given: Choices,
  before: DetectedTarget,
  after: DetectedTarget,
): Choices {
  const { accept = [], ...others } = choices
  const said = ({ findings }: DetectedTarget, object: string) =>
    JSON.stringify(findings.filter(each => each.object === object && isAcceptable(each)))
  const kept = accept.filter(
    object => (given.accept ?? []).includes(object) || said(before, object) === said(after, object),
  )
  return kept.length === accept.length ? choices : withAccept(others, kept)
}

function withAccept(others: Choices, accept: readonly string[]): Choices {
  return { ...others, ...(accept.length > 0 ? { accept } : {}) }
}
