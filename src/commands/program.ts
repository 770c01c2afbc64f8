/** The whole command line, from one definition per command; and one run of it. */
import { Command, CommanderError } from '@commander-js/extra-typings'
import { exitCodes, type Failure } from '../core/index.ts'
import { printable } from '../ui/printable.ts'
import { codeCommand } from './code.ts'
import { collapseCommand } from './collapse.ts'
import { completionsCommand } from './completions.ts'
import type { Context } from './context.ts'
import { contractCommand } from './contract.ts'
import { demoCommand } from './demo.ts'
import { detectCommand } from './detect.ts'
import { dryRunCommand } from './dry-run.ts'
import { applyEnvironment } from './environment.ts'
import { failure, messageOf, usageFailure } from './failure.ts'
import { finalizeCommand } from './finalize.ts'
import { examples, helpWidth } from './help.ts'
import { initializeCommand } from './initialize.ts'
import { migrateCommand } from './migrate.ts'
import { registryCommand } from './registry.ts'
import { failureReport } from './reports/message.ts'
import { rollbackCommand } from './rollback.ts'
import { runCommand } from './run.ts'
import { toJson } from './session.ts'
import { snapshotsCommand } from './snapshots.ts'
import { statusCommand } from './status.ts'
import { traceCommand } from './trace.ts'
import { ulidCommand } from './ulid.ts'
import { verifyCommand } from './verify.ts'
import { wizardCommand } from './wizard.ts'

const epilogue = `
Without a command the wizard opens. Flags follow the command; COMMAND --help
lists them. A flag that several commands share can also come from the
environment: --state-dir is ULID_MIGRATE_STATE_DIR.

Exit codes: 0 done, 1 failed, 2 usage or a missing answer, 3 verification found
problems, 4 a precondition blocks and nothing was changed, 5 stopped; 130, 143
and 129 by signal.`

type Given = [context: Context, ended: (exit: number) => void]

/** Definitions of all commands; also what docs and tests read. `ended` takes the exit code of the one that ran. */
function buildProgram(context: Context, version: string, ended: (exit: number) => void) {
  const program = new Command('ulid-migrate')
    .usage('[targets...]\n       ulid-migrate COMMAND [options]')
    .description(
      'Renames the rows of a SQLite or DuckDB database to ULIDs: rehearsed, proved, and undoable later.',
    )
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: text => void context.stdout.write(text),
      writeErr: () => {}, // what is wrong is said once, in the shape of all messages
      outputError: () => {},
      getOutHelpWidth: () => helpWidth(context.stdout.columns),
    })
    .configureHelp({ subcommandTerm: command => command.name() }) // what follows it makes the list too wide
    .addHelpText(
      'before',
      examples(
        ['The wizard, on the databases below this folder', 'ulid-migrate'],
        ['What names rows in a database, and what refers to them', 'ulid-migrate detect app.db'],
        ['Rehearse on a copy and keep the plan; then do it', 'ulid-migrate dry-run app.db --out plan.json'],
        ['', 'ulid-migrate migrate plan.json --yes'],
        ['Bring the old ids back, and keep the rows written since', 'ulid-migrate rollback app.db --yes'],
      ),
    )
    .addHelpText('after', epilogue)
    .hook('preAction', (_, command) => applyEnvironment(command, context.environment))
  const commands = [
    detectCommand,
    initializeCommand,
    dryRunCommand,
    migrateCommand,
    verifyCommand,
    runCommand,
    rollbackCommand,
    contractCommand,
    collapseCommand,
    finalizeCommand,
    statusCommand,
    snapshotsCommand,
    traceCommand,
    registryCommand,
    codeCommand,
    ulidCommand,
    demoCommand,
    (...given: Given) => completionsCommand(...given, () => ({ program, wizard })),
  ].map(define => define(context, ended))
  for (const command of commands) program.addCommand(command.copyInheritedSettings(program))
  const names = () => commands.map(command => command.name())
  const wizard = wizardCommand(context, ended, names, () => program.helpInformation())
  program.addCommand(wizard.copyInheritedSettings(program), { isDefault: true, hidden: true })
  return program
}

/**
 * Runs one command line to its end.
 *
 * @returns the exit code; never throws
 */
export async function runProgram(context: Context, version: string): Promise<number> {
  let exit: number = exitCodes.done
  const program = buildProgram(context, version, code => {
    exit = code
  })
  try {
    await program.parseAsync([...context.argv], { from: 'user' })
    return exit
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done
    return complain(context, error instanceof CommanderError ? misuse(context, error) : bug(error))
  }
}

function commandOf(context: Context): string {
  return context.argv.find(word => !word.startsWith('-')) ?? 'wizard'
}

function misuse(context: Context, error: CommanderError): Failure {
  const command = context.argv[0]?.startsWith('-') ? [] : context.argv.slice(0, 1)
  return usageFailure('COMMAND.USAGE', {
    object: ['ulid-migrate', ...command].join(' '),
    message: error.message.replace(/^error: /, ''),
    why: 'The command line cannot be understood as it is.',
    next: ['ulid-migrate', ...command, '--help'].join(' '),
  })
}

function bug(error: unknown): Failure {
  return failure(exitCodes.failed, 'PROGRAM.FAULT', {
    object: 'ulid-migrate',
    message: 'The program has a fault of its own.',
    why: error instanceof Error ? (error.stack ?? error.message) : String(error),
    next: 'ulid-migrate status says what state targets are in; please report the text above.',
  })
}

/** Even what cannot be parsed is answered in the form that was asked for. */
function complain(context: Context, error: Failure): number {
  const event = { schema: 'ulid-migrate.event/1', at: context.clock().toISOString(), type: 'failed' }
  const text = context.argv.includes('--events')
    ? toJson({ ...event, error: messageOf(error) })
    : failureReport(error).join('\n')
  void context.stderr.write(`${text}\n`)
  if (context.argv.includes('--json')) {
    const schema = `ulid-migrate.${printable(commandOf(context))}/1`
    void context.stdout.write(`${toJson({ schema, targets: [], error: messageOf(error) })}\n`)
  }
  return error.exit
}
