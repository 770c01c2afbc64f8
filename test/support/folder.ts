import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

const folders: string[] = []

// Once for the file: tests that run side by side have no end of their own to hang this on.
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A new folder that is gone when the file's tests are over. */
export function temporaryFolder(name = 'ulid-migrate-test'): string {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`))
  folders.push(folder)
  return folder
}

/**
 * Every file of a folder with size, mode, time to the nanosecond and sha256: equal only if nothing was written, made or
 * taken away. Must not be asked while this process has one of the files open (HAZARDS E1).
 */
export function everythingIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => printOf(join(folder, entry.name)))
    .sort()
}

/** One file's size, mode, time and sha256, under its name. */
export function printOf(path: string): string {
  const { size, mode, mtimeNs } = statSync(path, { bigint: true })
  return [path, size, mode.toString(8), mtimeNs, sha256Of(path)].join(' ')
}

/** sha256 of a file's bytes. */
export function sha256Of(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}
