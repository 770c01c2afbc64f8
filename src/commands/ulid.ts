import { Argument, Option } from '@commander-js/extra-typings'
import { createUlidFactory, exitCodes, inspectId } from '../core/index.ts'
import type { Context } from './context.ts'
import { examples } from './help.ts'
import { wholeNumber } from './option-values.ts'
import { plainCommand } from './options.ts'
import { inspectedReport } from './reports/inspected.ts'
import { createSession } from './session.ts'

const chunk = 4096

/** `ulid [N]`: makes ULIDs, one a line; `--inspect VALUE` says what an id is. */
export function ulidCommand(context: Context, ended: (exit: number) => void) {
  return plainCommand('ulid')
    .summary('make ULIDs, or say what an id is')
    .addHelpText(
      'before',
      examples(
        ['One', 'ulid-migrate ulid'],
        ['A thousand, in lower case', 'ulid-migrate ulid 1000 --case lower'],
        ['What an id is, and why it is no ULID', 'ulid-migrate ulid --inspect 01KEXWDFNRRMDJHG5GXSQG2QCU'],
      ),
    )
    .description('Makes N ULIDs, one a line, each greater than the one before; or says what an id is.')
    .addArgument(new Argument('[n]', 'how many').argParser(wholeNumber(1)).default(1))
    .option('--inspect <value>', 'say what VALUE is: kind, time, canonical form, and why it is no ULID')
    .addOption(new Option('--case <case>', 'letters of the ULIDs').choices(['upper', 'lower'] as const))
    .action(async (wanted, options) => {
      if (options.inspect !== undefined) {
        const inspected = inspectId(options.inspect, context.clock().getTime())
        const session = createSession(context, 'ulid', options)
        session.document(inspected)
        session.print(inspectedReport(inspected))
      } else {
        const next = createUlidFactory({
          case: options.case ?? 'upper',
          now: () => context.clock().getTime(),
        })
        await (options.json ? writeDocument(context, wanted, next) : writeLines(context, wanted, next))
      }
      ended(exitCodes.done)
    })
}

/** Pieces of at most {@link chunk} ULIDs, so that ten million of them never are one text. */
function* pieces(wanted: number, next: () => string): Generator<readonly string[]> {
  for (let made = 0; made < wanted; made += chunk)
    yield Array.from({ length: Math.min(chunk, wanted - made) }, next)
}

async function writeLines(context: Context, wanted: number, next: () => string): Promise<void> {
  // A reader that has gone (`| head`) needs no more.
  for (const piece of pieces(wanted, next)) if (!(await context.stdout.write(`${piece.join('\n')}\n`))) return
}

async function writeDocument(context: Context, wanted: number, next: () => string): Promise<void> {
  let before = '{"schema":"ulid-migrate.ulid/1","ulids":["'
  for (const piece of pieces(wanted, next)) {
    if (!(await context.stdout.write(before + piece.join('","')))) return
    before = '","'
  }
  await context.stdout.write('"]}\n')
}
