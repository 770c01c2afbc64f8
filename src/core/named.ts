import { resolve } from 'node:path'

/** Whether `confirm` names the database at `path`: its file name, or as much of its path as makes it unique. */
export function isNamed(path: string, confirm: string | undefined): boolean {
  if (confirm === undefined || confirm === '') return false
  return path === resolve(confirm) || path.endsWith(`/${confirm}`)
}

/** What is said where {@link isNamed} is false; `what` begins the sentence: `Finalizing`. */
export function notNamed(what: string, confirm: string | undefined): string {
  return confirm === undefined
    ? `${what} wants to be confirmed by name.`
    : `${confirm} is not the name of this database.`
}
