/** Small databases of every shape that the guide names, to try everything on. */
import { join, resolve } from 'node:path'
import { library } from '../engines/duckdb/connect.ts'
import { type Message, Refusal, usage } from '../message.ts'
import { writeDatabaseFile } from './demo-data/database-file.ts'
import { claimFolder } from './demo-data/folder.ts'
import { demoDatabases, demoStores } from './demo-data/layout.ts'
import { seededRandom } from './demo-data/random.ts'
import { writeStoreFile } from './demo-data/store-file.ts'

interface DemoOptions {
  readonly directory: string
  /** Rows of each database's main table (jobs, sessions, nodes); their children come on top. 2,000 when absent. */
  readonly rows?: number
  /** A whole number; the same seed gives the same contents. 1 when absent. */
  readonly seed?: number
  /** Called as soon as a file is complete. */
  readonly onFile?: (file: DemoFile) => void
}

export interface DemoFile {
  /** Absolute. */
  readonly path: string
  readonly title: string
  readonly tables: number
  /** Of all its tables together. */
  readonly rows: number
}

export interface WrittenDemo {
  readonly files: readonly DemoFile[]
  /** Which files were left out, and what would have to be installed for them. */
  readonly findings: readonly Message[]
}

/**
 * Writes all demo databases and a README.txt below a folder, replacing those of an earlier demo. The data depends on
 * rows and seed alone. Those of DuckDB are left out, and that is a finding, where its library is not installed.
 *
 * @throws Refusal `DEMO.EXISTS` when the folder holds something else, `DEMO.ROWS` or `DEMO.SEED` when a number cannot
 * be used; nothing was written then
 */
export async function writeDemo(options: DemoOptions): Promise<WrittenDemo> {
  const { rows, seed, folder } = checked(options)
  const missing = await missingLibrary(folder)
  const stores = missing === null ? demoStores : []
  claimFolder(folder, [...demoDatabases, ...stores])
  const files = [...writeDatabases(options)]
  for (const { folder: inside, file, title, fill } of stores) {
    const random = seededRandom(seed, `${inside}/${file}`)
    const path = join(folder, inside, file)
    const counts = await writeStoreFile(path, store => fill(store, random, rows, seed))
    files.push(tell(options, { path, title, ...counts }))
  }
  return { files, findings: missing === null ? [] : [missing] }
}

/** The same without those of DuckDB, and at once. */
export function writeSqliteDemo(options: DemoOptions): readonly DemoFile[] {
  claimFolder(checked(options).folder, demoDatabases)
  return writeDatabases(options)
}

function writeDatabases(options: DemoOptions): readonly DemoFile[] {
  const { rows, seed, folder } = checked(options)
  return demoDatabases.map(({ folder: inside, file, title, fill }) => {
    const random = seededRandom(seed, `${inside}/${file}`)
    const path = join(folder, inside, file)
    return tell(options, { path, title, ...writeDatabaseFile(path, fill && (db => fill(db, random, rows))) })
  })
}

function tell({ onFile }: DemoOptions, file: DemoFile): DemoFile {
  onFile?.(file)
  return file
}

function checked({ directory, rows = 2000, seed = 1 }: DemoOptions) {
  if (!Number.isSafeInteger(rows) || rows < 1) throw notANumber('DEMO.ROWS', '--rows', rows, 'from 1')
  if (!Number.isSafeInteger(seed)) throw notANumber('DEMO.SEED', '--seed', seed, 'of at most 15 digits')
  return { rows, seed, folder: resolve(directory) }
}

/** What to say where DuckDB's library is not installed; null where it is. */
async function missingLibrary(folder: string): Promise<Message | null> {
  try {
    await library(folder)
    return null
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return {
      code: 'DEMO.LEFT_OUT',
      severity: 'warning',
      object: folder,
      message: `${demoStores.length} databases were left out: the library that writes DuckDB files is not installed.`,
      why: demoStores.map(each => `${each.folder}/${each.file}`).join(', '),
      next: `${error.failure.next}. Then write the demo again.`,
    }
  }
}

function notANumber(code: string, flag: string, value: number, range: string) {
  return usage(
    code,
    flag,
    `${value} cannot be used.`,
    `It must be a whole number ${range}.`,
    `Say for example: ulid-migrate demo DIR ${flag} 2000`,
  )
}
