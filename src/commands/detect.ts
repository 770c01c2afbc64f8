import { withAcross } from '../core/index.ts'
import { together } from './across.ts'
import { choicesFrom } from './choices.ts'
import type { Context } from './context.ts'
import { eachTarget, failedBefore, finish } from './each-target.ts'
import { examples } from './help.ts'
import { inSession } from './in-session.ts'
import { nameAll, refused, systemsOf } from './named.ts'
import { rememberingCommand } from './options.ts'
import { memoryOf } from './remember.ts'
import { detectReport } from './reports/detect.ts'
import { systemsReport } from './reports/systems.ts'

/** `detect`: identities, references, kinds, times, findings. Never writes; findings are no failure. */
export function detectCommand(context: Context, ended: (exit: number) => void) {
  return rememberingCommand('detect')
    .summary('find identifiers, references and the times of rows')
    .addHelpText(
      'before',
      examples(
        ['What names rows in a database, and what refers to them', 'ulid-migrate detect app.db'],
        ['Every reference, with its evidence', 'ulid-migrate detect app.db -v'],
        ['All databases of a system', 'ulid-migrate detect crackerjack --projects ~/projects'],
        ['For a script: the names of the identities', 'ulid-migrate detect app.db --json'],
      ),
    )
    .description('Finds identities, the references to them, kinds of ids, times and findings. Never writes.')
    .argument('[targets...]', 'databases, folders of them, or systems; all systems when none is named')
    .action((words, options) =>
      inSession(context, ended, 'detect', options, async session => {
        const typed = choicesFrom(options)
        const memory = memoryOf(session, options, typed)
        const meant = nameAll(session, words, { looking: true })
        if (meant.error !== null) return refused(session, meant)
        session.print(systemsReport(meant.systems, session.verbose))
        const named = meant.targets.map(target => ({
          ...target,
          choices: session.choices(typed, target.path),
        }))
        const found = await together(session, named)
        if (found.type === 'failed')
          return finish(session, failedBefore(session, found.error, named), systemsOf(meant))
        const { across } = found.value
        const done = await eachTarget(session, named, async ({ choices, ...target }) => {
          const obstacle = await memory.obstacle(target.path)
          if (obstacle) return { type: 'failed', error: obstacle }
          const known = across.documents.find(each => each.target === target.path)
          const outcome = known
            ? ({ type: 'result', value: known } as const)
            : await session.ask(
                'detect',
                { target: target.path, choices },
                { name: target.name, findings: false },
              )
          if (outcome.type === 'failed') return outcome
          const document = withAcross(outcome.value, across)
          session.print(detectReport(document, choices, session.verbose))
          const error = await memory.keep(target.path)
          return error ? { type: 'failed', error, document } : { type: 'done', document }
        })
        return finish(session, done, { ...systemsOf(meant), ...memory.content() })
      }),
    )
}
