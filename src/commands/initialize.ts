import { count } from '../ui/format.ts'
import { printable } from '../ui/printable.ts'
import type { Context } from './context.ts'
import { eachTarget, finish, targetsFrom } from './each-target.ts'
import { inSession } from './in-session.ts'
import { targetCommand } from './options.ts'
import { columns } from './reports/columns.ts'
import { marks } from './reports/marks.ts'

/** `initialize`: makes a known schema in a database that has no tables. */
export function initializeCommand(context: Context, ended: (exit: number) => void) {
  return targetCommand('initialize')
    .summary('make the known schema in a database without tables')
    .description(
      'Makes the tables of a known system in a database that has none. One with tables is left alone.',
    )
    .argument('<targets...>', 'databases without tables')
    .option('--schema <name>', 'which known schema (default: told from the file name and its folders)')
    .action((words, options) =>
      inSession(context, ended, 'initialize', options, async session => {
        const done = await eachTarget(session, targetsFrom(session, words), async target => {
          const outcome = await session.ask(
            'initialize',
            { target: target.path, schema: options.schema ?? '' },
            { name: target.name, findings: true },
          )
          if (outcome.type === 'failed') return outcome
          const { tables } = outcome.value
          session.print([
            `${marks.good} ${printable(outcome.value.target)}  ${count(tables.length)} tables made`,
            ...columns(tables.map(table => [table])),
          ])
          return { type: 'done', document: outcome.value }
        })
        return finish(session, done)
      }),
    )
}
