import { Argument, type CommandUnknownOpts } from '@commander-js/extra-typings'
import { commandLine, exitCodes } from '../core/index.ts'
import { bashScript } from './completions/bash.ts'
import { fishScript } from './completions/fish.ts'
import { type Completed, completedBy } from './completions/model.ts'
import { zshScript } from './completions/zsh.ts'
import { readConfigFiles } from './config.ts'
import type { Context } from './context.ts'
import { messageOf, usageFailure } from './failure.ts'
import { examples } from './help.ts'
import { plainCommand } from './options.ts'
import { createSession, type SessionOptions } from './session.ts'

const shells = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof shells)[number]

const scripts: Readonly<Record<Shell, (commands: Completed) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
}

/**
 * `completions SHELL`: the script that makes a shell complete commands, flags, their values and the names of systems.
 *
 * @param definitions of the program and of what runs without a command
 */
export function completionsCommand(
  context: Context,
  ended: (exit: number) => void,
  definitions: () => { readonly program: CommandUnknownOpts; readonly wizard: CommandUnknownOpts },
) {
  return plainCommand('completions')
    .summary('make the shell complete commands, flags and names of systems')
    .description(
      'Prints the script that makes a shell complete commands, flags, their values, files and the names of systems. A script that lies in a file has to be made anew when the program was updated.',
    )
    .addHelpText(
      'before',
      examples(
        ['bash: this line in ~/.bashrc', 'source <(ulid-migrate completions bash)'],
        [
          'zsh: in a folder of fpath, before compinit',
          'ulid-migrate completions zsh > ~/.zfunc/_ulid-migrate',
        ],
        ['fish', 'ulid-migrate completions fish > ~/.config/fish/completions/ulid-migrate.fish'],
      ),
    )
    .addArgument(new Argument('[shell]', 'whose script to print').choices(shells))
    .option('--systems', 'print the names of the systems that are known here; the scripts ask for them')
    .action(async (shell, options) => {
      if (options.systems) return ended(await printSystems(context, options))
      const session = createSession(context, 'completions', options)
      if (shell === undefined) {
        const error = whichShell(context)
        session.complain(error)
        session.document({ targets: [], error: messageOf(error) })
        return ended(error.exit)
      }
      const { program, wizard } = definitions()
      const script = scripts[shell](completedBy(program, wizard))
      session.print([script.trimEnd()])
      session.document({ shell, script })
      ended(exitCodes.done)
    })
}

/** Nothing that a key press in somebody else's folder should not do: no program is run, no database opened. */
async function printSystems(context: Context, options: SessionOptions) {
  const loaded = await readConfigFiles(context, undefined, { dataOnly: true })
  const session =
    loaded.type === 'loaded'
      ? createSession(context, 'completions', options, loaded)
      : createSession(context, 'completions', options)
  const systems = session.systems().map(each => each.name)
  session.print(systems)
  session.document({ systems })
  return exitCodes.done
}

function whichShell({ environment }: Context) {
  const used = environment.SHELL?.split('/').at(-1)
  return usageFailure('COMPLETIONS.SHELL', {
    object: 'shell',
    message: 'The shell has to be named.',
    why: `There are scripts for ${shells.join(', ')}.`,
    next: commandLine('completions', shells.find(each => each === used) ?? 'bash'),
  })
}
