/**
 * Starts a command of a system: no shell, in a process group of its own, its output read line by line. Whatever comes
 * of it ends when it is stopped, and also when this process dies.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { execa } from 'execa'
import { startBeside } from '../../host.ts'
import type { Command, System } from '../system.ts'
import { environmentOf } from './announce.ts'
import { endFamily, type Family, isAlive } from './family.ts'
import type { Kept } from './keeper.ts'
import { lineReader } from './lines.ts'
import { assertStartable, folderOf, notExecutable, programMissing } from './program.ts'

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
  readonly system: System
  readonly command: Command
  /** Seconds between asking it to end and ending it. */
  readonly grace: number
  /** Unique among all that is started. */
  readonly mark: string
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void
}

const lastWordsMs = 1_000

/** @throws Refusal where it cannot be started */
export async function startCommand({ system, command, grace, mark, onLine }: Start): Promise<Started> {
  assertStartable(system, command)
  const [program = '', ...words] = command.argv
  const keeper = startBeside('systems/run/keeper', 'ignore')
  const over = async () => {
    const left = new Promise<void>(resolve => keeper.once('exit', () => resolve()))
    if (!keeper.connected) return
    keeper.send?.('over', () => {})
    await left
  }

  const child = execa(program, words, {
    cwd: folderOf(system, command)!,
    env: environmentOf(command, mark),
    detached: true, // the leader of a group of its own: a signal to the group reaches what it starts, too
    reject: false,
    buffer: false,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  if (child.pid === undefined) {
    await over()
    const { code, message } = (await child) as { readonly code?: string; readonly message?: string }
    if (code === 'EACCES') throw notExecutable(system, program)
    throw programMissing(system, program, message ?? 'It could not be started.')
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
  const read = (['stdout', 'stderr'] as const).map(name => {
    const reader = lineReader()
    const stream = child[name]
    stream.setEncoding('utf8').on('data', (text: string) => {
      for (const line of reader.read(text)) onLine(line, name)
    })
    return new Promise<void>(resolve =>
      stream.once('close', () => {
        for (const line of reader.rest()) onLine(line, name)
        resolve()
      }),
    )
  })
  return {
    exit: () => exit,
    isAlive: () => exit === null || isAlive(family),
    async end() {
      const killed = exit === null || isAlive(family) ? await endFamily(family, grace) : false
      await gone
      // What it printed at its end belongs to the report; who is not of the family may hold its output open for ever.
      await Promise.race([Promise.all(read), delay(lastWordsMs)])
      child.stdout.destroy()
      child.stderr.destroy()
      await over()
      return killed
    },
  }
}
