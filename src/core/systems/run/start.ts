/**
 * Starts a command of a system: no shell, in a process group of its own, its output read line by line. Whatever comes
 * of it ends when it is stopped, and also when this process dies.
 */
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { execa } from 'execa'
import { startBeside } from '../../host.ts'
import type { Command } from '../system.ts'
import { environmentOf } from './announce.ts'
import { endFamily, type Family, isAlive } from './family.ts'
import type { Kept } from './keeper.ts'
import { lineReader } from './lines.ts'
import { noProgram, notExecutable, type Obstacle, obstacleTo, workingFolder } from './program.ts'

/** How the process that was started ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: string | null
}

export interface Started {
  /** Null while it runs. */
  exit(): Exit | null
  /** Whether it, or a process that it left behind, still runs. */
  isAlive(): boolean
  /**
   * Ends all that came of it; where it has ended by itself nothing is done. To be called in any case.
   *
   * @returns whether one had to be killed
   */
  end(): Promise<boolean>
}

export interface Start {
  readonly command: Command
  /** The folder of its system, absolute. */
  readonly base: string
  /** Seconds between asking it to end and ending it. */
  readonly grace: number
  /** Unique among all that is started. */
  readonly mark: string
  /** What it prints: line by line, or into an open file. */
  readonly output: number | ((line: string, stream: 'stdout' | 'stderr') => void)
}

const lastWordsMs = 1_000

/** Answers with what is in the way where it can not be started. */
export async function startCommand(start: Start): Promise<Started | Obstacle> {
  const { command, base, grace, mark, output } = start
  const obstacle = obstacleTo(command, base)
  if (obstacle !== null) return obstacle
  const [program = '', ...words] = command.argv
  const keeper = startBeside('systems/run/keeper', 'ignore')
  const over = async () => {
    const left = new Promise<void>(resolve => keeper.once('exit', () => resolve()))
    if (!keeper.connected) return
    keeper.send?.('over', () => {})
    await left
  }

  const to = typeof output === 'number' ? (output as 3) : 'pipe' // any number will do; its types know those below 10
  const child = execa(program, words, {
    cwd: workingFolder(command, base),
    env: environmentOf(command, mark),
    detached: true, // the leader of a group of its own: a signal to the group reaches what it starts, too
    reject: false,
    buffer: false,
    stdin: 'ignore',
    stdout: to,
    stderr: to,
  })
  if (child.pid === undefined) {
    await over()
    const { code, message } = (await child) as { readonly code?: string; readonly message?: string }
    if (code === 'ENOENT')
      return noProgram(program, 'The interpreter that its first line names is not there.')
    return code === 'EACCES'
      ? notExecutable(program)
      : noProgram(program, message ?? 'It could not be started.')
  }

  const family: Family = { group: child.pid, mark }
  keeper.send?.({ family, grace } satisfies Kept, () => {})
  let exit: Exit | null = null
  const gone = new Promise<void>(resolve =>
    child.once('exit', (code, signal) => {
      exit = { code, signal }
      resolve()
    }),
  )
  const read = typeof output === 'number' ? [] : [child.stdout, child.stderr].map(readInto(output))
  return {
    exit: () => exit,
    isAlive: () => exit === null || isAlive(family),
    async end() {
      const killed = exit === null || isAlive(family) ? await endFamily(family, grace) : false
      await gone
      // What it printed at its end belongs to the report; who is not of the family may hold its output open for ever.
      await Promise.race([Promise.all(read), delay(lastWordsMs)])
      child.stdout?.destroy()
      child.stderr?.destroy()
      await over()
      return killed
    },
  }
}

/** Resolves when all is read. */
function readInto(onLine: Exclude<Start['output'], number>) {
  return async (stream: Readable | null, at: number): Promise<void> => {
    const reader = lineReader()
    const told = (line: string) => onLine(line, at === 0 ? 'stdout' : 'stderr')
    stream?.setEncoding('utf8').on('data', (text: string) => reader.read(text).forEach(told))
    if (stream) await new Promise<void>(resolve => stream.once('close', () => resolve()))
    reader.rest().forEach(told)
  }
}
