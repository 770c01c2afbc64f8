/** Taking back what a run has done: of one system, or of all so far, the last first, because it may hold ULIDs of the others. */
import { commandLine, type Failure } from '../../core/index.ts'
import { rollBack } from '../rollback.ts'
import type { Run } from './run.ts'

/** Null where everything is taken back; else what kept one from it, and then nothing more is tried. */
export async function rollBackSystems(run: Run, names: readonly string[]): Promise<Failure | null> {
  const { session, book } = run
  // Should it be stopped in the middle, the next run has to know.
  book.takeBack(names)
  for (const name of [...names].reverse()) {
    const targets = [...book.system(name).targets].reverse().filter(each => each.ofThisRun)
    for (const { target } of targets) {
      const back = await rollBack(
        session,
        { path: target, name: target },
        { yes: true, names: [] },
        { target, mode: 'undo', dryRun: false },
      )
      if (back.type === 'failed') return back.error
      book.noteTarget(target, { status: 'rolled-back', ofThisRun: false, wayBack: [], due: [] })
    }
    if (targets.length > 0) book.note(name, { status: 'rolled-back' })
    book.takeBack(book.report.takesBack.filter(each => each !== name))
  }
  return null
}

/** The commands that do the same, in the same order. */
export function waysBack({ book }: Pick<Run, 'book'>, names: readonly string[]): readonly string[] {
  return [...names]
    .reverse()
    .flatMap(name => [...book.system(name).targets].reverse())
    .filter(each => each.ofThisRun)
    .map(each => commandLine('rollback', each.target, '--yes'))
}
