import { join, resolve } from 'node:path'
import {
  type Across,
  acrossFindings,
  commandLine,
  type DryRunTarget,
  discard,
  type Failure,
  makeScratch,
} from '../core/index.ts'
import { printable } from '../ui/printable.ts'
import { type Chosen, leads, together } from './across.ts'
import { choicesFrom } from './choices.ts'
import type { Context } from './context.ts'
import { eachTarget, failedBefore, finish, type Target, type Worked } from './each-target.ts'
import { failedProof, usageFailure } from './failure.ts'
import { examples } from './help.ts'
import { inSession } from './in-session.ts'
import { nameAll, refused, systemsOf } from './named.ts'
import { rememberingCommand } from './options.ts'
import { refusePlanFile, writePlanFile } from './plan-file.ts'
import { memoryOf } from './remember.ts'
import { dryRunReport } from './reports/dry-run.ts'
import type { Session } from './session.ts'

const afterwards =
  'The target is unchanged. Leave the identity at fault alone with --skip TABLE.COLUMN, or see -v.'

/** `dry-run`: rehearses on a copy; `--out` keeps the plan, `--sql` prints the statements. */
export function dryRunCommand(context: Context, ended: (exit: number) => void) {
  return rememberingCommand('dry-run')
    .summary('rehearse on a copy and show what would change')
    .addHelpText(
      'before',
      examples(
        ['Rehearse on a copy, and keep the plan for migrate', 'ulid-migrate dry-run app.db --out plan.json'],
        [
          'One table alone, its times from the column created_at',
          'ulid-migrate dry-run app.db --only jobs.job_id --time jobs.job_id=created_at',
        ],
        ['The statements, to read', 'ulid-migrate dry-run app.db --sql'],
      ),
    )
    .description(
      'Applies the plan to a private copy, checks everything, undoes it there. The target stays as it is.',
    )
    .argument('[targets...]', 'databases or systems; all systems when none is named')
    .option('--out <file>', 'keep the plan in FILE, for migrate')
    .option('--sql', 'print the statements on stdout; the report goes to stderr')
    .action((words, options) =>
      inSession(context, ended, 'dry-run', options, async session => {
        const typed = choicesFrom(options)
        const memory = memoryOf(session, options, typed)
        const meant = nameAll(session, words)
        if (meant.error !== null) return refused(session, meant)
        const named = meant.targets.map(target => ({
          ...target,
          choices: session.choices(typed, target.path),
        }))
        const out = options.out === undefined ? undefined : resolve(context.folder, options.out)

        const found = await together(session, named)
        const obstacle = found.type === 'failed' ? found.error : found.value.across.error
        if (found.type === 'failed' || obstacle !== null)
          return finish(session, failedBefore(session, obstacle!, named), systemsOf(meant))
        const { targets, across } = found.value
        const copies = rehearsedCopies(session, across)

        async function rehearse({ choices, ...target }: Chosen): Promise<Worked<DryRunTarget>> {
          const refusal =
            (out === undefined ? null : await refuseOut(out, named)) ?? (await memory.obstacle(target.path))
          if (refusal) return { type: 'failed', error: refusal }
          const outcome = await session.ask(
            'dry-run',
            { target: target.path, choices, ...copies.of(target) },
            { name: target.name, findings: false },
          )
          if (outcome.type === 'failed') return outcome
          const { plan } = outcome.value
          const notWritten = out === undefined ? null : writePlanFile(out, plan)
          const kept = out !== undefined && notWritten === null ? { file: out } : {}
          const { plan: planned, findings, ...rehearsed } = outcome.value.document
          const document = {
            ...rehearsed,
            plan: { ...planned, ...kept },
            findings: [...findings, ...acrossFindings(target.path, across)],
          }
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

        try {
          return finish(session, await eachTarget(session, targets, rehearse), {
            ...systemsOf(meant),
            ...memory.content(),
          })
        } finally {
          copies.discard()
        }
      }),
    )
}

/** Copies of rehearsed targets, for as long as others that take their ULIDs from them are still to be rehearsed. */
function rehearsedCopies(session: Session, across: Across) {
  const kept: Record<string, string> = {}
  let folder: string | null = null
  return {
    of(target: Target) {
      const rehearsed = { ...kept }
      if (!leads(target, across)) return { rehearsed }
      folder ??= makeScratch(session.settings, 'rehearsal')
      const keep = join(folder, `${Object.keys(kept).length}.db`)
      kept[target.path] = keep
      return { rehearsed, keep }
    },
    discard() {
      if (folder !== null) discard(folder)
    },
  }
}

// A file gets the statements as they are; a terminal gets them without what it might obey.
function sql(statement: string, terminal: boolean): string {
  const text = terminal ? statement.split('\n').map(printable).join('\n') : statement
  const isWhole = text.trimEnd().endsWith(';') || (text.split('\n').at(-1) ?? '').startsWith('--')
  return isWhole ? text : `${text};`
}

async function refuseOut(out: string, targets: readonly Target[]): Promise<Failure | null> {
  if (targets.length === 1) return refusePlanFile(out)
  return usageFailure('PLAN.ONE_FILE', {
    object: out,
    message: 'One file holds one plan.',
    why: `${targets.length} targets were named.`,
    next: commandLine('dry-run', targets[0]?.path ?? 'TARGET', '--out', out),
  })
}
