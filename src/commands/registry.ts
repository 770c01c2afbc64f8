import { resolve } from 'node:path'
import { Argument } from '@commander-js/extra-typings'
import {
  exitCodes,
  type Failure,
  loadRegistry,
  type NewRegistration,
  Refusal,
  type Registration,
  type Registry,
} from '../core/index.ts'
import { printable } from '../ui/printable.ts'
import type { Context } from './context.ts'
import { messageOf, usageFailure } from './failure.ts'
import { examples } from './help.ts'
import { jsonObject, wholeNumber } from './option-values.ts'
import { stateCommand } from './options.ts'
import { addedReport, registrationsReport, statisticsReport } from './reports/registry.ts'
import { createSession, type Session } from './session.ts'

/** So many characters are written at a time. */
const piece = 1 << 16

type Options = ReturnType<ReturnType<typeof define>['opts']>

function define() {
  return stateCommand('registry')
    .summary('ids of systems that have no database: add, find, export')
    .addHelpText(
      'before',
      examples(
        [
          'A ULID for something that has only a name',
          'ulid-migrate registry add akosha entity --legacy user:ann',
        ],
        ['A ULID that a system knows', 'ulid-migrate registry add akosha entity 01KEXWDFNRRMDJHG5GXSQG2QCQ'],
        ['Who knows an id', 'ulid-migrate registry find user:ann'],
        [
          'All of it, one JSON object a line; and into another one',
          'ulid-migrate registry export > all.ndjson',
        ],
        ['', 'ulid-migrate registry add --from all.ndjson --state-dir elsewhere'],
      ),
    )
    .description(
      'Keeps which system knows an id, as what, and under which id of before, where no database of that system does. It lies in the state folder, and trace looks into it.',
    )
    .addArgument(
      new Argument('[what]', 'what to do (default: stats)')
        .choices(['add', 'find', 'export', 'stats'] as const)
        .default('stats' as const),
    )
    .argument('[words...]', 'add: SYSTEM KIND [ULID]; find: an id')
    .option('--legacy <id>', 'add: its natural key or id of before')
    .option('--metadata <json>', 'add: what else is known of it, a JSON object', jsonObject)
    .option('--from <file>', 'add: all that a file holds, one JSON object a line; - is standard input')
    .option('--system <name>', 'find: all that this system knows')
    .option('--kind <kind>', 'find: of these only those of a kind')
    .option('--after <ulid>', 'find: go on behind this ULID')
    .option('--limit <n>', 'find: at most so many (default: 100)', wholeNumber(1))
}

type What = 'add' | 'find' | 'export' | 'stats'

/** `registry [add|find|export|stats]`: the ids of what has no database. */
export function registryCommand(context: Context, ended: (exit: number) => void) {
  return define().action(async (what, words, options) => {
    const session = createSession(context, 'registry', options)
    const misused = misuse(what, words, options)
    if (misused) return ended(refuse(session, misused))
    const { openRegistry, readRegistrations } = await loadRegistry()
    try {
      const registry = openRegistry(session.settings)
      try {
        if (what === 'add') add(session, registry, words, options, readRegistrations)
        else if (what === 'find') find(session, registry, words, options)
        else if (what === 'export') await writeAll(session, registry)
        else {
          const statistics = registry.statistics()
          session.document({ path: registry.path, statistics })
          session.print(statisticsReport(registry.path, statistics))
        }
      } finally {
        registry.close()
      }
      ended(exitCodes.done)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      ended(refuse(session, error.failure))
    }
  })
}

function refuse(session: Session, error: Failure): number {
  session.complain(error)
  session.document({ error: messageOf(error) })
  return error.exit
}

function misuse(what: What, words: readonly string[], options: Options): Failure | null {
  const { from, system } = options
  const next = 'ulid-migrate registry --help'
  const wrong = (message: string, why: string) =>
    usageFailure('REGISTRY.USAGE', { object: `registry ${what}`, message, why, next })
  if (what === 'add' && from !== undefined && words.length > 0)
    return wrong(
      '--from brings all that is to be added.',
      `There is ${JSON.stringify(words.join(' '))} beside it.`,
    )
  if (what === 'add' && from === undefined && (words.length < 2 || words.length > 3))
    return wrong(
      'A system and a kind are needed, and a ULID where there is one.',
      words.length === 0 ? 'Nothing was given.' : `There is ${JSON.stringify(words.join(' '))}.`,
    )
  if (what === 'find' && words.length === 0 && system === undefined)
    return wrong('Nothing says what to find.', 'Neither an id nor --system was given.')
  if (what === 'find' && (words.length > 1 || (words.length === 1 && system !== undefined)))
    return wrong('One thing is found at a time: an id, or what a system knows.', 'There is more than one.')
  if ((what === 'export' || what === 'stats') && words.length > 0)
    return wrong(`${what} takes no words.`, `There is ${JSON.stringify(words.join(' '))}.`)
  return null
}

function add(
  session: Session,
  registry: Registry,
  [system = '', kind = '', ulid]: readonly string[],
  options: Options,
  readRegistrations: (path: string) => Iterable<NewRegistration>,
): void {
  const { from, legacy } = options
  if (from !== undefined) {
    // Opened by its name, standard input can be read piece by piece like any file.
    const done = registry.registerAll(
      readRegistrations(from === '-' ? '/dev/stdin' : resolve(session.context.folder, from)),
    )
    session.document(done)
    session.print(addedReport(done))
    return
  }
  const here = (each: Registration) => each.system === system && each.kind === kind
  const known = registry.resolve(ulid ?? legacy ?? '').some(here)
  const id =
    ulid ??
    (legacy === undefined ? registry.create({ system, kind }) : registry.ulidFor(system, kind, legacy))
  // What is known keeps its metadata where no others are given.
  if (ulid !== undefined || options.metadata !== undefined)
    registry.register({ ulid: id, system, kind, legacy: legacy ?? null, metadata: options.metadata ?? {} })
  const registrations = registry.resolve(id).filter(here)
  session.document({ registered: known ? 0 : 1, known: known ? 1 : 0, registrations })
  session.print(registrationsReport(registrations))
}

function find(session: Session, registry: Registry, [id]: readonly string[], options: Options): void {
  const { system, kind, after, limit } = options
  const registrations =
    id !== undefined
      ? registry.resolve(id)
      : registry.find(system ?? '', {
          ...(kind === undefined ? {} : { kind }),
          ...(after === undefined ? {} : { after }),
          ...(limit === undefined ? {} : { limit }),
        })
  session.document({ registrations })
  session.print(
    registrations.length > 0
      ? registrationsReport(registrations)
      : [printable(`${id ?? system} is not registered. ${registry.path} was looked into.`)],
  )
}

/** Page by page, so that ten million of them never are one text; a reader that has gone (`| head`) needs no more. */
async function writeAll({ json, context: { stdout } }: Session, registry: Registry): Promise<void> {
  let before = json ? '{"schema":"ulid-migrate.registry/1","registrations":[' : ''
  let text = ''
  for (const registration of registry.export()) {
    text += before + JSON.stringify(registration)
    before = json ? ',' : '\n'
    if (text.length < piece) continue
    if (!(await stdout.write(text))) return
    text = ''
  }
  if (json) text += before === ',' ? ']}' : `${before}]}`
  if (text !== '' || before !== '') await stdout.write(`${text}\n`)
}
