/**
 * The flags that commands share, each defined once: what commander parses, what help prints and which environment
 * variable stands for it all come from here. Later flags build on earlier ones, so that the types follow.
 */
import { Command, Option } from '@commander-js/extra-typings'
import { isoTime, memorySize, repeated, seconds, seedHex, timeZone } from './option-values.ts'

const place = repeated(/.\../, 'TABLE.COLUMN, quoted as in SQL where needed')
const join = repeated(/.\..*=.*\../, 'CHILD.COLUMN=PARENT.COLUMN')
const source = repeated(/.\..*=./, 'TABLE.COLUMN=id, =order or =COLUMN')
const named = repeated(/.\..*=./, 'TABLE.COLUMN=NAME, quoted as in SQL where needed')
const anything = repeated(/./, 'a name')

const shared = new WeakSet<object>()

/** Whether an option may also come from the environment: the shared ones do, what one command alone knows does not. */
export function isShared(option: object): boolean {
  return shared.has(option)
}

// What a command adds after its shared flags is listed under the plain heading, not under the last shared one.
function share<C extends { readonly options: readonly object[]; optionsGroup(heading: string): unknown }>(
  command: C,
): C {
  for (const option of command.options) shared.add(option)
  command.optionsGroup('Options:')
  return command
}

/** Flags of every command. */
export function plainCommand(name: string) {
  return share(
    new Command(name)
      .optionsGroup('Output:')
      .option('--json', 'print one JSON document on stdout')
      .option('--no-color', 'no colour'),
  )
}

const stateDir = [
  '--state-dir <dir>',
  'folder of the ledger (default: $XDG_STATE_HOME/ulid-migrate)',
] as const
const wait = [
  '--wait <seconds>',
  'how long to wait for a lock of another program (default: 10)',
  seconds,
] as const

/** Flags of a command that only keeps something in the state folder. */
export function stateCommand(name: string) {
  return share(
    plainCommand(name)
      .optionsGroup('Settings:')
      .option(...wait)
      .option(...stateDir),
  )
}

/** Flags of every command that asks the engine. */
export function engineCommand(name: string) {
  return share(
    plainCommand(name)
      .optionsGroup('Output:')
      .option('--events', 'print progress as one JSON document a line on stderr')
      .option('-q, --quiet', 'no progress, only results and errors')
      .option('-v, --verbose', 'every check and every reference')
      .optionsGroup('Settings:')
      .option('--no-input', 'never ask; a missing answer is an error that names its flag')
      .option(...wait)
      .option(...stateDir)
      .option('--snapshot-dir <dir>', 'folder of the snapshots (default: snapshots in the state folder)')
      .option(
        '--duckdb-memory <size>',
        'memory that DuckDB may take, as 512MB (default: 1GB, or a quarter of the machine)',
        memorySize,
      ),
  )
}

/** Flags of every command that is about databases of the operator's own. */
export function targetCommand(name: string) {
  return share(
    engineCommand(name)
      .optionsGroup('Settings:')
      .option('--config <file>', 'config file (default: the nearest ulid-migrate.config.* here or above)')
      .option('--projects <dir>', 'folder in which the systems lie beside each other (default: this one)'),
  )
}

// Commander takes every flag that starts with --no- for the opposite of another flag. This one takes a value and has a
// name of its own; the cast gives the types the same view as switching `negate` off gives the parser.
function noReference() {
  const option = new Option('--no-reference <child>', '[TARGET::]CHILD.COLUMN is not a reference; repeatable')
  option.negate = false
  option.argParser(place)
  return option as unknown as Option<'--noReference <child>', undefined, undefined, readonly string[]>
}

/** Flags of every command that decides what is migrated, and how. */
export function choosingCommand(name: string) {
  return share(
    targetCommand(name)
      .optionsGroup('Choices:')
      .addOption(
        new Option('--strategy <strategy>', 'new ids in place of the old, or beside them').choices([
          'replace',
          'expand',
        ] as const),
      )
      .addOption(
        new Option('--form <form>', 'keep the integer of an integer key beside its ULID, or not').choices([
          'keep-integer',
          'pure',
        ] as const),
      )
      .option('--all', 'every identity that detect offers')
      .option('--only <place>', 'migrate TABLE.COLUMN and nothing else; repeatable', place)
      .option('--skip <place>', 'leave TABLE.COLUMN alone; repeatable', place)
      .option(
        '--reference <join>',
        '[TARGET::]CHILD.COLUMN=[TARGET::]PARENT.COLUMN is a reference; repeatable',
        join,
      )
      .addOption(noReference())
      .option(
        '--time <source>',
        'where times come from: TABLE.COLUMN=id, =order or =COLUMN; repeatable',
        source,
      )
      .option(
        '--ulid-column <name>',
        'what the ULID column beside TABLE.COLUMN is called: TABLE.COLUMN=NAME; repeatable',
        named,
      )
      .option('--generated-at', 'beside each ULID of an expansion, a column that tells when it was made')
      .option('--timezone <zone>', 'zone of times that name none (default: UTC)', timeZone)
      .addOption(
        new Option(
          '--sentinels <choice>',
          'what becomes of 0, -1 and empty references that name no row',
        ).choices(['keep', 'null', 'refuse'] as const),
      )
      .addOption(new Option('--case <case>', 'letters of the ULIDs').choices(['upper', 'lower'] as const))
      .option('--accept <object>', 'go on in spite of the finding on OBJECT; repeatable', anything)
      .option('--seed <hex>', '64 hex digits: makes the random parts repeatable', seedHex)
      .option('--base-time <time>', 'clock for rows without a time of their own, ISO 8601', isoTime),
  )
}

/** Flags of the commands that go by choices which a later run may want again. */
export function rememberingCommand(name: string) {
  return choosingCommand(name).option(
    '--remember',
    'write these choices into the config file, for later runs without flags',
  )
}

export type TargetOptions = ReturnType<ReturnType<typeof targetCommand>['opts']>
export type ChoosingOptions = ReturnType<ReturnType<typeof choosingCommand>['opts']>
