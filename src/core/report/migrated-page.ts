/** What a migration says of itself, as the page of its target tells it. */
import { basename } from 'node:path'
import type { MigratedTarget, StatusTarget } from '../documents.ts'
import type { TargetReport } from '../run-report.ts'
import { commandLine } from '../shell.ts'

export function migratedPage(document: MigratedTarget): Partial<TargetReport> {
  const { status, strategy, identities, identifiers, references, snapshot, proof, outside } = document
  if (status === 'nothing-to-do') return { status }
  return {
    status: 'migrated',
    ofThisRun: true,
    strategy,
    identities,
    identifiers,
    references,
    snapshot,
    seconds: document.timings.reduce((sum, each) => sum + each.seconds, 0),
    // An expansion is proved once, when all of it is there.
    proof: strategy === 'expand' ? null : proof,
    outside,
    wayBack: [commandLine('rollback', document.target, '--yes')],
  }
}

/** What a migrated target waits for, and until when an expansion is to be watched. */
export function dueOfTarget({ target, due, expansions }: StatusTarget): readonly string[] {
  return [
    ...due,
    ...expansions.map(
      each =>
        `Both ids are live until ${each.verifyUntil.slice(0, 10)}; then: ${commandLine('contract', target, '--confirm', basename(target))}`,
    ),
  ]
}
