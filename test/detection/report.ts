/** The figures of the exam as lines. */

import type { Score } from './score.ts'

export { nameOf } from './score.ts'

export function lineOf(name: string, { truths, accepted, offered }: Score): string {
  return `${name.padEnd(44)} ${String(truths).padStart(4)} references: accepted ${percent(accepted.right, accepted.found)} right, ${percent(accepted.right, truths)} found; with offered ${percent(offered.right, truths)} found (${offered.found} shown)`
}

function percent(part: number, of: number): string {
  return of === 0 ? '-' : `${((part / of) * 100).toFixed(1)} %`
}

export function sum(scores: readonly Score[]): Score {
  const total = (of: (score: Score) => number) => scores.reduce((all, each) => all + of(each), 0)
  return {
    truths: total(each => each.truths),
    accepted: { right: total(each => each.accepted.right), found: total(each => each.accepted.found) },
    offered: { right: total(each => each.offered.right), found: total(each => each.offered.found) },
    missed: [],
    onlyOffered: [],
    wrong: [],
    judged: scores.flatMap(each => each.judged),
  }
}

/** How often references of about the same confidence were right. */
export function calibration(scores: readonly Score[]): readonly string[] {
  const bounds = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97, 0.99, 1.001]
  const all = scores.flatMap(score => score.judged)
  return bounds.slice(0, -1).map((from, at) => {
    const to = bounds[at + 1]!
    const within = all.filter(({ confidence }) => confidence >= from && confidence < to)
    const right = within.filter(each => each.right).length
    return `confidence ${from.toFixed(2)} to ${Math.min(1, to).toFixed(2)}: ${String(right).padStart(4)} of ${String(within.length).padStart(4)} right`
  })
}
