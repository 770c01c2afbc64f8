/** What there is to say when a system did not make its tables, or made them in another way than expected. */
import { Stopped } from '../../context.ts'
import { exitCodes, type Message, Refusal } from '../../message.ts'
import { commandLine, inShell } from '../../shell.ts'
import type { Initialization, System } from '../system.ts'
import { usualLimit } from './announce.ts'
import type { Over } from './follow.ts'
import type { Found } from './found.ts'
import { orKnown } from './program.ts'
import type { Exit } from './start.ts'

export interface Failing {
  readonly system: System
  readonly named: string | null
  readonly command: Initialization
  readonly found: Found
  /** New databases that lie at none of its places. */
  readonly elsewhere: readonly string[]
  readonly over: Over
  /** Null where it did not end by itself. */
  readonly exit: Exit | null
  /** What it printed last. */
  readonly said: readonly string[]
}

export function failureOf(failing: Failing): Refusal {
  const { system, named, command, found, elsewhere, over, exit, said } = failing
  const { database, tables, missing } = found
  const failed = (code: string, object: string, message: string, why: readonly string[], next: string) =>
    new Refusal({ code, object, message, why: why.join('\n'), next, exit: exitCodes.failed })
  const places = named === null ? system.places.map(place => place.path) : [named]
  const made = [
    ...(database === null
      ? [`There are no new tables in ${places.join(', ')}.`]
      : [`It made ${tables.join(', ')} in ${database}.`, `Missing are ${missing.join(', ')}.`]),
    ...(found.elsewhere.length > 0 ? [`It made tables in ${found.elsewhere.join(', ')}.`] : []),
  ]
  const strays = elsewhere.map(file => `There is a new database in ${file}.`)
  const printed = said.length === 0 ? ['It printed nothing.'] : ['Its last lines:', ...said]
  const noneExpected = missing.length === command.expect.length
  if (database !== null && (noneExpected || exit?.code === 0))
    return failed(
      'INITIALIZE.OTHER_TABLES',
      database,
      `${system.title} made other tables than expected.`,
      [`Expected are ${command.expect.join(', ')}.`, ...made],
      `If they are right, go on with them: ${commandLine('detect', database)} (initialize takes them with --accept); what is expected stands in the config file: systems.${system.name}.initialize.expect`,
    )
  if (over.how === 'limit')
    return failed(
      'INITIALIZE.HUNG',
      database ?? system.name,
      `${system.title} did not make its tables within ${command.limit ?? usualLimit} s; it was ended.`,
      [...made, ...strays, ...printed],
      `Give it longer (systems.${system.name}.initialize.limit in the config file)${orKnown(system)}`,
    )
  if (exit?.code === 0)
    return failed(
      'INITIALIZE.NOTHING_MADE',
      system.name,
      `The command of ${system.title} ended well and made no tables.`,
      [...made, ...strays, ...printed],
      elsewhere[0] === undefined
        ? `Name the database that it makes: ${commandLine('initialize', system.name, '--target', 'PATH')}${orKnown(system)}`
        : `If that is it, name it in the config file (systems.${system.name}.targets), and look at it: ${commandLine('detect', elsewhere[0])}`,
    )
  return failed(
    'INITIALIZE.EXITED',
    database ?? system.name,
    `The command of ${system.title} ended ${howOf(exit)} before its tables were there.`,
    [...made, ...printed],
    `${helpFor(system, said)}${orKnown(system)}`,
  )
}

function howOf(exit: Exit | null): string {
  return exit?.signal ? `by ${exit.signal}` : `with code ${exit?.code ?? 'unknown'}`
}

function helpFor(system: System, said: readonly string[]): string {
  if (said.some(text => /KeyError: '[A-Z][A-Z0-9_]*'|environment variable/i.test(text)))
    return `What it lacks in its environment can stand in the config file (systems.${system.name}.initialize.environment)`
  return said.some(text => /ModuleNotFoundError|No module named/.test(text))
    ? `Its interpreter lacks a module: name the one that the system is installed for in the config file (systems.${system.name}.initialize.argv)`
    : `See what it says, or name another command in the config file (systems.${system.name}.initialize)`
}

interface Made {
  readonly system: System
  readonly found: Found
  readonly exit: Exit | null
  readonly killed: boolean
}

/** What is worth knowing of tables that are there. */
export function findingsOf({ system, found, exit, killed }: Made): readonly Message[] {
  const object = found.database ?? system.name
  const said = (code: string, message: string, why: string, next: string): Message => ({
    code,
    severity: 'warning',
    object,
    message,
    why,
    next,
  })
  return [
    ...(found.missing.length > 0
      ? [
          said(
            'INITIALIZE.OTHER_TABLES',
            `${system.title} made other tables than expected, and they were accepted.`,
            `Missing are ${found.missing.join(', ')}.`,
            inShell`Look at them: ulid-migrate detect ${object}`,
          ),
        ]
      : []),
    ...(exit !== null && exit.code !== 0
      ? [
          said(
            'INITIALIZE.EXITED',
            `The tables are there, although the command ended ${howOf(exit)}.`,
            'Success is the tables, not the exit code.',
            inShell`Look at them: ulid-migrate detect ${object}`,
          ),
        ]
      : []),
    ...(killed
      ? [
          said(
            'INITIALIZE.KILLED',
            `${system.title} did not end when it was asked to, and was killed.`,
            'The tables are there; what it had not written yet is not.',
            inShell`Look at them: ulid-migrate detect ${object}`,
          ),
        ]
      : []),
  ]
}

/** It was stopped on the way; what was started has ended. */
export function stoppedAmid(system: System, { database, tables }: Found, why: string): Stopped {
  return new Stopped(database ?? system.name, why, {
    message:
      database === null
        ? `Stopped, and ${system.title} with it. No tables were made.`
        : `Stopped, and ${system.title} with it. It had made ${tables.join(', ')}.`,
    next:
      database === null
        ? 'The same command starts again from a clean state.'
        : inShell`Look at what is there: ulid-migrate detect ${database}`,
  })
}
