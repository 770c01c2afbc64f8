import { describe, expect, it } from 'vitest'
import { readCopyRecord } from '../../../../../src/core/engines/duckdb/copy-record.ts'
import { journal, redeclare, ulidOf, workshop } from '../../../../support/publishing.ts'

describe('our own tables', () => {
  it('come back with every value, type, row number and index as they were', async () => {
    const shop = await workshop(`CREATE TABLE t(id INTEGER)`, `INSERT INTO t VALUES (1)`)
    const fill = `
      CREATE TABLE _ulid_migrate_map_1(pos INTEGER PRIMARY KEY, legacy BLOB COLLATE "NOCASE", ulid TEXT NOT NULL);
      CREATE INDEX _ulid_migrate_map_1_legacy ON _ulid_migrate_map_1(legacy, ulid);
      CREATE TABLE _ulid_migrate_orphans_1(legacy PRIMARY KEY, ulid TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE _ulid_migrate_numbers(a, b REAL, "c d" BLOB, e INTEGER, f);
      INSERT INTO _ulid_migrate_map_1 VALUES (7, 1, 'x'), (3, 'a' || char(0) || 'b', 'y'), (9007199254740993, x'00FF', 'z'), (-1, 0.1, 'w'), (0, NULL, 'v');
      INSERT INTO _ulid_migrate_orphans_1 VALUES ('b', 'B'), ('a', 'A');
      INSERT INTO _ulid_migrate_numbers(rowid, a, b, "c d", e, f) VALUES (5, 9223372036854775807, 1e300, x'', 1, NULL), (9, '9223372036854775807', -0.5, x'01', NULL, NULL), (2, '', 1e999, NULL, -9223372036854775808, NULL)`
    await shop.publish(copy => {
      copy.exec(fill)
      journal(copy)
    })
    const dump = (copy: Awaited<ReturnType<typeof shop.copy>>) => {
      copy.defaultSafeIntegers(true)
      return [
        copy
          .prepare(
            "SELECT type, name, sql FROM sqlite_schema WHERE name LIKE '\\_ulid%' ESCAPE '\\' ORDER BY name",
          )
          .all(),
        copy
          .prepare('SELECT pos, legacy, typeof(legacy), CAST(legacy AS BLOB), ulid FROM _ulid_migrate_map_1')
          .raw()
          .all(),
        copy.prepare('SELECT * FROM _ulid_migrate_orphans_1').raw().all(),
        copy
          .prepare('SELECT rowid, a, typeof(a), b, "c d", e, typeof(e), f FROM _ulid_migrate_numbers')
          .raw()
          .all(),
        copy.prepare('SELECT * FROM _ulid_migrate_runs').raw().all(),
      ]
    }
    const copy = await shop.copy()
    const was = dump(copy)
    const { default: Database } = await import('better-sqlite3')
    const plain = new Database(':memory:')
    plain.exec(fill)
    journal(plain)
    expect(was).toEqual(dump(plain))
    // What differs is written again, the rest is left.
    await shop.publish(after => {
      after.exec(
        `UPDATE _ulid_migrate_orphans_1 SET ulid = 'C' WHERE legacy = 'a'; DROP TABLE _ulid_migrate_numbers`,
      )
    })
    const again = await shop.copy()
    expect(again.prepare('SELECT * FROM _ulid_migrate_orphans_1').raw().all()).toEqual([
      ['a', 'C'],
      ['b', 'B'],
    ])
    expect(
      await shop.rows(`SELECT table_name FROM duckdb_tables() WHERE table_name LIKE '%numbers'`),
    ).toEqual([])
  })

  it('go with all that we noted, once the copy has none of them', async () => {
    const shop = await workshop(
      `CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER)`,
      `INSERT INTO t SELECT i, i FROM range(5) r(i)`,
      `DELETE FROM t WHERE n = 2`,
    )
    await shop.publish(copy => {
      redeclare(copy, 't', sql => sql.replace('"id" INTEGER', '"id" TEXT'))
      copy.exec(`UPDATE t SET id = '01K0000000000000000000000' || n`)
      journal(copy)
    })
    expect((await readCopyRecord(await shop.store()))?.was).toMatchObject([{ table: 't' }])
    expect(
      await shop.rows(
        `SELECT table_name FROM duckdb_tables() WHERE table_name LIKE '\\_ulid%' ESCAPE '\\' ORDER BY 1`,
      ),
    ).toEqual(['copy', 'positions', 'runs', 'shift'].map(name => [`_ulid_migrate_${name}`]))
    await shop.publish(copy => {
      copy.exec('DROP TABLE _ulid_migrate_runs')
    })
    expect(await shop.rows('SELECT table_name FROM duckdb_tables()')).toEqual([['t']])
    expect(await readCopyRecord(await shop.store())).toBeNull()
    expect(await shop.rows('SELECT id FROM t WHERE n = 4')).toEqual([[ulidOf(4)]])
  })
})

describe('every type of DuckDB', () => {
  it('goes through a table that is made anew', async () => {
    const shop = await workshop(
      `CREATE TABLE t AS SELECT * FROM test_all_types()`,
      `ALTER TABLE t ADD COLUMN id INTEGER`,
      `UPDATE t SET id = rowid`,
      `CREATE TABLE left_alone AS SELECT * FROM test_all_types()`,
    )
    const columns = `SELECT * EXCLUDE (id) FROM t`
    const before = await shop.rows(columns)
    const published = await shop.publish(copy => {
      redeclare(copy, 't', sql => sql.replace('"id" INTEGER', '"id" TEXT'))
      copy.exec(`UPDATE t SET id = '01K0000000000000000000000' || id`)
      journal(copy)
    })
    expect(published.rebuilt).toEqual(['t'])
    expect(await shop.rows(columns)).toEqual(before)
  })
})
