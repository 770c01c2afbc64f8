/** Which process something belongs to, told so that neither its death nor another process under its number deceives. */
import { readFileSync } from 'node:fs'

export interface ProcessMark {
  readonly pid: number
  /** When it started, in the kernel's own count; empty where the system does not tell (no /proc). */
  readonly started: string
}

/** In place of the start of one that has ended and that nobody has waited for yet: it does nothing any more. */
const ENDED = 'ended'

export function markOf(pid: number): ProcessMark {
  return { pid, started: startOf(pid) }
}

/** Whether that very process is still there. Where its start is unknown, any process of its number counts. */
export function isRunning({ pid, started }: ProcessMark): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const now = startOf(pid)
  return now !== ENDED && (started === '' || now === '' || now === started)
}

/** Field 22 of /proc/PID/stat; the name in field 2 may hold blanks and brackets, so counting begins behind it. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? ENDED : (fields[19] ?? '')
  } catch {
    return ''
  }
}
