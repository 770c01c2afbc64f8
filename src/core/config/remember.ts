/**
 * Keeps what the operator chose for one target in a config file, so that the next run goes by it without a flag. Only
 * what the file and those below it do not say already is written down; what the choices contradict goes.
 */
import { accessSync, constants, existsSync, lstatSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, extname, relative } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { exitCodes, type Failure, Refusal, usage } from '../message.ts'
import { replaceFile } from '../replace-file.ts'
import type { Choices } from '../requests.ts'
import { type ConfigFile, configuredFor, nameIn } from './config.ts'
import { setInJson } from './edit-json.ts'
import { isCode } from './find.ts'
import { parsed, readConfig, validConfig } from './read.ts'
import type { Config, TargetConfig } from './schema.ts'
import { targetKeys } from './target-keys.ts'

export interface ToRemember {
  /** The config file, absolute; it need not be there. */
  readonly file: string
  /** All config files that hold, the strongest first. */
  readonly files: readonly ConfigFile[]
  /** Its path, absolute. */
  readonly target: string
  /** The name of the system that keeps it. */
  readonly system?: string | null
  /** Everything that is to hold for it from now on. */
  readonly choices: Choices
  readonly waitSeconds?: number
}

export interface Kept {
  /** Where it was written: the file itself, where a symlink was named. */
  readonly file: string
  /** What the file calls the target. */
  readonly target: string
  /** All that it says of it now. */
  readonly entry: TargetConfig
  /** False where it said so already. */
  readonly changed: boolean
}

export type Remembered =
  | { readonly type: 'kept'; readonly kept: Kept }
  | { readonly type: 'failed'; readonly error: Failure }

/** Writes it. Never throws; the file is the old one or the new one. */
export async function remember(wanted: ToRemember): Promise<Remembered> {
  return attempt(wanted, true)
}

/** Whether it could be written, asked before anything else is done. */
export async function mayRemember(wanted: ToRemember): Promise<Failure | null> {
  const attempted = await attempt(wanted, false)
  return attempted.type === 'failed' ? attempted.error : null
}

async function attempt(wanted: ToRemember, write: boolean): Promise<Remembered> {
  try {
    const { kept, text } = await written(wanted)
    if (write && kept.changed) replaceFile(kept.file, text)
    return { type: 'kept', kept }
  } catch (error) {
    if (error instanceof Refusal) return { type: 'failed', error: error.failure }
    if (error instanceof Error && 'syscall' in error)
      return { type: 'failed', error: notWritten(wanted.file, error) }
    throw error
  }
}

async function written(wanted: ToRemember): Promise<{ readonly kept: Kept; readonly text: string }> {
  const there = lstatSync(wanted.file, { throwIfNoEntry: false }) !== undefined
  // Through a symlink the file itself is replaced: a rename onto the link would only replace the link.
  const file = there ? realpathSync(wanted.file) : wanted.file
  const config = there ? await readConfig(wanted.file) : {}
  const known = { file: wanted.file, config }
  const name = nameIn(known, wanted.target) ?? newName(wanted)
  const before = config.targets?.[name]
  const entry = entryFor(wanted, known, before)
  const kept = { file, target: name, entry, changed: !isDeepStrictEqual(entry, before ?? {}) }
  if (!kept.changed) return { kept, text: '' }
  const changed = withEntry(config, name, entry)
  await validConfig(wanted.file, changed)
  const obstacle = there ? obstacleTo(wanted.file) : null
  if (obstacle !== null) throw byHand(kept, obstacle)
  accessSync(dirname(file), constants.W_OK)
  if (!there) return { kept, text: `${JSON.stringify(changed, null, 2)}\n` }
  const text = await edited(wanted.file, kept, before)
  if (!isDeepStrictEqual(await parsed(wanted.file, text), changed))
    throw byHand(kept, 'What it says of this target is said of others by the same words.')
  return { kept, text }
}

function withEntry(config: Config, name: string, entry: TargetConfig): Config {
  return { ...config, targets: { ...config.targets, [name]: entry } }
}

async function edited(
  file: string,
  { target, entry }: Kept,
  before: TargetConfig | undefined,
): Promise<string> {
  const text = readFileSync(file, 'utf8')
  if (extname(file) === '.json') return setInJson(text, ['targets', target], entry)
  const { setTargetInYaml } = await import('./edit-yaml.ts')
  return setTargetInYaml(text, target, before, entry)
}

/** The path from the file's folder. At its beginning `~` would be a home and `$` a variable; `*` is no path at all. */
function newName({ file, target }: ToRemember): string {
  const path = relative(dirname(file), target)
  return /^[~$]/.test(path) ? `./${path}` : path
}

/** What has to stand under the target so that, over all other files and the defaults, the choices hold. */
function entryFor(wanted: ToRemember, own: ConfigFile, before: TargetConfig | undefined): TargetConfig {
  const others = wanted.files.filter(each => each.file !== own.file)
  const { targets: _, ...bare } = own.config
  const { choices: otherwise } = configuredFor(
    [{ file: own.file, config: bare }, ...others],
    wanted.target,
    wanted.system,
  )
  const all: Record<string, unknown> = {}
  for (const key of targetKeys) {
    const value = saidOf(key, wanted, otherwise, before)
    if (value !== undefined) all[key] = value
  }
  const names = [...new Set([...Object.keys(before ?? {}), ...targetKeys])]
  return Object.fromEntries(names.flatMap(name => (name in all ? [[name, all[name]]] : [])))
}

function saidOf(
  key: keyof TargetConfig,
  { choices, waitSeconds }: ToRemember,
  otherwise: Choices,
  before: TargetConfig | undefined,
): unknown {
  if (key === 'wait') return waitSeconds ?? before?.wait
  if (key === 'verificationDays') return before?.verificationDays
  const value = choices[key]
  const said = before?.[key]
  const elsewhere = otherwise[key]
  if (!Array.isArray(value) || key === 'only')
    return isDeepStrictEqual(value, elsewhere) && said === undefined ? undefined : value
  const heldAnyway: readonly unknown[] = Array.isArray(elsewhere) ? elsewhere : []
  const saidBefore: readonly unknown[] = Array.isArray(said) ? said : []
  const items = value.filter(item => saidBefore.includes(item) || !heldAnyway.includes(item))
  return items.length === 0 ? undefined : items
}

/** Why a file is not the program's to edit. */
function obstacleTo(file: string): string | null {
  if (isCode(file)) return 'It is a program: only its author can say where in it this belongs.'
  const me = process.getuid?.()
  const owner = statSync(file).uid
  if (me === undefined || me === 0 || owner === me) return null
  return `It belongs to somebody else: its owner has the number ${owner}, you have ${me}.`
}

function byHand({ file, target, entry }: Kept, why: string): Refusal {
  return usage(
    'CONFIG.BY_HAND',
    file,
    'The choices can not be written into this config file.',
    why,
    `Put this under its targets: ${JSON.stringify(target)}: ${JSON.stringify(entry)}`,
  )
}

function notWritten(file: string, error: Error): Failure {
  return {
    code: 'CONFIG.NOT_WRITTEN',
    severity: 'blocker',
    object: file,
    message: 'The choices could not be written into the config file.',
    why: error.message,
    next: existsSync(file)
      ? 'It is as it was. Name another file: --config FILE'
      : 'Name another file: --config FILE',
    exit: exitCodes.failed,
  }
}
