/** The folder for copies that live no longer than the operation that made them. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isRunning, markOf, type ProcessMark } from './processes.ts'
import type { Settings } from './requests.ts'

/** Its name tells whose it is: `rehearsal-PID.START-XXXXXX`. */
const named = /^[a-z]+-(\d+)\.([0-9a-z]*)-/

export function scratchDir(settings: Settings): string {
  return join(settings.stateDir, 'scratch')
}

/** Makes a folder of one's own for copies, that only its owner may enter. Whoever made it takes it away by {@link discard}. */
export function makeScratch(settings: Settings, what: 'look' | 'rehearsal' | 'maps'): string {
  return mkdtempSync(beginName(settings, what))
}

/** The name of such a folder, for a library that makes it when it needs one, and takes it away. */
export function nameScratch(settings: Settings, what: 'duckdb'): string {
  return beginName(settings, what) + randomBytes(6).toString('hex')
}

function beginName(settings: Settings, what: string): string {
  const folder = scratchDir(settings)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { pid, started } = markOf(process.pid)
  return join(folder, `${what}-${pid}.${started}-`)
}

/** Takes away a file or folder of our own. What can't be taken away now is left to {@link sweepScratch}: it is no failure. */
export function discard(path: string): void {
  const gone = () => {
    try {
      rmSync(path, { recursive: true, force: true })
      return true
    } catch {
      return false // the work that it served has its result already
    }
  }
  if (!gone()) gone() // what failed once may have been a moment's trouble
}

/** Takes away what killed processes left. Done at the start of every operation. */
export function sweepScratch(settings: Settings): void {
  for (const name of namesIn(scratchDir(settings))) {
    const owner = ownerOf(name)
    if (owner && !isRunning(owner)) discard(join(scratchDir(settings), name))
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return [] // there is none yet
  }
}

function ownerOf(name: string): ProcessMark | null {
  const [, pid, started] = named.exec(name) ?? []
  return pid === undefined ? null : { pid: Number(pid), started: started ?? '' }
}
