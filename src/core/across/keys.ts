/** What the rows of a target are named by, as something that another target may hold: a key, or the map of an earlier run. */

import { type KnownIds, knownIds } from '../detect/inside/known-ids.ts'
import type { KeyColumn } from '../detect/keys.ts'
import { sampleOf, valuesOf } from '../detect/references/sample.ts'
import type { DetectedIdentity, DetectedTarget } from '../documents.ts'
import { columnNamed, keyCollation, tableNamed } from '../engines/sqlite/inspect.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { asking, type RawValue, spelledIn } from '../engines/sqlite/raw-value.ts'
import { recordedRuns, standingRuns } from '../journal/in-target.ts'
import { migrationOf } from '../journal/ulid-source.ts'
import { caseOf } from '../plan/make-plan.ts'
import type { PlannedForeign } from '../plan/plan.ts'
import type { Choices } from '../requests.ts'
import type { Column, Schema, Table } from '../schema/model.ts'
import { quoteName as q, unquote } from '../schema/names.ts'

export interface AcrossKey extends Pick<PlannedForeign, 'affinity' | 'collation' | 'case'> {
  readonly target: string
  readonly table: string
  readonly column: string
  readonly rows: number
  /** Whether it has its ULIDs; then its old ids are in a map. */
  readonly migrated: boolean
  readonly db: Connection
  /** SQL: a few of its values, as `v`. */
  readonly sample: string
  has(value: RawValue, encoding: string): boolean
  /** What its ids look like, to find them inside of values; null where there are none that could stand there. */
  ids(): KnownIds | null
}

/** A target that is looked at together with others. */
export interface Looked {
  readonly target: string
  readonly choices: Choices
  readonly db: Connection
  readonly schema: Schema
  readonly document: Pick<DetectedTarget, 'identities' | 'tables'>
  readonly encoding: string
}

export function keysOf(looked: Looked): readonly AcrossKey[] {
  return [
    ...mappedKeys(looked),
    ...looked.document.identities.filter(each => each.migrate).map(each => liveKey(looked, each)),
  ]
}

function liveKey({ target, choices, db, schema, encoding }: Looked, identity: DetectedIdentity): AcrossKey {
  const table = tableNamed(schema, identity.table)!
  const column = table.columns.find(each => each.name === identity.column)!
  const sample = valuesOf(sampleOf(db, table, identity.rows), identity.column)
  return {
    target,
    table: identity.table,
    column: identity.column,
    rows: identity.rows,
    migrated: false,
    db,
    sample,
    affinity: ofTexts(db, column.affinity, sample),
    collation: keyCollation(table, column.name),
    case: caseOf(identity, choices),
    has: lookup(db, encoding, q(table.name), q(column.name)),
    ids: once(() => knownIds(db, keyOf(target, table, column))),
  }
}

/** The maps of runs that stand: what the old ids were, which others may still hold. */
export function mappedKeys({
  target,
  db,
  schema,
  encoding,
}: Pick<Looked, 'target' | 'db' | 'schema' | 'encoding'>): readonly AcrossKey[] {
  const runs = recordedRuns(db)
  return standingRuns(runs).flatMap(({ run, plan, record }) =>
    plan.identities.flatMap((identity, at) => {
      const { map, table, column } = record.maps[at]!
      if (migrationOf(runs, { table, column })?.run.run !== run) return []
      const named = tableNamed(schema, table)
      const now = named && columnNamed(named, column)
      const rows = Number(
        db
          .prepare(`SELECT count(*) FROM ${q(map)}`)
          .pluck()
          .get(),
      )
      const sample = valuesOf(
        { from: `(SELECT * FROM ${q(map)} LIMIT 1000) c`, rows: 1000, whole: false },
        'legacy',
      )
      const { affinity, collation } = comparing(db, map)
      return [
        {
          target,
          table,
          column,
          rows,
          migrated: true,
          db,
          sample,
          affinity: ofTexts(db, affinity, sample),
          collation,
          case: identity.case,
          has: lookup(db, encoding, q(map), 'legacy'),
          ids: once(() =>
            named && now
              ? knownIds(db, keyOf(target, named, now), null, { table: map, column: 'legacy' })
              : null,
          ),
        },
      ]
    }),
  )
}

function keyOf(target: string, table: Table, column: Column): KeyColumn {
  return { target, table, column, primary: table.primaryKey.includes(column.name) }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

function lookup(db: Connection, encoding: string, table: string, column: string): AcrossKey['has'] {
  const ask = asking(db, value => `SELECT EXISTS (SELECT 1 FROM ${table} WHERE ${column} = ${value})`)
  return (raw, from) => {
    for (const value of spelledIn(raw, from, encoding)) if (ask(value) === 1n) return true
    return false
  }
}

/**
 * A key declared UUID, as DuckDB's are, makes numbers of whatever looks like one; it holds none itself, and 32 digits that
 * somebody else wrote for such an id must stay digits.
 */
function ofTexts(db: Connection, affinity: AcrossKey['affinity'], sample: string): AcrossKey['affinity'] {
  if (affinity !== 'numeric') return affinity
  const isNumber = db.prepare(`SELECT EXISTS (SELECT 1 FROM (${sample}) WHERE typeof(v) <> 'text')`).pluck()
  return isNumber.get() === 1n ? affinity : 'text'
}

/** How a map compares: as we wrote it. */
function comparing(db: Connection, map: string): Pick<AcrossKey, 'affinity' | 'collation'> {
  const sql = String(db.prepare('SELECT sql FROM sqlite_schema WHERE name = ?').pluck().get(map))
  const [, affinity = 'BLOB', collation = '"BINARY"'] =
    /legacy (\w+) COLLATE ("(?:[^"]|"")*")/.exec(sql) ?? []
  return { affinity: affinity.toLowerCase() as AcrossKey['affinity'], collation: unquote(collation) }
}
