/** Small databases of every shape that the guide names, to try everything on. */
import { join, resolve } from 'node:path'
import { usage } from '../message.ts'
import { writeDatabaseFile } from './demo-data/database-file.ts'
import { claimFolder } from './demo-data/folder.ts'
import { demoDatabases } from './demo-data/layout.ts'
import { seededRandom } from './demo-data/random.ts'

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

/**
 * Writes all demo databases and a README.txt below a folder, replacing those of an earlier demo. The data depends on
 * rows and seed alone.
 *
 * @throws Refusal `DEMO.EXISTS` when the folder holds something else, `DEMO.ROWS` or `DEMO.SEED` when a number cannot
 * be used; nothing was written then
 */
export function writeDemo({ directory, rows = 2000, seed = 1, onFile }: DemoOptions): readonly DemoFile[] {
  if (!Number.isSafeInteger(rows) || rows < 1) throw notANumber('DEMO.ROWS', '--rows', rows, 'from 1')
  if (!Number.isSafeInteger(seed)) throw notANumber('DEMO.SEED', '--seed', seed, 'of at most 15 digits')
  const folder = resolve(directory)
  claimFolder(folder)
  return demoDatabases.map(({ folder: inside, file, title, fill }) => {
    const random = seededRandom(seed, `${inside}/${file}`)
    const path = join(folder, inside, file)
    const counts = writeDatabaseFile(path, fill && (db => fill(db, random, rows)))
    const written: DemoFile = { path, title, ...counts }
    onFile?.(written)
    return written
  })
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
