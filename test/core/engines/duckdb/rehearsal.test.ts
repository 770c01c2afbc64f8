/** What a dry run shows of a DuckDB file: DuckDB's own words, not those of the working copy. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { uuid } from '../../../support/across.ts'
import { inDuck } from '../../../support/duck-files.ts'
import { answerOf, settingsIn } from '../../../support/engine.ts'
import { temporaryFolder } from '../../../support/folder.ts'

async function rehearsed(...statements: readonly string[]) {
  const folder = temporaryFolder()
  const path = join(folder, 'talks.duckdb')
  await inDuck(path, ...statements)
  const { document } = await answerOf(settingsIn(folder), 'dry-run', { target: path, choices: {} })
  expect(document.proof.ok && document.undo.ok).toBe(true)
  return document
}

const talks = [
  'CREATE TABLE talk(id UUID PRIMARY KEY, said VARCHAR, about FLOAT[3])',
  'CREATE TABLE note(talk_id UUID REFERENCES talk(id), line INTEGER)',
  'CREATE TABLE place(name VARCHAR, lists VARCHAR[])',
  'CREATE INDEX by_line ON note(line)',
  'CREATE VIEW lines AS SELECT talk_id, count(*) AS n FROM note GROUP BY ALL',
  `INSERT INTO talk VALUES ('${uuid(1)}', 'a', [1, 2, 3]), ('${uuid(2)}', 'b', NULL)`,
  `INSERT INTO note VALUES ('${uuid(1)}', 1)`,
]

test('shows the texts of its tables before and after in the types of DuckDB, and counts what stays there', async () => {
  const { engine, schema, stays } = await rehearsed(...talks)
  expect(engine).toBe('duckdb')
  expect(schema.map(({ name, before, after }) => [name, before, after])).toEqual([
    [
      'note',
      'CREATE TABLE note(talk_id UUID, line INTEGER, FOREIGN KEY ("talk_id") REFERENCES "main"."talk"("id"));',
      'CREATE TABLE note(talk_id VARCHAR, line INTEGER, FOREIGN KEY ("talk_id") REFERENCES "main"."talk"("id"));',
    ],
    [
      'talk',
      'CREATE TABLE talk(id UUID PRIMARY KEY, said VARCHAR, about FLOAT[3]);',
      'CREATE TABLE talk(id VARCHAR PRIMARY KEY, said VARCHAR, about FLOAT[3]);',
    ],
  ])
  expect(stays).toEqual({ tables: 1, indexes: 1, views: 1, triggers: 0 })
})

test('shows the statements that DuckDB runs in the file, in their order', async () => {
  const { statements } = await rehearsed(...talks)
  const order = [
    /^-- temp\._ulid_migrate_stage_\d: new values of talk \(id\), row by row$/,
    /^DROP TABLE "main"\."note";$/,
    /^CREATE TABLE "main"\."_ulid_migrate_new_\d"\(id VARCHAR PRIMARY KEY/,
    /^DROP TABLE "main"\."talk";$/,
    /^CREATE TABLE note\(talk_id VARCHAR/,
    /^CREATE INDEX by_line ON note\(line\);$/,
  ].map(each => statements.findIndex(statement => each.test(statement)))
  expect(order).not.toContain(-1)
  expect(order).toEqual(order.toSorted((a, b) => a - b))
})

test('shows one statement for the levels of a table that refers to itself', async () => {
  const { statements } = await rehearsed(
    'CREATE TABLE tree(id UUID PRIMARY KEY, parent UUID REFERENCES tree(id))',
    ...[1, 2, 3, 4, 5].map(
      n => `INSERT INTO tree VALUES ('${uuid(n)}', ${n === 1 ? 'NULL' : `'${uuid(n - 1)}'`})`,
    ),
  )
  expect(statements.filter(each => each.startsWith('INSERT INTO "main"."tree"'))).toHaveLength(1)
})
