import { columnNamed, keyCollation, tableNamed } from '../../engines/sqlite/inspect.ts'
import type { Connection } from '../../engines/sqlite/open.ts'
import { isSentinel } from '../../engines/sqlite/sentinels.ts'
import { textBytes } from '../../engines/sqlite/text-bytes.ts'
import type { Place } from '../../inside/place.ts'
import type { Table } from '../../schema/model.ts'
import { formatColumnPath, quoteName as q, quoteText } from '../../schema/names.ts'
import { type CheckDefinition, FAULTS, type Finding, failed, number, passed, ranges } from '../check.ts'
import {
  BEFORE,
  beforeTable,
  type ComparedIdentity,
  type ComparedInside,
  type ComparedPlace,
  type Comparison,
  foreignIn,
  ORIGIN,
  sideBySide,
} from '../comparison.ts'
import { type Id, type IdsAt, idsAt, type Readings } from '../inside/ids-at.ts'
import { replacedIn } from '../inside/replaced-in.ts'
import { whileThereIs } from '../temporary-table.ts'

export const inside: CheckDefinition = {
  id: 'inside',
  claim:
    'In a value that holds ids, each at an accepted place has become the ULID of the very same row, and not one other byte is different; all other values are equal.',
  ofInside: true,
  async run(comparison, breathe) {
    const table = {
      name: ORPHANS,
      definition: 'map, ulid, legacy, PRIMARY KEY(map, ulid)) WITHOUT ROWID',
      fill: orphansOf(comparison),
    }
    return whileThereIs(comparison.db, table, () => lookThrough(comparison, breathe))
  },
}

/** Orphans, and ids of rows elsewhere, by their ULIDs, which their own tables have no index for; before an undo also rows that were deleted since. */
const ORPHANS = '_ulid_migrate_orphan_ulids'

function orphansOf({ identities, inside, undone }: Comparison): readonly string[] {
  const database = q(undone ? BEFORE : 'main')
  // No row here says what became of ids that name rows elsewhere.
  const elsewhere = foreignIn(inside).flatMap(({ map, orphans }) =>
    [map, orphans].map(
      name =>
        `INSERT INTO temp.${ORPHANS} SELECT ${quoteText(name)}, ulid, legacy FROM ${database}.${q(name)}`,
    ),
  )
  const own = identities.flatMap(({ table, before, map, orphans }) => [
    `INSERT INTO temp.${ORPHANS} SELECT ${quoteText(orphans)}, ulid, legacy FROM ${database}.${q(orphans)}`,
    ...(undone
      ? [
          `INSERT INTO temp.${ORPHANS} SELECT ${quoteText(map)}, m.ulid, m.legacy FROM ${database}.${q(map)} m
           WHERE NOT EXISTS (SELECT 1 FROM ${beforeTable(table)} t WHERE t.${q(before)} = m.ulid)`,
        ]
      : []),
  ])
  return [...own, ...elsewhere]
}

async function lookThrough(comparison: Comparison, breathe: () => Promise<void>): Promise<Finding> {
  const faults: string[] = []
  let count = 0
  let wrong = 0
  for (const column of comparison.inside) {
    const table = tableNamed(comparison.before, column.table)
    if (!table || !tableNamed(comparison.after, column.table)) continue
    const judge = judgeOf(comparison, column)
    const rows = rowsOf(comparison, column, table)
    for await (const { where, parameters } of ranges(comparison, table, breathe)) {
      for (const row of rows(where, parameters)) {
        const verdict = judge(row)
        if (typeof verdict === 'number') {
          count += verdict
          continue
        }
        wrong += 1
        if (faults.length < FAULTS)
          faults.push(`${formatColumnPath(column.table, column.column)}${row.name}: ${verdict}`)
      }
    }
  }
  if (!comparison.strict)
    return { ...passed(count, `${number(count)} ids, ${number(wrong)} values changed since`), changed: wrong }
  return wrong > 0
    ? failed(count, `${number(wrong)} values are not what they were but for their ids`, faults)
    : passed(count, `${number(count)} ids inside of values, to the same row as before`)
}

interface Row {
  readonly name: string
  /** The value with legacy ids, and the one with ULIDs. */
  readonly legacy: Cell
  readonly ulids: Cell
  /** What stood there before a run that was undone. */
  readonly origin: Cell | null
  /** For each place, whether it is one in this row. */
  readonly applies: readonly boolean[]
}

interface Cell {
  readonly type: string
  /** Bytes as latin1, a number in digits. */
  readonly text: string
  readonly number: bigint | null
}

function rowsOf(comparison: Comparison, { column, places }: ComparedInside, table: Table) {
  const { db, undone } = comparison
  const { from, on, position } = sideBySide(comparison, table)
  const cell = (value: string) =>
    `typeof(${value}), CASE WHEN typeof(${value}) IN ('integer', 'real', 'null') THEN ${value} ELSE CAST(${value} AS BLOB) END`
  const name = q(column)
  const origin = undone?.origin
    ? ` LEFT JOIN ${q(ORIGIN)}.${q(table.name)} x ON ${sideBySide({ ...comparison, before: comparison.after, identities: [], references: [], undone: null }, table, { now: 'n', then: 'x' }).on}`
    : ''
  const sql = `SELECT ${position === null ? 'NULL' : `n.${position}`}, ${cell(`o.${name}`)}, ${cell(`n.${name}`)}, ${origin === '' ? 'NULL, NULL' : cell(`x.${name}`)}
      ${spotsOf(places)
        .map(({ place }) => `, ${applies(place)}`)
        .join('')}
    FROM ${from} JOIN ${beforeTable(table.name)} o ON ${on}${origin}`
  const { decode } = textBytes(db)
  const read = (type: string | null, value: unknown): Cell => ({
    type: type ?? 'null',
    text: Buffer.isBuffer(value)
      ? (type === 'text' ? decode(value) : value).toString('latin1')
      : value === null
        ? ''
        : String(value),
    number: typeof value === 'bigint' ? value : null,
  })
  return function* (where: string, parameters: Record<string, bigint>): Generator<Row> {
    for (const row of db.prepare(`${sql} WHERE ${where}`).raw().iterate(parameters) as Iterable<unknown[]>) {
      const [n, ot, o, nt, now, xt, x, ...flags] = row
      const [old, fresh] = [read(ot as string, o), read(nt as string, now)]
      yield {
        name: n === null ? '' : ` in row ${String(n)}`,
        legacy: undone ? fresh : old,
        ulids: undone ? old : fresh,
        origin: xt === null ? null : read(xt as string, x),
        applies: flags.map(flag => flag === 1n),
      }
    }
  }
}

function applies({ when }: Place): string {
  return when === undefined
    ? '1'
    : `(o.${q(when.column)} IS NOT NULL AND CAST(o.${q(when.column)} AS TEXT) IN (${when.is.map(quoteText).join(', ')}))`
}

interface Spot {
  readonly place: Place
  readonly of: readonly ComparedPlace[]
}

function spotsOf(places: readonly ComparedPlace[]): readonly Spot[] {
  const spots = new Map<string, Spot>()
  for (const each of places) {
    const key = JSON.stringify(each.place)
    spots.set(key, { place: each.place, of: [...(spots.get(key)?.of ?? []), each] })
  }
  return [...spots.values()]
}

/** Says of a row how many ids were replaced in it, or what is wrong. */
function judgeOf(comparison: Comparison, { places }: ComparedInside): (row: Row) => number | string {
  const { db, undone } = comparison
  const spots = spotsOf(places).map(spot => ({
    ...spot,
    ids: idsAt(db, spot.place),
    names: becoming(
      comparison,
      spot.of.map(each => ({ ...each, takesOrphans: false })),
    ),
    becomes: becoming(comparison, spot.of),
    mayStay: undone !== null || spot.place.pattern !== undefined || !spot.of.every(each => each.takesOrphans),
  }))
  const legacyOf = lookupBack(comparison, [...new Set(places.map(({ identity }) => identity))])
  const ignoresCase = places.some(({ identity }) => {
    if (identity.foreign !== null) return identity.foreign.collation === 'NOCASE'
    const parent = tableNamed(comparison.before, identity.table)
    return parent !== undefined && keyCollation(parent, identity.before) === 'NOCASE'
  })
  const nothing = db.prepare(`SELECT ${isSentinel(ID)}`).pluck()
  const { encodeId } = textBytes(db)
  const isNothing = (id: Id) => nothing.get({ id: encodeId(bound(id)) }) === 1n
  const asJson = jsonOf(db)
  return ({ legacy, ulids, origin, applies: flags }) => {
    const source = undone ? ulids : legacy
    const expected: string[] = []
    let unreadable = false
    for (const [at, spot] of spots.entries()) {
      if (!flags[at]) continue
      const all = readIds(spot.ids, source)
      if (all === null) unreadable = true
      for (const readings of all ?? []) {
        const readAs = (means: (id: Id) => Id | null) =>
          readings.find(ids => ids.every(id => means(id) !== null))
        const known = readAs(spot.names) ?? readAs(spot.becomes) ?? readings[0]!
        for (const id of known) {
          const other = spot.becomes(id)
          if (other !== null && other !== id) expected.push(undone ? String(id) : String(other))
          else if (other === null && !spot.mayStay && !isNothing(id))
            return `${shown(id)} names no row, and has no ULID`
        }
      }
    }
    const equal = legacy.type === ulids.type && legacy.text === ulids.text
    if (equal) return expected.length === 0 ? 0 : `${shown(expected[0]!)} is left as it was`
    if (!mayDiffer(legacy, ulids)) return `it was ${legacy.type} and is ${ulids.type}`
    const found =
      replacedIn(legacy.text, ulids.text, legacyOf, ignoresCase) ??
      replacedInJsonb(asJson, legacy, ulids, (a, b) => replacedIn(a, b, legacyOf, ignoresCase))
    if (found === null) return 'it differs by more than the ids of the same rows'
    if (!unreadable && String([...found].sort()) !== String(expected.sort()))
      return `${number(found.length)} ids are others than before, where ${number(expected.length)} should be`
    // Where the run's own value stood until the undo, the very bytes are back.
    if (origin !== null && (origin.type !== legacy.type || origin.text !== legacy.text)) {
      const was = replacedIn(origin.text, ulids.text, legacyOf, ignoresCase)
      if (was !== null) return 'it did not get back the bytes that it had before the run'
    }
    return found.length
  }
}

function readIds(read: IdsAt, { type, text, number: whole }: Cell): readonly Readings[] | null {
  if (type === 'null') return []
  if (type === 'real') return /^-?\d+$/.test(text) ? read(BigInt(text), false) : []
  return read(whole ?? text, type === 'text')
}

/** A number in whose place a ULID stands has become text; a value of any other type keeps its type. */
function mayDiffer(legacy: Cell, ulids: Cell): boolean {
  return legacy.type === ulids.type || (ulids.type === 'text' && ['integer', 'real'].includes(legacy.type))
}

/** In SQLite's binary form lengths are written around everything: what it says as text is compared instead. */
function replacedInJsonb(
  asJson: (cell: Cell) => string | null,
  legacy: Cell,
  ulids: Cell,
  compare: (legacy: string, ulids: string) => readonly string[] | null,
): readonly string[] | null {
  if (legacy.type !== 'blob' || ulids.type !== 'blob') return null
  const [was, is] = [asJson(legacy), asJson(ulids)]
  return was === null || is === null ? null : compare(was, is)
}

function jsonOf(db: Connection): (cell: Cell) => string | null {
  const json = db
    .prepare('SELECT CASE WHEN json_valid(@value, 8) THEN CAST(json(@value) AS BLOB) END')
    .pluck()
  const { decode } = textBytes(db)
  return ({ text }) => {
    const found = json.get({ value: Buffer.from(text, 'latin1') }) as Buffer | null
    return found === null ? null : decode(found).toString('latin1')
  }
}

const ID = `(CASE typeof(@id) WHEN 'blob' THEN CAST(@id AS TEXT) ELSE @id END)`

/** An expression's id as {@link Id}s are read. */
function idSql(value: string): string {
  return `CASE typeof(${value}) WHEN 'integer' THEN ${value} WHEN 'null' THEN NULL ELSE CAST(${value} AS BLOB) END`
}

function bound(id: Id): bigint | Buffer {
  return typeof id === 'bigint' ? id : Buffer.from(id, 'latin1')
}

function shown(id: Id): string {
  return JSON.stringify(String(id))
}

/** Where the two sides of an identity's rows stand. */
function sidesOf(comparison: Comparison, identity: ComparedIdentity) {
  const table = tableNamed(comparison.before, identity.table)
  if (!table || !columnNamed(table, identity.before)) return null
  const { from, on } = sideBySide(comparison, table)
  return {
    joined: `FROM ${from} JOIN ${beforeTable(table.name)} o ON ${on}`,
    then: `o.${q(identity.before)}`,
    now: `n.${q(identity.after)}`,
  }
}

/** What an id becomes: that of the row which it named before, or what all orphans like it became. */
function becoming(comparison: Comparison, of: readonly ComparedPlace[]): (id: Id) => Id | null {
  const { db, undone } = comparison
  const lookups = of.flatMap(({ identity, takesOrphans }) => {
    if (identity.foreign !== null)
      return [identity.map, ...(takesOrphans ? [identity.orphans] : [])].map(name =>
        undone ? knownAs(name) : `SELECT ${idSql('l.ulid')} FROM main.${q(name)} l WHERE l.legacy = +${ID}`,
      )
    const sides = sidesOf(comparison, identity)
    if (!sides) return []
    const { joined, then, now } = sides
    const orphan = undone
      ? knownAs(identity.orphans)
      : `SELECT ${idSql('l.ulid')} FROM main.${q(identity.orphans)} l WHERE l.legacy = +${ID}`
    return [
      `SELECT ${idSql(now)} ${joined} WHERE ${then} = +${ID}`,
      ...(undone ? [knownAs(identity.map)] : []),
      ...(takesOrphans ? [orphan] : []),
    ]
  })
  return lookup(db, lookups)
}

/** What the row of a ULID was called, or is again. */
function lookupBack(
  comparison: Comparison,
  identities: readonly ComparedIdentity[],
): (ulid: string) => Id | null {
  const { db, undone } = comparison
  const lookups = identities.flatMap(identity => {
    if (identity.foreign !== null) return [knownAs(identity.map), knownAs(identity.orphans)]
    const sides = sidesOf(comparison, identity)
    if (!sides) return []
    const { joined, then, now } = sides
    const [ulid, legacy] = undone ? [then, now] : [now, then]
    return [
      `SELECT ${idSql(legacy)} ${joined} WHERE ${ulid} = +${ID}`,
      ...(undone ? [knownAs(identity.map)] : []),
      knownAs(identity.orphans),
    ]
  })
  return lookup(db, lookups)
}

/** What a ULID without a row here stood for. */
function knownAs(map: string): string {
  return `SELECT ${idSql('l.legacy')} FROM temp.${ORPHANS} l WHERE l.map = ${quoteText(map)} AND l.ulid = +${ID}`
}

function lookup(db: Connection, queries: readonly string[]): (id: Id) => Id | null {
  const { decode, encodeId } = textBytes(db)
  const prepared = queries.map(sql => db.prepare(sql).pluck())
  return id => {
    for (const each of prepared) {
      const found = each.get({ id: encodeId(bound(id)) }) as bigint | Buffer | null | undefined
      if (found != null) return typeof found === 'bigint' ? found : decode(found).toString('latin1')
    }
    return null
  }
}
