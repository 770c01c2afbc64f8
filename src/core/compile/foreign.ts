/**
 * References to identities of other targets, and identities that follow one. The ULIDs that are there already are read from
 * the other target's own maps; only what occurs here is copied, so that undo and proof need nobody else.
 */

import { columnNamed, OWN_PREFIX } from '../engines/sqlite/inspect.ts'
import type { Leader, Plan, PlannedForeign } from '../plan/plan.ts'
import type { Table } from '../schema/model.ts'
import { formatColumnPath, quoteName as q, sameName } from '../schema/names.ts'
import type { ColumnChange } from './column-changes.ts'
import { byLegacy, mapTables, type Orphaned, type Referring } from './identity-maps.ts'
import { type Step, statement } from './program.ts'
import type { MapRecord } from './run-record.ts'

/** The map of ids that name rows of another target; what that does not know is an orphan here as well. */
export function foreignMapOf({ of: [first] }: PlannedForeign, number: number): MapRecord {
  return {
    map: `${OWN_PREFIX}map_${number}`,
    orphans: `${OWN_PREFIX}orphans_${number}`,
    table: first!.table,
    column: first!.column,
    numeric: false, // no row here could get a number from it
    live: null,
    followed: null,
    elsewhere: true,
  }
}

/** Definition of a column `name` that compares as the leader's key does. */
export function comparesLikeLeader({ affinity, collation }: PlannedForeign, name: string): string {
  return `${name} ${affinity.toUpperCase()} COLLATE ${q(collation)}`
}

/** @param wholly the columns that hold such ids as whole values */
export function foreignMapSteps(
  foreign: PlannedForeign,
  map: MapRecord,
  wholly: readonly Referring[],
): Step[] {
  const legacy = comparesLikeLeader(foreign, 'legacy')
  const { table, column } = foreign.of[0]!
  const path = formatColumnPath(table, column)
  return [
    ...mapTables(map, legacy, path),
    ...(wholly.length === 0 ? [] : fetchSteps(foreign.of, wholly.map(valuesIn), legacy, map.map, path)),
    byLegacy(map, path),
  ]
}

export function foreignOrphans(plan: Plan, foreign: PlannedForeign): Orphaned {
  const { target, table, column } = foreign.of[0]!
  const path = formatColumnPath(table, column)
  return {
    object: `${path} orphans`,
    legacy: comparesLikeLeader(foreign, 'legacy'),
    // The same seed must not give an id here the ULID that another one has there.
    domain: JSON.stringify([plan.target, target, path]),
    case: foreign.case,
    follows: [],
    isContracted: false,
  }
}

const WANTED = `${OWN_PREFIX}wanted`

/** SQL: all that stands in a column. */
export function valuesIn({ table, column, where = '1' }: Omit<Referring, 'time'>): string {
  return `SELECT c.${q(column)} FROM ${q(table)} c WHERE c.${q(column)} IS NOT NULL AND ${where}`
}

/** Notes in the table `into`, which has the columns `legacy` and `ulid`, what the leaders know of the `values`. */
export function fetchSteps(
  of: readonly Leader[],
  values: readonly string[],
  legacy: string,
  into: string,
  object: string,
): Step[] {
  const run = (sql: string) => statement('map', object, sql)
  return [
    run(`CREATE TEMP TABLE ${WANTED}(n INTEGER PRIMARY KEY, ${legacy} UNIQUE)`),
    ...values.map(select => run(`INSERT INTO temp.${WANTED}(legacy) ${select} ON CONFLICT DO NOTHING`)),
    {
      kind: 'fetch',
      phase: 'map',
      object,
      of,
      read: `SELECT n, legacy FROM temp.${WANTED} WHERE n > @from ORDER BY n LIMIT @limit`,
      write: `INSERT INTO ${q(into)}(legacy, ulid) SELECT legacy, @ulid FROM temp.${WANTED} WHERE n = @n ON CONFLICT DO NOTHING`,
      total: `SELECT count(*) FROM temp.${WANTED}`,
    },
    run(`DROP TABLE temp.${WANTED}`),
  ]
}

export function foreignChanges(plan: Plan, table: Table, maps: readonly MapRecord[]): ColumnChange[] {
  return (plan.foreign ?? []).flatMap((foreign, index) => {
    const map = maps[plan.identities.length + index]!
    return foreign.references.flatMap((reference, at) => {
      if (!sameName(reference.table, table.name)) return []
      const column = columnNamed(table, reference.column)!
      // One id may stand here in several spellings, of which the ULID tells none.
      const store = `${map.map.replace('_map_', '_kept_')}_${at + 1}`
      const { beside, legacy } = reference
      return [
        {
          column,
          beside,
          contracted: undefined,
          map,
          role: 'reference' as const,
          generatedAt: null,
          legacy,
          sentinels: plan.sentinels,
          store,
        },
      ]
    })
  })
}
