/** Who refers to what was found: in its own target, and in those that hold ids of it. */
import type { Leader } from '../plan/plan.ts'
import { formatColumnPath, quoteName as q, samePlace } from '../schema/names.ts'
import type { FoundId, Tell } from './find-ids.ts'
import type { Looked } from './open-target.ts'
import { rowsAmong } from './query.ts'
import { referencesTo } from './referring.ts'
import type { Spellings } from './spellings.ts'
import type { Steps } from './steps.ts'
import type { Told } from './told.ts'

/**
 * Who refers, in one target. An id that is known nowhere may still stand in a column: then all are asked, since rows that
 * came since and are gone again are in no map.
 */
export function* refer(
  told: Told,
  { reader, identities, foreign }: Looked,
  wanted: Spellings,
  all: readonly Told[],
  isLost: boolean,
  tell: Tell,
): Steps<void> {
  const lost = isLost ? wanted.ulids.slice(0, 1) : []
  for (const place of identities) {
    const own = told.found.filter(each => each.place === place).map(each => each.id)
    const more = [...lost, ...foundAt(place.leaders, all).map(each => each.ulid)]
    const others = named(more).filter(
      each => !own.some(({ ulid }) => ulid?.toUpperCase() === each.ulid?.toUpperCase()),
    )
    const to = {
      target: told.path,
      path: formatColumnPath(place.table.name, place.column),
      pairs: place.pairs,
      own: place,
    }
    for (const each of [...own, ...others]) {
      const found = yield* referencesTo(reader, told.path, to, place.holders, each, identities, tell)
      told.references.push(...found)
      if (found.length > 0 && !own.includes(each)) told.found.push({ place, id: each })
    }
  }
  for (const { leaders, pairs, holders } of foreign) {
    const known = pairs.flatMap(store =>
      rowsAmong(reader, `SELECT ulid, legacy FROM main.${q(store)}`, [
        { column: 'legacy', values: wanted.legacies },
      ]),
    )
    const at = foundAt(leaders, all)
    const leader = at[0]?.leader ?? leaders[0]!
    const to = {
      target: leader.target,
      path: formatColumnPath(leader.table, leader.column),
      pairs,
      own: null,
    }
    const ulids = [...at.map(each => each.ulid), ...known.map(([ulid]) => String(ulid)), ...lost]
    for (const each of named(ulids))
      told.references.push(...(yield* referencesTo(reader, told.path, to, holders, each, identities, tell)))
  }
}

/** Under their ULIDs alone, each once. */
function named(ulids: readonly string[]): readonly FoundId[] {
  const each = new Map(ulids.map(ulid => [ulid.toUpperCase(), ulid]))
  return [...each.values()].map(ulid => ({ key: null, ulid, legacy: null }))
}

/** The ULIDs that were found at these identities of other targets. */
function foundAt(leaders: readonly Leader[], all: readonly Told[]) {
  return leaders.flatMap(leader =>
    all
      .filter(({ path }) => path === leader.target)
      .flatMap(({ found }) => found)
      .flatMap(({ place, id }) =>
        id.ulid !== null && samePlace({ table: place.table.name, column: place.before }, leader)
          ? [{ leader, ulid: id.ulid }]
          : [],
      ),
  )
}
