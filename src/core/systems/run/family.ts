/**
 * All processes that came of one command. Its group tells most of them; one that left the group (a daemon of its own
 * session) is known by a mark in the environment that all of them inherit. Where the system shows no processes (no
 * /proc), the group alone is told.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
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
  signal(family, 'SIGTERM')
  if (await isGone(family, graceSeconds * 1000, () => {})) return false
  await isGone(family, killMs, () => signal(family, 'SIGKILL'))
  return true
}

async function isGone(family: Family, patienceMs: number, meanwhile: () => void): Promise<boolean> {
  for (const until = performance.now() + patienceMs; ; ) {
    meanwhile()
    if (!isAlive(family)) return true
    if (performance.now() >= until) return false
    await delay(lookMs)
  }
}

function signal(family: Family, name: 'SIGTERM' | 'SIGKILL'): void {
  for (const pid of shown ? membersOf(family) : [-family.group])
    try {
      process.kill(pid, name)
    } catch {
      // It has ended by itself, or became somebody else's.
    }
}

function membersOf(family: Family): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter(pid => pid > 0 && pid !== process.pid && isMember(pid, family))
}

/** One that has ended, and that nobody has waited for yet, does nothing any more. */
function isMember(pid: number, { group, mark }: Family): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name in field 2 may hold blanks and brackets, so counting begins behind it.
    const [state, , itsGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (state === 'Z' || state === 'X') return false
    if (Number(itsGroup) === group) return true
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`${markName}=${mark}`)
  } catch {
    return false // it is gone, or belongs to another user
  }
}
