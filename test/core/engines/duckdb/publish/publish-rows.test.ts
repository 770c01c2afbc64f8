import { describe, expect, it } from 'vitest'
import { compareStores } from '../../../../../src/core/engines/duckdb/publish/compare-stores.ts'
import { readCatalog } from '../../../../../src/core/engines/duckdb/read-catalog.ts'
import { differences } from '../../../../../src/core/engines/duckdb/same-catalog.ts'
import { journal, redeclare, ulidOf, workshop } from '../../../../support/publishing.ts'

describe('rows', () => {
  it('keeps the order of a table that refers to itself 2,000 levels deep, and says where each row stood', async () => {
    const shop = await workshop(
      `CREATE TABLE t(id INTEGER PRIMARY KEY, parent INTEGER REFERENCES t(id), other INTEGER REFERENCES t(id), n VARCHAR)`,
    )
    const store = await shop.store()
    await store.run('BEGIN')
    // Every third row refers to none, so levels and positions disagree.
    for (let id = 1; id <= 2000; id++)
      await store.run(
        `INSERT INTO t VALUES (${id}, ${id === 1 ? 'NULL' : id - 1}, ${id > 5 ? (id % 5) + 1 : 'NULL'}, 'n${id}')`,
      )
    await store.run('COMMIT')
    await store.run(`INSERT INTO t SELECT 2000 + i, NULL, NULL, 'late' FROM range(1, 4) r(i)`)
    await shop.publish(copy => {
      copy.function('ulid_of', value => (value === null ? null : ulidOf(value as number)))
      redeclare(copy, 't', sql => sql.replaceAll(/"(id|parent|other)" INTEGER/g, '"$1" TEXT'))
      copy.exec('UPDATE t SET id = ulid_of(id), parent = ulid_of(parent), other = ulid_of(other)')
      journal(copy)
    })
    expect(await shop.rows('SELECT count(*) FROM t a JOIN t b ON a.parent = b.id')).toEqual([['1999']])
    expect(await shop.rows('SELECT count(*) FROM _ulid_migrate_positions')).not.toEqual([['0']])
    const copy = await shop.copy()
    expect(copy.prepare('SELECT count(*) FROM t WHERE id <> ?').pluck().get('x')).toBe(2003)
    expect(
      copy.prepare('SELECT id, n FROM t WHERE rowid IN (0, 1999, 2000) ORDER BY rowid').raw().all(),
    ).toEqual([
      [ulidOf(1), 'n1'],
      [ulidOf(2000), 'n2000'],
      [ulidOf(2001), 'late'],
    ])
    // Once more, over the record of positions, and back to where it was.
    await shop.publish(copy => {
      redeclare(copy, 't', sql => sql.replaceAll(/"(id|parent|other)" TEXT/g, '"$1" INTEGER'))
      copy.exec(
        'UPDATE t SET id = CAST(substr(id, -8) AS INTEGER), parent = CAST(substr(parent, -8) AS INTEGER), other = CAST(substr(other, -8) AS INTEGER)',
      )
      journal(copy)
    })
    expect(await shop.rows(`SELECT count(*), count(*) FILTER ('n' || id = n) FROM t`)).toEqual([
      ['2003', '2000'],
    ])
    const again = await shop.copy()
    expect(again.prepare('SELECT id FROM t WHERE rowid = 1999').pluck().get()).toBe(2000)
  })

  it('knows rows by their first numbers where some were deleted, and gives new ones numbers of their own', async () => {
    const shop = await workshop(
      `CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER)`,
      `INSERT INTO t SELECT i, i FROM range(10) r(i)`,
      `DELETE FROM t WHERE id IN (2, 5, 6)`,
    )
    await shop.publish(copy => {
      redeclare(copy, 't', sql => sql.replace('"id" INTEGER', '"id" TEXT'))
      copy.exec(`UPDATE t SET id = '01K' || substr('00000000000000000000000' || n, -23)`)
      journal(copy)
    })
    expect(await shop.rows('SELECT n, rowid FROM t ORDER BY rowid')).toEqual(
      [0, 1, 3, 4, 7, 8, 9].map((n, row) => [n, String(row)]),
    )
    await (await shop.store()).run(`INSERT INTO t VALUES ('${ulidOf(10)}', 10)`)
    const copy = await shop.copy()
    expect(copy.prepare('SELECT rowid, n FROM t ORDER BY rowid').raw().all()).toEqual(
      [0, 1, 3, 4, 7, 8, 9, 10].map(n => [n, n]),
    )
    await (await shop.store()).run(`ATTACH '${shop.snapshot()}' AS was (READ_ONLY)`)
    expect(
      await compareStores(await shop.store(), 'was', [{ table: 't', column: 'id' }], async () => {}),
    ).toMatchObject({ cells: 0, rowsAdded: 1, rowsDeleted: 0 })
    await (await shop.store()).run('UPDATE t SET n = 99 WHERE n = 7; DELETE FROM t WHERE n = 4')
    const compared = await compareStores(
      await shop.store(),
      'was',
      [{ table: 't', column: 'id' }],
      async () => {},
    )
    expect(compared).toMatchObject({ cells: 1, rowsAdded: 1, rowsDeleted: 1 })
    expect(compared.checks.map(({ id, ok }) => [id, ok])).toEqual([
      ['store-rows', false],
      ['store-cells', false],
    ])
  })

  it('carries schemas, quoted names, types, macros and expressions over as they are', async () => {
    const shop = await workshop(
      `CREATE SCHEMA "s.x"`,
      `CREATE TYPE "s.x"."mo od" AS ENUM ('a', 'b')`,
      `CREATE MACRO twice(x) AS x * 2`,
      `CREATE SEQUENCE "s.x".sq START 7`,
      `CREATE TABLE "s.x"."it ""em"(
         "select" INTEGER PRIMARY KEY DEFAULT nextval('"s.x".sq'), m "s.x"."mo od", "g n" VARCHAR AS (lower(k)), k VARCHAR NOT NULL COLLATE NOCASE,
         "or der" INTEGER, UNIQUE(k, m), CHECK("it ""em"."or der" > 0))`,
      `CREATE TABLE "s.x".c(a INTEGER, b INTEGER, FOREIGN KEY (a) REFERENCES "s.x"."it ""em"("select"))`,
      `CREATE UNIQUE INDEX "i x" ON "s.x"."it ""em"(lower(k), "or der")`,
      `INSERT INTO "s.x"."it ""em"(m, k, "or der") VALUES ('a', 'Ä', 1), ('b', 'x', 2), (NULL, 'y', 3)`,
      `INSERT INTO "s.x".c VALUES (7, 1), (9, 2)`,
      `CREATE VIEW "s.x".v AS SELECT k FROM "s.x"."it ""em"`,
    )
    const before = await readCatalog(await shop.store())
    const rest = [
      `SELECT m, "g n", k, "or der" FROM "s.x"."it ""em"`,
      'SELECT b FROM "s.x".c',
      'FROM "s.x".v',
    ]
    const was = await Promise.all(rest.map(shop.rows))
    const published = await shop.publish(
      copy => {
        copy.function('ulid_of', value => ulidOf(value as number))
        redeclare(copy, 's.x.it "em', sql => sql.replace('"select" INTEGER', '"select" TEXT'))
        redeclare(copy, 's.x.c', sql => sql.replace('"a" INTEGER', '"a" TEXT'))
        copy.exec(`UPDATE "s.x.it ""em" SET "select" = ulid_of("select"); UPDATE "s.x.c" SET a = ulid_of(a)`)
        journal(copy)
      },
      { identities: [{ table: 's.x.it "em', column: 'select' }], letterCase: 'lower' },
    )
    expect(published.rebuilt.toSorted()).toEqual(['s.x.c', 's.x.it "em'])
    expect(await Promise.all(rest.map(shop.rows))).toEqual(was)
    const differing = differences(before, await readCatalog(await shop.store()))
    expect(differing.map(line => line.split(':')[0])).toEqual([
      'table s.x.c, column a, type',
      'table s.x.it "em, column select, type',
      'table s.x.it "em, column select, default',
    ])
    await (await shop.store()).run(`INSERT INTO "s.x"."it ""em"(k, "or der") VALUES ('z', 9)`)
    expect(String((await shop.rows(`SELECT "select" FROM "s.x"."it ""em" WHERE k = 'z'`))[0]![0])).toMatch(
      /^[0-7][0-9a-hjkmnp-tv-z]{25}$/,
    )
  })

  it('puts the columns of an expansion beside the others, with the unique index, and takes them away again', async () => {
    const shop = await workshop(
      `CREATE TABLE p(id INTEGER PRIMARY KEY, n VARCHAR)`,
      `CREATE TABLE c(p INTEGER REFERENCES p(id))`,
      `INSERT INTO p VALUES (1, 'a'), (2, 'b')`,
      `INSERT INTO c VALUES (1), (NULL)`,
    )
    const before = await readCatalog(await shop.store())
    await shop.publish(
      copy => {
        copy.exec(`ALTER TABLE p ADD COLUMN p_ulid TEXT; ALTER TABLE c ADD COLUMN p_ulid TEXT;
          CREATE UNIQUE INDEX p_by_ulid ON p(p_ulid) WHERE p_ulid IS NOT NULL;
          UPDATE p SET p_ulid = '01K0000000000000000000000' || id; UPDATE c SET p_ulid = '01K0000000000000000000000' || p WHERE p IS NOT NULL`)
        journal(copy)
      },
      { identities: [{ table: 'p', column: 'p_ulid' }] },
    )
    expect(await shop.rows('SELECT p, p_ulid FROM c')).toEqual([
      [1, ulidOf(1)],
      [null, null],
    ])
    await (await shop.store()).run(`INSERT INTO p(id, n) VALUES (3, 'c')`)
    expect(await shop.rows('SELECT count(DISTINCT p_ulid) FROM p')).toEqual([['3']])
    await expect(
      (await shop.store()).run(`UPDATE p SET p_ulid = '${ulidOf(1)}' WHERE id = 3`),
    ).rejects.toThrow(/unique/i)
    await shop.publish(copy => {
      copy.exec('DROP INDEX p_by_ulid; ALTER TABLE p DROP COLUMN p_ulid; ALTER TABLE c DROP COLUMN p_ulid')
      journal(copy)
    })
    expect(differences(before, await readCatalog(await shop.store()))).toEqual([])
    expect(await shop.rows('FROM p')).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ])
  })

  it('gives a legacy column the type and the values that the column had', async () => {
    const shop = await workshop(
      `CREATE TABLE t(id HUGEINT PRIMARY KEY, n INTEGER)`,
      `INSERT INTO t VALUES (170141183460469231731687303715884105727, 1), (2, 2)`,
    )
    await shop.publish(copy => {
      copy.exec('ALTER TABLE t ADD COLUMN legacy_id HUGEINT; UPDATE t SET legacy_id = id')
      copy.exec(`UPDATE t SET id = '01K0000000000000000000000' || n`)
      journal(copy)
    })
    expect(await shop.rows('SELECT id, legacy_id, typeof(legacy_id) FROM t')).toEqual([
      [ulidOf(1), '170141183460469231731687303715884105727', 'HUGEINT'],
      [ulidOf(2), '2', 'HUGEINT'],
    ])
  })
})

it('takes 100,000 rows in steps of 20,480, between which it can be stopped', async () => {
  const shop = await workshop(
    `CREATE TABLE p(id UUID PRIMARY KEY, n INTEGER, doc VARCHAR)`,
    `INSERT INTO p SELECT uuid(), i, repeat('x', 100) FROM range(100000) r(i)`,
    `CREATE TABLE c(p UUID REFERENCES p(id), n INTEGER)`,
    `INSERT INTO c SELECT id, n FROM p`,
  )
  const steps: string[] = []
  await shop.publish(
    copy => {
      copy.exec(`UPDATE p SET id = '01K' || substr('00000000000000000000000' || n, -23);
        UPDATE c SET p = '01K' || substr('00000000000000000000000' || n, -23)`)
      journal(copy)
    },
    { emit: (done, total, table) => steps.push(`${table} ${done} of ${total}`) },
  )
  expect(steps).toContain('p 20480 of 100000')
  expect(steps).toContain('c 81920 of 100000')
  expect(
    await shop.rows(
      'SELECT count(*), count(*) FILTER (p.n = c.n), count(*) FILTER (p.n = p.rowid) FROM p JOIN c ON c.p = p.id',
    ),
  ).toEqual([['100000', '100000', '100000']])
})
