/** Databases below a folder, told by their file names alone: nothing is opened. */
import { readdirSync, statSync } from 'node:fs'
import { extname, join, resolve } from 'node:path'

const extensions = new Set(['.db', '.db3', '.sqlite', '.sqlite3', '.duckdb'])
const deepest = 5

function below(folder: string, depth: number): readonly string[] {
  let entries: ReturnType<typeof entriesOf>
  try {
    entries = entriesOf(folder)
  } catch {
    return [] // a folder that we may not read holds nothing for us to offer
  }
  return entries.flatMap(entry => {
    const path = join(folder, entry.name)
    if (entry.isFile()) return extensions.has(extname(entry.name).toLowerCase()) ? [path] : []
    // Hidden folders hold tools' own databases, our snapshots among them.
    const searched = entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules'
    return searched && depth < deepest ? below(path, depth + 1) : []
  })
}

function entriesOf(folder: string) {
  return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
}

/**
 * Replaces folders by the databases below them and leaves all else as it is, made absolute.
 *
 * @param words what the operator named; none means the current folder
 */
export function findTargets(words: readonly string[], folder: string): readonly string[] {
  const named = (words.length > 0 ? words : ['.']).map(word => resolve(folder, word))
  const found = named.flatMap(path =>
    statSync(path, { throwIfNoEntry: false })?.isDirectory() ? below(path, 1) : [path],
  )
  return [...new Set(found)]
}
