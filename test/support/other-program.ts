/** Some other program that uses a database meanwhile: a real process with its own SQLite, locks and death. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

const running: (() => Promise<void>)[] = []

afterAll(async () => {
  for (const kill of running) await kill()
})

export interface OtherProgram {
  readonly pid: number
  /** Ends it in the middle of whatever it was doing, and waits until it is gone. */
  kill(): Promise<void>
}

/**
 * Runs `script` in another process, with `db` open on `path`, and comes back when the script has run through; the
 * process then stays, with everything it holds.
 */
export async function otherProgram(path: string, script: string): Promise<OtherProgram> {
  return programOf(`
    const Database = require('better-sqlite3')
    const db = new Database(${JSON.stringify(path)})
    db.pragma('foreign_keys = OFF')
    ${script}
    process.stdout.write('ready')
    setInterval(() => {}, 1 << 30)`)
}

/** A process that runs `source` (CommonJS) and says on stdout when it has come as far as it shall. */
export async function programOf(source: string): Promise<OtherProgram> {
  const child = spawn(process.execPath, ['-e', source], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'exit')
  const kill = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await ended
    }
  }
  running.push(kill)
  await ready(child)
  return { pid: child.pid!, kill }
}

async function ready(child: ChildProcess): Promise<void> {
  let said = ''
  child.stderr!.on('data', (text: Buffer) => {
    said += text.toString()
  })
  await Promise.race([
    once(child.stdout!, 'data'),
    once(child, 'exit').then(() => {
      throw new Error(`The other program ended before it was ready: ${said}`)
    }),
  ])
}

/** A program that was killed in the middle of a large transaction: its rollback journal is left, and is hot. */
export async function leaveHotJournal(path: string, table: string, column: string): Promise<void> {
  const program = await otherProgram(
    path,
    `db.pragma('journal_mode = DELETE'); db.pragma('cache_size = 2'); db.pragma('cache_spill = 1')
     db.exec('BEGIN IMMEDIATE'); db.exec("UPDATE ${table} SET ${column} = ${column} || '!'")`,
  )
  await program.kill()
}

/** A program that was killed with committed rows still in its -wal. */
export async function leaveWal(path: string, sql: string): Promise<void> {
  const program = await otherProgram(
    path,
    `db.pragma('journal_mode = WAL'); db.pragma('wal_autocheckpoint = 0'); db.exec(${JSON.stringify(sql)})`,
  )
  await program.kill()
}
