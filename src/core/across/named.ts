/** What the operator says of columns and targets: `--reference links.db::links.session_id=sessions.db::sessions.id`. */

import { existsSync } from 'node:fs'
import { basename, extname, resolve } from 'node:path'
import { halves, isWhole, placeOf } from '../detect/choices.ts'
import { namesTarget, splitTarget } from '../detect/target-column.ts'
import { type Place, sameSpot } from '../inside/place.ts'
import { parsePlace } from '../inside/selector.ts'
import { usage } from '../message.ts'
import type { Choices } from '../requests.ts'
import type { Schema } from '../schema/model.ts'
import { formatColumnPath, samePlace } from '../schema/names.ts'

const FORM = '[TARGET::]CHILD.COLUMN=TARGET::PARENT.COLUMN'

export interface NamedLink {
  readonly target: string
  /** As it was written; it is read by the schema of its target. */
  readonly column: string
  readonly of: { readonly target: string; readonly column: string }
}

/** The references to other targets among the choices for one target. */
export function namedLinks(
  { references = [] }: Choices,
  target: string,
  targets: readonly string[],
): readonly NamedLink[] {
  return references.filter(namesTarget).map(text => {
    const [child, parent] = halves(text, '--reference', FORM)
    const [from, to] = [splitTarget(child), splitTarget(parent)]
    if (to.target === null)
      throw usage(
        'ACROSS.NO_TARGET',
        text,
        '--reference names a column of another target, but not whose ids it holds.',
        'There is no "::" behind the "=".',
        `Write --reference ${FORM}`,
      )
    return {
      target: from.target === null ? target : targetNamed(from.target, targets),
      column: from.column,
      of: { target: targetNamed(to.target, targets), column: to.column },
    }
  })
}

/**
 * Whether the operator took the column away, or the place in it: by its target and name, or by its name in what is said of
 * its target.
 */
export function isLeftOut(
  { noReferences = [] }: Choices,
  place: Place & { readonly target: string; readonly table: string; readonly column: string },
  targets: readonly string[],
): boolean {
  return noReferences.some(text => {
    const { target, column } = splitTarget(text)
    if (target !== null && targetNamed(target, targets) !== place.target) return false
    const left = parsePlace(column)
    return samePlace(left, place) && (isWhole(left) || sameSpot(left.place, place))
  })
}

/** A path, or as much of the file's name as tells it from the other targets. */
function targetNamed(name: string, targets: readonly string[]): string {
  const path = resolve(name)
  if (targets.includes(path)) return path
  const called = targets.filter(each => basename(each) === name || basename(each, extname(each)) === name)
  if (called.length === 1) return called[0]!
  if (called.length === 0 && existsSync(path)) return path
  throw usage(
    'ACROSS.UNKNOWN_TARGET',
    name,
    'No target is called so.',
    called.length > 1 ? `${called.join(' and ')} are.` : `The targets are ${targets.join(', ')}.`,
    'Name it by its path: TARGET::TABLE.COLUMN',
  )
}

/**
 * The column that a named link means, as the schema writes it, or a place in its values. Throws a usage refusal (exit 2)
 * where there is none.
 */
export function placeIn(schema: Schema, text: string): ReturnType<typeof placeOf> {
  return placeOf(text, '--reference', schema)
}

export function noIdentity(of: { target: string; table: string; column: string }, named: readonly string[]) {
  const path = formatColumnPath(of.table, of.column)
  return usage(
    'ACROSS.NOT_AN_IDENTITY',
    `${of.target}::${path}`,
    'Nothing is to be migrated there.',
    `${path} is no identity that gets ULIDs, or has them.`,
    named.length > 0
      ? `Name one of these: ${named.join(' | ')}; or have it migrated as well: --only ${path}`
      : `Have it migrated as well: --only ${path}`,
  )
}

export function ownReference(place: { target: string; table: string; column: string }) {
  const path = formatColumnPath(place.table, place.column)
  return usage(
    'ACROSS.OWN_REFERENCE',
    `${place.target}::${path}`,
    'This column follows an identity of its own target already.',
    'A column can not take its ULIDs from two maps.',
    `Take it away from its own target first: --no-reference ${path}; or name the identity that it follows there`,
  )
}
