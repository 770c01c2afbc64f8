import { resolve } from 'node:path'
import {
  announce,
  commandLine,
  exitCodes,
  type Failure,
  type InitializedTarget,
  knownPlaceOf,
  type System,
} from '../core/index.ts'
import { agree, consentMissing } from './consent.ts'
import type { Context } from './context.ts'
import { eachTarget, failedBefore, finish, type Target, targetsFrom, type Worked } from './each-target.ts'
import { failure, usageFailure } from './failure.ts'
import { examples } from './help.ts'
import { inSession } from './in-session.ts'
import { targetCommand } from './options.ts'
import { announcement, initializedReport } from './reports/initialize.ts'
import type { Session } from './session.ts'
import { systemCalled } from './system-words.ts'

/** What the operator wants of the tables of a system. */
interface Wishes {
  /** The database, absolute, where one was named. */
  readonly target: string | null
  readonly known: boolean
  readonly schema: string
  readonly accept: boolean
  readonly yes: boolean
}

interface Part extends Target {
  /** Null for a database that was named by its path. */
  readonly system: System | null
}

/** `initialize`: lets a system make its own tables, or makes a known schema in a database that has none. */
export function initializeCommand(context: Context, ended: (exit: number) => void) {
  return targetCommand('initialize')
    .summary('let a system make its tables, or make the known schema')
    .addHelpText(
      'before',
      examples(
        ['Let a system make its own tables', 'ulid-migrate initialize crackerjack --projects ~/projects'],
        ['Make the known tables in an empty database', 'ulid-migrate initialize data/crackerjack.db --known'],
        ['The same, whatever the file is called', 'ulid-migrate initialize app.db --schema crackerjack'],
      ),
    )
    .description(
      "Runs a system's own command, watches its databases until the expected tables are there, and ends it. In a database named by its path, makes the tables of a known system. One with tables is left alone.",
    )
    .argument('<targets...>', 'systems, or databases without tables')
    .option('--target <path>', 'the database that the system is to make (default: the one that it makes)')
    .option('--known', "make the known schema of the system in place of running the system's command")
    .option('--schema <name>', 'which known schema (default: told from the file name and its folders)')
    .option('--accept', 'take other tables than expected as they are')
    .option('--yes', "agree to run the system's command")
    .action((words, options) =>
      inSession(context, ended, 'initialize', options, async session => {
        const wishes: Wishes = {
          target: options.target === undefined ? null : resolve(context.folder, options.target),
          known: options.known === true || options.schema !== undefined,
          schema: options.schema ?? '',
          accept: options.accept === true,
          yes: options.yes === true,
        }
        const parts = partsFrom(session, words)
        if (wishes.target !== null && (parts.length > 1 || parts[0]?.system === null))
          return finish(session, failedBefore(session, oneSystemOnly(), parts))
        const done = await eachTarget(session, parts, async part => {
          const worked =
            part.system === null
              ? await makeKnown(session, part, wishes.schema)
              : await initializeSystem(session, part.system, wishes)
          if (worked.type === 'done') session.print(initializedReport(worked.document))
          return worked
        })
        return finish(session, done)
      }),
    )
}

type Ended = Worked<InitializedTarget>

function partsFrom(session: Session, words: readonly string[]): readonly Part[] {
  const systems = session.systems()
  return targetsFrom(session, words).map((target, index) => {
    const system = systemCalled(words[index]!, systems, session.context.folder)
    return system === null ? { ...target, system } : { path: system.name, name: system.name, system }
  })
}

async function initializeSystem(session: Session, system: System, wishes: Wishes): Promise<Ended> {
  if (wishes.known) {
    const place = knownPlaceOf(wishes.schema ? { ...system, schema: wishes.schema } : system, wishes.target)
    if (place === null) return { type: 'failed', error: nothingKnown(system) }
    return makeKnownOf(session, system, { ...place, schema: wishes.schema || place.schema })
  }
  const asked = { named: wishes.target !== null, system, accept: wishes.accept }
  const target = wishes.target ?? system.places[0]?.path ?? system.name
  const ask = (run: boolean) =>
    session.ask('initialize-system', { ...asked, target, run }, { name: system.name, findings: false })

  const looked = await ask(false)
  if (looked.type === 'failed') return otherwise(session, system, wishes, looked.error)
  if (looked.value.status !== 'missing') return { type: 'done', document: looked.value }

  session.note(...announcement(system, announce(system, wishes.target)))
  if (!wishes.yes) {
    if (!session.mayAsk) return { type: 'failed', error: consentMissing(session, ['--yes'], system.name) }
    const answer = await agree(session, `Run the command of ${system.title}?`, system.name)
    if (answer.type === 'no') return { type: 'declined' }
    if (answer.type === 'failed') return answer
  }
  const made = await ask(true)
  if (made.type === 'failed') return otherwise(session, system, wishes, made.error)
  return { type: 'done', document: made.value }
}

/** The ways on from what the command did, or did not: asked for where there is somebody, else named by the failure. */
async function otherwise(
  session: Session,
  system: System,
  { target }: Wishes,
  error: Failure,
): Promise<Ended> {
  const failed: Ended = { type: 'failed', error }
  if (!session.mayAsk) return failed
  if (error.code === 'INITIALIZE.OTHER_TABLES') {
    const why = error.why.replaceAll('\n', ' ')
    const answer = await agree(session, `${error.message} ${why} Take them as they are?`, error.object)
    if (answer.type === 'failed') return answer
    if (answer.type === 'no') return failed
    const there = await session.ask(
      'initialize-system',
      { target: error.object, named: true, system, run: false, accept: true },
      { name: system.name, findings: false },
    )
    if (there.type === 'failed') return there
    return { type: 'done', document: { ...there.value, status: 'made', by: 'command' } }
  }
  const place = knownPlaceOf(system, target)
  if (!leavesNothing(error, system) || place === null) return failed
  const question = `${error.message} Make the known schema in ${place.path} instead?`
  const answer = await agree(session, question, place.path)
  if (answer.type === 'failed') return answer
  return answer.type === 'no' ? failed : makeKnownOf(session, system, place)
}

/** Where the command made some tables after all, the known schema has no place any more. */
function leavesNothing({ code, object }: Failure, system: System): boolean {
  if (code.startsWith('SYSTEM.') || code === 'INITIALIZE.NOTHING_MADE') return true
  return (code === 'INITIALIZE.EXITED' || code === 'INITIALIZE.HUNG') && object === system.name
}

/** In a database that has no tables, named by its path. */
async function makeKnown(session: Session, { path, name }: Target, schema: string): Promise<Ended> {
  const outcome = await session.ask('initialize', { target: path, schema }, { name, findings: true })
  if (outcome.type === 'failed') return outcome
  return {
    type: 'done',
    document: { ...outcome.value, system: null, status: 'made', by: 'known-schema', findings: [] },
  }
}

/** At a place of a system, which need not be there yet. */
async function makeKnownOf(
  session: Session,
  system: System,
  { path, schema }: { readonly path: string; readonly schema: string },
): Promise<Ended> {
  const outcome = await session.ask(
    'initialize',
    { target: path, schema, ofSystem: true },
    { name: system.name, findings: true },
  )
  if (outcome.type === 'failed') return outcome
  const { target, tables, standing } = outcome.value
  const made = standing
    ? ({ status: 'nothing-to-do', by: null } as const)
    : ({ status: 'made', by: 'known-schema' } as const)
  return { type: 'done', document: { target, system: system.name, ...made, tables, findings: [] } }
}

function oneSystemOnly(): Failure {
  return usageFailure('COMMAND.USAGE', {
    object: '--target',
    message: '--target goes with one system.',
    why: 'It says which database that system is to make.',
    next: commandLine('initialize', 'SYSTEM', '--target', 'PATH'),
  })
}

function nothingKnown({ name, title, initialize }: System): Failure {
  return failure(exitCodes.precondition, 'SCHEMA.UNKNOWN', {
    object: name,
    message: `No schema is known for ${title}.`,
    why: 'Neither this program nor a config file names one.',
    next:
      initialize === null
        ? `Start ${title} once so that it makes its tables.`
        : `Let it make its tables: ${commandLine('initialize', name)}`,
  })
}
