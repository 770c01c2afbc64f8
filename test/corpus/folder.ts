/** Where databases nobody here wrote lie, and how they are read without being touched: only copies are ever opened. */
import { createHash } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'

/** The folder of the corpus, absolute; a relative `ULID_MIGRATE_CORPUS` counts from the project's folder. */
export const corpusFolder: string = resolve(
  import.meta.dirname,
  '../..',
  process.env.ULID_MIGRATE_CORPUS ?? '../shared/data/corpus',
)

export const corpusExists: boolean = existsSync(corpusFolder)

const systemsFolder = process.env.ULID_MIGRATE_CORPUS === undefined ? join(corpusFolder, '../systems') : ''

/** Every database of the corpus as `folder/file`, in order; told by its first bytes, whatever its name (HAZARDS E14). */
export function databasesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .filter(isDatabase)
    .map(path => relative(folder, path).replaceAll(sep, '/'))
    .sort()
}

/** Those of the corpus, and of the folder `systems` that lies beside the usual one: real files of the guide's applications. */
export function corpusDatabases(): readonly string[] {
  const beside = existsSync(systemsFolder) ? databasesIn(systemsFolder).map(name => `systems/${name}`) : []
  return [...databasesIn(corpusFolder), ...beside]
}

/** Where a database of that name lies. */
export function pathOf(name: string): string {
  return name.startsWith('systems/') ? join(systemsFolder, '..', name) : join(corpusFolder, name)
}

/** By content; a process that has the file open must not ask (HAZARDS E1, F6). */
export function isDuckDB(path: string): boolean {
  return firstBytes(path).toString('latin1', 8, 12) === 'DUCK'
}

function isDatabase(path: string): boolean {
  return firstBytes(path).toString('latin1') === 'SQLite format 3\0' || isDuckDB(path)
}

function firstBytes(path: string): Buffer {
  const bytes = Buffer.alloc(16)
  const file = openSync(path, 'r')
  try {
    readSync(file, bytes, 0, 16, 0)
  } finally {
    closeSync(file)
  }
  return bytes
}

/** A writable copy, with what lies beside the original. */
export function copyDatabase(from: string, to: string): string {
  mkdirSync(dirname(to), { recursive: true })
  for (const beside of ['', '-wal', '-journal', '.wal'])
    if (existsSync(from + beside)) {
      copyFileSync(from + beside, to + beside)
      chmodSync(to + beside, 0o600)
    }
  return to
}

/** Bytes and time of a file, which nobody may have open in this process (HAZARDS E1). */
export function printOf(path: string): string {
  const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex')
  return `${sha256} ${statSync(path, { bigint: true }).mtimeNs}`
}
