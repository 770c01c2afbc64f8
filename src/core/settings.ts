/** Where the program keeps its own files: flags, then the XDG state folder. */
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import type { Settings } from './requests.ts'

const waitSeconds = 10

interface Given {
  readonly stateDir?: string | undefined
  readonly snapshotDir?: string | undefined
  readonly wait?: number | undefined
  readonly duckdbMemory?: string | undefined
}

function defaultStateDir(environment: Readonly<Record<string, string | undefined>>): string {
  const state = environment.XDG_STATE_HOME
  // The XDG specification wants relative paths ignored.
  if (state && isAbsolute(state)) return join(state, 'ulid-migrate')
  return join(environment.HOME || homedir(), '.local', 'state', 'ulid-migrate')
}

/** Folders of the XDG specification in which applications keep what is theirs, where somebody moved them. */
export function basesIn(environment: Readonly<Record<string, string | undefined>>): {
  readonly bases: Readonly<Record<string, string>>
} {
  const moved = { '~/.cache/': environment.XDG_CACHE_HOME, '~/.local/share/': environment.XDG_DATA_HOME }
  return {
    bases: Object.fromEntries(
      Object.entries(moved).flatMap(([usual, path]) => (path && isAbsolute(path) ? [[usual, path]] : [])),
    ),
  }
}

/** @param folder where relative paths start; by the environment it is found where nothing is given */
export function settingsFrom(
  given: Given,
  environment: Readonly<Record<string, string | undefined>>,
  folder: string,
): Settings {
  const stateDir = given.stateDir ? resolve(folder, given.stateDir) : defaultStateDir(environment)
  return {
    stateDir,
    snapshotDir: given.snapshotDir ? resolve(folder, given.snapshotDir) : join(stateDir, 'snapshots'),
    waitSeconds: given.wait ?? waitSeconds,
    ...(given.duckdbMemory === undefined ? {} : { duckdbMemory: given.duckdbMemory }),
  }
}
