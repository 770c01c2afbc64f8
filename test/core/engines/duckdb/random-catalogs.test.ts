import { expect, it } from 'vitest'
import { readCatalog } from '../../../../src/core/engines/duckdb/read-catalog.ts'
import { differences } from '../../../../src/core/engines/duckdb/same-catalog.ts'
import { editTable } from '../../../../src/core/engines/duckdb/table-text.ts'
import { quoteName as q, quoteText } from '../../../../src/core/schema/names.ts'
import { statementsOf, storeOf } from '../../../support/duckdb.ts'

const names = [
  'id',
  'order',
  'a b',
  'x"y',
  'CHECK',
  'Default',
  'ünï',
  "it's",
  'a.b',
  'p(q',
  'r, s',
  'ON',
  '1st',
  't',
]
const types = [
  'INTEGER', 'VARCHAR', 'UUID', 'DECIMAL(9,3)', 'FLOAT[4]', 'TIMESTAMPTZ', 'JSON', 'BLOB', 'mood', 'mood[]',
  `"o w n"`, 'MAP(VARCHAR, mood)', 'STRUCT("a b" UUID, "not" mood[3])', 'UNION(n INTEGER, s VARCHAR)', 'HUGEINT', 'BIT',
  'INTERVAL', 'TIME', 'VARCHAR COLLATE NOCASE',
] // biome-ignore format: a list
const keys = ['INTEGER', 'VARCHAR', 'UUID', 'BIGINT']

/** Statements of a random database; the same for the same seed. */
function randomDatabase(seed: number): readonly string[] {
  let state = seed
  const below = (n: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
  const one = <Thing>(things: readonly Thing[]) => things[below(things.length)]!
  const some = <Thing>(things: readonly Thing[], most: number) =>
    [...things].sort(() => below(3) - 1).slice(0, 1 + below(most))
  const maybe = (text: string) => (below(3) === 0 ? text : '')
  const statements = [
    `CREATE TYPE mood AS ENUM ('ok', 'it''s, "so" (so)')`,
    `CREATE TYPE "o w n" AS STRUCT(m mood, "x y" INTEGER[])`,
    'CREATE SEQUENCE sq',
  ]
  for (const schema of ['main', ...some(['s', 'S t', 'x"y'], 2)]) {
    if (schema !== 'main') statements.push(`CREATE SCHEMA ${q(schema)}`)
    const parents: {
      readonly table: string
      readonly keys: readonly string[]
      readonly types: readonly string[]
    }[] = []
    for (const name of some(names, 4)) {
      const table = `${q(schema)}.${q(name)}`
      const columns = some(names, 7)
      const ids = columns.slice(0, 1 + below(Math.min(2, columns.length)))
      const idTypes = ids.map(() => one(keys))
      const plain = columns.slice(ids.length)
      const definitions = [
        ...ids.map((id, at) => `${q(id)} ${idTypes[at]}`),
        ...plain.map(column => {
          const type = one(types)
          const value =
            type === 'INTEGER' ? `nextval('sq') + (2 * 3)` : type.startsWith('VARCHAR') ? `'),''("'` : 'NULL'
          return `${q(column)} ${type} ${maybe(`DEFAULT (${value})`)} ${maybe('NOT NULL')}`
        }),
        ...(below(2) ? [`generated AS (${q(ids[0]!)}::VARCHAR || 'GENERATED, (')`] : []),
      ]
      const constraints = [
        `${one(['PRIMARY KEY', 'UNIQUE'])} (${ids.map(q).join(', ')})`,
        ...plain
          .slice(0, below(3))
          .map(column => `CHECK (${q(column)} IS NOT NULL OR ${q(ids[0]!)} IS NOT NULL)`),
      ]
      const targets = [...parents, { table, keys: ids, types: idTypes }]
      for (const target of some(targets, 2)) {
        if (!below(2)) continue
        const children = target.keys.map((_, at) => `child ${constraints.length} ${at}`)
        definitions.push(...children.map((child, at) => `${q(child)} ${target.types[at]}`))
        constraints.push(
          `FOREIGN KEY (${children.map(q).join(', ')}) REFERENCES ${target.table}(${target.keys.map(q).join(', ')})`,
        )
      }
      constraints.sort(() => below(3) - 1)
      statements.push(`CREATE TABLE ${table}(${[...definitions, ...constraints].join(', ')})`)
      if (below(2)) statements.push(`COMMENT ON TABLE ${table} IS ${quoteText(one(names))}`)
      if (below(2))
        statements.push(`COMMENT ON COLUMN ${table}.${q(one(columns))} IS ${quoteText(one(names))}`)
      for (const index of some(names, 2)) {
        if (below(2)) continue
        const label = `${q(schema)}.${q(`${name} ${index}`)}`
        const parts = [q(ids[0]!), ...(below(2) ? [`(lower(${q(ids[0]!)}::VARCHAR) || ' ON (')`] : [])]
        statements.push(
          `CREATE ${maybe('UNIQUE')} INDEX ${q(`${name} ${index}`)} ON ${table} (${parts.join(', ')})`,
        )
        if (below(2)) statements.push(`COMMENT ON INDEX ${label} IS 'index'`)
      }
      parents.push({ table, keys: ids, types: idTypes })
    }
  }
  return statements
}

const seeds = Array.from({ length: 12 }, (_, at) => 7919 * (at + 1))

it.each(seeds)('A random database is made again from its catalog (seed %i)', async seed => {
  const catalog = await readCatalog(await storeOf(...randomDatabase(seed)))
  expect(catalog.tables.length).toBeGreaterThan(0)
  for (const table of catalog.tables) expect(editTable(table, { columns: [] })).toBe(table.sql)
  const again = await readCatalog(await storeOf(...statementsOf(catalog)))
  expect(differences(catalog, again)).toEqual([])
  expect(again).toEqual(catalog)
})
