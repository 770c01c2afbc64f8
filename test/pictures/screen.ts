/** A screen that is compared with its picture in docs/, as text and as SVG. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Cell } from '../e2e/terminal.ts'
import { svgOf } from './svg.ts'

type Screen = readonly (readonly Cell[])[]

export const folder: string = join(import.meta.dirname, '../../docs/pictures')
const howToAccept = '`npm run pictures` accepts what there is now; look at it before.'

/**
 * Compares a picture with the one in docs/, or, where that was asked for, puts it in its place.
 *
 * @returns what differs and how to accept it; null where nothing does
 */
export async function difference(name: string, title: string, screen: Screen): Promise<string | null> {
  const lines = withoutBlankEnd(screen)
  const text = textOf(lines)
  // The text first: its difference is the one that people can read.
  return (
    (await differenceIn(`${name}.txt`, text)) ??
    (await differenceIn(`${name}.svg`, svgOf(lines, { title, description: text })))
  )
}

/** {@link difference}, of a file alone. */
export async function differenceIn(file: string, shown: string): Promise<string | null> {
  const path = join(folder, file)
  const accepted = existsSync(path) ? readFileSync(path, 'utf8') : null
  try {
    await expect(shown).toMatchFileSnapshot(path)
    return null
  } catch {
    return told(file, accepted, shown)
  }
}

function told(file: string, accepted: string | null, shown: string): string {
  if (accepted === null) return `docs/pictures/${file} is not there yet.\n${howToAccept}`
  const before = accepted.split('\n')
  const now = shown.split('\n')
  const at = [...before, ...now].findIndex((_, line) => before[line] !== now[line])
  return [
    `docs/pictures/${file}, line ${at + 1}, is not what the wizard shows:`,
    `  - ${before[at] ?? '(no such line)'}`,
    `  + ${now[at] ?? '(no such line)'}`,
    howToAccept,
  ].join('\n')
}

/** What the screen says, line by line. */
function textOf(screen: Screen): string {
  const lines = screen.map(line => line.map(({ text }) => text).join(''))
  return `${lines.map(line => line.trimEnd()).join('\n')}\n`
}

/** The last row of a terminal stays free. */
function withoutBlankEnd(screen: Screen): Screen {
  const last = screen.findLastIndex(line => line.some(({ text }) => text !== ' '))
  return screen.slice(0, last + 1)
}
