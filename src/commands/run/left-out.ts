/** A system that is skipped keeps its ids: databases that hold them, too, can't go on to ULIDs without it. */
import { commandLine, type Message } from '../../core/index.ts'
import type { Target } from '../each-target.ts'
import { leadersAmong, type Run } from './run.ts'

/** Those that have to be left as they are when these are, near and far, in their order. */
export function followersOf(run: Run, left: readonly string[]): readonly string[] {
  const targets = run.book.report.systems
    .flatMap(each => each.targets)
    .filter(each => each.status === 'waiting')
  const all = [...left]
  for (;;) {
    const next = targets.find(
      ({ target }) => !all.includes(target) && leadersAmong(run, target, all).length > 0,
    )
    if (next === undefined) return all.filter(each => !left.includes(each))
    all.push(next.target)
  }
}

/** Writes down that the operator skipped these, and whom that leaves out as well. */
export function skip(run: Run, skipped: readonly Target[]): void {
  const { book } = run
  const paths = skipped.map(each => each.path)
  const followers = followersOf(run, paths)
  for (const path of paths) book.noteTarget(path, { status: 'skipped' })
  for (const path of followers) {
    const finding = leaderSkipped(run, path, leadersAmong(run, path, [...paths, ...followers]))
    book.noteTarget(path, { status: 'skipped', findings: [...book.target(path).findings, finding] })
  }
}

function leaderSkipped({ book }: Run, path: string, leaders: readonly string[]): Message {
  const { systems } = book.report
  const names = systems
    .filter(({ targets }) => targets.some(({ target }) => target === path || leaders.includes(target)))
    .map(each => each.system)
  return {
    code: 'TARGET.LEADER_SKIPPED',
    severity: 'warning',
    object: path,
    message: 'It is left as it is, because what it holds ids of was skipped.',
    why: `It holds ids of ${leaders.join(', ')}, and takes its ULIDs from there.`,
    next: `Migrate them together: ${commandLine('run', ...names)}`,
  }
}
