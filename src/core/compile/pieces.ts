/**
 * An expansion for a database that others go on writing to: the same columns, indexes, maps and triggers as `compile`
 * says, cut into pieces that each hold the write lock for a moment. Whoever writes in between is served by triggers
 * that know the maps, so a row has its ULID from its first change on, and what is left to fill only ever gets less.
 */

import { zoneOf } from '../detect/choices.ts'
import { columnNamed, positionOf, tableNamed } from '../engines/sqlite/inspect.ts'
import { isSentinel } from '../engines/sqlite/sentinels.ts'
import { plausibleSql } from '../engines/sqlite/time-sql.ts'
import { sqliteUlidExpression } from '../identifiers/index.ts'
import type { Plan, PlannedIdentity } from '../plan/plan.ts'
import type { Schema, SchemaObject, Table } from '../schema/model.ts'
import { formatColumnPath, quoteName as q, sameName } from '../schema/names.ts'
import type { SyncedColumn } from '../schema-changes/sync-names.ts'
import { type ColumnChange, columnChanges, keeping, lookup } from './column-changes.ts'
import { compile } from './compile.ts'
import { indexesOf } from './expand.ts'
import { expansionOf, type LiveIdentity, syncedIdentities } from './expansion.ts'
import { generatedAtSet, keptGeneratedAt, stampFilled } from './generated-at.ts'
import { emptyMap, identityTime, lostSteps, mapSteps, orphanedOf, orphanSteps } from './identity-maps.ts'
import type { Program, Step } from './program.ts'
import { triggersOf } from './rebuild.ts'
import type { MapRecord } from './run-record.ts'
import { keptFor, syncTriggers } from './sync-triggers.ts'

export interface Pieces {
  /** The whole, as one transaction would do it: what is recorded, and what the schema shall be. */
  readonly program: Program
  /** Makes the maps, in a database that has the snapshot attached. */
  readonly maps: readonly Step[]
  /** Makes the tables of ours in the target, empty. */
  readonly tables: readonly Step[]
  /** Which of them are then filled from the finished maps. */
  readonly transfers: readonly Transfer[]
  /** Adds the columns, and keeps triggers of others away from them. */
  readonly columns: readonly string[]
  /** Over columns that are empty. */
  readonly emptyIndexes: readonly SchemaObject[]
  /** ULID columns that were there before, put right before any trigger of ours could follow what they held. */
  readonly begun: readonly Place[]
  /** Over those. */
  readonly begunIndexes: readonly SchemaObject[]
  /** What keeps both sides true for as long as not every row is filled. */
  readonly triggers: readonly SchemaObject[]
  /** Every ULID column; those of identities first, which references are looked up in. */
  readonly places: readonly Place[]
}

export interface Transfer {
  readonly from: string
  readonly to: string
  /** The column by which it goes on. */
  readonly by: 'pos' | 'legacy'
}

/** The table in which the rows of a chunk are noted, as `temp.` of the connection that fills. */
export const CHOSEN = '_ulid_migrate_chosen'

/** A column that is filled chunk by chunk. */
export interface Place {
  readonly table: string
  /** `table.column` of the ULID column. */
  readonly object: string
  /** Column definitions of {@link CHOSEN}. */
  readonly chosen: string
  /** Notes the next rows: at most @limit, by row number from @from to @last where they have one. */
  readonly choose: string
  /** The largest row number there is; null where rows go by their key, and are found by what they lack. */
  readonly last: string | null
  /** How many rows there are to choose from. */
  readonly lacking: string
  /** Whether anything is to be done with the chosen ones. */
  readonly isDue: string
  /** True where rows have no name by which some could be chosen, so that all are done at once. */
  readonly whole: boolean
  /** Whether it may be done again, for rows that others have moved behind the position. */
  readonly again: boolean
  /** What is done with the chosen rows. */
  readonly steps: readonly string[]
}

/** @param options `at`, milliseconds: when the run takes place */
export function compilePieces(
  plan: Plan,
  schema: Schema,
  options: { readonly firstMap: number; readonly at: number },
): Pieces {
  const { at: time } = options
  const program = compile(plan, schema, options)
  const { maps } = program.record
  const zone = zoneOf(plan.timezone)
  const identities = syncedIdentities(plan, maps).map((identity, at) => ({
    ...identity,
    filling: { map: maps[at]!.map, orphans: maps[at]!.orphans },
  }))
  const tables = schema.tables
    .filter(table => table.kind === 'table')
    .map(table => ({ table, changes: columnChanges(plan, schema, table, maps) }))
    .filter(({ changes }) => changes.length > 0)
  const indexes = tables.flatMap(({ table, changes }) => indexesOf(schema, table, changes))
  const { narrowed, tables: live } = expansionOf(plan, schema, maps)
  const textOf = (trigger: Text) => narrowed.find(each => each.name === trigger.name)?.after ?? trigger.sql
  const widened = tables.flatMap(({ table }) =>
    triggersOf(schema, table).filter(trigger => textOf(trigger) !== trigger.sql),
  )
  return {
    program,
    maps: plan.identities.flatMap((identity, at) => [
      ...mapSteps(plan, schema, identity, maps[at]!, zone),
      ...(identity.references.length === 0
        ? []
        : [
            ...lostSteps(
              plan,
              schema,
              orphanedOf(plan, schema, identity),
              maps[at]!,
              identity.references,
              zone,
            ),
            ...orphanSteps(plan, orphanedOf(plan, schema, identity), maps[at]!),
          ]),
    ]),
    tables: [...plan.identities.flatMap((identity, at) => emptyMap(schema, identity, maps[at]!)), ...live],
    transfers: maps.flatMap(transfersOf),
    columns: [
      ...tables.flatMap(({ table, changes }) =>
        changes.flatMap(change => {
          const kept = [keeping(table, change, changes), keptGeneratedAt(table, change, changes, time)]
          const added = [change.beside!, ...(change.generatedAt ? [change.generatedAt.column] : [])]
          return [
            ...kept.flatMap(each => each?.make.sql ?? []),
            ...added
              .filter(name => !columnNamed(table, name))
              .map(name => `ALTER TABLE ${q(table.name)} ADD COLUMN ${q(name)} TEXT`),
          ]
        }),
      ),
      ...remade(
        tables.flatMap(({ table }) => triggersOf(schema, table)),
        widened,
        textOf,
      ),
    ],
    emptyIndexes: indexes.filter(({ isNew }) => isNew).map(({ index }) => index),
    begun: tables.flatMap(({ table, changes }) =>
      changes
        .filter(change => columnNamed(table, change.beside!))
        .map(change => begunPlace(table, change, changes, triggersOf(schema, table), textOf, time)),
    ),
    begunIndexes: indexes.filter(({ isNew }) => !isNew).map(({ index }) => index),
    triggers: syncTriggers(schema, identities, name =>
      schema.objects.some(object => sameName(object.name, name)),
    ),
    places: [
      ...identities.map((identity, at) =>
        identityPlace(plan, schema, identity, plan.identities[at]!, indexes, time),
      ),
      ...identities.flatMap(identity =>
        identity.references.map(child => referencePlace(schema, identity, child, indexes)),
      ),
    ],
  }
}

/** Orphans are known in two places: by the run, for its undo, and by the triggers, for as long as they are referred to. */
function transfersOf({ map, orphans, live }: MapRecord): Transfer[] {
  return [
    { from: map, to: map, by: 'pos' },
    { from: orphans, to: orphans, by: 'legacy' },
    ...(live === null ? [] : [{ from: orphans, to: live.waiting, by: 'legacy' as const }]),
  ]
}

type Text = Pick<SchemaObject, 'name' | 'table' | 'sql'>

/** Of two triggers for one event SQLite fires the newest first: where one is made anew, all are, in stored order (HAZARDS C6). */
function remade(all: readonly Text[], changed: readonly Text[], textOf: (trigger: Text) => string): string[] {
  const tables = new Set(changed.map(trigger => trigger.table))
  const triggers = all.filter(trigger => tables.has(trigger.table))
  return [...triggers.map(trigger => `DROP TRIGGER ${q(trigger.name)}`), ...triggers.map(textOf)]
}

/** How rows of a table are named one by one, to be chosen and found again. */
interface Naming {
  readonly position: string | null
  readonly chosen: string
  readonly columns: string
  /** Condition on the row `t`. */
  readonly isChosen: string
  readonly whole: boolean
}

function namingOf(table: Table): Naming {
  const position = positionOf(table)
  if (position !== null)
    return {
      position,
      chosen: 'p INTEGER PRIMARY KEY',
      columns: `t.${position}`,
      isChosen: `t.${position} IN (SELECT p FROM temp.${CHOSEN})`,
      whole: false,
    }
  // A key of a table with hidden row numbers may be NULL, or be missing: those rows are taken together.
  if (!table.withoutRowid) return { position, chosen: 'p', columns: '1', isChosen: '1', whole: true }
  const own = table.primaryKey.map(name => `t.${q(name)}`).join(', ')
  const noted = table.primaryKey.map((_, at) => `k${at}`).join(', ')
  return {
    position,
    chosen: noted,
    columns: own,
    isChosen: `(${own}) IN (SELECT ${noted} FROM temp.${CHOSEN})`,
    whole: false,
  }
}

type Indexes = ReturnType<typeof indexesOf>

/** NULLs stand together in the index over the column; without it, each chunk would read all rows before its own. */
function throughIndex(table: Table, column: string, indexes: Indexes): string {
  const made = indexes.find(
    ({ index, change }) => index.table === table.name && sameName(change.beside!, column),
  )
  const stands = table.indexes.find(
    index => !index.partial && index.columns.length === 1 && sameName(index.columns[0] ?? '', column),
  )
  const name = made?.index.name ?? stands?.name
  return name === undefined ? '' : ` INDEXED BY ${q(name)}`
}

function placeOf(
  table: Table,
  column: string,
  rows: { readonly from: string; readonly where: string; readonly due?: string },
  steps: readonly string[],
): Place {
  const { position, chosen, columns, isChosen, whole } = namingOf(table)
  const range = position === null ? '' : ` AND t.${position} BETWEEN @from AND @last ORDER BY t.${position}`
  return {
    table: table.name,
    object: formatColumnPath(table.name, column),
    chosen,
    choose: `INSERT INTO temp.${CHOSEN} SELECT ${columns} FROM ${rows.from} WHERE ${rows.where}${range} LIMIT @limit`,
    last: position === null ? null : `SELECT max(${position}) FROM ${q(table.name)}`,
    lacking: `SELECT count(*) FROM ${rows.from} WHERE ${rows.where}`,
    isDue:
      rows.due === undefined
        ? 'SELECT 1'
        : `SELECT EXISTS (SELECT 1 FROM ${q(table.name)} t WHERE ${isChosen} AND ${rows.due})`,
    whole,
    again: !whole,
    steps,
  }
}

type Filling = LiveIdentity & { readonly filling: { readonly map: string; readonly orphans: string } }

function identityPlace(
  plan: Plan,
  schema: Schema,
  identity: Filling,
  planned: PlannedIdentity,
  indexes: Indexes,
  at: number,
): Place {
  const table = tableNamed(schema, identity.table)!
  const { position, isChosen } = namingOf(table)
  const [key, ulid] = [`t.${q(identity.column)}`, `t.${q(identity.ulid)}`]
  // The row of the snapshot; else, by its id alone, one that has moved since; else one that came since, which no trigger
  // was there to give its ULID.
  const own =
    position === null
      ? []
      : [
          `(SELECT m.ulid FROM ${q(identity.filling.map)} m WHERE m.pos = t.${position} AND m.legacy IS ${key})`,
        ]
  const time = plausibleSql(`(${identityTime(plan, table, planned, zoneOf(plan.timezone))})`, plan.baseTime)
  const sources = [...own, ...keptFor(identity, key), sqliteUlidExpression(identity.case, time)]
  const name = q(table.name)
  return placeOf(
    table,
    identity.ulid,
    { from: `${name} t${throughIndex(table, identity.ulid, indexes)}`, where: `${ulid} IS NULL` },
    [
      `UPDATE ${name} AS t SET ${q(identity.ulid)} = coalesce(${sources.join(', ')}) WHERE ${isChosen} AND ${ulid} IS NULL`,
      `DELETE FROM ${q(identity.waiting)} WHERE legacy IN (SELECT ${key} FROM ${name} t WHERE ${isChosen})`,
      ...stampFilled(identity, name, `${isChosen} AND ${ulid} IS NOT NULL`, at),
    ],
  )
}

function referencePlace(schema: Schema, identity: Filling, child: SyncedColumn, indexes: Indexes): Place {
  const table = tableNamed(schema, child.table)!
  const { position, isChosen } = namingOf(table)
  const [legacy, ulid] = [`t.${q(child.column)}`, `t.${q(child.ulid)}`]
  const parent = `FROM ${q(identity.table)} p WHERE p.${q(identity.column)} = +${legacy}`
  const waiting = `FROM ${q(identity.waiting)} w WHERE w.legacy = +${legacy}`
  const named = `coalesce((SELECT p.${q(identity.ulid)} ${parent}), (SELECT w.ulid ${waiting}))`
  const stands = `(EXISTS (SELECT 1 ${parent}) OR NOT ${isSentinel(legacy)})`
  const orphan = [...keptFor(identity, legacy), sqliteUlidExpression(identity.case)].join(', ')
  // What a column held that was there before, others may have written again until the triggers came.
  const was = columnNamed(table, child.ulid) !== undefined
  const lacks = was ? `${ulid} IS NOT ${named}` : `${ulid} IS NULL`
  const due = `${legacy} IS NOT NULL AND (${was ? `${lacks} OR ${named} IS NULL AND ${stands}` : `${lacks} AND ${stands}`})`
  const name = q(table.name)
  return placeOf(
    table,
    child.ulid,
    {
      from: `${name} t${was ? '' : throughIndex(table, child.ulid, indexes)}`,
      where: position === null ? due : was ? '1' : `${ulid} IS NULL`,
      due,
    },
    [
      `INSERT OR IGNORE INTO ${q(identity.waiting)} SELECT ${legacy}, coalesce(${orphan}) FROM ${name} t
        WHERE ${isChosen} AND ${legacy} IS NOT NULL AND NOT ${isSentinel(legacy)} AND NOT EXISTS (SELECT 1 ${parent}) AND NOT EXISTS (SELECT 1 ${waiting})`,
      `UPDATE ${name} AS t SET ${q(child.ulid)} = ${named} WHERE ${isChosen} AND ${legacy} IS NOT NULL AND ${lacks}`,
    ],
  )
}

/** As in one transaction: what stood there is kept for the undo, and gives way, but for rows that came since. */
function begunPlace(
  table: Table,
  change: ColumnChange,
  changes: readonly ColumnChange[],
  triggers: readonly Text[],
  textOf: (trigger: Text) => string,
  at: number,
): Place {
  const { position, isChosen, whole } = namingOf(table)
  const column = columnNamed(table, change.beside!)!.name
  const ulid = lookup(change, 't', table)
  const known =
    change.role === 'identity' && position !== null
      ? `EXISTS (SELECT 1 FROM ${q(change.map.map)} m WHERE m.pos = t.${position} AND m.legacy IS t.${q(change.column.name)})`
      : change.role === 'identity'
        ? `${ulid} IS NOT NULL`
        : '1'
  // By a key there is nothing that tells which rows are done; and it has to be done once.
  const chosen = position === null ? '1' : isChosen
  const place = placeOf(table, column, { from: `${q(table.name)} t`, where: '1' }, [
    ...triggers.map(trigger => `DROP TRIGGER ${q(trigger.name)}`),
    ...[keeping(table, change, changes), keptGeneratedAt(table, change, changes, at)].flatMap(kept =>
      kept === null ? [] : [`${kept.fill} AND ${chosen} AND ${known}`],
    ),
    `UPDATE ${q(table.name)} AS t SET ${[`${q(column)} = ${ulid}`, ...generatedAtSet(change, table, at)].join(', ')} WHERE ${chosen} AND ${known} AND t.${q(column)} IS NOT ${ulid}`,
    ...triggers.map(textOf),
  ])
  return { ...place, whole: whole || position === null, again: false }
}
