/** Reads one config file: JSON, YAML, or a module whose default export it is. */
import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { z } from 'zod'
import { usage } from '../message.ts'
import { isCode } from './find.ts'
import type { Config } from './schema.ts'
import { twiceInJson } from './twice-in-json.ts'

/** Throws a refusal (exit 2) that names the file, the place in it and the reason. */
export async function readConfig(file: string): Promise<Config> {
  return validConfig(file, await contentOf(file))
}

/** Throws a refusal that names each place in the content that is not known, with its line where the file has it. */
export async function validConfig(file: string, content: unknown): Promise<Config> {
  const { configSchema, knownKeys } = await import('./schema.ts') // most runs have no config file
  const read = configSchema.safeParse(content)
  if (read.success) return read.data
  const { linesIn } = await import('./lines.ts')
  const lineOf = linesIn(file)
  throw usage(
    'CONFIG.INVALID',
    file,
    'The config file says something that is not known.',
    read.error.issues
      .flatMap(each => reasons(each, knownKeys).map(({ at, said }) => ({ line: lineOf(at), said })))
      .toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0))
      .map(({ line, said }) => `${onLine(line)}${said}`)
      .join('\n'),
    'Correct it; docs/config.schema.json describes what it may say.',
  )
}

async function contentOf(file: string): Promise<unknown> {
  try {
    return isCode(file) ? await exported(file) : await parsed(file, readFileSync(file, 'utf8'))
  } catch (error) {
    throw usage(
      'CONFIG.UNREADABLE',
      file,
      'The config file can not be read.',
      whyNot(error),
      'Correct it, or name another: --config FILE',
    )
  }
}

/** What a text says that is to become the content of a file. Throws what is wrong with it. */
export async function parsed(file: string, text: string): Promise<unknown> {
  if (extname(file) === '.json') return json(text.replace(/^\uFEFF/, ''))
  const { parse } = await import('yaml')
  return parse(text) ?? {} // a file of comments is an empty one
}

async function json(text: string): Promise<unknown> {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (error) {
    const { message } = error as SyntaxError
    const { jsonErrorLine } = await import('./lines.ts')
    throw new Error(
      /\(line \d+ column \d+\)/.test(message) ? message : `${onLine(jsonErrorLine(text))}${message}`,
    )
  }
  const twice = twiceInJson(text)
  if (twice !== null) throw new Error(`${onLine(twice.line)}${JSON.stringify(twice.name)} is said twice.`)
  return content
}

async function exported(file: string): Promise<unknown> {
  const module = (await import(pathToFileURL(file).href)) as { readonly default?: unknown }
  const content = await module.default
  // What was written as a module and is loaded as CommonJS has its default export one level further down.
  if (content !== null && typeof content === 'object' && 'default' in content) return content.default
  if (content === undefined) throw new Error('It has no default export: export default { targets: { ... } }')
  return content
}

function whyNot(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('code' in error && error.code === 'ERR_UNKNOWN_FILE_EXTENSION')
    return `Node ${process.versions.node} does not read TypeScript; Node 22.18 and later do. JSON, YAML and .mjs always work.`
  return error.message.trim()
}

interface Reason {
  /** Where it stands. */
  readonly at: readonly PropertyKey[]
  readonly said: string
}

/** Of one issue; names that are not known stand on lines of their own. */
function reasons(
  issue: z.core.$ZodIssue,
  knownKeys: (at: readonly PropertyKey[]) => readonly string[],
): readonly Reason[] {
  const where = place(issue.path)
  const told = (message: string) => `${where}${where === '' ? '' : ': '}${message}`
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(key => ({
      at: [...issue.path, key],
      said: told(`Unrecognized key: ${JSON.stringify(key)} (known are ${knownKeys(issue.path).join(', ')})`),
    }))
  // What is wrong with a name is told within the issue, not as its message.
  const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message
  return [{ at: issue.path, said: told(message) }]
}

const onLine = (line: number | null) => (line === null ? '' : `line ${line}: `)

/** `targets["data/metrics.db"].only[0]` */
function place(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) => {
      if (typeof step === 'string' && /^[A-Za-z_]\w*$/.test(step)) return index === 0 ? step : `.${step}`
      return `[${JSON.stringify(step)}]`
    })
    .join('')
}
