/**
 * What the operator chose on the detect screen, as the flags of a headless run would say it: so the wizard asks for
 * nothing that a script could not.
 */
import { isDeepStrictEqual } from 'node:util'
import {
  type Choices,
  type DetectedIdentity,
  type DetectedReference,
  type DetectedTarget,
  formatPlace,
  layered,
  splitTarget,
  type TimeSource,
  unsaid,
} from '../core/index.ts'
import { isNameOf } from '../ui/target-name.ts'

/** `table.column`, quoted as in SQL where a part is not a plain word. */
export function columnPath(table: string, column: string): string {
  return formatPlace({ table, column }, {})
}

const pathOf = (column: { readonly table: string; readonly column: string }) =>
  columnPath(column.table, column.column)

/**
 * Takes an identity in, or leaves it out.
 *
 * @param choices as they stand
 * @param given the flags that the wizard was opened with
 * @param original what detection chose by those flags alone
 * @param shown what the operator sees now
 */
export function toggleIdentity(
  choices: Choices,
  given: Choices,
  original: DetectedTarget,
  shown: DetectedTarget,
  toggled: DetectedIdentity,
): Choices {
  const wanted = new Set(shown.identities.filter(each => each.migrate).map(pathOf))
  const path = pathOf(toggled)
  if (!wanted.delete(path)) wanted.add(path)
  const byItself = original.identities.filter(each => each.migrate).map(pathOf)
  const { only: _only, skip: _skip, all: _all, ...others } = choices
  // Leaving out is `skip`; anything beyond what detection takes by itself must be named, and then so must all others.
  if ([...wanted].some(each => !byItself.includes(each))) return { ...others, only: [...wanted] }
  const skip = [...(given.skip ?? []), ...byItself.filter(each => !wanted.has(each))]
  return {
    ...others,
    ...(given.all === undefined ? {} : { all: given.all }),
    ...(given.only === undefined ? {} : { only: given.only }),
    ...(skip.length > 0 ? { skip } : {}),
  }
}

/**
 * Accepts a reference, or leaves it out.
 *
 * @param given the choices that the wizard was opened with; what was said only since then is simply unsaid
 * @param leader the target of the identity, where that is another one
 */
export function toggleReference(
  choices: Choices,
  given: Choices,
  identity: DetectedIdentity,
  reference: DetectedReference,
  leader?: string,
): Choices {
  const place = formatPlace(reference, reference)
  const open = unsaid(choices, place)
  const saidSince = !isDeepStrictEqual(open, choices) && isDeepStrictEqual(unsaid(given, place), given)
  if (saidSince) return open
  return reference.choice === 'accepted'
    ? layered({ noReferences: [place] }, open)
    : layered(
        { references: [`${place}=${leader === undefined ? '' : `${leader}::`}${pathOf(identity)}`] },
        open,
      )
}

/** What flags for several targets say of the columns of this one, in the words of this one: `links.db::links.id`. */
export function asOwn(choices: Choices, target: string): Choices {
  const { noReferences } = choices
  if (noReferences === undefined) return choices
  const own = noReferences.map(text => {
    const { target: named, column } = splitTarget(text)
    return named !== null && isCalled(named, target) ? column : text
  })
  return { ...choices, noReferences: own }
}

function isCalled(name: string, target: string): boolean {
  return isNameOf(name, target) || isNameOf(name, target.replace(/\.[^./\\]*$/, ''))
}

const datedKinds = [
  'uuid1',
  'uuid6',
  'uuid7',
  'ulid',
  'ulid-lower',
  'objectid',
  'ksuid',
  'snowflake',
  'name-timestamp',
  'cuid',
]

/** The sources of time that an identity can have, in the order that `d` walks through. */
export function timeSources(identity: DetectedIdentity): readonly TimeSource[] {
  const inside = identity.time.from === 'id' || datedKinds.some(kind => kind in identity.kinds)
  return [
    ...(inside ? [{ from: 'id' } as const] : []),
    ...identity.timeColumns.map(column => ({ from: 'column', column }) as const),
    { from: 'order' },
  ]
}

const sameSource = (a: TimeSource, b: TimeSource) =>
  a.from === b.from && (a.from !== 'column' || a.column === b.column)

/** The next source of time for an identity, and the choices that say so. */
export function cycleTime(
  choices: Choices,
  identity: DetectedIdentity,
): { choices: Choices; time: TimeSource } {
  const sources = timeSources(identity)
  const at = sources.findIndex(source => sameSource(source, identity.time))
  const time = sources[(at + 1) % sources.length]!
  const path = pathOf(identity)
  const times = (choices.times ?? []).filter(each => !each.startsWith(`${path}=`))
  const value = time.from === 'column' ? time.column! : time.from
  return { choices: { ...choices, times: [...times, `${path}=${value}`] }, time }
}

/** The other form for integer keys; one that is kept is the default. */
export function switchForm(choices: Choices): Choices {
  return { ...choices, form: choices.form === 'pure' ? 'keep-integer' : 'pure' }
}
