import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Store } from '../../../../../src/core/engines/duckdb/connect.ts'
import { readCatalog } from '../../../../../src/core/engines/duckdb/read-catalog.ts'
import { Refusal } from '../../../../../src/core/message.ts'
import { journal, redeclare, ulidOf, type Workshop, workshop } from '../../../../support/publishing.ts'

const statements = [
  `CREATE TABLE p(id INTEGER PRIMARY KEY, n DOUBLE, j JSON)`,
  `CREATE TABLE c(p INTEGER REFERENCES p(id), l INTEGER[])`,
  `CREATE TABLE apart(x INTEGER, y VARCHAR)`,
  `CREATE VIEW v AS SELECT p.id, c.l FROM p JOIN c ON c.p = p.id`,
  `INSERT INTO p VALUES (1, 'nan', '{"a": 1}'), (2, 0.5, NULL), (3, NULL, '[]')`,
  `INSERT INTO c VALUES (1, [1, NULL]), (3, NULL)`,
  `INSERT INTO apart VALUES (1, 'one'), (2, NULL)`,
]

function toUlids(copy: Parameters<typeof redeclare>[0]): void {
  copy.function('ulid_of', value => ulidOf(value as number))
  redeclare(copy, 'p', sql => sql.replace('"id" INTEGER', '"id" TEXT'))
  redeclare(copy, 'c', sql => sql.replace('"p" INTEGER', '"p" TEXT'))
  copy.exec('UPDATE p SET id = ulid_of(id); UPDATE c SET p = ulid_of(p)')
  journal(copy)
}

/** Everything that the file says of itself, but for how it lies on the disk. */
async function contentOf(shop: Workshop): Promise<string> {
  const catalog = await readCatalog(await shop.store())
  const rows = []
  for (const { schema, name } of catalog.tables) rows.push(await shop.rows(`FROM "${schema}"."${name}"`))
  return JSON.stringify([catalog, rows])
}

async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => null,
    error => error,
  )
}

describe('the proof notices', () => {
  it.each([
    ['a cell that was not to change', `UPDATE p SET n = 7 WHERE n = 0.5`, 'store-cells', 'p.n'],
    ['a NaN that is gone', `UPDATE p SET n = 0 WHERE isnan(n)`, 'store-cells', 'p.n'],
    ['a list that is another', `UPDATE c SET l = [1, 2] WHERE l IS NOT NULL`, 'store-cells', 'c.l'],
    [
      'a cell of a table that nobody was to touch',
      `UPDATE apart SET y = 'two' WHERE x = 2`,
      'store-cells',
      'apart',
    ],
    ['a row too many', `INSERT INTO apart VALUES (3, NULL)`, 'store-rows', 'apart'],
    ['a row too few', `DELETE FROM apart WHERE x = 1`, 'store-rows', 'apart'],
    ['another ULID', `UPDATE c SET p = '${ulidOf(2)}' WHERE p = '${ulidOf(3)}'`, 'store-values', 'c.p'],
    ['a default', `ALTER TABLE apart ALTER COLUMN y SET DEFAULT 'x'`, 'store-catalog', 'apart'],
    ['a view that is gone', `DROP VIEW v`, 'store-catalog', 'view v'],
    ['rows of our own that are gone', `DELETE FROM _ulid_migrate_runs`, 'store-rows', '_ulid_migrate_runs'],
  ])('%s', async (_, sql, id, where) => {
    const shop = await workshop(...statements)
    const before = await contentOf(shop)
    const sabotaged = (store: Store) => store.run(sql)
    const error = (await thrownBy(shop.publish(toUlids, { sabotage: sabotaged }))) as Refusal
    expect(error.failure).toMatchObject({ code: 'PROOF.FAILED', exit: 3 })
    expect(error.failure.why.split('\n').find(line => line.startsWith(id))).toContain(where)
    expect(await contentOf(shop)).toBe(before)
  })
})

describe('the file stays as it was', () => {
  it('where a CHECK refuses what the column is to hold', async () => {
    const shop = await workshop(
      `CREATE TABLE p(id INTEGER PRIMARY KEY, CHECK(id < 1000))`,
      `CREATE TABLE c(p INTEGER REFERENCES p(id))`,
      `INSERT INTO p VALUES (1)`,
      `INSERT INTO c VALUES (1)`,
    )
    const before = await contentOf(shop)
    const error = await thrownBy(
      shop.publish(copy => {
        copy.exec(`UPDATE p SET id = '${ulidOf(1)}'; UPDATE c SET p = '${ulidOf(1)}'`)
        journal(copy)
      }),
    )
    expect(error).toBeInstanceOf(Refusal)
    expect((error as Refusal).failure).toMatchObject({ code: 'DUCKDB.REFUSED', object: 'p', exit: 4 })
    expect(await contentOf(shop)).toBe(before)
  })

  it('wherever it is stopped, and byte for byte once it is closed', async () => {
    const shop = await workshop(...statements)
    await (await shop.store()).run('CHECKPOINT')
    shop.close()
    const bytes = () => createHash('sha256').update(readFileSync(shop.path)).digest('hex')
    const before = bytes()
    for (let stop = 1; ; stop++) {
      let breaths = 0
      const error = await thrownBy(
        shop.publish(toUlids, {
          breathe: async () => {
            if (++breaths === stop) throw new Error('stopped')
          },
        }),
      )
      shop.close()
      if (error === null) break
      expect((error as Error).message).toBe('stopped')
      expect(bytes()).toBe(before)
    }
    expect(bytes()).not.toBe(before)
  })

  it('where the operation took rows away', async () => {
    const shop = await workshop(...statements)
    const error = await thrownBy(
      shop.publish(copy => {
        copy.exec('DELETE FROM apart WHERE x = 1')
        journal(copy)
      }),
    )
    expect((error as Refusal).failure).toMatchObject({ code: 'ENGINE.BUG' })
  })
})
