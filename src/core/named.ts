import { resolve } from 'node:path'

/** Whether `confirm` names the database at `path`: its file name, or as much of its path as makes it unique. */
export function isNamed(path: string, confirm: string | undefined): boolean {
  if (confirm === undefined || confirm === '') return false
  return path === resolve(confirm) || path.endsWith(`/${confirm}`)
}
