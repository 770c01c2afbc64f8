/** What lies at a path, asked without a throw: a folder of somebody else's, or a link that leads to itself, is nothing. */
import { type Stats, statSync } from 'node:fs'

/** Through links; null where nothing is, or where we may not look. */
export function statsOf(path: string): Stats | null {
  try {
    return statSync(path)
  } catch {
    return null
  }
}

export function isFolder(path: string): boolean {
  return statsOf(path)?.isDirectory() ?? false
}

export function isFile(path: string): boolean {
  return statsOf(path)?.isFile() ?? false
}
