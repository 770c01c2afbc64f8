/** Turns what DuckDB throws into refusals. Its errors have no codes: they are told by the words they begin with. */
import { accessSync, constants } from 'node:fs'
import { basename, dirname } from 'node:path'
import { exitCodes, precondition, Refusal } from '../../message.ts'
import { inShell } from '../../shell.ts'
import { openers } from '../sqlite/lock-holder.ts'
import { duckHeader } from './header.ts'

/** Whether somebody else has the file open. */
export function isHeld(error: unknown): boolean {
  return error instanceof Error && /Could not set lock on file|Conflicting lock is held/.test(error.message)
}

/**
 * Whether what lies in the .wal can be taken in only by one who may write: DuckDB builds an index that it finds there
 * inside the file, even where it was asked only to read.
 */
export function needsWriting(error: unknown): boolean {
  return error instanceof Error && /replaying WAL file .*Bad file descriptor/.test(error.message)
}

/** What DuckDB's words begin with, and the refusal for them. */
const known: readonly (readonly [RegExp, (path: string, said: string) => Refusal])[] = [
  [/Cannot open encrypted database/, encrypted],
  [/version number \d+/, unknownVersion],
  [/Cannot open file .*(Permission denied|Read-only file system)/, notAllowed],
  [/Corrupt database file|Could not read enough bytes/, corrupt], // also where that was met on the way to take the .wal in
  [/replaying WAL file .*Bad file descriptor/, walToWrite],
  [/replaying WAL file|This WAL was created for/, walUnfit],
  [/Out of Memory/i, noMemory],
  [/No space left|could not write|disk full|max_temp_directory_size/i, diskFull],
  [/is not a valid DuckDB database file/, noDatabase],
  [/^(IO|Serialization|Corruption) Error|corrupt|checksum/i, corrupt],
]

/** The refusal for what DuckDB threw while it worked on `path`; what is a refusal already stays. */
export function describeDuckDB(error: unknown, path: string): unknown {
  if (error instanceof Refusal || !(error instanceof Error)) return error
  if (isHeld(error)) return held(path, error)
  const [, refusal] = known.find(([words]) => words.test(error.message)) ?? []
  return refusal?.(path, error.message.split('\n')[0]!) ?? error
}

/** The refusal for a file that somebody else has open; `waited` are the seconds for which we have waited for them. */
export function held(path: string, error: unknown, waited?: number): Refusal {
  const time = waited === undefined ? '' : `; waited ${Math.round(waited)} s`
  return precondition(
    'LOCK.HELD',
    path,
    'The file is in use.',
    `${holderOf(path, error) || 'Another program has it open'}${time}. DuckDB lets one program write, or several read.`,
    `Stop that program, or wait longer: --wait ${Math.max(30, (waited ?? 0) * 2)}`,
  )
}

/** The refusal for a file that somebody wrote to while it was copied. */
export function written(path: string): Refusal {
  return precondition(
    'LOCK.HELD',
    path,
    'The file is in use.',
    `Somebody wrote to ${basename(path)} while it was copied.`,
    'Stop the programs that write to it, then try again.',
  )
}

/** As the system names them; where it does not, as DuckDB's own message does, which not every system lets it. */
export function holderOf(path: string, error: unknown): string {
  const said = error instanceof Error ? error.message : ''
  const [, program, pid] = /held in (.+?) \(PID (\d+)\)/.exec(said) ?? []
  return openers(path) || (pid === undefined ? '' : `process ${pid} (${program}) has it open`)
}

/** The refusal for a file that must be written, and is not ours to write. */
export function notWritable(path: string): Refusal {
  return precondition(
    'TARGET.READ_ONLY',
    path,
    'The file or its folder can not be written.',
    'DuckDB writes the file and, beside it, a .wal.',
    inShell`Check the permissions: ls -ld ${dirname(path)} ${path}`,
  )
}

function encrypted(path: string): Refusal {
  return precondition(
    'TARGET.ENCRYPTED',
    path,
    'This DuckDB database is encrypted.',
    'It opens only with a key, which this program does not take: a key in a command line or a report would be known to others.',
    "Write it without: ATTACH it with its ENCRYPTION_KEY in DuckDB, ATTACH 'plain.duckdb', COPY FROM DATABASE one TO the other; then name plain.duckdb.",
  )
}

function unknownVersion(path: string, said: string): Refusal {
  const version = duckHeader(path)?.storage // DuckDB's own words have another number where it is a large one
  return precondition(
    'TARGET.DUCKDB_VERSION',
    path,
    `This DuckDB file has storage version ${version}, which this program can not read.`,
    said,
    'Write it anew with the DuckDB that made it (EXPORT DATABASE, or COPY FROM DATABASE with a STORAGE_VERSION), then name that file.',
  )
}

function notAllowed(path: string, said: string): Refusal {
  try {
    accessSync(path, constants.R_OK)
    return notWritable(path)
  } catch {
    return precondition(
      'TARGET.UNREADABLE',
      path,
      'The file can not be read.',
      said,
      inShell`Check the permissions: ls -l ${path}`,
    )
  }
}

function walUnfit(path: string, said: string): Refusal {
  return precondition(
    'TARGET.WAL',
    path,
    'What lies in the .wal beside the file can not be taken in.',
    `It holds the newest commits, and DuckDB says: ${said}`,
    inShell`Open it with the DuckDB that wrote it, which then takes the .wal in (CHECKPOINT), or put a backup of both files back: ls -l ${path}*`,
  )
}

function walToWrite(path: string): Refusal {
  return precondition(
    'TARGET.WAL_INDEX',
    path,
    'The .wal beside the file holds an index that is not in the file yet.',
    'DuckDB builds it inside the file, so that it can not be taken in by one who only reads.',
    inShell`Let any program that writes take it in: duckdb ${path} -c CHECKPOINT`,
  )
}

function noMemory(path: string, said: string): Refusal {
  return new Refusal({
    code: 'DUCKDB.MEMORY',
    object: path,
    message: 'DuckDB has no more memory.',
    why: said,
    next: inShell`The file is as it was. Give it more, then run the same command again: --duckdb-memory 4GB; see ulid-migrate status ${path}`,
    exit: exitCodes.failed,
  })
}

function diskFull(path: string, said: string): Refusal {
  return precondition(
    'DISK.FULL',
    path,
    'There is no room left on the disk.',
    said,
    inShell`The file is as it was. Make room, then run the same command again: ulid-migrate status ${path}`,
  )
}

function noDatabase(path: string, said: string): Refusal {
  return precondition(
    'TARGET.NOT_A_DATABASE',
    path,
    'This is no DuckDB database.',
    said,
    'Name another file.',
  )
}

function corrupt(path: string, said: string): Refusal {
  return precondition(
    'TARGET.CORRUPT',
    path,
    'DuckDB can not read the file.',
    said,
    inShell`Stop every program that uses it, and copy a backup over it, or a snapshot (without a .wal beside it): ulid-migrate snapshots ${path}`,
  )
}
