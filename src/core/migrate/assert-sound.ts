import type { Connection } from '../engines/sqlite/open.ts'
import { precondition } from '../message.ts'
import { inShell } from '../shell.ts'

/** Throws a refusal (exit 4) when SQLite's own check finds the file damaged (HAZARDS E14). */
export function assertSound(db: Connection, path: string): void {
  db.pragma('ignore_check_constraints = ON')
  const lines = (db.pragma('integrity_check(5)') as { integrity_check: string }[]).map(
    row => row.integrity_check,
  )
  if (lines[0] !== 'ok')
    throw precondition(
      'TARGET.CORRUPT',
      path,
      'The database is damaged.',
      `SQLite's integrity check says: ${lines.join('; ')}`,
      inShell`Recover it into a new file first: sqlite3 ${path} .recover | sqlite3 recovered.db`,
    )
}
