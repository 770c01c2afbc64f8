/** The proof: every check by its id, failures first with the rows at fault, and the way back beside them. */
import type { MigratedTarget } from '../core/index.ts'
import { messageBlock } from '../ui/error-block.ts'
import { counted, tilde } from '../ui/format.ts'
import { type Area, blank, type Line, line, paragraph, span } from '../ui/line.ts'
import type { VerifyScreen, Wizard } from '../wizard/state.ts'
import { symbols } from '../wizard/symbols.ts'
import { checkLines } from './checks.ts'
import { busy, waysOn, whatAreUlids } from './common.ts'

export function verifyBody(wizard: Wizard, screen: VerifyScreen, area: Area): readonly Line[] {
  const { work, migrated } = screen
  switch (work.is) {
    case 'working': {
      const note = busy(wizard, 'Proving the run again, by a fresh process', work.progress.startedAt)
      const checks = work.progress.checks
      const rest = { width: area.width, height: area.height - 2 }
      return [note, blank, ...checkLines(checks, Math.max(0, checks.length - 1), false, rest)]
    }
    case 'failed':
      return messageBlock(
        work.failure,
        area.width,
        'The migration itself stands as it was committed. r shows the way back.',
      )
    case 'proved':
      break
  }
  const { proof } = work
  const bad = proof.checks.filter(check => !check.ok).length
  const head = [
    ...(proof.ok
      ? paragraph(
          `${symbols.done} Proved${work.again ? ' again' : ''}: ${counted(proof.checks.length, 'check')} passed, by a process that did not write it.`,
          area.width,
          'ok',
          1,
        )
      : paragraph(
          `${symbols.bad} ${counted(bad, 'check')} failed. r takes the run back and keeps what was written since.`,
          area.width,
          'danger',
          1,
        )),
    ...(proof.ok ? [] : paragraph(waysOn(wizard, screen.journey), area.width, 'strong', 3)),
    ...(migrated === null ? [] : did(migrated, area)),
    blank,
  ]
  return [
    ...head,
    ...checkLines(proof.checks, screen.cursor, screen.details, {
      width: area.width,
      height: area.height - head.length,
    }),
  ]
}

function did(migrated: MigratedTarget, area: Area): readonly Line[] {
  if (migrated.status === 'nothing-to-do')
    return [line(span('   There was nothing to do: the file was not written.'))]
  const what = `${whatAreUlids(migrated)} are ULIDs now.`
  const snapshot = migrated.snapshot === '' ? '' : `  Snapshot: ${tilde(migrated.snapshot)}`
  return [
    ...paragraph(what, area.width, 'plain', 3),
    ...(snapshot === '' ? [] : paragraph(snapshot.trim(), area.width, 'muted', 3)),
  ]
}
