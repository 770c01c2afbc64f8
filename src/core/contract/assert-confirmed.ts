import { basename } from 'node:path'
import { precondition } from '../message.ts'
import { isNamed, notNamed } from '../named.ts'
import { inShell } from '../shell.ts'

/** Throws a refusal (exit 4) unless `confirm` names the target: programs that know only the legacy ids stop working. */
export function assertConfirmed(path: string, confirm: string | undefined): void {
  if (isNamed(path, confirm)) return
  throw precondition(
    'CONTRACT.UNCONFIRMED',
    path,
    notNamed('A contract', confirm),
    'The legacy ids go, and programs that know only those stop working.',
    inShell`ulid-migrate contract ${path} --confirm ${basename(path)}`,
  )
}
