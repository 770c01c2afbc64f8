/** What the places of a system hold, against what its command should make. */
import { foldName } from '../../schema/names.ts'
import type { Seen } from './watch.ts'

export interface Found {
  /** The database that the command made; null where none has tables that had none before. */
  readonly database: string | null
  readonly tables: readonly string[]
  /** Expected tables that it lacks. */
  readonly missing: readonly string[]
  /** When its schema was first seen as it is. */
  readonly since: number
  /** Other databases that got tables, where only a named one counts. */
  readonly elsewhere: readonly string[]
}

/**
 * The database that needs no initialization: a named one that has tables, else one that has tables which the command
 * would make. Databases of other things that a system keeps beside do not count.
 */
export function standing(
  seen: readonly Seen[],
  named: string | null,
  expect: readonly string[],
): { readonly target: string; readonly tables: readonly string[] } | null {
  for (const { path, tables } of seen) {
    if (tables === null || tables.length === 0) continue
    const counts =
      named === null ? expect.length === 0 || lacking(tables, expect).length < expect.length : path === named
    if (counts) return { target: path, tables }
  }
  return null
}

/** The database that has most of what is expected, among those that had no tables before. */
export function judge(
  seen: readonly Seen[],
  before: readonly Seen[],
  named: string | null,
  expect: readonly string[],
): Found {
  const made = seen.flatMap(({ path, tables, since }) => {
    const wasEmpty = before.some(each => each.path === path && each.tables?.length === 0)
    if (!wasEmpty || tables === null || tables.length === 0) return []
    return [{ database: path, tables, missing: lacking(tables, expect), since }]
  })
  const counting = made.filter(({ database }) => named === null || database === named)
  const [best] = counting.toSorted(
    (a, b) => a.missing.length - b.missing.length || b.tables.length - a.tables.length,
  )
  const elsewhere = made.filter(each => !counting.includes(each)).map(each => each.database)
  return { ...(best ?? { database: null, tables: [], missing: expect, since: 0 }), elsewhere }
}

function lacking(tables: readonly string[], expect: readonly string[]): readonly string[] {
  const there = new Set(tables.map(foldName))
  return expect.filter(table => !there.has(foldName(table)))
}
