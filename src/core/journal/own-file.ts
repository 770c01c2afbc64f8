/** Files of ours in the state folder: made for our own eyes from the first byte on, and no link that somebody put there. */
import { closeSync, existsSync, lstatSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'

/** Sees to it that the file is there, with mode 0600. Throws where it can't be, or is not ours. */
export function claimOwnFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  try {
    if (!existsSync(path)) closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    // Another process may just have made it.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  assertOurs(path)
}

/** In a folder that others may write to, somebody could have put a file of theirs, or a link to one of ours, in its place. */
function assertOurs(path: string): void {
  const found = lstatSync(path)
  const me = process.getuid?.() ?? found.uid
  if (found.isSymbolicLink()) throw new Error('It is a symbolic link, which is not followed')
  if (found.uid !== me && me !== 0) throw new Error(`It belongs to another user (uid ${found.uid})`)
}
