import { expect, it } from 'vitest'
import { journal, redeclare, ulidOf, workshop } from '../../../../support/publishing.ts'

it('writes ULIDs into parents and children, and gives the column that makes ids a DEFAULT that makes ULIDs', async () => {
  const shop = await workshop(
    `CREATE SEQUENCE sq`,
    `CREATE TABLE p(id INTEGER PRIMARY KEY DEFAULT nextval('sq'), name VARCHAR UNIQUE CHECK(length(name) < 9), twice INTEGER AS (length(name) * 2))`,
    `CREATE TABLE c(n INTEGER, p_id INTEGER REFERENCES p(id), CHECK(c.n > 0))`,
    `CREATE INDEX c_n ON c(n)`,
    `CREATE INDEX p_low ON p(lower(name))`,
    `COMMENT ON TABLE c IS 'children'`,
    `COMMENT ON COLUMN p.id IS 'its id'`,
    `COMMENT ON INDEX c_n IS 'by n'`,
    `CREATE VIEW v AS SELECT p.id, c.n FROM p LEFT JOIN c ON c.p_id = p.id`,
    `INSERT INTO p(name) VALUES ('a'), ('b'), ('c')`,
    `INSERT INTO c VALUES (1, 1), (2, 3), (3, NULL)`,
  )
  const published = await shop.publish(
    copy => {
      copy.function('ulid_of', value => ulidOf(value as number))
      redeclare(copy, 'p', sql => sql.replace('"id" INTEGER', '"id" TEXT'))
      redeclare(copy, 'c', sql => sql.replace('"p_id" INTEGER', '"p_id" TEXT'))
      copy.exec('UPDATE p SET id = ulid_of(id); UPDATE c SET p_id = ulid_of(p_id) WHERE p_id IS NOT NULL')
      journal(copy)
    },
    { identities: [{ table: 'p', column: 'id' }] },
  )
  expect(published.proof.checks.map(({ id, ok }) => [id, ok])).toEqual([
    ['store-rows', true],
    ['store-cells', true],
    ['store-values', true],
    ['store-catalog', true],
  ])
  expect(await shop.rows('SELECT id, name, twice FROM p')).toEqual([
    [ulidOf(1), 'a', 2],
    [ulidOf(2), 'b', 2],
    [ulidOf(3), 'c', 2],
  ])
  expect(await shop.rows('SELECT n, p_id FROM c')).toEqual([[1, ulidOf(1)], [2, ulidOf(3)], [3, null]])
  expect(await shop.rows('FROM v ORDER BY ALL')).toHaveLength(3)
  await (await shop.store()).run(`INSERT INTO p(name) VALUES ('new')`)
  expect(String((await shop.rows(`SELECT id FROM p WHERE name = 'new'`))[0]![0])).toMatch(
    /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/,
  )
})
