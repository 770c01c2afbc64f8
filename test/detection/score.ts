/** Detection beside the truth: what was found, what was not, and what was made up. */

import type { DetectedTarget } from '../../src/core/documents.ts'
import type { TrueReference } from './truth.ts'

export interface Found extends TrueReference {
  readonly choice: 'accepted' | 'offered' | 'mentioned'
  readonly confidence: number
  readonly why: string
}

export interface Score {
  readonly truths: number
  readonly accepted: Tally
  readonly offered: Tally
  readonly missed: readonly TrueReference[]
  readonly onlyOffered: readonly Found[]
  readonly wrong: readonly Found[]
  readonly judged: readonly { readonly confidence: number; readonly right: boolean }[]
}

/** Right ones, and all that were found at that level or above. */
export interface Tally {
  readonly right: number
  readonly found: number
}

/** Every reference that the document tells of. */
export function foundIn(document: DetectedTarget): readonly Found[] {
  const single = document.identities.flatMap(identity =>
    identity.references.map(({ table, column, path, pattern, when, choice, confidence, why }) => ({
      table,
      columns: [column],
      parent: identity.table,
      parentColumns: [identity.column],
      ...(path === undefined ? {} : { path }),
      ...(pattern === undefined ? {} : { pattern }),
      ...(when === undefined ? {} : { when }),
      choice,
      confidence,
      why,
    })),
  )
  return [...single, ...document.composites.filter(each => each.kind === 'inferred')]
}

export function score(truths: readonly TrueReference[], counted: readonly Found[]): Score {
  const isTrue = (each: Found) => truths.some(truth => isSame(truth, each))
  const tally = (list: readonly Found[]): Tally => ({
    right: truths.filter(truth => list.some(each => isSame(truth, each))).length,
    found: list.length,
  })
  const accepted = counted.filter(each => each.choice === 'accepted')
  const shown = counted.filter(each => each.choice !== 'mentioned')
  return {
    truths: truths.length,
    accepted: { right: accepted.filter(isTrue).length, found: accepted.length },
    offered: { ...tally(shown), found: shown.length },
    missed: truths.filter(truth => !shown.some(each => isSame(truth, each))),
    onlyOffered: shown.filter(each => each.choice === 'offered' && isTrue(each)),
    wrong: accepted.filter(each => !isTrue(each)),
    judged: counted.map(each => ({ confidence: each.confidence, right: isTrue(each) })),
  }
}

export function isSame(a: TrueReference, b: TrueReference): boolean {
  const fold = (names: readonly string[]) => names.join('\n').toLowerCase()
  const pairs = (one: TrueReference) =>
    one.columns.map((column, at) => `${column}=${one.parentColumns[at]}`).sort()
  return (
    fold([a.table, a.parent]) === fold([b.table, b.parent]) &&
    fold(pairs(a)) === fold(pairs(b)) &&
    (a.path ?? '') === (b.path ?? '') &&
    (a.pattern ?? '') === (b.pattern ?? '') &&
    whenOf(a) === whenOf(b)
  )
}

function whenOf({ when }: TrueReference): string {
  return when === undefined ? '' : `${when.column}\n${[...when.is].sort().join('\n')}`.toLowerCase()
}

export function nameOf(reference: TrueReference): string {
  const { table, columns, parent, parentColumns, path, pattern, when } = reference
  const inside = [path, pattern, when && `[${when.column}=${when.is.join('|')}]`].filter(Boolean).join(' ')
  return `${table}(${columns.join(', ')})${inside && ` ${inside}`} -> ${parent}(${parentColumns.join(', ')})`
}
