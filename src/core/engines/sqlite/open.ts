/**
 * Opens a target, for reading without a trace or for writing with the lock. Every connection of the engine is made
 * here, so that there is one place for what must hold on each: 64-bit integers stay integers, nothing is created by
 * mistake, foreign keys never act on their own.
 */
import { chmodSync, copyFileSync, existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import Database from 'better-sqlite3'
import type { Context } from '../../context.ts'
import { precondition, Refusal } from '../../message.ts'
import { assertRoom } from '../../room.ts'
import { discard, makeScratch } from '../../scratch.ts'
import { type Lock, patiently as waitFor } from '../patiently.ts'
import type { StoredUses } from '../stored-uses.ts'
import { describe, isBusy, sqliteCode } from './describe.ts'
import { lockHolder } from './lock-holder.ts'
import { canWriteFolder, notWritable, onNetwork, type Recognised, recognise } from './recognise.ts'

export type Connection = Database.Database

/** A connection for looking, and how to leave no trace afterwards. */
export interface Reading {
  readonly db: Connection
  readonly file: Recognised
  /** Where it is a copy of what the file held when it was opened, of an engine whose files others can't look into meanwhile. */
  readonly copy?: {
    isStale(): boolean
    /** Takes it away once it is stale and closed; by itself it is gone with the process. */
    discard(): void
  }
  /** Where the store's own objects speak of columns, if it has any that the connection does not show. */
  readonly uses?: StoredUses
  /** A digest of the store's own texts, which a plan is bound to as it is to the schema that the connection shows. */
  readonly print?: string
  close(): void
}

/**
 * Opens `path` without changing a byte of it, of an existing -wal, or their times (invariant 2), and begins a read
 * transaction: whoever writes meanwhile, everything is seen as it was at that moment, and no later statement can find the
 * file locked.
 *
 * Where opening would roll back a hot journal (HAZARDS E5), or needs a -shm that can't be made, file and sidecars are copied
 * into the scratch folder and the copy is opened. A WAL file that nobody has open is opened by a connection that may write but is told not to: only such a
 * one takes its empty -wal and -shm away again when it closes.
 */
export async function openForReading(path: string, context: Context): Promise<Reading> {
  const file = recognise(path)
  if (file.empty) {
    const db = new Database(':memory:')
    return { db, file, close: () => db.close() }
  }
  if (wantsCopy(file)) return openCopy(file, context)
  for (let attempt = 1; ; attempt++) {
    try {
      const db = await patiently(context, path, () => beginReading(file))
      return { db, file, close: () => db.close() }
    } catch (error) {
      if (!isHotJournal(error, file.path)) throw error
      // The journal of a program that is just committing looks alike, for a moment.
      if (attempt >= HOT_AFTER) return openCopy(file, context)
      await delay(HOT_PAUSE)
    }
  }
}

/** A journal that is still there, with nobody who has it, after so many looks so far apart (ms) was left by the dead. */
const HOT_AFTER = 4
const HOT_PAUSE = 50

function beginReading(file: Recognised): Connection {
  const wal = `${file.path}-wal`
  const unattended =
    file.wal && (!existsSync(wal) || statSync(wal).size === 0) && !existsSync(`${file.path}-shm`)
  const db = connect(file.path, unattended && file.writable ? 'look' : 'read-only')
  try {
    db.exec('BEGIN')
    db.prepare('SELECT count(*) FROM sqlite_schema').get()
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** SQLite reads a WAL file by way of its -shm, which it has to make beside the file; on a read-only disk nobody can. */
function wantsCopy(file: Recognised): boolean {
  return file.wal && !existsSync(`${file.path}-shm`) && !canWriteFolder(dirname(file.path))
}

function openCopy(file: Recognised, context: Context): Reading {
  const folder = makeScratch(context.settings, 'look')
  const copy = join(folder, 'copy.db')
  const sidecars = ['-journal', '-wal'].filter(suffix => existsSync(file.path + suffix))
  try {
    const bytes = ['', ...sidecars].reduce((sum, suffix) => sum + statSync(file.path + suffix).size, 0)
    assertRoom(folder, bytes, 'a copy to look at')
    for (const suffix of ['', ...sidecars]) copyFileSync(file.path + suffix, copy + suffix)
    chmodSync(copy, 0o600)
    const db = connect(copy, 'look')
    return {
      db,
      file,
      close: () => {
        db.close()
        discard(folder)
      },
    }
  } catch (error) {
    discard(folder)
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
  if (file.wal && file.mount.reach === 'network') throw onNetwork(path, file.mount.type)
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

/** Tries `action` until nobody else holds the file, or the limit is reached; other failures are put in words. */
export async function patiently<T>(context: Context, path: string, action: () => T | Promise<T>): Promise<T> {
  const lock = lockOf(path, context.settings.waitSeconds)
  return waitFor(context, path, lock, async () => {
    try {
      return await action()
    } catch (error) {
      throw lock.isHeld(error) || isHotJournal(error, path) ? error : describe(error, path)
    }
  })
}

function lockOf(path: string, limit: number): Lock {
  return {
    isHeld: error => isBusy(error) && !isHotJournal(error, path),
    holder: () => lockHolder(path),
    refusal: (_, seconds) =>
      precondition(
        'LOCK.HELD',
        path,
        'The file is in use.',
        `${lockHolder(path) || 'Another program holds a lock on it'}; waited ${Math.round(seconds)} s.`,
        `Stop that program, or wait longer: --wait ${Math.max(30, limit * 2)}`,
      ),
  }
}

function isHotJournal(error: unknown, path: string): boolean {
  const code = sqliteCode(error)
  return existsSync(`${path}-journal`) && (code.startsWith('SQLITE_READONLY') || code === 'SQLITE_CANTOPEN')
}

/** Rolls back whatever is still open; after a full disk SQLite may have done so already (HAZARDS E9). */
export function endTransaction(db: Connection): void {
  try {
    if (db.inTransaction) db.exec('ROLLBACK')
  } catch {
    // Closing rolls back as well, and so does whoever opens the file next.
  } finally {
    db.close()
  }
}
