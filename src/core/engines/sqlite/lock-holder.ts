/** Who has a file open: best effort, from /proc, without touching the file itself (HAZARDS E4). */
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Names the other processes that have `path` open, as `process 4411 (python3)`; the empty string where the system
 * can't tell (no /proc, no right to look) or nobody has.
 */
export function lockHolder(path: string): string {
  let real: string
  let ids: string[]
  try {
    real = realpathSync(path)
    ids = readdirSync('/proc').filter(name => /^\d+$/.test(name))
  } catch {
    return '' // not Linux: the caller says "another program"
  }
  const names = ids
    .filter(id => Number(id) !== process.pid && hasOpen(id, real))
    .map(id => `process ${id} (${nameOf(id)})`)
  return names.join(', ')
}

function hasOpen(id: string, path: string): boolean {
  try {
    const folder = join('/proc', id, 'fd')
    return readdirSync(folder).some(fd => linkOf(join(folder, fd)) === path)
  } catch {
    return false // gone meanwhile, or somebody else's process
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

function nameOf(id: string): string {
  try {
    return readFileSync(join('/proc', id, 'comm'), 'utf8').trim()
  } catch {
    return 'unknown'
  }
}
