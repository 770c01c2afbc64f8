import { Option } from '@commander-js/extra-typings'
import {
  type Across,
  commandLine,
  exitCodes,
  type Failure,
  type RunReport,
  reportDocument,
  type System,
} from '../core/index.ts'
import { choicesFrom } from './choices.ts'
import { choose, consentMissing } from './consent.ts'
import type { Context } from './context.ts'
import { failure, messageOf } from './failure.ts'
import { examples } from './help.ts'
import { inSession } from './in-session.ts'
import { signalExits } from './interrupts.ts'
import { wholeNumber } from './option-values.ts'
import { choosingCommand } from './options.ts'
import { runReportLines } from './reports/run.ts'
import { type Book, openBook } from './run/book.ts'
import { lookAtAll } from './run/look.ts'
import { systemsInOrder } from './run/order.ts'
import { rollBackSystems, waysBack } from './run/roll-back.ts'
import type { Run } from './run/run.ts'
import { runSystem } from './run/run-system.ts'
import { stoppedHere } from './run/stopped.ts'
import { chosenSystems } from './run/systems.ts'
import type { Session } from './session.ts'

type OnFailure = 'stop' | 'rollback-system' | 'rollback-all'

/**
 * `run`: whole systems, one after the other. It is no `migrate` of many targets: it asks system by system, runs programs
 * that are not ours (their tests), may take back what it did, and ends in a report.
 */
export function runCommand(context: Context, ended: (exit: number) => void) {
  return choosingCommand('run')
    .summary('migrate whole systems in order, with their tests and one report')
    .addHelpText(
      'before',
      examples(
        ['All systems that lie in a folder', 'ulid-migrate run --projects ~/projects'],
        [
          'Two of them, without questions; a failure takes all back',
          'ulid-migrate run crackerjack session-buddy --yes --on-failure rollback-all',
        ],
        ['Their own tests before and after', 'ulid-migrate run crackerjack --tests both'],
      ),
    )
    .description(
      'Takes systems in the configured order. Of each: rehearses its databases on copies, migrates them, proves them, times its queries, runs its own tests. Stops at the first failure. Stopped or killed, the same command goes on where it stopped.',
    )
    .argument('[systems...]', 'systems by name; all that are known when none is named')
    .option('--yes', 'agree to all changes')
    .addOption(
      new Option('--on-failure <what>', 'what to do then, where nobody can be asked (default: stop)').choices(
        ['stop', 'rollback-system', 'rollback-all'] as const,
      ),
    )
    .option('--jobs <n>', 'databases of one system that are worked on at once (default: 1)', wholeNumber(1))
    .addOption(
      new Option('--tests <when>', "when the systems' own tests are run (default: after)").choices([
        'after',
        'both',
        'none',
      ] as const),
    )
    .action((words, options) =>
      inSession(context, ended, 'run', options, async session => {
        const chosen = chosenSystems(session, words)
        if (chosen.type === 'failed') return refused(session, chosen.error)
        const { systems } = chosen
        if (!options.yes && !session.mayAsk)
          return refused(
            session,
            consentMissing(session, ['--yes'], systems.map(each => each.name).join(', ')),
          )
        const opened = open(session, systems)
        if ('code' in opened) return refused(session, opened)
        return overSystems(
          {
            session,
            book: opened,
            systems,
            typed: choicesFrom(options),
            across: { order: [], links: [], follows: {}, error: null, documents: [] },
            jobs: options.jobs ?? 1,
            tests: options.tests ?? 'after',
            agreed: options.yes === true,
            quiet: options.yes === true && options.quiet === true,
          },
          options.onFailure ?? null,
        )
      }),
    )
}

function open(session: Session, systems: readonly System[]): Book | Failure {
  try {
    return openBook(session, systems)
  } catch (error) {
    return failure(exitCodes.precondition, 'REPORT.NOT_WRITTEN', {
      object: session.settings.stateDir,
      message: 'The report of the run can not be written.',
      why: error instanceof Error ? error.message : String(error),
      next: 'Check the folder, or keep the state elsewhere: --state-dir DIR',
    })
  }
}

/** Nothing was begun, and there is no report. */
function refused(session: Session, error: Failure): number {
  session.complain(error)
  session.document({ run: session.run, status: 'failed', systems: [], targets: [], error: messageOf(error) })
  return error.exit
}

async function overSystems(alone: Run, onFailure: OnFailure | null): Promise<number> {
  const { session, book, systems } = alone
  if (book.earlier) session.note(`Goes on with the run ${book.earlier.run}, which was ${how(book.earlier)}.`)
  keepTestsBefore(book)
  const unseen = await lookAtAll(alone)
  if (unseen) return end(alone, unseen)
  const half = await goOnBack(alone, onFailure)
  if (half) return end(alone, half)
  const hasAny = ({ name, folder, inMemory }: System) =>
    book.system(name).targets.length > 0 || (inMemory && folder !== null)
  if (!systems.some(hasAny)) return end(alone, noDatabaseAtAll(book))
  const across = await acrossAll(alone)
  if ('code' in across) return end(alone, across)
  const run: Run = { ...alone, across }
  const ordered = systemsInOrder(book.report.systems, across)
  if (ordered.type === 'failed') return end(run, ordered.error)
  session.note(...ordered.moved)
  book.inOrder(ordered.names)
  for (const name of ordered.names) {
    const ran = await runSystem(run, systems.find(each => each.name === name)!)
    if (ran.type === 'failed') return await afterFailure(run, name, ran.error, onFailure)
    if (ran.type === 'stopped') return end(run, ran.error)
  }
  return end(run, null)
}

/**
 * A run that was being rolled back when it ended goes on with that, if whoever is asked says so, or the command still
 * does. Null where the way is forward.
 */
async function goOnBack(run: Run, onFailure: OnFailure | null): Promise<Failure | null> {
  const { session, book, agreed } = run
  const back = book.earlier?.takesBack ?? []
  if (back.length === 0) return null
  const names = back.join(', ')
  session.note(`It was being rolled back: ${names}.`)
  const asks = session.mayAsk && !agreed
  const wish = asks
    ? await choose(session, `Go on rolling back ${names}?`, [
        { value: 'back', name: 'roll the rest of it back' },
        { value: 'forward', name: 'migrate, and leave what still is migrated as it is' },
        { value: 'stop', name: 'stop here' },
      ])
    : onFailure === null || onFailure === 'stop'
      ? 'forward'
      : 'back'
  if (wish === 'back') return (await rollBackSystems(run, back)) ?? takenBack(names, book.earlier)
  if (wish === 'forward') return null
  book.takeBack(back)
  return stoppedHere('The rollback is not done to its end.')
}

function takenBack(names: string, earlier: RunReport | null): Failure {
  return failure(exitCodes.failed, 'RUN.TAKEN_BACK', {
    object: names,
    message: 'The run had failed, and what it did is rolled back now.',
    why: earlier?.error?.message ?? 'It ended before it could say why.',
    next: 'Once that is mended, the same command begins anew.',
  })
}

function how({ status }: RunReport): string {
  return status === 'running' ? 'killed' : status
}

/** What was measured before anything was changed can't be measured again. */
function keepTestsBefore(book: Book): void {
  for (const { system, tests } of book.earlier?.systems ?? [])
    if (tests.before !== null) book.note(system, { tests: { before: tests.before, after: null } })
}

/** What the databases of all systems have to do with each other, also those that are migrated already. */
async function acrossAll({ session, book, typed }: Run): Promise<Across | Failure> {
  const targets = book.report.systems
    .flatMap(each => each.targets)
    .filter(each => each.status === 'waiting')
    .map(({ target }) => ({ target, choices: session.choices(typed, target) }))
  if (targets.length === 0) return { order: [], links: [], follows: {}, error: null, documents: [] }
  const found = await session.ask('across', { targets }, { name: 'all databases', findings: false })
  if (found.type === 'failed') return found.error
  return found.value.error ?? found.value
}

function noDatabaseAtAll({ report }: Book): Failure {
  const places = report.systems.flatMap(each => each.places.map(place => place.path))
  return failure(exitCodes.precondition, 'SYSTEM.NO_DATABASE', {
    object: report.systems.map(each => each.system).join(', '),
    message: 'No database of these systems is there.',
    why: places.length > 0 ? `Looked for: ${places.join(', ')}.` : 'They keep none that is known.',
    next: `Say where they lie: ${commandLine('run', '--projects', 'DIR')}; or let them make their tables: ${commandLine('initialize', 'SYSTEM')}`,
  })
}

/** Stops, and takes back what is wished. A stop by the operator takes nothing back. */
async function afterFailure(
  run: Run,
  name: string,
  error: Failure,
  onFailure: OnFailure | null,
): Promise<number> {
  const { session, book } = run
  session.complain(error)
  const names = book.report.systems.map(each => each.system)
  const hasDone = (of: string) => book.system(of).targets.some(each => each.ofThisRun)
  const all = names.filter(hasDone)
  const interrupted = session.context.interrupts.received !== null
  const what = interrupted || all.length === 0 ? 'stop' : (onFailure ?? (await asked(run, name, all)))
  const back =
    what === 'rollback-all' ? all : what === 'rollback-system' ? all.filter(each => each === name) : []
  const failed = await rollBackSystems(run, back)
  if (failed) {
    session.complain(failed)
    return end(run, failed, true)
  }
  return end(run, error, true)
}

async function asked(
  { session, book, agreed }: Run,
  name: string,
  all: readonly string[],
): Promise<OnFailure> {
  if (agreed || !session.mayAsk) return 'stop'
  const answer = await choose<OnFailure>(session, `${book.system(name).title} failed. What now?`, [
    { value: 'stop', name: 'stop here; what was done stays, and the same command goes on with it' },
    ...(all.includes(name)
      ? [{ value: 'rollback-system' as const, name: `roll ${book.system(name).title} back` }]
      : []),
    { value: 'rollback-all', name: `roll back all done so far: ${all.join(', ')}` },
  ])
  return answer ?? 'stop'
}

/** The last page of the report, the document, and the exit code; a signal's wins over all others. */
function end(run: Run, error: Failure | null, told = false): number {
  const { session, book } = run
  const { interrupts, argv } = session.context
  if (error && !told) session.complain(error)
  const names = book.report.systems.map(each => each.system)
  const targets = book.report.systems.flatMap(each => each.targets)
  const back = waysBack(run, names)
  const stopped = interrupts.received !== null || error?.exit === exitCodes.stopped
  const status = stopped
    ? 'stopped'
    : error
      ? targets.some(each => each.status === 'rolled-back') && back.length === 0
        ? 'rolled-back'
        : 'failed'
      : targets.some(each => each.status === 'migrated' || each.status === 'done-before')
        ? 'succeeded'
        : book.report.systems.some(each => each.status === 'skipped')
          ? 'stopped'
          : 'nothing-to-do'
  book.end({
    status,
    error,
    next: error ? [commandLine(...argv), ...back] : [],
  })
  session.print(runReportLines(book.report, book.file))
  session.document({ report: book.file, ...reportDocument(book.report) })
  return interrupts.received ? signalExits[interrupts.received] : (error?.exit ?? exitCodes.done)
}
