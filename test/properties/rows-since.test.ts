import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Choices } from '../../src/core/requests.ts'
import { Twins, type Write } from '../core/rollback/by-hand.ts'
import { countIn, quoted } from '../support/database.ts'
import {
  hasId,
  type RandomDatabase,
  type RandomTable,
  randomDatabase,
  referenceColumn,
  sqlOf,
} from './random-database.ts'

/** An undo keeps whatever was written since: the same writes by hand, to the database that never went, give the same. */

const runs = Number(process.env.ROUND_TRIPS ?? 3)
const again = process.env.ROUND_TRIP_SEED === undefined ? {} : { seed: Number(process.env.ROUND_TRIP_SEED) }

/** One write, said by numbers that any database gives a meaning to. */
interface Deed {
  readonly what: 'insert' | 'replace' | 'point' | 'rename' | 'note' | 'delete' | 'delete and insert'
  readonly table: number
  readonly row: number
  readonly points: readonly Point[]
  readonly lower: boolean
}

interface Point {
  readonly to: 'row' | 'orphan' | 'null'
  readonly row: number
}

const nat = (max: number) => fc.nat({ max })

const deeds: fc.Arbitrary<readonly Deed[]> = fc.array(
  fc.record({
    what: fc.constantFrom<Deed['what'][]>(
      ...(['insert', 'insert', 'insert', 'point', 'note', 'delete'] as const),
      ...(['replace', 'rename', 'delete and insert'] as const),
    ),
    table: nat(5),
    row: nat(9),
    points: fc.array(
      fc.record({
        to: fc.constantFrom<Point['to'][]>('row', 'row', 'row', 'row', 'orphan', 'null'),
        row: nat(9),
      }),
      { minLength: 2, maxLength: 2 },
    ),
    lower: fc.boolean(),
  }),
  { minLength: 3, maxLength: 14 },
)

/** What the deeds need to know of a table. */
interface Shape {
  readonly name: string
  readonly hasId: boolean
  /** Whether SQLite makes an id where none is given. */
  readonly makesIds: boolean
  /** Whether rows that came may be gone again, or be named anew: under numbers nobody could say by hand which it had been. */
  readonly newMayGo: boolean
  readonly references: readonly {
    readonly column: string
    readonly parent: string
    readonly takesText: boolean
  }[]
  readonly note: string | null
}

/** A ULID of February 2026 for number `n`, plausible and nobody else's. */
function ulidOf(n: number, lower: boolean): string {
  const ulid = `01KHB3Y0K0${String(n).padStart(16, 'Z')}`
  return lower ? ulid.toLowerCase() : ulid
}

/** Rows 0 to 9 are those that were there, 100 and up those that came; a point names one of either. */
function writesOf(deeds: readonly Deed[], shapes: readonly Shape[]): readonly Write[] {
  const shapeOf = (deed: Deed) => shapes[deed.table % shapes.length]!
  const inOrder = shapes.every(shape => shape.newMayGo) ? deeds : namedAnewLast(deeds, shapeOf)
  return inOrder.flatMap((deed, at) => writesBy(deed, at, shapeOf(deed)))
}

/** Each row is named anew once, and nobody points at it or deletes it afterwards. */
function namedAnewLast(deeds: readonly Deed[], shapeOf: (deed: Deed) => Shape): readonly Deed[] {
  const named = deeds.filter(({ what }) => what === 'rename')
  const isSame = (a: Deed, b: Deed) => a.row === b.row && shapeOf(a) === shapeOf(b)
  return [
    ...deeds.filter(({ what }) => what !== 'rename'),
    ...named.filter((deed, at) => named.findIndex(other => isSame(deed, other)) === at),
  ]
}

function writesBy(deed: Deed, at: number, shape: Shape): readonly Write[] {
  const named = (row: number) => (at > row ? 100 + row : row)
  const [table, n, old] = [quoted(shape.name), 100 + at, shape.newMayGo ? named(deed.row) : deed.row]
  const expression = (point: Point, parent: string, takesText: boolean) =>
    point.to === 'null'
      ? 'NULL'
      : point.to === 'orphan' && takesText
        ? `'${ulidOf(900 + point.row, deed.lower)}'`
        : `(SELECT id FROM ${quoted(parent)} WHERE n = ${named(point.row)})`
  const values = Object.fromEntries(
    shape.references.map(({ column, parent, takesText }, which) => [
      column,
      expression(deed.points[which % deed.points.length]!, parent, takesText),
    ]),
  )
  const id = `'${ulidOf(n, deed.lower)}'`
  const row = (verb: 'INSERT OR IGNORE' | 'INSERT OR REPLACE'): Write =>
    shape.hasId
      ? { into: shape.name, n, values, verb, ...(shape.makesIds && deed.row % 3 === 0 ? {} : { id }) }
      : `${verb} INTO ${table}(${['n', ...Object.keys(values).map(quoted)].join(', ')}) VALUES(${[n, ...Object.values(values)].join(', ')})`
  const gone = `DELETE FROM ${table} WHERE n = ${old}`
  const all: Readonly<Record<Deed['what'], readonly Write[]>> = {
    insert: [row('INSERT OR IGNORE')],
    replace: [row('INSERT OR REPLACE')],
    point: Object.entries(values).map(
      ([column, value]) => `UPDATE OR IGNORE ${table} SET ${quoted(column)} = ${value} WHERE n = ${old}`,
    ),
    rename: shape.hasId ? [{ into: shape.name, n: old, id, verb: 'UPDATE' }] : [],
    note: shape.note === null ? [] : [`UPDATE ${table} SET ${quoted(shape.note)} = 'since' WHERE n = ${old}`],
    delete: [gone],
    'delete and insert': [gone, row('INSERT OR IGNORE')],
  }
  return all[deed.what]
}

async function keptByUndo(
  sql: readonly string[],
  choices: Choices,
  writes: readonly Write[],
): Promise<Twins | null> {
  const twins = new Twins(sql, choices, ['sqlite_sequence'])
  if (!(await twins.migrate())) return null
  twins.write(...writes)
  await twins.undo()
  return twins
}

/** The last id that a program gave to each row that is still there. */
function givenIds(writes: readonly Write[], twins: Twins) {
  const given = new Map(
    writes.flatMap(write =>
      typeof write === 'string' || write.id === undefined
        ? []
        : [[`${write.into}\n${write.n}`, { write, id: write.id.slice(1, -1) }] as const],
    ),
  )
  return [...given.values()].flatMap(({ write, id }) => {
    const now = twins.idOf(write.into, write.n)
    return now === null ? [] : [{ table: write.into, id, now }]
  })
}

/** A row whose id goes back to NULL can not go on being referred to: that is refused, and another matter. */
function withoutNulls({ tables, ...rest }: RandomDatabase): RandomDatabase {
  return {
    ...rest,
    tables: tables.map(table => ({ ...table, rows: table.rows.filter(row => row.id !== null) })),
  }
}

function hasUniqueBesideKey({ key, references }: RandomTable): boolean {
  return key === 'without rowid' && references.some(({ form }) => form === 'unique')
}

function shapesOf({ tables }: RandomDatabase): readonly Shape[] {
  return tables.map(table => ({
    name: table.name,
    hasId: hasId(table),
    makesIds: false,
    newMayGo: true,
    note: table.extra[0] === 'TEXT' || table.extra[0] === '' ? 'extra_0' : null,
    // What no key declares is followed where its values say so, which is another test's matter.
    references: table.references.flatMap(({ to, form }, at) =>
      hasId(tables[to]!) && form !== 'by name only' && form !== 'composite'
        ? [{ column: referenceColumn(table, at, tables), parent: tables[to]!.name, takesText: true }]
        : [],
    ),
  }))
}

test.each(['replace', 'expand'] as const)(
  'ids of text, %s: rows, references and values written since are kept, and new rows keep their ULIDs',
  async strategy => {
    await fc.assert(
      fc.asyncProperty(
        randomDatabase.map(withoutNulls),
        fc.constantFrom('upper' as const, 'lower' as const),
        deeds,
        async (database, letters, done) => {
          // A unique column of NULLs beside a key that is no rowid may be taken for an identity, and its run is refused.
          fc.pre(!database.tables.some(hasUniqueBesideKey))
          const writes = writesOf(done, shapesOf(database))
          const twins = await keptByUndo(sqlOf(database), { strategy, case: letters }, writes)
          if (twins === null) return
          for (const { id, now } of givenIds(writes, twins)) expect(now).toBe(id)
        },
      ),
      { numRuns: runs, ...again },
    )
  },
)

const keys = {
  'INTEGER PRIMARY KEY': '',
  'INTEGER PRIMARY KEY AUTOINCREMENT': '',
  'INT PRIMARY KEY': '',
  'INTEGER NOT NULL PRIMARY KEY': ' WITHOUT ROWID',
  'INTEGER PRIMARY KEY ': ' STRICT',
} as const

const numbered = fc.record({
  p: fc.constantFrom(...(Object.keys(keys) as (keyof typeof keys)[])),
  q: fc.constantFrom(...(Object.keys(keys) as (keyof typeof keys)[])),
  /** Sets of small numbers: some follow each other, some leave holes, the last ones may be gone. */
  ids: fc.tuple(
    fc.uniqueArray(nat(12), { minLength: 2, maxLength: 8 }),
    fc.uniqueArray(nat(12), { minLength: 1, maxLength: 8 }),
  ),
  gone: nat(20),
  points: fc.array(nat(15), { minLength: 8, maxLength: 8 }),
})
type Numbered = typeof numbered extends fc.Arbitrary<infer T> ? T : never

/** Two tables under integers that refer to themselves and to each other, a table without ids, and a composite key. */
function numberedSql({ p, q, ids, gone, points }: Numbered): readonly string[] {
  const at = (n: number) => points[n % points.length]! + 1
  const rows = (table: string, which: readonly number[]) =>
    which.map((id, n) => `INSERT INTO ${table} VALUES(${id + 1}, ${n}, ${at(n)}, ${at(n + 3)}, NULL)`)
  return [
    `CREATE TABLE p(id ${p}, n INT NOT NULL, parent INTEGER REFERENCES p(id), q_id INTEGER REFERENCES q(id), note TEXT)${keys[p]}`,
    `CREATE TABLE q(id ${q}, n INT NOT NULL, p_id INT REFERENCES p(id) ON DELETE CASCADE, q_id INTEGER REFERENCES q(id), note TEXT)${keys[q]}`,
    'CREATE TABLE c(n INT NOT NULL, p_id REFERENCES p(id), q_id TEXT REFERENCES q(id), note TEXT)',
    'CREATE TABLE pq(p_id INT REFERENCES p(id), q_id INT REFERENCES q(id), n INT NOT NULL, PRIMARY KEY(p_id, q_id))',
    `INSERT INTO p VALUES(${gone + 1}, 99, NULL, NULL, NULL); DELETE FROM p`,
    ...rows('p', ids[0]),
    ...rows('q', ids[1]),
    ...points.map((point, n) => `INSERT INTO c VALUES(${n}, ${point + 1}, '${at(n + 1)}', 'line')`),
    ...points.map((point, n) => `INSERT OR IGNORE INTO pq VALUES(${point + 1}, ${at(n + 2)}, ${n})`),
  ]
}

function numberedShapes({ p, q }: Numbered): readonly Shape[] {
  const own = (key: keyof typeof keys) => ({
    hasId: true,
    makesIds: key.startsWith('INTEGER PRIMARY KEY'),
    newMayGo: false,
    takesText: keys[key] !== ' STRICT',
  })
  const of = (takesText: boolean, ...columns: readonly (readonly [string, string])[]) =>
    columns.map(([column, parent]) => ({ column, parent, takesText }))
  return [
    { name: 'p', ...own(p), note: 'note', references: of(own(p).takesText, ['parent', 'p'], ['q_id', 'q']) },
    { name: 'q', ...own(q), note: 'note', references: of(own(q).takesText, ['p_id', 'p'], ['q_id', 'q']) },
    {
      name: 'c',
      hasId: false,
      makesIds: false,
      newMayGo: false,
      note: 'note',
      references: of(true, ['p_id', 'p'], ['q_id', 'q']),
    },
    {
      name: 'pq',
      hasId: false,
      makesIds: false,
      newMayGo: false,
      note: null,
      references: of(true, ['p_id', 'p'], ['q_id', 'q']),
    },
  ]
}

test.each(['keep-integer', 'pure'] as const)(
  'integers, %s: rows, references and values written since are kept, and new rows get numbers that nobody ever had',
  async form => {
    await fc.assert(
      fc.asyncProperty(numbered, deeds, async (database, done) => {
        const sql = numberedSql(database)
        const writes = writesOf(done, numberedShapes(database))
        const twins = await keptByUndo(sql, { form, all: true }, writes)
        if (twins === null) return
        const orphans = new Set(database.points.map(point => BigInt(point + 1)))
        for (const { table, now } of givenIds(writes, twins)) {
          expect(typeof now).toBe('bigint')
          const before = database.ids[table === 'p' ? 0 : 1].map(id => BigInt(id + 1))
          expect(before.includes(now as bigint) || orphans.has(now as bigint)).toBe(false)
        }
        for (const table of ['p', 'q'])
          expect(countIn(twins.path, `SELECT count(*) FROM ${table} WHERE typeof(id) <> 'integer'`)).toBe(0)
      }),
      { numRuns: runs, ...again },
    )
  },
)
