import type { Completed, CompletedCommand, CompletedFlag, Value } from './model.ts'
import { quoted } from './quoted.ts'

/** The script for zsh: to be sourced, or to lie in a folder of fpath as `_ulid-migrate`. */
export function zshScript([alone, ...commands]: Completed): string {
  return `#compdef ulid-migrate
# Completion of ulid-migrate for zsh, written by: ulid-migrate completions zsh

_ulid-migrate_commands() {
  local -a commands
  commands=(
${commands.map(({ name, does }) => `    ${quoted(`${name}:${does.replaceAll(':', '\\:')}`)}`).join('\n')}
  )
  _describe -t commands command commands
}

_ulid-migrate_systems() {
  local -a systems
  # A path is no name of a system.
  [[ $PREFIX == [./~]* || $PREFIX == */* ]] && return 1
  systems=(\${(f)"$(command ulid-migrate completions --systems 2>/dev/null)"})
  compadd "$@" -a systems
}

_ulid-migrate_targets() {
  _alternative 'systems:system:_ulid-migrate_systems' 'files:file:_files'
}

_ulid-migrate_first() {
  _alternative 'commands:command:_ulid-migrate_commands' 'systems:system:_ulid-migrate_systems' 'files:file:_files'
}

_ulid-migrate() {
  local command=$words[2]
  local -a first
  (( CURRENT == 2 )) && command= first=('1:command:_ulid-migrate_first')
  case $command in
${commands.map(each => `    ${quoted(each.name)})\n      shift words; (( CURRENT-- ))\n${specifications(each)} ;;`).join('\n')}
    *)
${specifications(alone, '"$first[@]"')} ;;
  esac
}

if [[ $funcstack[1] == _ulid-migrate ]]; then _ulid-migrate "$@"; else compdef _ulid-migrate ulid-migrate; fi
`
}

function specifications(command: CompletedCommand, ...more: readonly string[]): string {
  const all = [
    ...command.flags.flatMap(flagOf),
    ...more,
    ...command.arguments.map(({ name, is, more }, at) =>
      quoted(`${more ? '*' : at + 1}:${name}:${action(is)}`),
    ),
  ]
  return `      _arguments -s -S : \\\n${all.map(each => `        ${each}`).join(' \\\n')}`
}

function flagOf({ names, does, repeatable, value }: CompletedFlag): readonly string[] {
  // Given once, neither spelling is offered again.
  const before = repeatable ? '*' : names.length > 1 ? `(${names.join(' ')})` : ''
  const after = value === null ? '' : `:${value.name}:${action(value.is)}`
  return names.map(name => {
    const takes = value === null ? '' : name.startsWith('--') ? '=' : '+'
    return quoted(`${before}${name}${takes}[${does.replaceAll(/[[\]\\]/g, '\\$&')}]${after}`)
  })
}

const actions = {
  file: '_files',
  folder: '_files -/',
  system: '_ulid-migrate_systems',
  target: '_ulid-migrate_targets',
  command: '_ulid-migrate_commands',
  text: ' ', // a value is wanted, and none is known
}

function action(value: Value): string {
  return typeof value === 'string' ? actions[value] : `(${value.join(' ')})`
}
