/** Processes as the system shows them: who belongs to whom, and who has a file open. Linux only. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

function pids(): readonly number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
}

/** Parent and state; null for one that is gone. */
function statOf(pid: number): { readonly parent: number; readonly state: string } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [state = '', parent = '0'] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { parent: Number(parent), state }
  } catch {
    return null
  }
}

/** All processes that `pid` started, and those that they started. */
export function descendantsOf(pid: number): readonly number[] {
  const children = pids().filter(each => statOf(each)?.parent === pid)
  return children.flatMap(child => [child, ...descendantsOf(child)])
}

export function kill(...victims: readonly number[]): void {
  for (const pid of victims) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended by itself.
    }
  }
}

/** Processes, other than this one, that have a file open whose path begins so. */
export function usersOf(path: string): readonly number[] {
  return pids().filter(pid => {
    if (pid === process.pid || statOf(pid)?.state === 'Z') return false
    try {
      return readdirSync(`/proc/${pid}/fd`).some(fd => readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith(path))
    } catch {
      return false // it, or one of its files, is gone meanwhile
    }
  })
}

/** Waits until nobody has a file below `path` open; false when that has not come about in time. */
export async function untilUnused(path: string, seconds = 60): Promise<boolean> {
  for (let waited = 0; waited < seconds * 20; waited++) {
    if (usersOf(path).length === 0) return true
    await delay(50)
  }
  return false
}

/** Waits until a process is gone, or ends only for who has not waited for it. */
export async function untilEnded(pid: number): Promise<void> {
  for (let stat = statOf(pid); stat !== null && stat.state !== 'Z'; stat = statOf(pid)) await delay(20)
}
