/** The folder of a demo: ours only when it is new, empty, or says that an earlier demo made it. */
import { lstatSync, mkdirSync, readdirSync, readFileSync, type Stats, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { precondition } from '../../message.ts'
import type { DemoDatabase } from './layout.ts'

const markerName = 'README.txt'
const markerLine = 'Demo databases of ulid-migrate'

/**
 * Makes the folder a demo's, by its README.txt; from then on a later demo may write it anew.
 *
 * @param folder absolute
 * @param databases those that will be written into it
 * @throws Refusal `DEMO.EXISTS` when something of somebody else's is there; nothing was touched
 */
export function claimFolder(folder: string, databases: readonly DemoDatabase[]): void {
  const there = statSync(folder, { throwIfNoEntry: false })
  if (there && !there.isDirectory()) throw foreign(folder, 'It is a file')
  if (there && readdirSync(folder).length > 0) {
    if (!isMarked(folder)) throw foreign(folder, 'It is not empty, and no earlier demo made it')
    refuseDiversions(folder, databases)
  }
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, markerName), readme(folder, databases))
}

function isMarked(folder: string): boolean {
  const marker = join(folder, markerName)
  return lookAt(marker)?.isFile() === true && readFileSync(marker, 'utf8').startsWith(markerLine)
}

/** A link or a file where a folder of the demo should be would lead the writer to databases that are not the demo's. */
function refuseDiversions(folder: string, databases: readonly DemoDatabase[]): void {
  for (const database of databases) {
    const inside = lookAt(join(folder, database.folder))
    if (inside && !inside.isDirectory()) throw foreign(join(folder, database.folder), 'It is not a folder')
    const file = lookAt(join(folder, database.folder, database.file))
    if (file?.isDirectory()) throw foreign(join(folder, database.folder, database.file), 'It is a folder')
  }
}

function lookAt(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false })
}

function foreign(path: string, why: string) {
  return precondition(
    'DEMO.EXISTS',
    path,
    'The demo was not written here.',
    `${why}; a demo never writes over what it did not make.`,
    'Name a folder that is new or empty: ulid-migrate demo DIR',
  )
}

function readme(folder: string, databases: readonly DemoDatabase[]): string {
  const parts = databases.map(database => {
    const path = join(folder, database.folder, database.file)
    const command = database.tryThis.replace('FILE', shellQuoted(path))
    return `${database.folder}/${database.file}\n    ${database.title}\n    ulid-migrate ${command}\n`
  })
  return `${markerLine}

Nothing here is real, and nothing else uses it: migrate, break and undo as you like. Writing the
demo again puts every database back to its first state.

${parts.join('\n')}
`
}

function shellQuoted(path: string): string {
  return /^[\w./@%+:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
