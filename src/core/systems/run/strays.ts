/** Databases that a command made where nobody looked: below the folder in which it ran. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { recognise } from '../../engines/sqlite/recognise.ts'
import { statsOf } from '../../stat.ts'

const deepest = 5
const passedBy = new Set(['node_modules', '.git', '.venv', '__pycache__'])

/** SQLite files with something in them that were written since, but for those that are known. */
export function straysIn(folder: string, since: number, known: readonly string[]): readonly string[] {
  return filesBelow(folder, 1).filter(
    file => !known.includes(file) && (statsOf(file)?.mtimeMs ?? 0) >= since && isDatabase(file),
  )
}

function filesBelow(folder: string, depth: number): readonly string[] {
  return entriesOf(folder).flatMap(entry => {
    const path = join(folder, entry.name)
    if (entry.isFile()) return [path]
    return entry.isDirectory() && depth < deepest && !passedBy.has(entry.name)
      ? filesBelow(path, depth + 1)
      : []
  })
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return [] // not ours to look into
  }
}

function isDatabase(file: string): boolean {
  try {
    return !recognise(file).empty
  } catch {
    return false
  }
}
