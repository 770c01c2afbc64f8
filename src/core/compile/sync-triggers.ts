/**
 * Triggers that keep both sides of an expansion true for programs that know only the legacy columns. Plain SQL, or those
 * programs could no longer write (HAZARDS B4). No statement here says OR IGNORE or OR REPLACE: the conflict clause of the
 * statement that fires a trigger overrides those inside (https://sqlite.org/lang_createtrigger.html).
 *
 * Two small tables of ours go with each identity. `waiting`: the ULID of each legacy id that is referred to and names no
 * row at present, so that children may come before their parent, and equal orphans stay equal. `held`: the rows that the
 * insert or update at hand may replace, since with recursive triggers off SQLite says nothing of their end (HAZARDS B19).
 */
import { positionOf, tableNamed } from '../engines/sqlite/inspect.ts'
import { isSentinel } from '../engines/sqlite/sentinels.ts'
import type { Schema, SchemaObject, Table } from '../schema/model.ts'
import { foldName, quoteName as q, sameName } from '../schema/names.ts'
import { SYNC_PREFIX, type SyncedColumn } from '../schema-changes/sync-names.ts'
import { stampAgain, stampNew } from './generated-at.ts'

/** An identity that is expanded, with every column pair that has to stay in step with it. */
export interface SyncedIdentity extends SyncedColumn {
  /** The column that tells when the ULID was made, where there is one. */
  readonly generatedAt: string | null
  /** A view whose one row is a new ULID, so that the triggers can be read. */
  readonly fresh: string
  readonly waiting: string
  readonly held: string
  readonly references: readonly SyncedColumn[]
  /** While rows are being filled: where the ULIDs of those are that have none yet. */
  readonly filling?: { readonly map: string; readonly orphans: string }
}

/** The triggers of every table that takes part; `taken` says which names are in use. */
export function syncTriggers(
  schema: Schema,
  identities: readonly SyncedIdentity[],
  taken: (name: string) => boolean,
): readonly SchemaObject[] {
  const names = new Set<string>()
  const free = (plain: string) => {
    const all = [plain, ...Array.from({ length: 999 }, (_, n) => `${plain}_${n + 2}`)]
    const name = all.find(each => !taken(each) && !names.has(foldName(each)))!
    names.add(foldName(name))
    return name
  }
  return schema.tables.flatMap(table =>
    eventsOf(schema, table, identities)
      .filter(event => event.body.length > 0)
      .map(({ suffix, event, when, body }): SchemaObject => {
        const name = free(`${SYNC_PREFIX}${table.name}_${suffix}`)
        const condition = when === undefined ? '' : `\nWHEN ${when}`
        return {
          type: 'trigger',
          name,
          table: table.name,
          sql: `CREATE TRIGGER ${q(name)} ${event} ON ${q(table.name)}${condition}\nBEGIN\n${body.map(line => `  ${line};\n`).join('')}END`,
        }
      }),
  )
}

interface Event {
  readonly suffix: string
  readonly event: string
  readonly when?: string
  readonly body: readonly string[]
}

function eventsOf(schema: Schema, table: Table, identities: readonly SyncedIdentity[]): Event[] {
  const own = identities.filter(identity => sameName(identity.table, table.name))
  const referring = identities.flatMap(identity =>
    identity.references
      .filter(reference => sameName(reference.table, table.name))
      .map(reference => ({ identity, reference })),
  )
  const unique = uniqueColumns(table).filter(name => !own.some(each => sameName(each.ulid, name)))
  const of = unique.map(q).join(', ')
  return [
    { suffix: 'before_insert', event: 'BEFORE INSERT', body: own.flatMap(each => hold(table, each)) },
    {
      // One trigger, so that a row that refers to itself has its ULID before it is looked up.
      suffix: 'insert',
      event: 'AFTER INSERT',
      body: [
        ...own.flatMap(each => mint(table, each)),
        ...referring.flatMap(({ identity, reference }) =>
          resolve(schema, identity, reference, `NEW.${q(reference.ulid)} IS NULL`),
        ),
        ...referring.map(
          ({ identity, reference }) =>
            `${followUlid(schema, identity, reference)} AND NEW.${q(reference.column)} IS NULL`,
        ),
      ],
    },
    {
      suffix: 'before_update',
      event: `BEFORE UPDATE OF ${of}`,
      body: unique.length === 0 ? [] : own.flatMap(each => hold(table, each, 'other')),
    },
    ...own.map(identity => ({
      suffix: `${identity.column}_update`,
      event: `AFTER UPDATE OF ${q(identity.column)}`,
      when: differs(identity.column),
      body: renamed(table, identity),
    })),
    {
      suffix: 'update',
      event: `AFTER UPDATE OF ${of}`,
      body: unique.length === 0 ? [] : own.flatMap(settle),
    },
    ...own.map(identity => ({
      suffix: `${identity.ulid}_update`,
      event: `AFTER UPDATE OF ${q(identity.ulid)}`,
      when: `OLD.${q(identity.ulid)} IS NOT NULL AND NEW.${q(identity.ulid)} IS NOT NULL AND NEW.${q(identity.ulid)} IS NOT OLD.${q(identity.ulid)}`,
      body: [
        ...identity.references.map(
          child =>
            `UPDATE ${q(child.table)} SET ${q(child.ulid)} = NEW.${q(identity.ulid)} WHERE ${q(child.ulid)} = OLD.${q(identity.ulid)}`,
        ),
        ...stampAgain(identity, thisRow(table, identity)),
      ],
    })),
    ...referring.map(({ identity, reference }) => ({
      suffix: `${reference.column}_update`,
      event: `AFTER UPDATE OF ${q(reference.column)}`,
      // Who sets both knows both.
      when: `${differs(reference.column)} AND NEW.${q(reference.ulid)} IS OLD.${q(reference.ulid)}`,
      body: [...resolve(schema, identity, reference), prune(identity, reference)],
    })),
    ...referring.map(({ identity, reference }) => ({
      suffix: `${reference.ulid}_update`,
      event: `AFTER UPDATE OF ${q(reference.ulid)}`,
      when: `NOT (${differs(reference.column)}) AND ${namesAnother(identity, reference)}`,
      body: [followUlid(schema, identity, reference)],
    })),
    {
      suffix: 'delete',
      event: 'AFTER DELETE',
      body: [...own.flatMap(left), ...referring.map(({ identity, reference }) => prune(identity, reference))],
    },
  ]
}

/** By bytes: under NOCASE a change of case is a change of what the value refers to elsewhere. */
function differs(column: string): string {
  return `NEW.${q(column)} IS NOT OLD.${q(column)} COLLATE BINARY`
}

/** What can make a row give way to another: the columns of every unique index, and the row number. */
function uniqueKeys(table: Table): readonly { readonly column: string; readonly collation: string }[][] {
  const indexes = table.indexes
    .filter(index => index.unique && index.columns.every(column => column !== null))
    .map(index =>
      index.columns.map((column, at) => ({ column: column!, collation: index.collations[at] ?? 'BINARY' })),
    )
  // In an order of its own: SQLite lists the newest index first, and the same plan shall give the same text.
  const named = indexes.map(key => ({ key, name: key.map(({ column }) => foldName(column)).join() }))
  const sorted = named.sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ key }) => key)
  return table.rowidAlias === null ? sorted : [[{ column: table.rowidAlias, collation: 'BINARY' }], ...sorted]
}

function uniqueColumns(table: Table): string[] {
  const all = uniqueKeys(table).flatMap(key => key.map(({ column }) => column))
  return all.filter((name, at) => all.findIndex(each => sameName(each, name)) === at)
}

/** Notes the ULIDs of the rows that may give way to the new one. */
function hold(table: Table, identity: SyncedIdentity, who: 'any' | 'other' = 'any'): string[] {
  const keys = uniqueKeys(table)
  const known = keys.some(key => key.length === 1 && sameName(key[0]!.column, identity.column))
  const all = known ? keys : [[{ column: identity.column, collation: '' }], ...keys]
  const others = who === 'other' ? ` AND ${q(identity.column)} IS NOT OLD.${q(identity.column)}` : ''
  const rows = all.map(key => {
    const same = key.map(({ column, collation }) => {
      const by = collation === '' || sameName(collation, 'BINARY') ? '' : ` COLLATE ${q(collation)}`
      return `${q(column)} = NEW.${q(column)}${by}`
    })
    return `SELECT ${[identity.column, identity.ulid, ...(identity.generatedAt === null ? [] : [identity.generatedAt])].map(q).join(', ')} FROM ${q(table.name)} WHERE ${same.join(' AND ')} AND ${q(identity.ulid)} IS NOT NULL${others}`
  })
  return [`DELETE FROM ${q(identity.held)}`, `INSERT INTO ${q(identity.held)} ${rows.join(' UNION ')}`]
}

/** A new row has the ULID it was given; else that of the row it replaces, or the one its children know; else a new one. */
function mint(table: Table, identity: SyncedIdentity): string[] {
  const key = `NEW.${q(identity.column)}`
  const given = `NEW.${q(identity.ulid)}`
  const unused = `NOT EXISTS (SELECT 1 FROM ${q(table.name)} o WHERE o.${q(identity.ulid)} = k.ulid)`
  const known = (from: string) =>
    `(SELECT k.ulid FROM ${q(from)} k WHERE k.legacy = ${key} AND ${unused} LIMIT 1)`
  const sources = [
    known(identity.held),
    ...(identity.references.length > 0 ? [known(identity.waiting)] : []),
    ...keptFor(identity, key),
    freshUlid(identity),
  ]
  return [
    `UPDATE ${q(table.name)} SET ${q(identity.ulid)} = coalesce(${sources.join(', ')}) WHERE ${thisRow(table, identity)} AND ${q(identity.ulid)} IS NULL`,
    ...stampNew(identity, thisRow(table, identity)),
    ...identity.references.map(
      child =>
        `UPDATE ${q(child.table)} SET ${q(child.ulid)} = ${given} WHERE ${given} IS NOT NULL AND ${q(child.ulid)} = ${waitingFor(identity, key)}`,
    ),
    ...(identity.references.length > 0 ? [`DELETE FROM ${q(identity.waiting)} WHERE legacy = ${key}`] : []),
    ...settle(identity),
  ]
}

/** The ULID that the run has for a legacy id, while it may not have come to every row, and no other row has taken it. */
export function keptFor(
  { table, ulid, filling }: Pick<SyncedIdentity, 'table' | 'ulid' | 'filling'>,
  value: string,
): string[] {
  return [filling?.orphans, filling?.map].flatMap(from =>
    from === undefined
      ? []
      : [
          `(SELECT k.ulid FROM ${q(from)} k WHERE k.legacy = +${value} AND NOT EXISTS (SELECT 1 FROM ${q(table)} o WHERE o.${q(ulid)} = k.ulid) LIMIT 1)`,
        ],
  )
}

/** The ULID for a value that names no row. */
function ulidFor(identity: SyncedIdentity, value: string): string {
  const kept = keptFor(identity, value)
  return kept.length === 0 ? freshUlid(identity) : `coalesce(${kept.join(', ')}, ${freshUlid(identity)})`
}

function freshUlid(identity: SyncedIdentity): string {
  return `(SELECT ulid FROM ${q(identity.fresh)})`
}

/** The row that fired the trigger. Without a row number or a key it is the one that still lacks its ULID. */
function thisRow(table: Table, pair: SyncedColumn): string {
  const position = positionOf(table)
  if (position !== null) return `${position} = NEW.${position}`
  const columns = table.primaryKey.length > 0 ? table.primaryKey : [pair.column]
  return columns.map(name => `${q(name)} IS NEW.${q(name)}`).join(' AND ')
}

function waitingFor(identity: SyncedIdentity, value: string): string {
  return `(SELECT w.ulid FROM ${q(identity.waiting)} w WHERE w.legacy = ${value})`
}

/**
 * Rows that did give way: where their legacy id names nothing any more, their ULID stays with the children they had;
 * where another row has taken that id, the children are that row's now.
 */
function settle(identity: SyncedIdentity): string[] {
  const gone = `NOT EXISTS (SELECT 1 FROM ${q(identity.table)} p WHERE p.${q(identity.column)} = h.legacy)`
  const unknown = `NOT EXISTS (SELECT 1 FROM ${q(identity.waiting)} w WHERE w.legacy = h.legacy)`
  return [
    ...(identity.references.length > 0
      ? [
          ...identity.references.map(
            child =>
              `UPDATE ${q(child.table)} SET ${q(child.ulid)} = (SELECT p.${q(identity.ulid)} FROM ${q(identity.table)} p WHERE p.${q(identity.column)} = +${q(child.table)}.${q(child.column)}) WHERE ${q(child.ulid)} IN (SELECT h.ulid FROM ${q(identity.held)} h WHERE NOT ${gone} AND NOT EXISTS (SELECT 1 FROM ${q(identity.table)} p WHERE p.${q(identity.ulid)} = h.ulid))`,
          ),
          `INSERT INTO ${q(identity.waiting)} SELECT h.legacy, h.ulid FROM ${q(identity.held)} h WHERE h.legacy IS NOT NULL AND ${gone} AND ${unknown} AND ${isReferredTo(identity, 'h.ulid')}`,
        ]
      : []),
    `DELETE FROM ${q(identity.held)}`,
  ]
}

/** By the ULID: those columns have an index of ours, the legacy ones may have none. */
function isReferredTo(identity: SyncedIdentity, ulid: string): string {
  const each = identity.references.map(
    child => `EXISTS (SELECT 1 FROM ${q(child.table)} c WHERE c.${q(child.ulid)} = ${ulid})`,
  )
  return each.length === 0 ? '0' : `(${each.join(' OR ')})`
}

/** The ULID of what the reference names, in whatever way its own column spells it (HAZARDS B11); none for NULL and sentinels. */
function resolve(schema: Schema, identity: SyncedIdentity, child: SyncedColumn, guard?: string): string[] {
  const value = `NEW.${q(child.column)}`
  const parent = `FROM ${q(identity.table)} p WHERE p.${q(identity.column)} = +${value}`
  const waiting = `FROM ${q(identity.waiting)} w WHERE w.legacy = +${value}`
  const table = tableNamed(schema, child.table)!
  const also = guard === undefined ? '' : ` AND ${guard}`
  return [
    `INSERT INTO ${q(identity.waiting)} SELECT ${value}, ${ulidFor(identity, value)} WHERE ${value} IS NOT NULL${also} AND NOT ${isSentinel(value)} AND NOT EXISTS (SELECT 1 ${parent}) AND NOT EXISTS (SELECT 1 ${waiting})`,
    `UPDATE ${q(child.table)} SET ${q(child.ulid)} = coalesce((SELECT p.${q(identity.ulid)} ${parent}), (SELECT w.ulid ${waiting})) WHERE ${thisRow(table, child)}${also}`,
  ]
}

/** A program that knows the ULIDs says by one what the row refers to: the legacy reference follows. */
function followUlid(schema: Schema, identity: SyncedIdentity, child: SyncedColumn): string {
  const ulid = `NEW.${q(child.ulid)}`
  const parent = `FROM ${q(identity.table)} p WHERE p.${q(identity.ulid)} = ${ulid}`
  const table = tableNamed(schema, child.table)!
  return `UPDATE ${q(child.table)} SET ${q(child.column)} = (SELECT p.${q(identity.column)} ${parent}) WHERE ${thisRow(table, child)} AND EXISTS (SELECT 1 ${parent})`
}

/** Never true of what the triggers here write themselves: there both columns name the same row. */
function namesAnother(identity: SyncedIdentity, child: SyncedColumn): string {
  return `EXISTS (SELECT 1 FROM ${q(identity.table)} p WHERE p.${q(identity.ulid)} = NEW.${q(child.ulid)} AND (p.${q(identity.column)} = +NEW.${q(child.column)}) IS NOT 1)`
}

/** Nobody waits any more for what only this row referred to. */
function prune(identity: SyncedIdentity, child: SyncedColumn): string {
  return `DELETE FROM ${q(identity.waiting)} WHERE legacy = +OLD.${q(child.column)} AND NOT ${isReferredTo(identity, `${q(identity.waiting)}.ulid`)}`
}

/** The legacy id of a row was changed: the ULID stays, children of the old value are orphans now, those of the new one are not. */
function renamed(table: Table, identity: SyncedIdentity): string[] {
  const [was, is] = [`OLD.${q(identity.column)}`, `NEW.${q(identity.column)}`]
  const before = `OLD.${q(identity.ulid)}`
  const own = thisRow(table, identity)
  const given = keptFor(identity, was)
  // A row that is not filled yet gets the ULID of the id it had, before that is forgotten.
  const first =
    given.length === 0
      ? []
      : [
          `UPDATE ${q(identity.table)} SET ${q(identity.ulid)} = coalesce(${given.join(', ')}, ${freshUlid(identity)}) WHERE ${own} AND ${q(identity.ulid)} IS NULL`,
          ...stampNew(identity, `${own} AND ${before} IS NULL`),
        ]
  if (identity.references.length === 0) return first
  const ulid =
    given.length === 0
      ? `NEW.${q(identity.ulid)}`
      : `(SELECT t.${q(identity.ulid)} FROM ${q(identity.table)} t WHERE ${own})`
  const left = identity.references.map(
    child =>
      `EXISTS (SELECT 1 FROM ${q(child.table)} c WHERE c.${q(child.ulid)} = ${before} AND ${was} = +c.${q(child.column)})`,
  )
  return [
    ...first,
    `INSERT INTO ${q(identity.waiting)} SELECT ${was}, ${freshUlid(identity)} WHERE ${was} IS NOT NULL AND NOT ${isSentinel(was)} AND NOT EXISTS (SELECT 1 FROM ${q(identity.table)} p WHERE p.${q(identity.column)} = ${was}) AND NOT EXISTS (SELECT 1 FROM ${q(identity.waiting)} w WHERE w.legacy = ${was}) AND (${left.join(' OR ')})`,
    ...identity.references.flatMap(child => [
      `UPDATE ${q(child.table)} SET ${q(child.ulid)} = ${waitingFor(identity, was)} WHERE ${q(child.ulid)} = ${before} AND ${was} = +${q(child.column)} AND NOT EXISTS (SELECT 1 FROM ${q(identity.table)} p WHERE p.${q(identity.column)} = ${was})`,
      `UPDATE ${q(child.table)} SET ${q(child.ulid)} = ${ulid} WHERE ${ulid} IS NOT NULL AND ${q(child.ulid)} = ${waitingFor(identity, is)}`,
    ]),
    `DELETE FROM ${q(identity.waiting)} WHERE legacy = ${is}`,
  ]
}

/** A row is deleted: what its children know it by is kept for as long as they refer to it. */
function left(identity: SyncedIdentity): string[] {
  if (identity.references.length === 0) return []
  const [key, ulid] = [`OLD.${q(identity.column)}`, `OLD.${q(identity.ulid)}`]
  const another = `EXISTS (SELECT 1 FROM ${q(identity.table)} p WHERE p.${q(identity.column)} = ${key})`
  return [
    ...identity.references.map(
      child =>
        `UPDATE ${q(child.table)} SET ${q(child.ulid)} = NULL WHERE ${q(child.ulid)} = ${ulid} AND ${isSentinel(key)} AND NOT ${another}`,
    ),
    `DELETE FROM ${q(identity.waiting)} WHERE legacy = ${key}`,
    `INSERT INTO ${q(identity.waiting)} SELECT ${key}, ${ulid} WHERE ${key} IS NOT NULL AND ${ulid} IS NOT NULL AND NOT ${another} AND ${isReferredTo(identity, ulid)}`,
  ]
}
