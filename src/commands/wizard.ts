import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  type Choices,
  commandLine,
  type DetectedSystem,
  type Failure,
  type Remembered,
  type Settings,
} from '../core/index.ts'
import type { GivenTarget } from '../wizard/state.ts'
import { wantsPlain } from '../wizard/wants-plain.ts'
import { choicesFrom } from './choices.ts'
import type { Context } from './context.ts'
import { messageOf, usageFailure } from './failure.ts'
import { examples } from './help.ts'
import { inSession } from './in-session.ts'
import { missingFolder } from './named.ts'
import { givenTargets, openMore } from './open-more.ts'
import { openedOn } from './opened-on.ts'
import { choosingCommand } from './options.ts'
import { rememberIn } from './remember.ts'
import type { Session } from './session.ts'
import { systemCalled } from './system-words.ts'

/** Opens the wizard; resolves with the exit code when it has closed and the terminal is as before. */
export type Wizard = (options: {
  readonly targets: readonly GivenTarget[]
  readonly systems: readonly DetectedSystem[]
  /** @param target its path; '' for what is about all targets */
  readonly settingsFor: (target: string) => Settings
  /** Writes the choices for a target into the config file. */
  readonly remember: (target: string, choices: Choices) => Promise<Remembered>
  /** What a path that is typed in the wizard names; nothing where it is not there. */
  readonly find: (text: string) => readonly GivenTarget[]
  readonly inline: boolean
  /** Questions line by line in place of screens. */
  readonly plain: boolean
}) => Promise<number>

/** What runs when no command is named: the wizard, on these targets or on what the current folder holds. */
export function wizardCommand(
  context: Context,
  ended: (exit: number) => void,
  commands: () => readonly string[],
  help: () => string,
) {
  return choosingCommand('wizard')
    .usage('[options] [targets...]')
    .summary('the wizard; it opens when no command is named')
    .addHelpText(
      'before',
      examples(
        ['On the databases below this folder', 'ulid-migrate'],
        ['On one database', 'ulid-migrate app.db'],
        ['On all databases of a system', 'ulid-migrate crackerjack --projects ~/projects'],
        ['Without the alternate screen', 'ulid-migrate app.db --inline'],
      ),
    )
    .description('Opens the wizard on these databases, or on those below the current folder.')
    .argument('[targets...]', 'databases, folders to search, or systems')
    .option('--inline', 'no alternate screen: what was drawn stays in the scrollback')
    .option('--plain', 'questions line by line in place of screens, for screen readers and dumb terminals')
    .action((words, options) =>
      inSession(context, ended, 'wizard', options, async session => {
        const wrong =
          misunderstood(words, commands(), session) ??
          (meantSystems(words, session) ? missingFolder(session) : null)
        if (wrong) {
          session.complain(wrong)
          session.document({ targets: [], error: messageOf(wrong) })
          return wrong.exit
        }
        const unable = options.json || options.events || options.input === false
        if (context.wizard === null || unable) {
          const why = unable ? 'The wizard draws and asks; this was asked not to.' : context.noWizard
          const error = noScreen(why, words)
          if (!session.json && !options.events) session.note(...help().trimEnd().split('\n'), '')
          session.complain(error)
          session.document({ targets: [], error: messageOf(error) })
          return error.exit
        }
        const typed = choicesFrom(options)
        const { targets, systems } = openedOn(session, words)
        return await context.wizard({
          targets: givenTargets(session, typed, targets),
          find: openMore(session, typed),
          systems,
          settingsFor: session.settingsFor,
          remember: rememberIn(session),
          inline: options.inline === true,
          plain: options.plain === true || wantsPlain(session.context.environment),
        })
      }),
    )
}

function meantSystems(words: readonly string[], session: Session): boolean {
  const known = session.systems()
  return words.length === 0 || words.some(word => systemCalled(word, known, session.context.folder) !== null)
}

function noScreen(why: string, words: readonly string[]): Failure {
  return usageFailure('WIZARD.NO_TERMINAL', {
    object: 'terminal',
    message: 'The wizard needs a terminal.',
    why,
    next: commandLine('detect', words[0] ?? 'TARGET'),
  })
}

/** A first word that is a command behind its flags, or neither a command nor anything that could be a target. */
function misunderstood(
  words: readonly string[],
  commands: readonly string[],
  session: Session,
): Failure | null {
  const command = words.find(word => commands.includes(word))
  if (command !== undefined)
    return usageFailure('COMMAND.ORDER', {
      object: command,
      message: `The command ${command} comes first, its flags after it.`,
      why: 'Before a command only --help and --version can stand.',
      next: commandLine(command, '--help'),
    })
  const [word] = words
  if (word === undefined || /[\\/.]/.test(word) || existsSync(resolve(session.context.folder, word)))
    return null
  const systems = session.systems()
  if (systemCalled(word, systems, session.context.folder) !== null) return null
  const near = [...commands, ...systems.map(each => each.name)].find(known => distance(word, known) <= 2)
  return usageFailure('COMMAND.UNKNOWN', {
    object: word,
    message: `${word} is neither a command, nor a system, nor a file.`,
    why: near ? `Did you mean ${near}?` : `Commands are ${commands.join(', ')}.`,
    next: near ? commandLine(near, ...words.slice(1)) : commandLine('--help'),
  })
}

/** Letters to add, drop or change between two words. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1]
    for (let at = 1; at <= other.length; at++) {
      const change = (row[at - 1] ?? 0) + (letter === other[at - 1] ? 0 : 1)
      next.push(Math.min(change, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? 0
}
