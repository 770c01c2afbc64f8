/** Command lines in the documentation, and what the program says that it understands. */
import { invoke } from '../commands/world.ts'
import { blocks, code, page, pages, prose } from './pages.ts'

/** The help of one command, or with '' of the program. */
export async function helpOf(command: string): Promise<string> {
  const { exit, stdout } = await invoke({ argv: command === '' ? ['--help'] : [command, '--help'] })
  if (exit !== 0) throw new Error(`ulid-migrate ${command} --help ended with ${exit}`)
  return stdout.trimEnd()
}

/** Names of all commands, in the order of the program's help. */
export async function commandNames(): Promise<readonly string[]> {
  const list = /^Commands:\n([\s\S]*?)\n\n/m.exec(await helpOf(''))?.[1] ?? ''
  return [...list.matchAll(/^ {2}([a-z][\w-]*)/gm)]
    .map(([, name]) => name ?? '')
    .filter(name => name !== 'help')
}

export interface CommandLine {
  readonly page: string
  /** Everything after the program's name. */
  readonly words: readonly string[]
}

/** Lines that call the program, in shell blocks and in running text. */
export function commandLines(): readonly CommandLine[] {
  return pages.flatMap(path => {
    const text = page(path)
    const lines = [...blocks(text, 'sh').flatMap(block => block.split('\n')), ...code(prose(text))]
    return lines
      .map(line => /^(?:npx )?ulid-migrate (.+)$/.exec(line)?.[1])
      .filter(rest => rest !== undefined)
      .map(rest => ({ page: path, words: rest.split(/\s+/) }))
  })
}

/** Lines of shell blocks, without those that call the program. */
export function shellLines(path: string): readonly string[] {
  return blocks(page(path), 'sh').flatMap(block => block.split('\n').filter(line => line !== ''))
}
