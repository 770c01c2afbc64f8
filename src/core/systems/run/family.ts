/**
 * All processes that came of one command. Its group tells most of them; one that left the group (a daemon of its own
 * session) is known by a mark in the environment that all of them inherit, or by its parent. Where the system shows no processes (no
 * /proc), the group alone is told.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { isRunning, markOf, type ProcessMark } from '../../processes.ts'
import { markName } from './announce.ts'

export interface Family {
  /** The process that was started leads it. */
  readonly group: number
  /** Unique: the value of {@link markName} in their environment. */
  readonly mark: string
}

const shown = existsSync('/proc/self/stat')
const lookMs = 50
/** How long the system may take over a process that is killed. */
const killMs = 5_000

/** Whether any of them still does something. */
export function isAlive(family: Family): boolean {
  if (shown) return membersOf(family).length > 0
  try {
    process.kill(-family.group, 0)
    return true
  } catch {
    return false
  }
}

/**
 * Asks all of them to end, and kills those that are still there after the grace.
 *
 * @returns whether one of them had to be killed
 */
export async function endFamily(family: Family, graceSeconds: number): Promise<boolean> {
  // Whoever was of it once stays so: with its parent gone, nothing else may tell.
  let seen: readonly ProcessMark[] = []
  const living = () => {
    const known = seen.filter(isRunning)
    const found = membersOf(family, known).filter(pid => !known.some(each => each.pid === pid))
    seen = [...known, ...found.map(markOf)]
    return seen.map(each => each.pid)
  }
  const members = shown ? living : () => (isAlive(family) ? [-family.group] : [])
  const isGone = async (patienceMs: number, signal: () => void) => {
    for (const until = performance.now() + patienceMs; ; ) {
      signal()
      if (members().length === 0) return true
      if (performance.now() >= until) return false
      await delay(lookMs)
    }
  }
  send(members(), 'SIGTERM')
  if (await isGone(graceSeconds * 1000, () => {})) return false
  await isGone(killMs, () => send(members(), 'SIGKILL'))
  return true
}

function send(pids: readonly number[], name: 'SIGTERM' | 'SIGKILL'): void {
  for (const pid of pids)
    try {
      process.kill(pid, name)
    } catch {
      // It has ended by itself, or became somebody else's.
    }
}

/** Its group, those with its mark, and all that come of any of them or of `known`. */
function membersOf({ group, mark }: Family, known: readonly ProcessMark[] = []): readonly number[] {
  const all = readdirSync('/proc').flatMap(name => processAt(Number(name)) ?? [])
  const members = new Set(known.map(each => each.pid))
  for (const { pid, its } of all) if (its === group || isMarked(pid, mark)) members.add(pid)
  for (let size = -1; size < members.size; ) {
    size = members.size
    for (const { pid, parent } of all) if (members.has(parent)) members.add(pid)
  }
  return all.map(each => each.pid).filter(pid => members.has(pid))
}

interface Process {
  readonly pid: number
  readonly parent: number
  /** The group. */
  readonly its: number
}

/** Null for one that has ended, also where nobody has waited for it yet. */
function processAt(pid: number): Process | null {
  if (!(pid > 0) || pid === process.pid) return null
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name in field 2 may hold blanks and brackets, so counting begins behind it.
    const [state, parent, its] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' || state === 'X' ? null : { pid, parent: Number(parent), its: Number(its) }
  } catch {
    return null
  }
}

function isMarked(pid: number, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`${markName}=${mark}`)
  } catch {
    return false // it is gone, or belongs to another user
  }
}
