/**
 * Opens a target, for reading without a trace or for writing with the lock. Every connection of the engine is made
 * here, so that there is one place for what must hold on each: 64-bit integers stay integers, nothing is created by
 * mistake, foreign keys never act on their own.
 */
import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import Database from 'better-sqlite3'
import type { Context } from '../../context.ts'
import { precondition, Refusal } from '../../message.ts'
import { scratchDir } from '../../scratch.ts'
import { inShell } from '../../shell.ts'
import { lockHolder } from './lock-holder.ts'
import { notWritable, type Recognised, recognise } from './recognise.ts'

export type Connection = Database.Database

/** A connection for looking, and how to leave no trace afterwards. */
export interface Reading {
  readonly db: Connection
  readonly file: Recognised
  close(): void
}

/**
 * Opens `path` without changing a byte of it, of an existing -wal, or their times (invariant 2).
 *
 * Where opening would roll back a hot journal (HAZARDS E5), file and journal are copied into the scratch folder and the copy
 * is opened. A WAL file that nobody has open is opened by a connection that may write but is told not to: only such a
 * one takes its empty -wal and -shm away again when it closes.
 */
export async function openForReading(path: string, context: Context): Promise<Reading> {
  const file = recognise(path)
  if (file.empty) {
    const db = new Database(':memory:')
    return { db, file, close: () => db.close() }
  }
  const wal = `${file.path}-wal`
  const unattended =
    file.wal && (!existsSync(wal) || statSync(wal).size === 0) && !existsSync(`${file.path}-shm`)
  try {
    const db = await patiently(context, path, () =>
      connect(file.path, unattended && file.writable ? 'look' : 'read-only'),
    )
    return { db, file, close: () => db.close() }
  } catch (error) {
    if (!isHotJournal(error, file.path)) throw error
    return openCopy(file, scratchDir(context))
  }
}

function openCopy(file: Recognised, scratch: string): Reading {
  const folder = mkdtempSync(join(scratch, 'look-'))
  const copy = join(folder, 'copy.db')
  const discard = () => rmSync(folder, { recursive: true, force: true })
  try {
    copyFileSync(file.path, copy)
    copyFileSync(`${file.path}-journal`, `${copy}-journal`)
    const db = connect(copy, 'look')
    return {
      db,
      file,
      close: () => {
        db.close()
        discard()
      },
    }
  } catch (error) {
    discard()
    throw describe(error, file.path)
  }
}

/** Opens a file of our own (a snapshot, a rehearsal's copy) that nobody else uses. */
export function openOwn(path: string, mode: Mode): Connection {
  return connect(path, mode)
}

/** `look` may write as far as the system is concerned, and is told not to. */
type Mode = 'read-only' | 'look' | 'write'

function connect(path: string, mode: Mode): Connection {
  const db = new Database(path, { readonly: mode === 'read-only', fileMustExist: true, timeout: 0 })
  try {
    db.defaultSafeIntegers(true) // HAZARDS B14
    db.pragma('foreign_keys = OFF') // HAZARDS A1; read back before anything is written
    if (mode !== 'write') db.pragma('query_only = ON')
    else db.pragma('synchronous = FULL') // by default a commit in WAL mode could be lost with the power (HAZARDS E17)
    db.pragma('trusted_schema = OFF')
    db.pragma('cache_size = -65536')
    db.prepare('SELECT count(*) FROM sqlite_schema').get() // the first statement that really reads the file
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/**
 * Opens `path` for writing and begins the one transaction of a run, waiting for other programs up to the settings'
 * limit and saying so once a second. The caller ends the transaction and closes the connection.
 */
export async function openForWriting(
  path: string,
  context: Context,
): Promise<{ db: Connection; file: Recognised }> {
  const file = recognise(path)
  if (!file.writable) throw notWritable(path)
  const db = await patiently(context, path, () => connect(file.path, 'write'))
  try {
    await patiently(context, path, () => beginAlone(db, path))
    return { db, file }
  } catch (error) {
    db.close()
    throw error
  }
}

function beginAlone(db: Connection, path: string): void {
  if (Number(db.pragma('foreign_keys', { simple: true })) !== 0)
    throw new Refusal({
      code: 'ENGINE.FOREIGN_KEYS',
      object: path,
      message: 'SQLite would not switch foreign keys off.',
      why: 'With them on, replacing a table deletes the rows that refer to it.',
      next: 'Nothing was changed. Please report this.',
      exit: 1,
    })
  db.exec('BEGIN IMMEDIATE') // a deferred one could lose its snapshot later (HAZARDS E4)
}

/** Tries `action` until nobody else holds the file, or the limit is reached; each second of waiting is told. */
export async function patiently<T>(context: Context, path: string, action: () => T | Promise<T>): Promise<T> {
  const begun = context.now()
  const limit = context.settings.waitSeconds
  let told = -1
  for (;;) {
    try {
      return await action()
    } catch (error) {
      if (isHotJournal(error, path)) throw error
      if (!isBusy(error)) throw describe(error, path)
      const seconds = (context.now() - begun) / 1000
      if (seconds >= limit) {
        const holder = lockHolder(path)
        throw precondition(
          'LOCK.HELD',
          path,
          'The file is in use.',
          `${holder || 'Another program'} holds a lock on it; waited ${Math.round(seconds)} s.`,
          `Stop that program, or wait longer: --wait ${Math.max(30, limit * 2)}`,
        )
      }
      if (Math.floor(seconds) > told) {
        told = Math.floor(seconds)
        context.emit({ type: 'waiting', for: path, holder: lockHolder(path), seconds: told, limit })
      }
      await delay(50)
      await context.breathe()
    }
  }
}

function sqliteCode(error: unknown): string {
  return error instanceof Database.SqliteError ? error.code : ''
}

export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error)
  return code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')
}

function isHotJournal(error: unknown, path: string): boolean {
  const code = sqliteCode(error)
  return existsSync(`${path}-journal`) && (code.startsWith('SQLITE_READONLY') || code === 'SQLITE_CANTOPEN')
}

/** Turns SQLite's errors into refusals that a person can act on; anything else is passed on as it is. */
export function describe(error: unknown, path: string): unknown {
  if (error instanceof Refusal) return error
  const code = sqliteCode(error)
  const said = error instanceof Error ? error.message : String(error)
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
    return precondition(
      'LOCK.HELD',
      path,
      'The file is in use.',
      `${lockHolder(path) || 'Another program'} holds a lock on it.`,
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
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_WRITE')
    return precondition(
      'DISK.FULL',
      path,
      'There is no room left on the disk.',
      `SQLite says: ${said}. The transaction was rolled back; the file is as it was.`,
      'Free some space, or keep snapshots elsewhere: --snapshot-dir DIR',
    )
  if (code.startsWith('SQLITE_CONSTRAINT'))
    return precondition(
      'DATA.CONSTRAINT',
      path,
      'The rows would break a rule of their own table once the ids are ULIDs.',
      `SQLite says: ${said}. Two spellings of one id in a column that must be unique are one ULID, for instance. The transaction was rolled back; the file is as it was.`,
      'Correct those rows, or leave the identity out: --skip TABLE.COLUMN',
    )
  if (code.startsWith('SQLITE_READONLY')) return notWritable(path)
  if (code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_PERM') || code.startsWith('SQLITE_IOERR'))
    return precondition(
      'TARGET.UNREADABLE',
      path,
      'SQLite can not open the file.',
      `SQLite says: ${said} (${code})`,
      inShell`Check the permissions of the file and its folder: ls -l ${path}`,
    )
  return error
}
