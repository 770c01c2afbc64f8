import Database from 'better-sqlite3'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { countDocuments, isCountedInside } from '../../../../src/core/detect/inside/count-documents.ts'
import { knownIds } from '../../../../src/core/detect/inside/known-ids.ts'
import { readValues } from '../../../../src/core/detect/inside/read-values.ts'
import { newTally, type Tallied } from '../../../../src/core/detect/inside/tally.ts'
import { columnNamed, inspect, tableNamed } from '../../../../src/core/engines/sqlite/inspect.ts'

const paths = [
  '$',
  '$.a',
  '$.a.b',
  '$[1]',
  '$[*]',
  '$.a[*]',
  '$.a[*].b',
  '$.*',
  '$.a.*',
  '$.*~',
  '$.a.*~',
  '$."two words"',
  '$[*][*]',
]

/** Ids of both tables, of one, of none; what stands for nothing; and what is no id. */
const leaf = fc.constantFrom<unknown>(
  ...[
    1,
    5,
    9,
    30,
    99,
    '1',
    '30',
    'x7',
    'x99',
    'Ünï',
    0,
    -1,
    '',
    'null',
    '[1]',
    '{"a":1}',
    true,
    false,
    null,
    1.5,
  ],
)
const value = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', '1', 'x7', 'two words'), tie('value'), { maxKeys: 3 }),
  ),
})).value
const stored = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      as: fc.constantFrom('text', 'jsonb', 'blob'),
      text: value.map(each => JSON.stringify(each)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      as: fc.constant('text'),
      text: fc.constantFrom('', 'no json', '{"a":1', '{a:1}', '5 '),
    }),
  },
)

/** One identity by itself is counted in another way than several. */
const someKeys = fc.oneof(fc.constantFrom([0], [1], [2]), fc.constant([0, 1, 2]))

it('counts in SQLite what reading each document counts', () => {
  fc.assert(
    fc.property(fc.array(stored, { minLength: 1, maxLength: 8 }), someKeys, (documents, chosen) => {
      const db = new Database(':memory:')
      db.defaultSafeIntegers()
      db.exec(`CREATE TABLE numbers(id INTEGER PRIMARY KEY); CREATE TABLE gaps(id INTEGER PRIMARY KEY); CREATE TABLE names(id TEXT PRIMARY KEY, at, v, d, value, type);
        CREATE TABLE docs(id INTEGER PRIMARY KEY, body);
        WITH n(n) AS (VALUES(1) UNION ALL SELECT n + 1 FROM n WHERE n < 20) INSERT INTO numbers SELECT n FROM n;
        INSERT INTO gaps VALUES(5), (30), (31); INSERT INTO names(id) VALUES('x7'), ('Ünï'), ('30'), ('x8');`)
      for (const { as, text } of documents)
        db.prepare(
          `INSERT INTO docs(body) VALUES(${as === 'jsonb' ? 'jsonb(?)' : as === 'blob' ? 'CAST(? AS BLOB)' : '?'})`,
        ).run(text)
      const schema = inspect(db)
      const known = (name: string, range: readonly [bigint, bigint] | null) => {
        const table = tableNamed(schema, name)!
        return knownIds(db, { table, column: columnNamed(table, 'id')!, primary: true }, range)!
      }
      const all = [known('numbers', [1n, 20n]), known('gaps', null), known('names', null)]
      const keys = chosen.map(at => all[at]!)
      const docs = tableNamed(schema, 'docs')!
      const body = columnNamed(docs, 'body')!
      const asked = (): Tallied[] =>
        paths.flatMap(path => keys.map(each => ({ known: each, place: { path }, tally: newTally() })))
      const [counted, read] = [asked(), asked()]
      expect(counted.every(each => isCountedInside(docs, each))).toBe(true)
      const { values, unread } = finish(countDocuments(db, docs, body, counted))
      const isJson = `typeof(body) = 'text' AND json_valid(body) OR typeof(body) = 'blob' AND json_valid(body, 8)`
      expect(values).toBe(documents.length)
      // One path at a time: of two that lead to one place, the first would take it.
      for (const path of paths) {
        const one = read.filter(({ place }) => place.path === path)
        expect(finish(readValues(db, docs, body, one, `(${isJson})`))).toBe(values - unread)
      }
      expect(counted.map(shown)).toEqual(read.map(shown))
      db.close()
    }),
    { numRuns: 120 },
  )
})

function shown({ known, place, tally }: Tallied) {
  const sorted = (set: Set<string>) => [...set].sort()
  const { different, differentOrphans, greatest, ...counts } = tally
  // Among ids that a machine made there is no greatest number to be had.
  const numbers = known.worth === 'machine' ? {} : { greatest }
  return {
    table: known.key.table.name,
    ...place,
    ...counts,
    ...numbers,
    different: sorted(different),
    differentOrphans: sorted(differentOrphans),
  }
}

function finish<T>(counting: Generator<unknown, T>): T {
  let step = counting.next()
  while (!step.done) step = counting.next()
  return step.value
}
