/** Detection beside the truth: what was found, what was not, and what was made up. */

import type { DetectedTarget } from '../../src/core/documents.ts'
import type { TrueReference } from './truth.ts'

export interface Found extends TrueReference {
  readonly choice: 'accepted' | 'offered' | 'mentioned'
  readonly confidence: number
  readonly why: string
  /** How many values it speaks of. */
  readonly values: number
}

export interface Score {
  readonly truths: number
  readonly accepted: Tally
  readonly offered: Tally
  readonly missed: readonly TrueReference[]
  readonly onlyOffered: readonly Found[]
  readonly wrong: readonly Found[]
  readonly judged: readonly { readonly found: Found; readonly confidence: number; readonly right: boolean }[]
}

/** Right ones, and all that were found at that level or above. */
export interface Tally {
  readonly right: number
  readonly found: number
}

/** Every reference that the document tells of. */
export function foundIn(document: DetectedTarget): readonly Found[] {
  const single = document.identities.flatMap(identity =>
    identity.references.map(
      ({ table, column, path, pattern, when, choice, confidence, why, matched, orphans }) => ({
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
        values: matched + orphans,
      }),
    ),
  )
  return [
    ...single,
    ...document.composites
      .filter(each => each.kind === 'inferred')
      .map(each => ({ ...each, values: each.matched + each.orphans })),
  ]
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
    judged: counted.map(each => ({ found: each, confidence: each.confidence, right: isTrue(each) })),
  }
}

export function isSame(a: TrueReference, b: TrueReference): boolean {
  const fold = (names: readonly string[]) => names.join('\n').toLowerCase()
  const pairs = (one: TrueReference) =>
    one.columns.map((column, at) => `${column}=${one.parentColumns[at]}`).sort()
  return (
    fold([a.table, a.parent]) === fold([b.table, b.parent]) &&
    fold(pairs(a)) === fold(pairs(b)) &&
    plainPath(a.path) === plainPath(b.path) &&
    plainPattern(a.pattern) === plainPattern(b.pattern) &&
    // Where the values themselves tell of which table they are, what else tells it is no difference.
    (a.when === undefined || b.when === undefined || whenOf(a) === whenOf(b))
  )
}

/** `$.by_job.{key}` is written `$.by_job.*~` as well. */
function plainPath(path = ''): string {
  return path.replace(/\.\{\w+\}$/, '.*~')
}

/** `{job_id}` is written `{id}` as well, `{id:#}` is one whose digits are told, and a list has one or two of its members. */
function plainPattern(pattern = ''): string {
  return pattern
    .replaceAll(/\{(?!id\b)\w+/g, '{id')
    .replaceAll('{id:#}', '{id}')
    .replaceAll(/\{id:(hex|HEX)0/g, '{id:$1')
    .replace(/(\{id\})(\W+)\1\2\.\.\.$/, '$1$2...')
}

function whenOf({ when }: TrueReference): string {
  return when === undefined ? '' : `${when.column}\n${[...when.is].sort().join('\n')}`.toLowerCase()
}

export function nameOf(reference: TrueReference): string {
  const { table, columns, parent, parentColumns, path, pattern, when } = reference
  const inside = [path, pattern, when && `[${when.column}=${when.is.join('|')}]`].filter(Boolean).join(' ')
  return `${table}(${columns.join(', ')})${inside && ` ${inside}`} -> ${parent}(${parentColumns.join(', ')})`
}
