/** Turns what DuckDB throws into refusals. Its errors have no codes: they are told by the words they begin with. */
import { exitCodes, precondition, Refusal } from '../../message.ts'
import { inShell } from '../../shell.ts'

/** Whether somebody else has the file open. */
export function isHeld(error: unknown): boolean {
  return error instanceof Error && /Could not set lock on file|Conflicting lock is held/.test(error.message)
}

/** The refusal for what DuckDB threw while it worked on `path`; what is a refusal already stays. */
export function describeDuckDB(error: unknown, path: string): unknown {
  if (error instanceof Refusal || !(error instanceof Error)) return error
  const said = error.message
  if (isHeld(error)) {
    const pid = /\(PID (\d+)\)/.exec(said)?.[1]
    const program = /held in (.+?) \(PID/.exec(said)?.[1]
    return precondition(
      'LOCK.HELD',
      path,
      'The file is in use.',
      `DuckDB lets one program in at a time: ${program ?? 'another one'}${pid ? ` (process ${pid})` : ''} has it open.`,
      'Stop that program, or wait longer: --wait 30',
    )
  }
  const version = /version number (\d+)/.exec(said)?.[1]
  if (version !== undefined)
    return precondition(
      'TARGET.DUCKDB_VERSION',
      path,
      `This DuckDB file has storage version ${version}, which this program can not read.`,
      said.split('\n')[0]!,
      'Write it anew with the DuckDB that made it (EXPORT DATABASE, or COPY FROM DATABASE with a STORAGE_VERSION), then name that file.',
    )
  if (/No space left|could not write|Out of Memory|disk full|max_temp_directory_size/i.test(said))
    return new Refusal({
      code: /Out of Memory/i.test(said) ? 'DUCKDB.MEMORY' : 'DISK.FULL',
      object: path,
      message: /Out of Memory/i.test(said) ? 'DuckDB has no more memory.' : 'The disk is full.',
      why: said.split('\n')[0]!,
      next: inShell`The file is as it was. Make room, then run the same command again: ulid-migrate status ${path}`,
      exit: exitCodes.failed,
    })
  if (/^(IO|Serialization|Corruption) Error|corrupt|checksum/i.test(said))
    return precondition(
      'TARGET.CORRUPT',
      path,
      'DuckDB can not read the file.',
      said.split('\n')[0]!,
      'Put a snapshot or a backup back.',
    )
  return error
}
