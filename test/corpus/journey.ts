/**
 * One database, one way of choosing: detect, dry-run, migrate, verify, migrate again, undo, and forward once more. Each
 * step must leave what it promises to leave, as read by content.ts, which knows nothing of the engine.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { detect } from '../../src/core/detect/detect.ts'
import { refusals } from '../../src/core/detect/refusals.ts'
import type { DetectedTarget, MigratedTarget, Proof, VerifiedTarget } from '../../src/core/documents.ts'
import { Refusal } from '../../src/core/message.ts'
import { migrate } from '../../src/core/migrate/migrate.ts'
import { lookAt } from '../../src/core/migrate/prepare.ts'
import { rehearse } from '../../src/core/rehearse/rehearse.ts'
import type { Choices, Settings } from '../../src/core/requests.ts'
import { undo } from '../../src/core/rollback/undo.ts'
import { verifyPastRun } from '../../src/core/verify/past-run.ts'
import { answerOf } from '../support/engine.ts'
import { type Content, differences } from './content.ts'
import { corpusContext } from './context.ts'
import { copyDatabase, printOf } from './folder.ts'
import { contentOf, untouchedIn } from './oracle.ts'

export const modes = ['default', 'keep-integer', 'pure', 'expand'] as const
export type Mode = (typeof modes)[number]

export const choicesOf: Readonly<Record<Mode, Choices>> = {
  default: {},
  'keep-integer': { all: true, form: 'keep-integer' },
  pure: { all: true, form: 'pure' },
  expand: { all: true, strategy: 'expand' },
}

/** The plan's own time and seed: with them two runs give the same ULIDs. */
export const frozen: Choices = { seed: '5eed', baseTime: '2026-02-11T07:25:00Z' }

/** What was found and proved, as far as the journey went. */
export interface Facts {
  readonly identities: number
  readonly references: number
  readonly rows: number
  /** Blockers that an operator may agree to, by the object's name. */
  readonly agreeable: readonly string[]
  /** Checks inside the run, outside it, and of the past run: `n of n`. */
  readonly proof: string
  readonly undo: string
}

export type Journey = Facts &
  (
    | { readonly end: 'migrated' | 'nothing-to-do' }
    | { readonly end: 'refused'; readonly code: string; readonly why: string }
    | { readonly end: 'failed'; readonly step: string; readonly why: string }
  )

/** Takes a copy of `original` the whole way, agreeing to `accept` and nothing else. Never throws. */
export async function travel(original: string, mode: Mode, accept: readonly string[]): Promise<Journey> {
  const folder = mkdtempSync(join(tmpdir(), 'ulid-migrate-corpus-'))
  const facts: { -readonly [name in keyof Facts]: Facts[name] } = {
    identities: 0,
    references: 0,
    rows: 0,
    agreeable: [],
    proof: '',
    undo: '',
  }
  let step = 'copy'
  try {
    // Under its own name: views of a DuckDB file go by it.
    const kept = copyDatabase(original, join(folder, 'original', basename(original)))
    const target = copyDatabase(original, join(folder, 'target', basename(original)))
    const settings = {
      stateDir: join(folder, 'state'),
      snapshotDir: join(folder, 'snapshots'),
      waitSeconds: 1,
    }
    const choices = { ...choicesOf[mode], ...frozen, accept }
    const print = printOf(target)
    const mustBeAsItWas = () =>
      must(printOf(target) === print, 'the file is not as it was, to the byte and the second')
    try {
      step = 'detect'
      const found = await lookAt(
        target,
        corpusContext(settings),
        async looking => (await detect(looking, choices, () => Promise.resolve())).document,
      )
      Object.assign(facts, factsOf(found))
      mustBeAsItWas()

      step = 'dry-run'
      const rehearsed = await rehearse(target, choices, undefined, corpusContext(settings))
      proved(rehearsed.document.proof, rehearsed.document.undo)
      mustBeAsItWas()

      step = 'migrate'
      const done = await migrate(target, choices, undefined, corpusContext(settings))
      must(done.plan === rehearsed.plan.hash, 'the run has another plan than its rehearsal')
      if (done.status === 'nothing-to-do') {
        mustBeAsItWas()
        return { ...facts, end: 'nothing-to-do' }
      }
      step = 'untouched'
      // An expansion leaves the legacy ids as they are, too.
      const planned = mode === 'expand' ? [] : plannedIn(found)
      same(...(await untouchedIn(planned, kept, kept, target)))
      const migrated = await contentOf(target)

      step = 'verify'
      const verified = await proveAgain(target, mode, settings)
      must(verified.changedSince === null, 'somebody is said to have written since')
      facts.proof = proved(done.proof, done.outside, verified.proof)

      step = 'migrate again'
      await nothingLeft(target, choices, settings)
      same(migrated, await contentOf(target))

      step = 'undo'
      facts.undo = proved((await undo(target, undefined, corpusContext(settings))).proof)
      same(await contentOf(kept), await contentOf(target))

      step = 'forward again'
      proved((await migrate(target, choices, undefined, corpusContext(settings))).outside)
      same(unnumbered(migrated), unnumbered(await contentOf(target)))
      return { ...facts, end: 'migrated' }
    } catch (error) {
      if (!(error instanceof Refusal) || !['detect', 'dry-run', 'migrate'].includes(step)) throw error
      mustBeAsItWas()
      const { code, object, message, why } = error.failure
      return { ...facts, end: 'refused', code, why: `${object}: ${message} ${why}` }
    }
  } catch (error) {
    const why = error instanceof Refusal ? `${error.message} ${error.failure.why}` : (error as Error).message
    return { ...facts, end: 'failed', step, why }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function factsOf(found: DetectedTarget): Omit<Facts, 'proof' | 'undo'> {
  const blockers = found.findings.filter(
    ({ severity, code }) => severity === 'blocker' && !refusals.has(code),
  )
  const places = plannedIn(found)
  const identities = found.identities.filter(identity => identity.migrate).length
  return {
    identities,
    references: places.length - identities,
    rows: found.tables.reduce((sum, table) => sum + table.rows, 0),
    agreeable: [...new Set(blockers.map(finding => finding.object))],
  }
}

/** The columns that get ULIDs. */
function plannedIn(found: DetectedTarget) {
  return found.identities
    .filter(identity => identity.migrate)
    .flatMap(identity => [
      identity,
      ...identity.references.filter(reference => reference.choice === 'accepted'),
    ])
}

/** By default choices in a process that has seen nothing of the run, as the command does; else here, which is quicker. */
function proveAgain(target: string, mode: Mode, settings: Settings): Promise<VerifiedTarget> {
  return mode === 'default'
    ? answerOf(settings, 'verify', { target })
    : verifyPastRun(target, undefined, corpusContext(settings))
}

async function nothingLeft(target: string, choices: Choices, settings: Settings): Promise<void> {
  const again: MigratedTarget = await migrate(target, choices, undefined, corpusContext(settings))
  must(again.status === 'nothing-to-do', `it ${again.status}, with ${again.identities} identities`)
}

/** All checks of all proofs hold, and there are some. Returns `n of n`. */
function proved(...proofs: readonly Proof[]): string {
  const checks = proofs.flatMap(proof => proof.checks)
  const failed = checks.filter(check => !check.ok)
  must(
    failed.length === 0 && proofs.every(proof => proof.ok && proof.checks.length > 0),
    failed.map(check => `${check.id}: ${check.detail} ${check.faults?.join('; ') ?? ''}`).join('\n') ||
      'no checks',
  )
  return `${checks.length} of ${checks.length}`
}

function same(...contents: readonly Content[]): void {
  const [before = new Map(), after = new Map()] = contents
  const names = differences(before, after)
  must(names.length === 0, `${names.length} objects differ: ${names.slice(0, 5).join(', ')}`)
}

/** The triggers of an expansion name tables of its run, which are numbered run by run. */
function unnumbered(content: Content): Content {
  return new Map(
    [...content].map(([name, text]) => [name, text.replaceAll(/(_ulid_migrate_[a-z]+_)\d+/g, '$1N')]),
  )
}

function must(holds: boolean, why: string): void {
  if (!holds) throw new Error(why)
}
