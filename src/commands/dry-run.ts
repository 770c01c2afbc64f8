import { resolve } from 'node:path'
import { commandLine, type DryRunTarget } from '../core/index.ts'
import { printable } from '../ui/printable.ts'
import { choicesFrom } from './choices.ts'
import type { Context } from './context.ts'
import { eachTarget, finish, type Target, targetsFrom, type Worked } from './each-target.ts'
import { failedProof, usageFailure } from './failure.ts'
import { inSession } from './in-session.ts'
import { rememberingCommand } from './options.ts'
import { refusePlanFile, writePlanFile } from './plan-file.ts'
import { memoryOf } from './remember.ts'
import { dryRunReport } from './reports/dry-run.ts'

const afterwards =
  'The target is unchanged. Leave the identity at fault alone with --skip TABLE.COLUMN, or see -v.'

/** `dry-run`: rehearses on a copy; `--out` keeps the plan, `--sql` prints the statements. */
export function dryRunCommand(context: Context, ended: (exit: number) => void) {
  return rememberingCommand('dry-run')
    .summary('rehearse on a copy and show what would change')
    .description(
      'Applies the plan to a private copy, checks everything, undoes it there. The target stays as it is.',
    )
    .argument('<targets...>', 'databases')
    .option('--out <file>', 'keep the plan in FILE, for migrate')
    .option('--sql', 'print the statements on stdout; the report goes to stderr')
    .action((words, options) =>
      inSession(context, ended, 'dry-run', options, async session => {
        const typed = choicesFrom(options)
        const memory = memoryOf(session, options, typed)
        const targets = targetsFrom(session, words)
        const out = options.out === undefined ? undefined : resolve(context.folder, options.out)

        async function rehearse(target: Target): Promise<Worked<DryRunTarget>> {
          const refusal =
            (out === undefined ? null : refuseOut(out, targets)) ?? (await memory.obstacle(target.path))
          if (refusal) return { type: 'failed', error: refusal }
          const choices = session.choices(typed, target.path)
          const outcome = await session.ask(
            'dry-run',
            { target: target.path, choices },
            { name: target.name, findings: false },
          )
          if (outcome.type === 'failed') return outcome
          const { plan } = outcome.value
          const notWritten = out === undefined ? null : writePlanFile(out, plan)
          const kept = out !== undefined && notWritten === null ? { file: out } : {}
          const document = { ...outcome.value.document, plan: { ...outcome.value.document.plan, ...kept } }
          const report = dryRunReport(document, choices, session.verbose)
          if (options.sql) {
            if (!options.quiet) session.note(...report)
            session.print(document.statements.map(statement => sql(statement, context.stdout.terminal)))
          } else session.print(report)
          const error =
            notWritten ??
            failedProof(document.proof, target.path, afterwards) ??
            failedProof(document.undo, target.path, afterwards) ??
            (await memory.keep(target.path))
          return error ? { type: 'failed', error, document } : { type: 'done', document }
        }

        return finish(session, await eachTarget(session, targets, rehearse), memory.content())
      }),
    )
}

// A file gets the statements as they are; a terminal gets them without what it might obey.
function sql(statement: string, terminal: boolean): string {
  const text = terminal ? statement.split('\n').map(printable).join('\n') : statement
  return text.trimEnd().endsWith(';') ? text : `${text};`
}

function refuseOut(out: string, targets: readonly Target[]) {
  if (targets.length === 1) return refusePlanFile(out)
  return usageFailure('PLAN.ONE_FILE', {
    object: out,
    message: 'One file holds one plan.',
    why: `${targets.length} targets were named.`,
    next: commandLine('dry-run', targets[0]?.path ?? 'TARGET', '--out', out),
  })
}
