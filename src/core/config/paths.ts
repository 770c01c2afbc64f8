/** Paths as config files have them: from the folder of the file, or from the home folder. */
import { realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** @param from absolute */
export function located(from: string, path: string, home = homedir()): string {
  if (path === '~') return home
  return path.startsWith('~/') ? join(home, path.slice(2)) : resolve(from, path)
}

/** Whether two absolute paths lead to one file. */
export function samePlace(one: string, other: string): boolean {
  return one === other || real(one) === real(other)
}

/** Without symlinks, where there is something; a target may be made only later. */
function real(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
