import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join, resolve } from 'node:path'
import type { Command } from './system.ts'

/** Where the program of a command is, as the system would find it; null where it is not, or may not be run. */
export function findProgram(
  { argv: [name = ''], environment, folder }: Pick<Command, 'argv' | 'environment' | 'folder'>,
  base: string,
  path: string,
): string | null {
  const from = resolve(base, folder ?? '.')
  if (name.includes('/')) return canRun(resolve(from, name)) ? resolve(from, name) : null
  const folders = (environment?.PATH ?? path).split(delimiter).filter(each => each !== '')
  return folders.map(each => join(isAbsolute(each) ? each : resolve(from, each), name)).find(canRun) ?? null
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
