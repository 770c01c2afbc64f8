/**
 * Looks at a database and says what its rows are named by, where those names are used, and what stands in the way.
 * It reads and never writes; the operator's choices only decide which of the facts are acted on.
 */

import type {
  DetectedIdentity,
  DetectedReference,
  DetectedTarget,
  TargetState,
  TimeSource,
} from '../documents.ts'
import { countOf } from '../engines/sqlite/count.ts'
import { columnNamed } from '../engines/sqlite/inspect.ts'
import { openBy } from '../engines/sqlite/lock-holder.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import type { Recognised } from '../engines/sqlite/recognise.ts'
import type { StoredUses } from '../engines/stored-uses.ts'
import { isIdName } from '../identifiers/id-name.ts'
import type { Message } from '../message.ts'
import { usage } from '../message.ts'
import type { Choices } from '../requests.ts'
import type { Schema, Table } from '../schema/model.ts'
import { formatColumnPath, quoteName, sameName, samePlace } from '../schema/names.ts'
import { type SyncedColumn, syncedColumns } from '../schema-changes/sync-names.ts'
import { knownSchemaOf } from '../systems/recognise-schema.ts'
import { includesPath, type ReadChoices, readChoices } from './choices.ts'
import { besideWhich, type CompanionValues, companionName, companionValues } from './companions.ts'
import { findingsOf } from './findings.ts'
import { isInside } from './inside/inside-reference.ts'
import { withInside } from './inside/join.ts'
import { isHashOrSecretName, isMigrationTool, type KeyColumn, keyColumns } from './keys.ts'
import { NAMED } from './reference-words.ts'
import { type Breathe, findReferences } from './references/find.ts'
import { type SampledTable, sampleOf } from './references/sample.ts'
import { rowTimes } from './row-times.ts'
import { missingCollations } from './schema-findings.ts'
import { spelledOtherwise } from './spelled-otherwise.ts'
import { timeColumns } from './time-columns.ts'
import { checkUlidNames, type UlidColumn, ulidColumnsOf } from './ulid-names.ts'
import { amount, type ColumnValues, readValues } from './values.ts'

export interface Looking {
  readonly db: Connection
  readonly schema: Schema
  /** The path as the operator wrote it, absolute. */
  readonly target: string
  readonly file: Recognised
  /** Of objects that only the store itself has. */
  readonly uses?: StoredUses
  readonly now: number
}

export interface Detection {
  readonly document: DetectedTarget
  readonly strategy: 'replace' | 'expand'
  /** The ULID columns that an expansion would make or fill; empty for a replacement. */
  readonly ulidColumns: readonly UlidColumn[]
}

/**
 * Everything detection knows of one target. Throws a usage refusal when the choices name what is not there. `planned` are
 * the names that a plan has settled: they are not judged again.
 */
export async function detect(
  looking: Looking,
  choices: Choices,
  breathe: Breathe,
  planned: readonly SyncedColumn[] = [],
): Promise<Detection> {
  const { db, schema, target, file } = looking
  const unreadable = missingCollations(schema, target)
  if (unreadable.length > 0) return cannotLook(looking, unreadable)
  const tables = schema.tables
    .filter(table => table.kind === 'table')
    .map(table => ({ name: table.name, rows: countOf(db, `SELECT count(*) FROM ${quoteName(table.name)}`) }))
  const read = readChoices(choices, schema)
  const live = syncedColumns(schema)
  // Who has begun to live with both ids is not given other ones in passing.
  const usual = live.length > 0 ? 'expand' : (knownSchemaOf(schema)?.strategy ?? 'replace')
  const strategy = choices.strategy ?? usual
  const rowsOf = (table: Table) => tables.find(each => each.name === table.name)?.rows ?? 0
  const sampled = schema.tables
    .filter(table => table.kind === 'table' && rowsOf(table) > 0)
    .map(table => ({ table, rows: rowsOf(table), sample: sampleOf(db, table, rowsOf(table)) }))
  const keys = sampled.flatMap(({ table }) => keyColumns(table))
  const columns = sampled.flatMap(({ table }) => table.columns)
  let done = 0
  // Columns are looked through for references, then keys for what they are.
  const next = (object: string) =>
    breathe(object, Math.min(++done, columns.length), columns.length + keys.length)
  const found = await findReferences(db, schema, keys, sampled, read.references, next)
  const inside = await withInside(db, schema, found.byKey, rowsOf, read.places, read.references.removed, next)
  const context = { read, strategy, live, named: [...live, ...planned, ...read.ulidColumns] }
  const seen: Seen[] = []
  for (const [at, key] of keys.entries()) {
    await breathe(key.table.name, columns.length + at, columns.length + keys.length)
    seen.push(
      look(
        looking,
        key,
        sampled.find(each => each.table === key.table)!,
        inside.byKey.get(key) ?? [],
        context,
      ),
    )
  }
  const named = settle(seen, read).map(each =>
    change(each, rowTimes(db, each.identity, read.zone, looking.now)),
  )
  checkNames(named, read)
  const identities = named.map(each => each.identity)
  if (strategy === 'expand') checkUlidNames(db, schema, identities, read.ulidColumns, live)
  const ulidColumns =
    strategy === 'expand'
      ? ulidColumnsOf(schema, identities, context.named, choices.generatedAt === true)
      : []
  const document: DetectedTarget = {
    target,
    engine: file.engine,
    state: stateOf(schema.tables.length, named),
    bytes: file.bytes,
    tables,
    identities,
    composites: found.composites,
    findings: [],
    openBy: openBy(target),
  }
  return {
    document: {
      ...document,
      findings: [
        ...spelledOtherwise(looking, sampled, named),
        ...findingsOf(looking, document, named, strategy, choices, ulidColumns),
        ...inside.findings,
      ],
    },
    strategy,
    ulidColumns,
  }
}

/** Not even rows can be counted where an index needs a collation that is not there. */
function cannotLook({ target, file, schema }: Looking, findings: readonly Message[]): Detection {
  const tables = schema.tables
    .filter(table => table.kind === 'table')
    .map(table => ({ name: table.name, rows: 0 }))
  const document: DetectedTarget = {
    target,
    engine: file.engine,
    state: 'none',
    bytes: file.bytes,
    tables,
    identities: [],
    composites: [],
    findings,
    openBy: openBy(target),
  }
  return { document, strategy: 'replace', ulidColumns: [] }
}

/** An identity with what only detection needs to know of it. */
export interface Seen {
  readonly key: KeyColumn
  readonly values: ColumnValues
  readonly identity: DetectedIdentity
  /** The ULID column that stands beside it already, with how many rows it is filled for. */
  readonly companion: ({ readonly name: string } & CompanionValues) | null
  /** The key that this column holds the ULIDs of, in an expansion: it is no identity of its own. */
  readonly owner: string | null
  readonly done: boolean
}

interface Looked {
  readonly read: ReadChoices
  readonly strategy: 'replace' | 'expand'
  /** ULID columns that triggers keep in step. */
  readonly live: readonly SyncedColumn[]
  /** ULID columns whose name is not left to the rule. */
  readonly named: readonly SyncedColumn[]
}

function look(
  looking: Looking,
  key: KeyColumn,
  sampled: SampledTable,
  references: readonly DetectedReference[],
  { read: choices, strategy, live, named }: Looked,
): Seen {
  const { db, now } = looking
  const { table, column } = key
  const values = readValues(db, sampled, column.name)
  const columns = timeColumns(db, table, choices.zone, now).filter(name => !sameName(name, column.name))
  const name = companionName(table, column.name, named)
  const beside = companionValues(db, table, name)
  const ulids = amount(values.kinds, 'ulid', 'ulid-lower')
  const all = ulids === values.rows || (!key.primary && ulids > 0 && ulids === values.rows - values.nulls)
  const owner = strategy === 'expand' ? besideWhich(table, column.name, named) : null
  const done =
    all ||
    owner !== null ||
    // A column that somebody else has filled is not done: nothing keeps it in step, and its references may not be linked.
    (strategy === 'expand' &&
      beside !== null &&
      isFull(key, values, beside.ulids) &&
      live.some(each => samePlace(each, { table: table.name, column: column.name })))
  const verdict: Verdict =
    owner === null
      ? judge(key, values, references, all ? 'all' : done ? 'beside' : 'no')
      : { migrate: false, offered: false, reason: `the ULID column beside ${owner}` }
  return {
    key,
    values,
    owner,
    companion: beside && { name: columnNamed(table, name)!.name, ...beside },
    done,
    identity: {
      table: table.name,
      column: column.name,
      rows: values.rows,
      kinds: values.kinds,
      nulls: values.nulls,
      duplicates: values.duplicates,
      integerKey: table.rowidAlias === column.name,
      migrate: verdict.migrate,
      offered: verdict.offered,
      reason: verdict.reason,
      time: timeOf(key, values, columns, choices),
      timeColumns: columns,
      samples: [],
      inversions: null,
      references,
    },
  }
}

/** Rows without an id need no ULID beside it, unless the id is the key. */
function isFull(key: KeyColumn, values: ColumnValues, ulids: number): boolean {
  return ulids >= values.rows || (!key.primary && ulids > 0 && ulids >= values.rows - values.nulls)
}

function timeOf(
  key: KeyColumn,
  values: ColumnValues,
  columns: readonly string[],
  choices: ReadChoices,
): TimeSource {
  const chosen = choices.times.find(each => includesPath([each.path], key.table.name, key.column.name))
  if (chosen) return chosen.time
  const first = columns[0]
  if (sayTimes(values)) return first === undefined ? { from: 'id' } : { from: 'id', column: first }
  return first === undefined ? { from: 'order' } : { from: 'column', column: first }
}

/** Whether any ids say when they were made, and not by chance only. */
function sayTimes({ kinds, timed }: ColumnValues): boolean {
  // One large number among small ones is no Snowflake: numbers carry a time only where most of them do.
  const numbers = amount(kinds, 'integer', 'snowflake')
  if (numbers > 0 && amount(kinds, 'snowflake') * 2 < numbers) return false
  // One hash in eight has the digits of some UUID, and a few of those the time of one.
  return timed > amount(kinds, 'md5', 'sha1', 'sha256', 'hex', 'blob16')
}

interface Verdict {
  readonly migrate: boolean
  readonly offered: boolean
  readonly reason: string
}

/** Kinds that a person or a standard might write as well; they need more than a key to be taken for ids. */
const uncertain = ['prefixed', 'hex', 'nanoid'] as const

const machineMade = [
  'uuid1',
  'uuid2',
  'uuid3',
  'uuid4',
  'uuid5',
  'uuid6',
  'uuid7',
  'uuid8',
  'objectid',
  'ksuid',
  'snowflake',
  'nanoid',
  'cuid',
  'hex',
  'name-timestamp',
  'prefixed',
  'blob16',
  'ulid',
  'ulid-lower',
] as const

/** Whether a key column is an identity by default, and why; DESIGN's rules, with natural keys left alone. */
function judge(
  key: KeyColumn,
  values: ColumnValues,
  references: readonly DetectedReference[],
  done: 'all' | 'beside' | 'no',
): Verdict {
  const { table, column, primary } = key
  const filled = values.rows - values.nulls
  if (done === 'all')
    return no(
      values.nulls > 0 ? 'every value that is there is a ULID already' : 'every value is a ULID already',
    )
  if (done === 'beside') return no('a ULID stands beside every value already')
  if (foreignOf(table, column.name)) return no(`refers to ${foreignOf(table, column.name)}, and follows it`)
  const kept = keptBeside(key)
  if (kept !== null) return no(`the integer that goes on beside ${kept}`)
  if (isMigrationTool(table.name)) return maybe('a migration tool keeps its own record here: left alone')
  if (isHashOrSecretName(column.name)) return no('a hash or a secret by its name: left alone')
  const integers = amount(values.kinds, 'integer', 'snowflake')
  const referred = references.some(each => each.choice === 'accepted')
  if (integers === filled && column.affinity !== 'text' && filled > 0) {
    if (!primary && !referred) return maybe('numbers that are unique, but no key')
    return referred
      ? yes('an integer key that others refer to')
      : offer('an integer key that nothing refers to')
  }
  const made = amount(values.kinds, ...machineMade)
  const hashes = amount(values.kinds, 'md5', 'sha1', 'sha256')
  const named = isIdName(column.name)
  const idLike = named || referred
  const certain = made - amount(values.kinds, ...uncertain)
  // A SKU looks like a prefixed id, and is referred to like one: only a name can tell.
  if (made >= filled * 0.5 && (named || ((referred || primary) && certain >= filled * 0.5)))
    return yes('ids made by a machine, under a key')
  if (made >= filled * 0.5)
    return maybe(
      primary
        ? 'looks like ids, but is not named so: left alone'
        : 'unique, but neither the key nor named as an id',
    )
  if (hashes + made >= filled * 0.5) {
    if (idLike && primary) return yes('hashes used as ids')
    return maybe('content hashes: left alone')
  }
  const opaque = values.opaque >= 0.9 && values.uniformLength !== null && values.uniformLength >= 10
  if (opaque && idLike) return yes('opaque ids of one length, under a key')
  return maybe('a natural key: its values mean something')

  function yes(reason: string): Verdict {
    return { migrate: true, offered: true, reason }
  }
  function maybe(reason: string): Verdict {
    return { migrate: false, offered: false, reason }
  }
  function offer(reason: string): Verdict {
    return { migrate: false, offered: true, reason }
  }
  function no(reason: string): Verdict {
    return { migrate: false, offered: false, reason }
  }
}

/** `legacy_id` behind an `id` that is TEXT and unique: what an earlier run has kept is not migrated again. */
function keptBeside({ table, column }: KeyColumn): string | null {
  const name = table.rowidAlias === column.name ? /^legacy_(.+?)(?:_\d+)?$/.exec(column.name)?.[1] : undefined
  const ulid = table.columns.find(each => sameName(each.name, name ?? ''))
  const unique = table.indexes.some(
    index =>
      index.unique && index.columns.length === 1 && sameName(index.columns[0] ?? '', ulid?.name ?? ' '),
  )
  return ulid !== undefined && ulid.affinity === 'text' && ulid.notNull && unique ? ulid.name : null
}

/** A key that is itself a reference gets its values from its parent. */
function foreignOf(table: Table, column: string): string | null {
  const foreign = table.foreignKeys.find(each => each.from.length === 1 && sameName(each.from[0]!, column))
  return foreign ? formatColumnPath(foreign.parent, foreign.to[0] ?? '') : null
}

/** Lets the operator's choices and the identities' relations to each other decide. */
function settle(seen: readonly Seen[], choices: ReadChoices): Seen[] {
  const chosen = seen.map(each => {
    const { table, column, offered, migrate } = each.identity
    if (includesPath(choices.skip, table, column))
      return change(each, { migrate: false, reason: 'left out by --skip' })
    if (includesPath(choices.only, table, column) && !each.done)
      return change(each, { migrate: true, reason: 'named by --only' })
    if (choices.selects)
      return change(each, { migrate: false, reason: migrate ? 'not named by --only' : each.identity.reason })
    if (choices.all && offered && !each.done) return change(each, { migrate: true })
    return each
  })
  return followParents(chosen)
}

/**
 * A key whose values all come from another key follows that one: two maps for one value would tear them apart. What
 * refers to the follower then refers to its leader, and no column refers to two identities.
 */
function followParents(seen: readonly Seen[]): Seen[] {
  const leaders = seen.map((each, at) => leaderOf(seen, each, at))
  const rootOf = (at: number): number => {
    const visited = new Set<number>()
    let root = at
    for (let next = leaders[root]; next !== undefined && !visited.has(root); next = leaders[root]) {
      visited.add(root)
      root = next
    }
    return root
  }
  const taken: DetectedReference[] = []
  // One that holds the leader's ids inside of its values is followed by whoever refers to it in the same way, not by the leader's.
  const isWhole = (index: number) =>
    !seen.some(other =>
      other.identity.references.some(
        each => each.choice === 'accepted' && isInside(each) && isSelf(seen[index]!, each),
      ),
    )
  return seen.map((each, at) => {
    const root = rootOf(at)
    if (root !== at) {
      const path = formatColumnPath(seen[root]!.identity.table, seen[root]!.identity.column)
      return change(each, { migrate: false, offered: false, reason: `refers to ${path}, and follows it` })
    }
    if (!each.identity.migrate) return each
    const followers = seen.filter((_, index) => index !== at && rootOf(index) === at && isWhole(index))
    const all = [
      ...each.identity.references,
      // What was only inferred was inferred from the follower's values; the leader has looked for itself.
      ...followers.flatMap(follower => follower.identity.references.filter(isCertain)),
    ].filter(
      (reference, index, list) =>
        isInside(reference) ||
        (!isSelf(each, reference) && list.findIndex(other => samePlace(other, reference)) === index),
    )
    return change(each, {
      references: all.map(reference => {
        if (isInside(reference)) return reference
        const elsewhere =
          taken.some(other => samePlace(other, reference)) || betterElsewhere(seen, each, reference)
        if (reference.choice !== 'accepted' || !elsewhere) {
          if (reference.choice === 'accepted') taken.push(reference)
          return reference
        }
        return {
          ...reference,
          choice: 'mentioned' as const,
          why: 'its values fit another identity as well, or better',
        }
      }),
    })
  })
}

/** The identity that this key's values come from: declared, or the first in the schema that they are all found in. */
function leaderOf(seen: readonly Seen[], each: Seen, at: number): number | undefined {
  const leads = (a: Seen, b: Seen) =>
    (a.identity.migrate || a.done || a.identity.reason.startsWith('refers to')) &&
    a.identity.references.some(reference => reference.choice === 'accepted' && isSelf(b, reference))
  const found = seen.findIndex(
    (other, index) => index !== at && leads(other, each) && !(leads(each, other) && at < index),
  )
  return found < 0 ? undefined : found
}

function isCertain(reference: DetectedReference): boolean {
  return reference.kind === 'declared' || reference.why === NAMED
}

function isSelf(seen: Seen, place: { readonly table: string; readonly column: string }): boolean {
  return samePlace(seen.identity, place)
}

/** Whether another identity to be migrated claims the same column with more right: by declaration, or by more matches. */
function betterElsewhere(seen: readonly Seen[], owner: Seen, reference: DetectedReference): boolean {
  if (reference.kind === 'declared') return false
  return seen.some(
    other =>
      other !== owner &&
      other.identity.migrate &&
      other.identity.references.some(
        claim =>
          claim.choice === 'accepted' &&
          samePlace(claim, reference) &&
          (claim.kind === 'declared' || claim.matched > reference.matched),
      ),
  )
}

function change(seen: Seen, by: Partial<DetectedIdentity>): Seen {
  return { ...seen, identity: { ...seen.identity, ...by } }
}

function checkNames(seen: readonly Seen[], choices: ReadChoices): void {
  for (const path of choices.only) {
    if (seen.some(each => includesPath([path], each.identity.table, each.identity.column))) continue
    const keys = seen.map(each => formatColumnPath(each.identity.table, each.identity.column))
    throw usage(
      'CHOICE.NOT_AN_IDENTITY',
      formatColumnPath(path.table, path.column),
      'This column does not name the rows of its table.',
      'An identity is the only column of a primary key, or of a whole unique index, in a table with rows.',
      keys.length > 0
        ? `Name one of these: --only ${keys.join(' | ')}`
        : 'No table with rows has such a column.',
    )
  }
}

function stateOf(tables: number, seen: readonly Seen[]): TargetState {
  if (tables === 0) return 'empty'
  const ids = seen.filter(each => amount(each.values.kinds, ...machineMade) > 0 || each.identity.migrate)
  const partly = ids.some(each => {
    const ulids = amount(each.values.kinds, 'ulid', 'ulid-lower')
    const filled = each.companion?.ulids ?? 0
    return (
      (ulids > 0 && ulids < each.values.rows - each.values.nulls) ||
      (filled > 0 && !isFull(each.key, each.values, filled))
    )
  })
  if (partly) return 'half'
  const expanded = ids.some(
    each => each.companion !== null && isFull(each.key, each.values, each.companion.ulids),
  )
  const replaced = ids.some(each => amount(each.values.kinds, 'ulid', 'ulid-lower') === each.values.rows)
  const open = ids.some(
    each => each.identity.migrate && !(each.companion && isFull(each.key, each.values, each.companion.ulids)),
  )
  if (open) return replaced || expanded ? 'half' : 'legacy'
  if (expanded) return 'expanded'
  if (replaced) return 'migrated'
  return 'none'
}
