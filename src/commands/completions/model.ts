/** What a shell completes, as plain data read off the definitions of the commands; the scripts are written from it. */
import type { Argument, CommandUnknownOpts, Option } from '@commander-js/extra-typings'
import { isRepeatable } from '../option-values.ts'

/** What a word may be: one of a list, or of a kind that shells know or ask us about. `text` can't be completed. */
export type Value = readonly string[] | 'file' | 'folder' | 'system' | 'target' | 'command' | 'text'

export interface CompletedFlag {
  /** As typed, the short one first. */
  readonly names: readonly string[]
  readonly does: string
  readonly repeatable: boolean
  /** What the help calls its value, and what that may be; null for a switch. */
  readonly value: { readonly name: string; readonly is: Value } | null
}

export interface CompletedArgument {
  readonly name: string
  readonly is: Value
  /** Whether more of them may follow. */
  readonly more: boolean
}

export interface CompletedCommand {
  /** Empty for what is there without a command. */
  readonly name: string
  readonly does: string
  readonly flags: readonly CompletedFlag[]
  readonly arguments: readonly CompletedArgument[]
}

/** Everything that can be typed after the program's name: without a command first, then command by command. */
export type Completed = readonly [CompletedCommand, ...CompletedCommand[]]

/** What the placeholders in the help stand for; each one that is not here is text. */
const kinds: Readonly<Record<string, Value>> = {
  dir: 'folder',
  file: 'file',
  path: 'file',
  systems: 'system',
  targets: 'target',
  command: 'command',
}

/** @param wizard what runs without a command */
export function completedBy(program: CommandUnknownOpts, wizard: CommandUnknownOpts): Completed {
  const help = program.createHelp()
  const alone = completed(wizard)
  const own = help.visibleOptions(program).map(flag)
  const taken = own.flatMap(each => each.names)
  const flags = [...alone.flags.filter(each => !each.names.some(name => taken.includes(name))), ...own]
  return [{ ...alone, name: '', flags }, ...help.visibleCommands(program).map(completed)]
}

function completed(command: CommandUnknownOpts): CompletedCommand {
  const help = command.createHelp()
  return {
    name: command.name(),
    does: command.summary() || command.description(),
    flags: help.visibleOptions(command).map(flag),
    arguments: command.registeredArguments.map(argument),
  }
}

function flag(option: Option): CompletedFlag {
  const name = /<(.+?)>/.exec(option.flags)?.[1] ?? ''
  return {
    names: [option.short, option.long].filter(each => each != null),
    does: option.description,
    repeatable: isRepeatable(option.parseArg),
    // A value that may be left out is never offered: the next word is more often something else.
    value: option.required ? { name, is: option.argChoices ?? kinds[name] ?? 'text' } : null,
  }
}

function argument(given: Argument): CompletedArgument {
  const name = given.name()
  return { name, is: given.argChoices ?? kinds[name] ?? 'text', more: given.variadic }
}

/** All arguments of all commands, those that go on for ever last, so that the first pattern that fits is the right one. */
export function argumentsOf(
  commands: Completed,
): readonly (CompletedArgument & { readonly command: string; readonly number: number })[] {
  return commands
    .flatMap(command =>
      command.arguments.map((each, at) => ({ ...each, command: command.name, number: at + 1 })),
    )
    .toSorted((one, other) => Number(one.more) - Number(other.more))
}

/** What means the same, together: the meaning, and all that have it. */
export function grouped(
  pairs: readonly (readonly [name: string, meaning: string])[],
): readonly (readonly [meaning: string, names: readonly string[]])[] {
  const groups = new Map<string, string[]>()
  for (const [name, meaning] of pairs) groups.set(meaning, [...(groups.get(meaning) ?? []), name])
  return [...groups]
}
