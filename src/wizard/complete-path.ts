/** What a path that is being typed could go on as. Only names are read, never a file. */
import { readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { resolve } from 'node:path'

const most = 200

/** A path as it was typed, made absolute; `~` is the home folder. */
export function typedPath(text: string, folder: string): string {
  return resolve(folder, text === '~' || text.startsWith('~/') ? homedir() + text.slice(1) : text)
}

/**
 * Whole texts that begin with `text`, folders with a slash behind them; hidden ones only where their dot is typed. A
 * folder that can't be read holds nothing.
 */
export async function completePath(text: string, folder: string): Promise<readonly string[]> {
  const cut = text.lastIndexOf('/') + 1
  const [parent, start] = [text.slice(0, cut), text.slice(cut)]
  const entries = await readdir(typedPath(parent, folder), { withFileTypes: true }).catch(() => [])
  return entries
    .filter(({ name }) => name.startsWith(start) && (start.startsWith('.') || !name.startsWith('.')))
    .filter(({ name }) => !/-(?:wal|shm|journal)$/.test(name))
    .map(entry => `${parent}${entry.name}${entry.isDirectory() ? '/' : ''}`)
    .sort()
    .slice(0, most)
}
