/** What each target says of an id, as it is gathered; one that turns out to be damaged is said to be so, and stops nothing. */
import type { NearIdentity, RelatedRow, TracedReference, TracedRow, TracedTarget } from '../documents.ts'
import type { Message } from '../message.ts'
import type { FoundId, Tell } from './find-ids.ts'
import { type Looked, unreadMessage } from './open-target.ts'
import type { IdPlace } from './places.ts'
import type { Steps } from './steps.ts'

/** A target, or why it could not be opened. */
export type Asked =
  | { readonly path: string; readonly look: () => Looked }
  | { readonly path: string; readonly error: Message }

/** What one target has said until now. */
export interface Told {
  readonly path: string
  readonly system: string | null
  readonly looked: Looked | null
  error: Message | null
  readonly readThrough: Set<string>
  found: Found[]
  rows: readonly TracedRow[]
  references: TracedReference[]
  near: Near
}

/** What of one target lies in the window. */
export interface Near {
  readonly rows: readonly RelatedRow[]
  readonly counts: readonly NearIdentity[]
}

export const nothing = { found: [], rows: [], references: [], near: { rows: [], counts: [] } }

export interface Found {
  readonly place: IdPlace
  readonly id: FoundId
}

export function toldOf(asked: Asked, named: string | undefined): Told {
  const { path } = asked
  const blank = { path, ...nothing, found: [], references: [], readThrough: new Set<string>() }
  try {
    const looked = 'error' in asked ? null : asked.look()
    const error = 'error' in asked ? asked.error : null
    return { ...blank, looked, error, system: named ?? looked?.system ?? null }
  } catch (error) {
    return { ...blank, looked: null, error: unreadMessage(error, path), system: named ?? null }
  }
}

export function targetOf({ path, system, looked, error, readThrough }: Told): TracedTarget {
  const identities = error === null ? (looked?.identities ?? []) : []
  const migrated = identities.filter(each => each.migrated).length
  return {
    target: path,
    system,
    migrated: looked?.migrated ?? false,
    identities: migrated,
    keys: identities.length - migrated,
    readThrough: [...readThrough],
    error,
  }
}

type Work<R> = (told: Told, looked: Looked, tell: Tell) => R

export function* inEach(all: readonly Told[], work: Work<Steps<void>>): Steps<void> {
  for (const told of all) {
    if (told.looked === null || told.error !== null) continue
    try {
      yield* work(told, told.looked, object => told.readThrough.add(object))
    } catch (error) {
      fail(told, error)
    }
  }
}

export function atEach(all: readonly Told[], work: (told: Told) => void): void {
  for (const told of all) {
    if (told.error !== null) continue
    try {
      work(told)
    } catch (error) {
      fail(told, error)
    }
  }
}

function fail(told: Told, error: unknown): void {
  Object.assign(told, nothing, { found: [], references: [], error: unreadMessage(error, told.path) })
}
