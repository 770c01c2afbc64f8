/**
 * Two states of one database side by side: the snapshot, attached as `before`, and the target as `main`. Checks read
 * both and nothing else. Rows are matched by the position that a rewrite leaves alone, never by the engine's maps, or
 * a consistent swap would pass.
 */
import { existsSync } from 'node:fs'
import type { LiveIdentity } from '../compile/expansion.ts'
import { inspect, positionOf, tableNamed } from '../engines/sqlite/inspect.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { parseZone, type Zone } from '../identifiers/index.ts'
import type { Place } from '../inside/place.ts'
import type { UlidSource } from '../journal/ulid-source.ts'
import { precondition } from '../message.ts'
import type { Leader, Plan, PlannedForeign } from '../plan/plan.ts'
import type { Schema, SchemaObject, Table } from '../schema/model.ts'
import { quoteName as q, quoteText, sameName } from '../schema/names.ts'

export interface Comparison {
  readonly db: Connection
  readonly before: Schema
  readonly after: Schema
  /** What the schema shall be, without our own tables. */
  readonly expected: readonly SchemaObject[]
  readonly identities: readonly ComparedIdentity[]
  readonly references: readonly ComparedReference[]
  /** Columns whose values hold ids without being ids. */
  readonly inside: readonly ComparedInside[]
  /** The undo of a run: what it puts back, and the run's own snapshot to compare with; null for a migration. */
  readonly undone: Undone | null
  /** Null when ids go back to what they were: then no ULIDs are made, and none are checked. */
  readonly plan: Plan | null
  readonly zone: Zone
  /** Asks another target what it knows; absent where nobody is to be asked. */
  readonly ask?: (leader: Leader) => Promise<UlidSource | null>
  /** What both sides of an expansion are; empty for anything else. */
  readonly expanded: readonly LiveIdentity[]
  /**
   * False when somebody has written since the run: then a cell or a row that differs was changed, and is counted, not
   * condemned; the rows that were there keep being checked.
   */
  readonly strict: boolean
  /** What trial writes said before the rewrite; null where nothing may be written, as from outside. */
  readonly trialsBefore: ReadonlyMap<string, string> | null
  /** Pragmas of the file that must be as they were. */
  readonly pragmas: FilePragmas
}

export interface ComparedIdentity {
  readonly table: string
  /** Named without its database: an undo that is over has dropped it in `main`, and the snapshot still has it. */
  readonly map: string
  readonly orphans: string
  readonly before: string
  readonly after: string
  /** True where `before` goes on beside `after`. */
  readonly expands: boolean
  readonly contracted: ContractedColumn | null
  /** Whose ULIDs it takes over, with the table of those; null for one that is its own. */
  readonly leaders: { readonly of: readonly Leader[]; readonly followed: string } | null
  /** Of references to another target: how its ids compare. There is no table of that name here. */
  readonly foreign: PlannedForeign | null
}

export interface ComparedReference {
  readonly table: string
  readonly before: string
  readonly after: string
  readonly expands: boolean
  readonly contracted: ContractedColumn | null
  readonly identity: ComparedIdentity
}

export interface ComparedInside {
  readonly table: string
  readonly column: string
  readonly places: readonly ComparedPlace[]
}

export interface ComparedPlace {
  readonly place: Place
  readonly identity: ComparedIdentity
  /** False where an id that names no row belongs to nobody, and stays. */
  readonly takesOrphans: boolean
}

/** The columns that a contract makes one of, as they are called while both are there. */
export interface ContractedColumn {
  readonly ulid: string
  /** Where the legacy values go on; null where they do not. */
  readonly legacy: string | null
}

export interface Undone {
  /** What the run had done with values that stand for nothing. */
  readonly sentinels: Plan['sentinels']
  /** Columns that get back what they held before the run. */
  readonly columns: readonly {
    readonly table: string
    readonly column: string
    /** What it was called before the undo. */
    readonly then: string
    readonly maps: readonly string[]
  }[]
  /** Whether the run's own snapshot is attached as {@link ORIGIN}. */
  readonly origin: boolean
}

export interface FilePragmas {
  readonly page_size: number
  readonly auto_vacuum: number
  readonly encoding: string
  readonly user_version: number
  readonly application_id: number
  readonly journal_mode: string
}

/** The name under which the snapshot is attached. */
export const BEFORE = '_ulid_migrate_before'

/** The name under which, for an undo, the snapshot of the run that is undone is attached as well. */
export const ORIGIN = '_ulid_migrate_origin'

export function attachSnapshot(db: Connection, snapshot: string, name = BEFORE): void {
  // ATTACH would make an empty file where there is none.
  if (!existsSync(snapshot))
    throw precondition(
      'SNAPSHOT.MISSING',
      snapshot,
      'The snapshot is gone.',
      'What is there now can not be compared with what was there before.',
      'Put it back where it was; snapshots are only ever deleted by: ulid-migrate snapshots prune',
    )
  db.exec(`ATTACH ${quoteText(snapshot)} AS ${q(name)}`)
  db.pragma(`${q(name)}.cache_size = -32768`)
}

export function inspectBefore(db: Connection): Schema {
  return inspect(db, BEFORE)
}

/** What must be the very same on both sides, but for our own tables, which no schema here speaks of. */
export function unchanged(db: Connection, pragmas: FilePragmas): Comparison {
  const before = inspectBefore(db)
  return {
    db,
    before,
    after: inspect(db),
    expected: before.objects,
    identities: [],
    references: [],
    inside: [],
    plan: null,
    undone: null,
    zone: parseZone('UTC'),
    expanded: [],
    strict: true,
    trialsBefore: null,
    pragmas,
  }
}

export function filePragmas(db: Connection, database = 'main'): FilePragmas {
  const read = (name: string) => db.pragma(`${q(database)}.${name}`, { simple: true })
  return {
    page_size: Number(read('page_size')),
    auto_vacuum: Number(read('auto_vacuum')),
    encoding: String(read('encoding')),
    user_version: Number(read('user_version')),
    application_id: Number(read('application_id')),
    journal_mode: String(read('journal_mode')),
  }
}

/** Tables that hold rows of their own, as they were before. */
export function rowTables(comparison: Comparison): readonly Table[] {
  return comparison.before.tables.filter(table => table.kind === 'table')
}

/**
 * `FROM` and `ON` that put a row of `main` (n) beside the same row of the snapshot (o): by rowid, under whatever name it
 * goes on either side, or by the primary key where there is no rowid.
 */
export function sideBySide(
  comparison: Sides,
  table: Table,
  alias: { readonly now: string; readonly then: string } = { now: 'n', then: 'o' },
): { readonly from: string; readonly on: string; readonly position: string | null } {
  const { now, then } = alias
  const after = tableNamed(comparison.after, table.name) ?? table
  const before = tableNamed(comparison.before, table.name) ?? table
  const from = `main.${q(table.name)} ${now}`
  const position = positionOf(after)
  const was = positionOf(before)
  const minted =
    comparison.undone && after.rowidAlias !== null
      ? renamedKey(comparison, after.name, after.rowidAlias)
      : undefined
  if (minted) {
    // The integers are given back: by the map, since rows that came since have other row numbers than they get.
    const key = `${now}.${q(minted.after)}`
    const found = (map: string) => `(SELECT m.ulid FROM ${q(map)} m WHERE m.legacy = ${key})`
    // A key that is a reference may be an orphan, or a value that stands for nothing and has no ULID.
    const ulid = minted.own
      ? found(minted.identity.map)
      : `coalesce(${found(minted.identity.map)}, ${found(minted.identity.orphans)}, ${key})`
    return { from, on: `${then}.${q(minted.before)} = ${ulid}`, position }
  }
  if (position !== null && was !== null) return { from, on: `${then}.${was} = ${now}.${position}`, position }
  return {
    from,
    on: before.primaryKey.map(name => sameKey(comparison, before, name, now, then)).join(' AND ') || '0',
    position: null,
  }
}

/** What {@link sideBySide} needs of a comparison. */
export type Sides = Pick<Comparison, 'before' | 'after' | 'identities' | 'references' | 'undone'>

function renamedKey({ identities, references }: Sides, table: string, column: string) {
  return [
    ...identities.map(identity => ({ ...identity, identity, own: true })),
    ...references.map(reference => ({ ...reference, own: false })),
  ].find(each => sameName(each.table, table) && sameName(each.after, column))
}

/**
 * A member of a key without rowid. Where the member itself was renamed, its value is followed through the map: there is
 * nothing else that names the row. That the map is right is proved by times, order and the cells beside it.
 */
function sameKey(
  { identities, references, undone }: Sides,
  table: Table,
  column: string,
  now: string,
  then: string,
): string {
  const plain = `${then}.${q(column)} IS ${now}.${q(column)} COLLATE BINARY`
  const renamed = [...identities.map(identity => ({ ...identity, identity })), ...references].find(
    each => sameName(each.table, table.name) && sameName(each.before, column) && !each.expands,
  )
  if (!renamed) return plain
  const { map, orphans } = renamed.identity
  const was = `${then}.${q(column)}`
  const is = `${now}.${q(renamed.after)}`
  const [value, name] = undone ? [is, was] : [was, is]
  const found = (from: string) => `(SELECT m.ulid FROM ${q(from)} m WHERE m.legacy = +${value})`
  const forward = `${name} = coalesce(${found(map)}, ${found(orphans)}, ${value})`
  if (!sameName(renamed.identity.table, table.name) || !sameName(renamed.identity.before, column))
    return forward
  // Said the other way round as well, so that SQLite may begin at either end. A reference may be spelled in its own way.
  return `${forward} AND ${value} IS coalesce((SELECT m.legacy FROM ${q(map)} m WHERE m.ulid = ${name}), ${name})`
}

/** Whom a planned identity takes its ULIDs from; null where it makes its own. */
export function leadersOf(
  { identities }: Pick<Comparison, 'identities'>,
  { table, column }: { readonly table: string; readonly column: string },
): ComparedIdentity['leaders'] {
  const found = identities.find(each => sameName(each.table, table) && sameName(each.before, column))
  return found?.leaders ?? null
}

export function beforeTable(name: string): string {
  return `${q(BEFORE)}.${q(name)}`
}

/** The identities of other targets whose ids stand inside of values, each once. */
export function foreignIn(inside: Comparison['inside']): readonly ComparedIdentity[] {
  const all = inside.flatMap(({ places }) => places.map(({ identity }) => identity))
  return [...new Set(all)].filter(({ foreign }) => foreign !== null)
}

/** The columns of a table whose values the plan names, so that they are not compared as untouched. */
export function plannedColumns(comparison: Comparison, table: Table): readonly string[] {
  const all = [...comparison.identities, ...comparison.references]
  const renamed = all
    .filter(each => sameName(each.table, table.name) && !each.expands)
    .flatMap(each => [each.before, each.after])
  // A ULID column that stood beside a reference is linked anew, whatever was in it.
  const relinked = comparison.references
    .filter(each => sameName(each.table, table.name) && each.expands)
    .map(each => each.after)
  const timed = (comparison.plan?.identities ?? []).flatMap(each =>
    each.generatedAt !== undefined && sameName(each.table, table.name) ? [each.generatedAt] : [],
  )
  const inside = comparison.inside
    .filter(each => sameName(each.table, table.name))
    .map(({ column }) => column)
  const putBack = comparison.undone?.columns ?? []
  return [
    ...renamed,
    ...relinked,
    ...timed,
    ...inside,
    ...putBack.filter(each => sameName(each.table, table.name)).map(each => each.column),
  ]
}
