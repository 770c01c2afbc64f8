import {
  argumentsOf,
  type Completed,
  type CompletedCommand,
  type CompletedFlag,
  grouped,
  type Value,
} from './model.ts'
import { quotedForFish as quoted } from './quoted.ts'

/** The script for fish. */
export function fishScript(commands: Completed): string {
  const [, ...named] = commands
  return `# Completion of ulid-migrate for fish, written by: ulid-migrate completions fish

function __ulid_migrate_commands
${named.map(({ name, does }) => `    printf '%s\\t%s\\n' ${quoted(name)} ${quoted(does)}`).join('\n')}
end

function __ulid_migrate_systems
    # A path is no name of a system.
    string match -qr '^[./~]|/' -- (commandline -ct); and return
    command ulid-migrate completions --systems 2>/dev/null | string replace -r '$' '\\tsystem'
end

# The command on the line; nothing where none was typed.
function __ulid_migrate_command
    set -l words (commandline -opc)
    contains -- "$words[2]" ${named.map(each => each.name).join(' ')}; and echo $words[2]
end

# Whether the command on the line is one of these.
function __ulid_migrate_in
    set -l command (__ulid_migrate_command)
    contains -- "$command" $argv
end

# Whether a value follows the flag $argv[2] of the command $argv[1].
function __ulid_migrate_takes_value
    switch "$argv[1] $argv[2]"
        case ${commands.flatMap(valued).map(quoted).join(' ')}
            return 0
    end
    return 1
end

# What may stand where the cursor is, if it is no flag and no value of one.
function __ulid_migrate_arguments
    set -l command (__ulid_migrate_command)
    set -l words (commandline -opc)
    set -l number 1
    set -l value
    set -l only
    set -e words[1]
    test (count $words) = 0; and __ulid_migrate_commands
    test -n "$command"; and set -e words[1]
    for word in $words
        if test -n "$value"
            set value
        else if test -n "$only"
            set number (math $number + 1)
        else if test "$word" = --
            set only yes
        else if string match -q -- '-*' $word
            __ulid_migrate_takes_value "$command" $word; and set value yes
        else
            set number (math $number + 1)
        end
    end
    switch "$command $number"
${grouped(argumentsOf(commands).map(patternOf))
  .map(([does, patterns]) => `        case ${patterns.map(quoted).join(' ')}\n${does}`)
  .join('\n')}
    end
end

complete -c ulid-migrate -f
complete -c ulid-migrate -a '(__ulid_migrate_arguments)'
${grouped(commands.flatMap(flagsOf))
  .map(
    ([flag, names]) =>
      `complete -c ulid-migrate -n ${quoted(`__ulid_migrate_in ${names.join(' ')}`)} ${flag}`,
  )
  .join('\n')}
`
}

const valued = ({ name, flags }: CompletedCommand) =>
  flags.filter(flag => flag.value !== null).flatMap(flag => flag.names.map(each => `${name} ${each}`))

function patternOf({ command, number, more, is }: ReturnType<typeof argumentsOf>[number]) {
  return [`${command} ${more ? '*' : number}`, argument(is)] as const
}

const path = '            __fish_complete_path (commandline -ct)'
const systems = '            __ulid_migrate_systems'
const arguments_ = {
  file: path,
  folder: '            __fish_complete_directories (commandline -ct)',
  system: systems,
  target: `${systems}\n${path}`,
  command: '            __ulid_migrate_commands',
  text: '            return',
}

function argument(value: Value): string {
  return typeof value === 'string' ? arguments_[value] : `            printf '%s\\n' ${value.join(' ')}`
}

/** Each with the command that has it; "''" is no command. */
function flagsOf(command: CompletedCommand): readonly (readonly [string, string])[] {
  return command.flags.map(flag => [command.name === '' ? "''" : command.name, flagOf(flag)] as const)
}

function flagOf({ names, does, value }: CompletedFlag): string {
  const spelled = names.map(name => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`))
  return [...spelled, ...(value === null ? [] : [takes(value.is)]), '-d', quoted(does)].join(' ')
}

function takes(value: Value): string {
  if (value === 'file') return '-r -F'
  if (value === 'folder') return "-x -a '(__fish_complete_directories)'"
  return typeof value === 'string' ? '-x' : `-x -a ${quoted(value.join(' '))}`
}
