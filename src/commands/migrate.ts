import {
  type Choices,
  commandLine,
  type DetectedTarget,
  exitCodes,
  type Failure,
  isEmpty,
  type MigratedTarget,
  type Pace,
} from '../core/index.ts'
import { type Chosen, together } from './across.ts'
import { choicesFrom } from './choices.ts'
import { agree, consentMissing } from './consent.ts'
import type { Context } from './context.ts'
import { type Ended, eachTarget, failedBefore, finish, type Target, type Worked } from './each-target.ts'
import { failedProof, usageFailure } from './failure.ts'
import { examples } from './help.ts'
import { inSession } from './in-session.ts'
import { nameAll, refused, systemsOf } from './named.ts'
import { wholeNumber } from './option-values.ts'
import { rememberingCommand } from './options.ts'
import { readPlanFile } from './plan-file.ts'
import { memoryOf, nothingToRemember } from './remember.ts'
import { migrateReport, planReport } from './reports/migrate.ts'
import type { Session } from './session.ts'

/** `migrate`: snapshot, migrate, verify. A target may be a plan that a dry run kept. */
export function migrateCommand(context: Context, ended: (exit: number) => void) {
  return rememberingCommand('migrate')
    .summary('snapshot, migrate and verify')
    .addHelpText(
      'before',
      examples(
        ['What was rehearsed', 'ulid-migrate migrate plan.json --yes'],
        ['Every identity at once, without a plan', 'ulid-migrate migrate app.db --all --yes'],
        [
          'ULIDs beside the old ids, while programs write',
          'ulid-migrate migrate app.db --strategy expand --rate 5000 --yes',
        ],
      ),
    )
    .description(
      'Takes and checks a snapshot, migrates in one transaction, proves it before and after the commit. An expansion goes in short transactions instead, beside programs that write; stopped, the same command goes on with it.',
    )
    .argument(
      '[targets...]',
      'databases, plans kept by dry-run --out, or systems; all systems when none is named',
    )
    .option('--yes', 'agree to the change')
    .option(
      '--max-stall <ms>',
      'expand: the longest that other writers shall wait for its lock (default: 50)',
      wholeNumber(1),
    )
    .option('--rate <rows>', 'expand: rows a second at most', wholeNumber(1))
    .action((words, options) =>
      inSession(context, ended, 'migrate', options, async session => {
        const consent = options.yes ? 'given' : session.mayAsk ? 'ask' : 'missing'
        const typed = choicesFrom(options)
        const memory = memoryOf(session, options, typed)
        const meant = nameAll(session, words)
        if (meant.error !== null) return refused(session, meant, { run: session.run, status: 'failed' })
        const read = await Promise.all(meant.targets.map(target => readTarget(session, target, typed)))
        // Without consent nothing is looked at; and a plan that is broken is told when it is its turn.
        const found =
          consent === 'missing' || read.some(each => each.error !== null)
            ? null
            : await together(session, read)
        const obstacle = found?.type === 'failed' ? found.error : (found?.value.across.error ?? null)
        if (obstacle !== null) {
          const done = failedBefore(session, obstacle, read)
          return finish(session, done, {
            run: session.run,
            status: statusOf(done, context),
            ...systemsOf(meant),
          })
        }
        const targets = found?.type === 'result' ? found.value.targets : read
        const done = await eachTarget(session, targets, async target => {
          const obstacle =
            options.remember && target.plan !== undefined
              ? nothingToRemember(target.path)
              : await memory.obstacle(target.path)
          if (obstacle) return { type: 'failed', error: obstacle }
          const worked = await migrateTarget(session, target, consent, paceFrom(options))
          if (worked.type !== 'done') return worked
          const error = await memory.keep(target.path)
          return error ? { type: 'failed', error, document: worked.document } : worked
        })
        return finish(session, done, {
          run: session.run,
          status: statusOf(done, context),
          ...systemsOf(meant),
          ...memory.content(),
        })
      }),
    )
}

/** What was said of it; nothing where nothing was. */
function paceFrom({
  maxStall,
  rate,
}: {
  readonly maxStall?: number | undefined
  readonly rate?: number | undefined
}): { readonly pace?: Partial<Pace> } {
  if (maxStall === undefined && rate === undefined) return {}
  return {
    pace: { ...(maxStall === undefined ? {} : { maxStall }), ...(rate === undefined ? {} : { rate }) },
  }
}

type Consent = 'given' | 'ask' | 'missing'

/** A target, or the plan that was named in its place. */
type Given = Chosen & { readonly error: Failure | null }

async function readTarget(session: Session, named: Target, typed: Choices): Promise<Given> {
  const read = await readPlanFile(named.path)
  if (read.type === 'failed') return { ...named, choices: {}, error: read.error }
  if (read.type === 'no-plan') return { ...named, choices: session.choices(typed, named.path), error: null }
  const error = Object.keys(typed).length > 0 ? planHasChoices(named.path, typed) : null
  return { ...named, path: read.plan.target, choices: {}, plan: read.plan, error }
}

async function migrateTarget(
  session: Session,
  { choices, plan: given, error: broken, ...target }: Given,
  consent: Consent,
  pace: ReturnType<typeof paceFrom>,
): Promise<Worked<MigratedTarget>> {
  if (broken !== null) return { type: 'failed', error: broken }
  const shown = { name: target.name, findings: true }
  let plan = given

  if (consent === 'missing') return { type: 'failed', error: consentMissing(session, ['--yes'], target.path) }
  if (consent === 'ask') {
    let found: DetectedTarget | null = null
    if (plan === undefined) {
      const planned = await session.ask(
        'plan',
        { target: target.path, choices },
        { ...shown, findings: false },
      )
      if (planned.type === 'failed') return planned
      plan = planned.value.plan
      found = planned.value.detected
    }
    // A plan that changes nothing needs no consent; the engine says that there is nothing to do.
    if (!isEmpty(plan)) {
      session.note(...planReport(plan, found, choices))
      const answer = await agree(session, `Migrate ${target.name}?`, target.path)
      if (answer.type === 'no') return { type: 'declined' }
      if (answer.type === 'failed') return answer
    }
  }

  const outcome = await session.ask(
    'migrate',
    { target: target.path, choices, ...pace, ...(plan === undefined ? {} : { plan }) },
    shown,
  )
  if (outcome.type === 'failed') return outcome
  return reported(session, target, outcome.value)
}

/** What was done is shown; a proof that failed is an error all the same. */
export function reported(session: Session, target: Target, document: MigratedTarget): Worked<MigratedTarget> {
  session.print(migrateReport(document, session.verbose))
  const back = commandLine('rollback', target.path)
  const error =
    failedProof(document.proof, target.path, back) ?? failedProof(document.outside, target.path, back)
  return error ? { type: 'failed', error, document } : { type: 'done', document }
}

function planHasChoices(path: string, choices: Choices) {
  return usageFailure('PLAN.HAS_CHOICES', {
    object: path,
    message: 'A plan holds its choices already.',
    why: `These came beside it: ${Object.keys(choices).join(', ')}.`,
    next: commandLine('migrate', path),
  })
}

function statusOf({ documents, error, declined }: Ended<MigratedTarget>, context: Context) {
  if (error)
    return error.exit === exitCodes.stopped || context.interrupts.received !== null ? 'stopped' : 'failed'
  if (documents.some(document => document.status === 'succeeded')) return 'succeeded'
  return declined > 0 ? 'stopped' : 'nothing-to-do'
}
