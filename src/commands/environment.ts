/** Flags by environment: `--state-dir` is `ULID_MIGRATE_STATE_DIR`. A flag that was typed beats its variable. */
import { type CommandUnknownOpts, InvalidArgumentError, type Option } from '@commander-js/extra-typings'
import { isShared } from './options.ts'

/** @returns the variable that stands for a flag, given its long form */
function variableOf(flag: string): string {
  return `ULID_MIGRATE_${flag.replace(/^--/, '').replaceAll('-', '_').toUpperCase()}`
}

const off = new Set(['', '0', 'false', 'no', 'off'])

// A repeatable flag's variable holds one value a line: a comma may be part of a quoted name.
function readValue(option: Option, text: string): unknown {
  if (!option.required) return !option.negate
  const parse = option.parseArg
  if (!parse) return text
  const lines = text.split('\n').filter(line => line !== '')
  return lines.reduce<unknown>((previous, line) => parse(line, previous as never), undefined)
}

/** Sets on `command` what no flag has set and a variable holds; a value that does not fit ends in a usage error. */
export function applyEnvironment(
  command: CommandUnknownOpts,
  environment: Readonly<Record<string, string | undefined>>,
): void {
  for (const option of command.options) {
    if (!isShared(option) || option.long == null) continue
    const variable = variableOf(option.long)
    const text = environment[variable]
    const typed = command.getOptionValueSource(option.attributeName()) === 'cli'
    if (typed || text === undefined || (option.required ? text === '' : off.has(text.toLowerCase()))) continue
    try {
      command.setOptionValueWithSource(option.attributeName(), readValue(option, text), 'env')
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error
      command.error(`error: ${variable} has the value '${text}'. ${error.message}`)
    }
  }
}
