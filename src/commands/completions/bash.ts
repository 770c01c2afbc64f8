import { argumentsOf, type Completed, type CompletedCommand, grouped, type Value } from './model.ts'
import { quoted } from './quoted.ts'

/** The script for bash. It needs no other package; descriptions it can't show. */
export function bashScript(commands: Completed): string {
  return `# Completion of ulid-migrate for bash 4 and later, written by: ulid-migrate completions bash

# Sets flags to those of the command $1.
_ulid_migrate_flags() {
  case $1 in
${commands.map(each => `    ${quoted(each.name)}) flags=${quoted(flagsOf(each))} ;;`).join('\n')}
    *) flags= ;;
  esac
}

# Sets value to what follows the flag $2 of the command $1: a list of words or a kind; empty for a switch.
_ulid_migrate_value() {
  case "$1 $2" in
${cases(commands.flatMap(valuesOf))}
    *) value= ;;
  esac
}

# Sets value to what the argument number $2 of the command $1 is.
_ulid_migrate_argument() {
  case "$1 $2" in
${cases(argumentsOf(commands).map(patternOf))}
    *) value=:text ;;
  esac
}

_ulid_migrate() {
  local IFS=$' \\t\\n' flags value word
  local commands=${quoted(namesOf(commands))}

  # Bash breaks words at = and : as well: they are put together again as they stand on the line.
  local words=() rest=\${COMP_LINE:0:COMP_POINT} blanks at
  for ((at = 0; at <= COMP_CWORD; at++)); do
    blanks=\${rest%%[![:space:]]*}
    rest=\${rest#"$blanks"}
    word=\${COMP_WORDS[at]}
    [[ $at == "$COMP_CWORD" ]] && word=$rest
    if [[ $at == 0 || -n $blanks ]]; then words+=("$word"); else words[\${#words[@]} - 1]+=$word; fi
    rest=\${rest#"$word"}
  done

  # Where on the line we are: in which command, behind which flag, at which argument.
  local command= number=1 only= last=$((\${#words[@]} - 1))
  value=
  for ((at = 1; at < last; at++)); do
    word=\${words[at]}
    if [[ -n $value ]]; then value=
    elif [[ -n $only ]]; then ((number++))
    elif [[ $word == -- ]]; then only=yes
    elif [[ $word == -*=* ]]; then :
    elif [[ $word == -* ]]; then _ulid_migrate_value "$command" "$word"
    elif [[ $at == 1 && " $commands " == *" $word "* ]]; then command=$word
    else ((number++)); fi
  done

  local current=\${words[last]} named=()
  COMPREPLY=()
  if [[ -z $value && -z $only && $current == --*=* ]]; then
    _ulid_migrate_value "$command" "\${current%%=*}"
    [[ -z $value ]] && return
    current=\${current#*=}
  elif [[ -z $value && -z $only && $current == -* ]]; then
    _ulid_migrate_flags "$command"
    value=$flags
  elif [[ -z $value ]]; then
    _ulid_migrate_argument "$command" "$number"
    [[ $last == 1 ]] && named=($commands)
  fi

  case $value in
    :text) return ;;
    :file) compopt -o default; return ;;
    :folder) compopt -o dirnames; return ;;
    :command) named=($commands) ;;
    :system | :target)
      # A path is no name of a system.
      if [[ $current != [./~]* && $current != */* ]]; then
        while IFS= read -r word; do named+=("$word"); done < <(command ulid-migrate completions --systems 2>/dev/null)
      fi ;;
    *) named=($value) ;;
  esac
  for word in "\${named[@]}"; do [[ $word == "$current"* ]] && COMPREPLY+=("$word"); done
  if [[ $value == :target ]]; then
    # Files alone are left to bash, which knows about quotes.
    if ((\${#COMPREPLY[@]} == 0)); then compopt -o default; return; fi
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$current")
  fi
  [[ $value == :target || $value == :system ]] && compopt -o filenames
  # What stands before the last break is on the line already.
  if [[ $current == *:* && $COMP_WORDBREAKS == *:* ]]; then
    COMPREPLY=("\${COMPREPLY[@]#"\${current%"\${current##*:}"}"}")
  fi
}

complete -F _ulid_migrate ulid-migrate
`
}

const flagsOf = (command: CompletedCommand) => command.flags.flatMap(flag => flag.names).join(' ')
const namesOf = (commands: Completed) =>
  commands
    .map(each => each.name)
    .join(' ')
    .trim()
const written = (value: Value) => (typeof value === 'string' ? `:${value}` : value.join(' '))

function valuesOf({ name, flags }: CompletedCommand): readonly (readonly [string, string])[] {
  return flags.flatMap(({ names, value }) =>
    value === null ? [] : names.map(each => [quoted(`${name} ${each}`), written(value.is)] as const),
  )
}

function patternOf({ command, number, more, is }: ReturnType<typeof argumentsOf>[number]) {
  const pattern = more ? `${quoted(`${command} `)}*` : quoted(`${command} ${number}`)
  return [pattern, written(is)] as const
}

/** One line of a case for all patterns that mean the same. */
function cases(pairs: readonly (readonly [pattern: string, value: string])[]): string {
  return grouped(pairs)
    .map(([value, patterns]) => `    ${patterns.join(' | ')}) value=${quoted(value)} ;;`)
    .join('\n')
}
