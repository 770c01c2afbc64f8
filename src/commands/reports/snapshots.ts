import type { KnownSnapshot, PrunedTarget, SnapshotsTarget } from '../../core/index.ts'
import { counted, duration, size } from '../../ui/format.ts'
import { printable } from '../../ui/printable.ts'
import { columns } from './columns.ts'
import { marks } from './marks.ts'

function row(snapshot: KnownSnapshot): readonly string[] {
  return [
    snapshot.at,
    `before ${snapshot.what}`,
    snapshot.state === 'missing' ? '' : size(snapshot.bytes),
    `${duration(snapshot.ageSeconds)} old`,
    snapshot.state,
    snapshot.wayBack ? 'restore and verify need it' : '',
    snapshot.run,
    snapshot.path,
  ]
}

const sides = ['left', 'left', 'right', 'right'] as const

export function snapshotsReport(document: SnapshotsTarget): readonly string[] {
  const { snapshots } = document
  const bytes = snapshots.reduce((sum, each) => sum + each.bytes, 0)
  return [
    `${printable(document.target)}  ${counted(snapshots.length, 'snapshot')}, ${size(bytes)}`,
    ...columns(snapshots.map(row), sides),
  ]
}

export function prunedReport({ target, pruned, rehearsed }: PrunedTarget): readonly string[] {
  const bytes = size(pruned.reduce((sum, each) => sum + each.bytes, 0))
  if (pruned.length === 0) return [`${printable(target)}  nothing to prune`]
  const what = `${counted(pruned.length, 'snapshot')}, ${bytes}`
  return [
    rehearsed
      ? `${printable(target)}  ${what} would be deleted`
      : `${marks.good} ${printable(target)}  ${what} deleted`,
    ...columns(pruned.map(row), sides),
    ...(pruned.some(each => each.wayBack)
      ? ['  without those that restore and verify need, undo is the way back']
      : []),
  ]
}
