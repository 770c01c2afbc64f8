/** The real shells, with our script in them: what they make of a line when Tab is pressed. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openTerminal } from '../../e2e/terminal.ts'
import { cli } from '../../support/program.ts'

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

export function isInstalled(shell: Shell): boolean {
  try {
    execFileSync(shell, ['-c', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** How each is started with a file of ours and nothing of the user's, and made to list all there is at one Tab. */
const beginnings: Readonly<
  Record<Shell, { readonly args: (file: string) => readonly string[]; readonly lines: string }>
> = {
  bash: {
    args: file => ['--noprofile', '--rcfile', file, '-i'],
    lines: "bind 'set show-all-if-ambiguous on'\nbind 'set enable-bracketed-paste off'\nPS1='> '\n",
  },
  zsh: {
    args: () => ['-d', '-i'], // reads .zshrc in ZDOTDIR
    lines:
      "bindkey -e\nautoload -Uz compinit\ncompinit -u -D\nunsetopt list_ambiguous prompt_sp\nPROMPT='> '\n",
  },
  fish: {
    args: file => ['--no-config', '--private', '--init-command', `source ${file}`, '-i'],
    lines:
      "function fish_prompt; echo '> '; end\nset -g fish_autosuggestion_enabled 0\nset -g fish_greeting\n",
  },
}

/** A shell that waits for a line in `folder`, with our program in its path. */
export async function openShell(shell: Shell, home: string, folder: string) {
  const bin = join(home, 'bin')
  const file = join(home, '.zshrc')
  mkdirSync(bin, { recursive: true })
  const program = join(bin, 'ulid-migrate')
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${cli}' "$@"\n`)
  chmodSync(program, 0o755)
  const { args, lines } = beginnings[shell]
  writeFileSync(file, `${lines}${execFileSync(program, ['completions', shell], { cwd: folder })}`)
  const terminal = openTerminal({
    command: shell,
    args: args(file),
    cols: 110,
    rows: 60,
    cwd: folder,
    env: {
      HOME: home,
      PATH: `${bin}:${process.env.PATH}`,
      XDG_CONFIG_HOME: join(home, 'config'),
      INPUTRC: '/dev/null',
      ZDOTDIR: home,
    },
  })
  await terminal.until(/^> ?$/m)

  /** The line of before goes, and then the screen; keys that came before the shell's editor was there are sent again. */
  async function emptied(times = 30): Promise<unknown> {
    // Ctrl-C would throw away keys that are not read yet.
    terminal.type('\x01\x0b\x0c')
    const empty = terminal.until(/^> ?$/, 3000)
    return times === 0 ? empty : empty.catch(() => emptied(times - 1))
  }
  return {
    /** Types a line and Tab, and waits for `pattern` to stand on the screen. */
    async completes(line: string, pattern: RegExp): Promise<string> {
      await emptied()
      terminal.type(`${line}\t`)
      return await terminal.until(pattern)
    },
    close: () => terminal.close(),
  }
}
