/**
 * Who has a database open, and who holds a lock on it: best effort, from /proc or lsof, without touching the file itself
 * (HAZARDS E4). Processes of other users and of other machines are not seen.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { OpenBy } from '../../documents.ts'
import { holdersIn, processesIn } from './lock-table.ts'

/** An engine of ours that only looks is nobody's rival; the title says what it does, and for which run. */
const engine = /^ulid-migrate (\S+) (\S+)/
const changes = new Set(['migrate', 'rollback', 'finalize', 'initialize'])

/** The other programs that have `path`, or what lies beside it, open; what we ourselves look with is left out. */
export function openBy(path: string): readonly OpenBy[] {
  return usersOf(path).filter(({ program }) => {
    const operation = engine.exec(program)?.[1]
    return operation === undefined || changes.has(operation)
  })
}

/**
 * Names who keeps us from the file: the holders of a lock, as `process 4411 (python3) holds a lock on it`; where the
 * system does not tell, those that have it open; the empty string where it tells nothing.
 */
export function lockHolder(path: string): string {
  const users = usersOf(path)
  const holders = holdersOf(path)
  const holding = users.filter(user => holders.includes(user.pid))
  if (holding.length > 0) return `${named(holding)} ${holding.length > 1 ? 'hold' : 'holds'} a lock on it`
  const open = users.filter(({ program }) => !engine.test(program) || changes.has(engine.exec(program)![1]!))
  return open.length > 0 ? `${named(open)} ${open.length > 1 ? 'have' : 'has'} it open` : ''
}

/** Whoever has a file open, engines of ours that only look among them: DuckDB keeps a writer out for each of those. */
export function openers(path: string): string {
  const users = usersOf(path)
  return users.length > 0 ? `${named(users)} ${users.length > 1 ? 'have' : 'has'} it open` : ''
}

function named(users: readonly OpenBy[]): string {
  return users
    .map(({ pid, program }) => {
      const run = engine.exec(program)?.[2]
      return run === undefined
        ? `process ${pid} (${program})`
        : `another run of ulid-migrate (${run}, process ${pid})`
    })
    .join(', ')
}

function usersOf(path: string): readonly OpenBy[] {
  try {
    const real = realpathSync(path)
    const files = [real, `${real}-wal`, `${real}-shm`, `${real}-journal`]
    return existsSync('/proc/self/fd') ? fromProc(files) : fromLsof(files)
  } catch {
    return [] // the file is gone, or the system tells nothing: the caller says "another program"
  }
}

function fromProc(files: readonly string[]): readonly OpenBy[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid && hasOpen(name, files))
    .map(name => ({ pid: Number(name), program: programOf(name) }))
}

function hasOpen(id: string, files: readonly string[]): boolean {
  try {
    const folder = join('/proc', id, 'fd')
    return readdirSync(folder).some(fd => files.includes(linkOf(join(folder, fd))))
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

/** The name that the system shows, or the title that an engine of ours gives itself. */
function programOf(id: string): string {
  try {
    const title = readFileSync(join('/proc', id, 'cmdline'), 'utf8').replaceAll('\0', ' ')
    return engine.test(title) ? title.trim() : readFileSync(join('/proc', id, 'comm'), 'utf8').trim()
  } catch {
    return 'unknown'
  }
}

function fromLsof(files: readonly string[]): readonly OpenBy[] {
  const there = files.filter(file => existsSync(file))
  const said = execFileSync('lsof', ['-F', 'pc', '--', ...there], { encoding: 'utf8', timeout: 2000 })
  return processesIn(said).filter(({ pid }) => pid !== process.pid)
}

function holdersOf(path: string): readonly number[] {
  try {
    const file = statSync(path).ino
    const shm = statSync(`${realpathSync(path)}-shm`, { throwIfNoEntry: false })?.ino
    return holdersIn(readFileSync('/proc/locks', 'utf8'), shm === undefined ? { file } : { file, shm })
  } catch {
    return []
  }
}
