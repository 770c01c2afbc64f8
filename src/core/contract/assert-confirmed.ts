import { basename } from 'node:path'
import { precondition } from '../message.ts'
import { isNamed } from '../named.ts'
import { inShell } from '../shell.ts'

/** Throws a refusal (exit 4) unless `confirm` names the target: programs that know only the legacy ids stop working. */
export function assertConfirmed(path: string, confirm: string | undefined): void {
  if (isNamed(path, confirm)) return
  throw precondition(
    'CONTRACT.UNCONFIRMED',
    path,
    confirm === undefined
      ? 'A contract wants to be confirmed by name.'
      : `${confirm} is not the name of this database.`,
    'The legacy ids go, and programs that know only those stop working.',
    inShell`ulid-migrate contract ${path} --confirm ${basename(path)}`,
  )
}
