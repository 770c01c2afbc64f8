/** The documentation as the tests read it: pages, their code blocks, tables and generated parts. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const root: string = join(import.meta.dirname, '../..')

/** Every page for people, as paths from the project's folder. */
export const pages: readonly string[] = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'))
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`),
]

export function page(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

/** What stands in fenced blocks of one language, in order. */
export function blocks(text: string, language: string): readonly string[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , content]) => content ?? '')
}

/** The page without its fenced blocks. */
export function prose(text: string): string {
  return text.replaceAll(/^```\w*\n[\s\S]*?^```$/gm, '')
}

/** What lies between a heading and the next of the same or a higher level. */
export function section(text: string, heading: string): string {
  const level = /^#+/.exec(heading)?.[0].length ?? 1
  const lines = text.split('\n')
  const from = lines.indexOf(heading)
  if (from < 0) throw new Error(`There is no heading "${heading}"`)
  const rest = lines.slice(from + 1)
  const to = rest.findIndex(line => new RegExp(`^#{1,${level}} `).test(line))
  return (to < 0 ? rest : rest.slice(0, to)).join('\n')
}

/** Rows of all tables of a text, without heads; `\|` inside a cell is a bar. */
export function tableRows(text: string): readonly (readonly string[])[] {
  const lines = text.split('\n')
  const isRule = (line: string | undefined) => /^\|(?:-+\|)+$/.test(line ?? '')
  return lines
    .filter((line, at) => line.startsWith('|') && !isRule(line) && !isRule(lines[at + 1]))
    .map(line => cells(line))
}

function cells(line: string): readonly string[] {
  return line
    .slice(1, line.lastIndexOf('|'))
    .split(/(?<!\\)\|/)
    .map(cell => cell.trim().replaceAll('\\|', '|'))
}

/** All `code` in a text. */
export function code(text: string): readonly string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, content]) => content ?? '')
}

/** A page with one generated part put in anew, between its two comments. */
export function withPart(path: string, name: string, content: string): string {
  const begin = `<!-- ${name}: written by npm run docs -->`
  const end = `<!-- /${name} -->`
  const text = page(path)
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`${path} has no part called ${name}`)
  return `${text.slice(0, from + begin.length)}\n${content}\n${text.slice(to)}`
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (row: readonly string[]) => `| ${row.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n')
}
