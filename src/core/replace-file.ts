import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { isRunning, markOf } from './processes.ts'

/**
 * Replaces a file as a whole, or makes it: whoever reads it meanwhile, and whoever looks after a crash, finds the old
 * text or the new one. Mode and owner stay. Throws what the system says.
 *
 * @param file no symlink
 */
export function replaceFile(file: string, text: string | Buffer): void {
  const before = statSync(file, { throwIfNoEntry: false })
  const beside = join(dirname(file), `.${basename(file)}.${process.pid}.tmp`)
  const opened = openSync(beside, 'wx', before === undefined ? 0o666 : 0o600)
  try {
    try {
      writeFileSync(opened, text)
      if (before !== undefined) {
        const now = statSync(beside)
        if (now.uid !== before.uid || now.gid !== before.gid) fchownSync(opened, before.uid, before.gid)
        fchmodSync(opened, before.mode & 0o7777)
      }
      fsyncSync(opened)
    } finally {
      closeSync(opened)
    }
    renameSync(beside, file)
  } catch (error) {
    rmSync(beside, { force: true })
    throw error
  }
}

/** Removes what a process that was killed in `replaceFile` has left beside these files. */
export function removeDrafts(files: readonly string[]): void {
  const names = new Map<string, Set<string>>()
  for (const file of files) {
    const folder = dirname(file)
    names.set(folder, (names.get(folder) ?? new Set()).add(basename(file)))
  }
  for (const [folder, known] of names)
    for (const entry of readdirSync(folder)) {
      const [, name = '', pid] = /^\.(.+)\.(\d+)\.tmp$/.exec(entry) ?? []
      if (known.has(name) && !isRunning(markOf(Number(pid)))) rmSync(join(folder, entry), { force: true })
    }
}
