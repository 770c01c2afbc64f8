/** The rows of the detect screen: the identities of a target, those of others whose ids it holds, and what refers to each. */
import {
  type AcrossLink,
  type DetectedIdentity,
  type DetectedReference,
  type DetectedTarget,
  formatPlace,
  withAcross,
} from '../core/index.ts'
import { acrossOf } from './across.ts'
import { documentOf, type Entry, type Filter, type Wizard } from './state.ts'

export interface ListedIdentity extends DetectedIdentity {
  /** The target whose identity it is, where that is another one. */
  readonly elsewhere?: string
}

/** What is known of a target, with what the others have to do with it. */
export function shownDocument(wizard: Wizard, entry: Entry): DetectedTarget | null {
  const document = documentOf(entry)
  const across = acrossOf(wizard)
  // That there is no order concerns several targets; the screen says it in a place of its own.
  return document && across ? withAcross(document, { ...across, error: null }) : document
}

/**
 * First what detection takes by itself, then identities of other targets, then what it offers, each as it stands in the
 * schema. What the operator takes in or leaves out stays where it is, under the cursor.
 */
export function visibleIdentities(wizard: Wizard, entry: Entry, filter: Filter): readonly ListedIdentity[] {
  const wanted = filter.text.toLowerCase()
  const own = shownDocument(wizard, entry)?.identities ?? []
  const nameOf = ({ table, column }: DetectedIdentity) => JSON.stringify([table, column])
  const atFirst = entry.original?.identities.filter(each => each.migrate).map(nameOf)
  const firstTaken = atFirst && new Set(atFirst)
  const isTaken = (each: DetectedIdentity) => firstTaken?.has(nameOf(each)) ?? each.migrate
  const taken = own.filter(isTaken)
  const others = own.filter(each => !isTaken(each))
  return [
    ...taken,
    ...identitiesElsewhere(wizard, entry),
    ...others.filter(each => each.offered),
    ...others.filter(each => !each.offered),
  ].filter(each => `${each.table}.${each.column}`.toLowerCase().includes(wanted))
}

function identitiesElsewhere(wizard: Wizard, entry: Entry): readonly ListedIdentity[] {
  if (documentOf(entry) === null) return []
  const links =
    acrossOf(wizard)?.links.filter(link => link.target === entry.target && link.choice !== 'mentioned') ?? []
  const first = (link: AcrossLink) => links.findIndex(other => isSameLeader(other.of, link.of))
  return links
    .filter((link, at) => first(link) === at)
    .map(({ of }) => {
      const references = links.filter(link => isSameLeader(link.of, of)).map(ownReference)
      const migrate = references.some(each => each.choice === 'accepted')
      return { ...leaderOf(wizard, of), elsewhere: of.target, references, migrate, offered: true }
    })
}

/** Seen from the target that holds it, the place is its own. */
function ownReference({ target: _, as: __, of: ___, ...link }: AcrossLink): DetectedReference {
  return link
}

/** What is known of it where it is at home. */
function leaderOf(wizard: Wizard, { target, table, column }: AcrossLink['of']): DetectedIdentity {
  const entry = wizard.entries.find(each => each.target === target)
  const known = entry && documentOf(entry)?.identities.find(each => isSameIdentity(each, { table, column }))
  if (known)
    return { ...known, reason: known.migrate ? 'to be migrated there' : 'not to be migrated any more' }
  return {
    table,
    column,
    rows: 0,
    kinds: {},
    nulls: 0,
    duplicates: 0,
    integerKey: false,
    migrate: false,
    offered: false,
    reason: 'of a target that is not at hand',
    time: { from: 'order' },
    timeColumns: [],
    samples: [],
    inversions: null,
    references: [],
  }
}

function isSameLeader(a: AcrossLink['of'], b: AcrossLink['of']): boolean {
  return a.target === b.target && isSameIdentity(a, b)
}

type Column = Pick<DetectedIdentity, 'table' | 'column'>

/** Both as the engine names them. */
export function isSameIdentity(a: Column, b: Column): boolean {
  return a.table === b.table && a.column === b.column
}

/**
 * The places that refer to an identity, in the order of the first answer: what is followed or left out stays under the
 * cursor, where detection would put it elsewhere.
 */
export function visibleReferences(entry: Entry, identity: ListedIdentity): DetectedIdentity['references'] {
  const before = entry.original?.identities.find(each => isSameIdentity(each, identity))
  const nameOf = (each: DetectedReference) => [each.target ?? '', formatPlace(each, each)].join(' ')
  const names = before?.references.map(nameOf) ?? []
  const rank = (each: DetectedReference) => {
    const at = names.indexOf(nameOf(each))
    return at < 0 ? names.length : at
  }
  return [...identity.references].sort((a, b) => rank(a) - rank(b))
}
