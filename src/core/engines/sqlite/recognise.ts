/**
 * Says what a path is before anything opens it with SQLite. Files are known by their first bytes, never by suffix
 * (HAZARDS E14). Reading those bytes here is safe only because the process that asks has not opened the file yet
 * (HAZARDS E1).
 */
import {
  accessSync,
  closeSync,
  constants,
  openSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs'
import { basename, dirname } from 'node:path'
import { precondition, type Refusal } from '../../message.ts'
import { inShell } from '../../shell.ts'
import { type Engine, engineOf } from '../engine-of.ts'
import { type Mount, mountOf } from './mount.ts'

export interface Recognised {
  /** Where the file really is: sidecars lie beside it, not beside a symlink (HAZARDS E6). */
  readonly path: string
  readonly engine: Engine
  readonly bytes: number
  readonly links: number
  readonly mount: Mount
  /** SQLite's WAL mode, in which others read and write at the same time. */
  readonly wal: boolean
  readonly writable: boolean
  /** A file of 0 bytes is a database without tables. */
  readonly empty: boolean
}

const SQLITE = Buffer.from('SQLite format 3\0', 'latin1')

/**
 * Recognises the database at `path`.
 *
 * Throws a refusal (exit 4, nothing touched) for a missing path, a directory, or a file
 * that is encrypted or no database at all, which look alike.
 */
export function recognise(path: string): Recognised {
  const stats = statOf(path)
  if (stats.isDirectory())
    throw precondition(
      'TARGET.DIRECTORY',
      path,
      'This is a folder, not a database file.',
      'A target is one file.',
      inShell`List what is inside and name the database: ls ${path}`,
    )
  if (!stats.isFile())
    throw precondition(
      'TARGET.NOT_A_FILE',
      path,
      'This is neither a file nor a link to one.',
      'Devices, pipes and sockets hold no database.',
      'Name the database file.',
    )
  const real = realpathSync(path)
  if (engineOf(real) === 'duckdb')
    return {
      path: real,
      engine: 'duckdb',
      bytes: stats.size,
      links: stats.nlink,
      mount: mountOf(real),
      wal: false,
      writable: canWrite(real),
      empty: false,
    }
  const head = firstBytes(real)
  if (head.length === 0)
    return {
      path: real,
      engine: 'sqlite',
      bytes: 0,
      links: stats.nlink,
      mount: mountOf(real),
      wal: false,
      writable: canWrite(real),
      empty: true,
    }
  if (!head.subarray(0, 16).equals(SQLITE))
    throw precondition(
      'TARGET.NOT_A_DATABASE',
      path,
      'This is an encrypted database, or no database at all.',
      'The first 16 bytes are not those of a SQLite file; encryption (SQLCipher, SEE) and any other file look alike from outside.',
      'Decrypt it with the program that owns it, or name another file.',
    )
  return {
    path: real,
    engine: 'sqlite',
    bytes: stats.size,
    links: stats.nlink,
    mount: mountOf(real),
    wal: head[18] === 2 || head[19] === 2,
    writable: canWrite(real),
    empty: false,
  }
}

function statOf(path: string): Stats {
  try {
    return statSync(path)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw precondition(
        'TARGET.MISSING',
        path,
        'There is no such file.',
        'It was not made either: a database that is not there is a mistake in the path, not a wish for an empty one.',
        inShell`Look for it: ls ${dirname(path)}`,
      )
    throw precondition(
      'TARGET.UNREADABLE',
      path,
      'The file can not be looked at.',
      (error as Error).message,
      inShell`Check the permissions: ls -l ${dirname(path)}`,
    )
  }
}

function firstBytes(path: string): Buffer {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    throw precondition(
      'TARGET.UNREADABLE',
      path,
      'The file can not be read.',
      (error as Error).message,
      inShell`Check the permissions: ls -l ${path}`,
    )
  }
  try {
    const head = Buffer.alloc(100)
    return head.subarray(0, readSync(file, head, 0, 100, 0))
  } finally {
    closeSync(file)
  }
}

/** SQLite needs to make a journal beside the file. */
function canWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return canWriteFolder(dirname(path))
  } catch {
    return false
  }
}

export function canWriteFolder(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** The refusal for a target that must be written and can't be. */
export function notWritable(path: string): Refusal {
  return precondition(
    'TARGET.READ_ONLY',
    path,
    'The file or its folder can not be written.',
    'SQLite writes the file and, beside it, a journal.',
    inShell`Check the permissions: ls -ld ${dirname(path)} ${path} (${basename(path)} was not changed)`,
  )
}

/** The refusal for a target in WAL mode on a network mount, where two machines may each believe that they hold its locks. */
export function onNetwork(path: string, type: string): Refusal {
  return precondition(
    'TARGET.NETWORK_MOUNT',
    path,
    `The file is in WAL mode on a network mount (${type}).`,
    'In WAL mode programs agree through shared memory, which machines do not share: another one may write at the same time without either noticing.',
    inShell`Work on a copy on a local disk, with every program stopped; or leave WAL mode first: sqlite3 ${path} 'PRAGMA journal_mode = DELETE'`,
  )
}
