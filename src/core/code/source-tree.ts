/** The source files below a folder: those of known languages, none of what others wrote or a tool made. */
import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { Language } from './language.ts'
import { javascript } from './languages/javascript.ts'
import { python } from './languages/python.ts'

const languages: readonly Language[] = [python, javascript]

export function languageOf(path: string): Language | null {
  if (/\.d\.[cm]?ts$|\.min\.js$/.test(path)) return null // made by a tool
  return languages.find(each => extname(path) in each.grammars) ?? null
}

const skipped = new Set([
  'node_modules',
  'site-packages',
  '__pycache__',
  'venv',
  'env',
  'virtualenv',
  'build',
  'dist',
  'vendor',
])

/**
 * Source files of `path`, sorted. Symbolic links are not followed, whatever they lead to; hidden folders (.git, .venv,
 * caches) and environments are not entered.
 */
export function* sourcesIn(path: string): Generator<string> {
  const stats = lstatSync(path)
  if (stats.isFile()) yield path
  else if (stats.isDirectory()) yield* below(path)
}

function* below(folder: string): Generator<string> {
  if (existsSync(join(folder, 'pyvenv.cfg'))) return
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isFile() && languageOf(entry.name) !== null) yield path
    else if (entry.isDirectory() && !entry.name.startsWith('.') && !skipped.has(entry.name))
      yield* below(path)
  }
}
