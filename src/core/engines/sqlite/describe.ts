/** What SQLite and the system say when something fails, as refusals that a person can act on. */
import Database from 'better-sqlite3'
import { precondition, Refusal } from '../../message.ts'
import { inShell } from '../../shell.ts'
import { lockHolder } from './lock-holder.ts'
import { notWritable } from './recognise.ts'

export function sqliteCode(error: unknown): string {
  return error instanceof Database.SqliteError ? error.code : ''
}

export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error)
  return code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')
}

/** The error for what SQLite does not report as one: somebody else holds the file. */
export function busy(): Error {
  return new Database.SqliteError('database is locked', 'SQLITE_BUSY')
}

/** Does `work` on `path`; whatever it throws comes out as a refusal, where it is one that {@link describe} knows. */
export async function described<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw describe(error, path)
  }
}

/** Turns errors of SQLite and of the file system into refusals; anything else is a bug, and is passed on as it is. */
export function describe(error: unknown, path: string): unknown {
  if (error instanceof Refusal) return error
  if (error instanceof Database.SqliteError) return describeSqlite(error, path)
  return isSystemError(error) ? describeSystem(error, path) : error
}

function describeSqlite(error: InstanceType<typeof Database.SqliteError>, path: string): unknown {
  const { code, message: said } = error
  if (isBusy(error))
    return precondition(
      'LOCK.HELD',
      path,
      'The file is in use.',
      `${lockHolder(path) || 'Another program holds a lock on it'}.`,
      'Stop that program and try again, or wait for it: --wait 60',
    )
  if (code.startsWith('SQLITE_CORRUPT'))
    return precondition(
      'TARGET.CORRUPT',
      path,
      'The database is damaged.',
      `SQLite says: ${said}`,
      inShell`Recover it into a new file first: sqlite3 ${path} .recover | sqlite3 recovered.db`,
    )
  if (code === 'SQLITE_NOTADB')
    return precondition(
      'TARGET.NOT_A_DATABASE',
      path,
      'This is an encrypted database, or no database at all.',
      `SQLite says: ${said}. Encryption and any other file look alike from outside.`,
      'Decrypt it with the program that owns it, or name another file.',
    )
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_WRITE') return diskFull(path, `SQLite says: ${said}`)
  if (code.startsWith('SQLITE_CONSTRAINT'))
    return precondition(
      'DATA.CONSTRAINT',
      path,
      'The rows would break a rule of their own table once the ids are ULIDs.',
      `SQLite says: ${said}. Two spellings of one id in a column that must be unique are one ULID, for instance. The transaction was rolled back; the file is as it was.`,
      'Correct those rows, or leave the identity out: --skip TABLE.COLUMN',
    )
  if (code.startsWith('SQLITE_READONLY')) return notWritable(path)
  if (code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_PERM'))
    return precondition(
      'TARGET.UNREADABLE',
      path,
      'SQLite can not open the file.',
      `SQLite says: ${said} (${code})`,
      inShell`Check the permissions of the file and its folder: ls -l ${path}`,
    )
  if (code.startsWith('SQLITE_IOERR'))
    return precondition(
      'DISK.FAILED',
      path,
      'The system could not read or write the disk.',
      `SQLite says: ${said} (${code}). The transaction was rolled back; the file is as it was.`,
      'Look at the health of the disk (dmesg, smartctl), then try again.',
    )
  if (code === 'SQLITE_NOMEM')
    return precondition(
      'MEMORY.SHORT',
      path,
      'There is not enough memory.',
      `SQLite says: ${said}. The transaction was rolled back; the file is as it was.`,
      'Close other programs, then try again.',
    )
  return error
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).errno === 'number'
}

function describeSystem(error: NodeJS.ErrnoException, target: string): unknown {
  const path = error.path ?? target
  switch (error.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(path, `The system says: ${error.message}`)
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return precondition(
        'FILE.NOT_WRITABLE',
        path,
        'The program may not read or write here.',
        `The system says: ${error.message}. ${target} was not changed.`,
        inShell`Check the permissions: ls -ld ${path}; or keep the state elsewhere: --state-dir DIR`,
      )
    default:
      return precondition(
        'FILE.FAILED',
        path,
        'The system could not do what was asked of a file.',
        `The system says: ${error.message}. ${target} was not changed.`,
        'Look at the health of the disk (dmesg, smartctl), then try again.',
      )
  }
}

function diskFull(path: string, said: string): Refusal {
  return precondition(
    'DISK.FULL',
    path,
    'There is no room left on the disk.',
    `${said}. The transaction was rolled back; the file is as it was.`,
    'Free some space, or keep snapshots elsewhere: --snapshot-dir DIR',
  )
}
