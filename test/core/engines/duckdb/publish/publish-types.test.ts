import { describe, expect, it } from 'vitest'
import { readCopyRecord } from '../../../../../src/core/engines/duckdb/copy-record.ts'
import { readCatalog } from '../../../../../src/core/engines/duckdb/read-catalog.ts'
import { differences } from '../../../../../src/core/engines/duckdb/same-catalog.ts'
import { Refusal } from '../../../../../src/core/message.ts'
import { journal, redeclare, ulidOf, type Workshop, workshop } from '../../../../support/publishing.ts'

async function refusalOf(work: Promise<unknown>): Promise<Refusal['failure']> {
  const error: unknown = await work.then(
    () => null,
    thrown => thrown,
  )
  if (error instanceof Refusal) return error.failure
  throw error ?? new Error('It was not refused.')
}

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

async function columnTypes(shop: Workshop, table: string) {
  const { tables } = await readCatalog(await shop.store())
  return Object.fromEntries(
    tables.find(({ name }) => name === table)!.columns.map(({ name, type }) => [name, type]),
  )
}

describe('types', () => {
  it('makes text of whatever scalar holds ULIDs now, and leaves the others as they are', async () => {
    const shop = await workshop(
      `CREATE TYPE mood AS ENUM ('sad', 'ok')`,
      `CREATE TABLE t(u UUID, h HUGEINT, b BLOB, m mood, i INTEGER, d DECIMAL(30, 10), ts TIMESTAMPTZ, f DOUBLE, m2 mood, v FLOAT[3], s STRUCT(x DOUBLE, y BLOB))`,
      `INSERT INTO t VALUES
        ('${uuid(1)}', 170141183460469231731687303715884105727, '\\x00\\xFF'::BLOB, 'sad', 1, 12345678901234567890.1234567891, '2024-01-01', 'nan', 'ok', [1, 2, 3], {x: 'inf', y: '\\x00'::BLOB}),
        (NULL, NULL, NULL, NULL, NULL, NULL, NULL, '-inf', NULL, NULL, NULL)`,
    )
    const rest = 'SELECT d, ts, f, m2, v, s FROM t'
    const before = await shop.rows(rest)
    await shop.publish(copy => {
      copy.exec(
        `UPDATE t SET u = '${ulidOf(1)}', h = '${ulidOf(2)}', b = '${ulidOf(3)}', m = '${ulidOf(4)}', i = '${ulidOf(5)}' WHERE rowid = 0`,
      )
      journal(copy)
    })
    expect(await columnTypes(shop, 't')).toMatchObject({
      u: 'VARCHAR',
      h: 'VARCHAR',
      b: 'VARCHAR',
      m: 'VARCHAR',
      i: 'VARCHAR',
      d: 'DECIMAL(30,10)',
      m2: 'mood',
      v: 'FLOAT[3]',
    })
    expect(await shop.rows('SELECT u, h, b, m, i FROM t')).toEqual([
      [1, 2, 3, 4, 5].map(ulidOf),
      [null, null, null, null, null],
    ])
    expect(await shop.rows(rest)).toEqual(before)
  })

  it('changes ids inside of lists, structs and maps, and only the types of what holds them', async () => {
    const shop = await workshop(
      `CREATE TABLE t(l UUID[], s STRUCT(a UUID, b INTEGER, c DOUBLE, d STRUCT("e f" TIMESTAMP, g BLOB)[]), m MAP(INTEGER, UUID), j JSON, n VARCHAR[])`,
      `INSERT INTO t VALUES
        (['${uuid(1)}', '${uuid(2)}'], {a: '${uuid(1)}', b: 7, c: 'nan', d: [{'e f': '2024-01-01 00:00:00.5', g: '\\x00\\xFF'::BLOB}]}, MAP {1: '${uuid(1)}'}, '{"id":  1, "of": "x"}', ['a"b', NULL]),
        (NULL, {a: NULL, b: NULL, c: 0.1, d: NULL}, MAP {}, NULL, []),
        ([NULL], {a: '${uuid(9)}', b: 9, c: '-inf', d: []}, MAP {9: NULL}, '[]', NULL)`,
    )
    await shop.publish(copy => {
      copy.exec(
        `UPDATE t SET l = replace(replace(l, '${uuid(1)}', '${ulidOf(1)}'), '${uuid(2)}', '${ulidOf(2)}'), s = replace(s, '${uuid(1)}', '${ulidOf(1)}'), m = replace(m, '${uuid(1)}', '${ulidOf(1)}'), n = '["${ulidOf(3)}",null]', j = '{"id":  "${ulidOf(1)}", "of": "x"}' WHERE rowid = 0`,
      )
      journal(copy)
    })
    expect(await columnTypes(shop, 't')).toEqual({
      l: 'VARCHAR[]',
      s: 'STRUCT(a VARCHAR, b INTEGER, c DOUBLE, d STRUCT("e f" TIMESTAMP, g BLOB)[])',
      m: 'MAP(INTEGER, VARCHAR)',
      j: 'JSON',
      n: 'VARCHAR[]',
    })
    expect(await shop.rows('SELECT l, s::VARCHAR, m::VARCHAR, j, n FROM t')).toEqual([
      [
        [ulidOf(1), ulidOf(2)],
        `{'a': ${ulidOf(1)}, 'b': 7, 'c': nan, 'd': [{'e f': '2024-01-01 00:00:00.5', 'g': \\x00\\xFF}]}`,
        `{1=${ulidOf(1)}}`,
        `{"id":  "${ulidOf(1)}", "of": "x"}`,
        [ulidOf(3), null],
      ],
      [null, `{'a': NULL, 'b': NULL, 'c': 0.1, 'd': NULL}`, '{}', null, []],
      [[null], `{'a': ${uuid(9)}, 'b': 9, 'c': -inf, 'd': []}`, '{9=NULL}', '[]', null],
    ])
  })

  it('refuses where a nested value would lose digits or white space on its way, and names the column', async () => {
    for (const [type, value] of [
      ['STRUCT(a UUID, d DECIMAL(38, 10))', `{a: '${uuid(1)}', d: 12345678901234567890.1234567891}`],
      ['STRUCT(a UUID, j JSON)', `{a: '${uuid(1)}', j: '{"x":  1}'}`],
    ]) {
      const shop = await workshop(`CREATE TABLE t(s ${type})`, `INSERT INTO t VALUES (${value})`)
      const before = await shop.rows('SELECT s::VARCHAR FROM t')
      const refusal = await refusalOf(
        shop.publish(copy => {
          copy.exec(`UPDATE t SET s = replace(s, '${uuid(1)}', '${ulidOf(1)}')`)
          journal(copy)
        }),
      )
      expect(refusal).toMatchObject({ code: 'DUCKDB.LOSSY', object: 't.s', exit: 4 })
      expect(await shop.rows('SELECT s::VARCHAR FROM t')).toEqual(before)
      expect(await readCopyRecord(await shop.store())).toBeNull()
    }
  })

  it('retypes the column of a foreign key with its parent, also where it holds nothing', async () => {
    const shop = await workshop(
      `CREATE TABLE p(id UUID PRIMARY KEY)`,
      `CREATE TABLE c(p UUID REFERENCES p(id), n INTEGER)`,
      `INSERT INTO p VALUES ('${uuid(1)}')`,
      `INSERT INTO c VALUES (NULL, 1)`,
    )
    await shop.publish(copy => {
      copy.exec(`UPDATE p SET id = '${ulidOf(1)}'`)
      journal(copy)
    })
    expect(await columnTypes(shop, 'c')).toEqual({ p: 'VARCHAR', n: 'INTEGER' })
  })
})

describe('the way back', () => {
  const there = (copy: Parameters<typeof redeclare>[0]) => {
    redeclare(copy, 'p', sql => sql.replace('UUID', 'TEXT'))
    redeclare(copy, 'c', sql => sql.replace('UUID', 'TEXT'))
    copy.exec(
      `UPDATE p SET id = '01K' || substr(id, 15, 1) || '0000000000' || substr(id, -12); UPDATE c SET p = '01K' || substr(p, 15, 1) || '0000000000' || substr(p, -12), l = replace(l, '00000000-0000-4000-8000-', '01K40000000000')`,
    )
    journal(copy)
  }
  const back = (copy: Parameters<typeof redeclare>[0]) => {
    redeclare(copy, 'p', sql => sql.replace('"id" TEXT', '"id" UUID'))
    redeclare(copy, 'c', sql => sql.replace('"p" TEXT', '"p" UUID'))
    copy.exec(
      `UPDATE p SET id = '00000000-0000-4000-8000-' || substr(id, -12) WHERE id LIKE '01K40%'; UPDATE c SET p = '00000000-0000-4000-8000-' || substr(p, -12) WHERE p LIKE '01K40%'; UPDATE c SET l = replace(l, '01K40000000000', '00000000-0000-4000-8000-')`,
    )
    journal(copy, 'undo')
  }
  const statements = [
    `CREATE SCHEMA s`,
    `CREATE TABLE p(id UUID PRIMARY KEY DEFAULT uuid(), n INTEGER)`,
    `CREATE TABLE c(p UUID REFERENCES p(id), l UUID[])`,
    `CREATE INDEX p_n ON p(n)`,
    `COMMENT ON COLUMN p.id IS 'its id'`,
    `INSERT INTO p SELECT '00000000-0000-4000-8000-' || lpad(i::VARCHAR, 12, '0'), i FROM range(1, 4) r(i)`,
    `INSERT INTO c SELECT id, [id] FROM p`,
    `INSERT INTO c VALUES (NULL, NULL)`,
  ]

  it('leads to the very definitions and values of before', async () => {
    const shop = await workshop(...statements)
    const catalog = await readCatalog(await shop.store())
    const rows = [await shop.rows('FROM p'), await shop.rows('FROM c')]
    await shop.publish(there, { identities: [{ table: 'p', column: 'id' }] })
    expect(await columnTypes(shop, 'c')).toEqual({ p: 'VARCHAR', l: 'VARCHAR[]' })
    expect((await shop.rows('SELECT id FROM p'))[0]).toEqual([`01K40000000000000000000001`])
    await shop.publish(back, { back: true })
    expect(differences(catalog, await readCatalog(await shop.store()))).toEqual([])
    expect([await shop.rows('FROM p'), await shop.rows('FROM c')]).toEqual(rows)
  })

  it('takes rows along that came since: their ULIDs are UUIDs of the same bits then, everywhere', async () => {
    const shop = await workshop(...statements)
    await shop.publish(there, { identities: [{ table: 'p', column: 'id' }] })
    const store = await shop.store()
    await store.run(`INSERT INTO p VALUES ('01KZ0000000000000000000000', 9)`)
    await store.run(`INSERT INTO c VALUES ('01KZ0000000000000000000000', ['01KZ0000000000000000000000'])`)
    await shop.publish(back, { back: true })
    const [row] = await shop.rows('SELECT id::VARCHAR FROM p WHERE n = 9')
    expect(row).toEqual(['019fc000-0000-0000-0000-000000000000'])
    expect(await shop.rows('SELECT p.n, c.l[1] = p.id FROM c JOIN p ON p.id = c.p ORDER BY 1')).toEqual([
      [1, true],
      [2, true],
      [3, true],
      [9, true],
    ])
  })

  it('renames a row that came since in every text that names it, and no other ULID', async () => {
    const shop = await workshop(
      `CREATE TABLE p(id UUID PRIMARY KEY)`,
      `CREATE TABLE log(p VARCHAR, doc JSON, l VARCHAR[])`,
      `INSERT INTO p VALUES ('${uuid(1)}')`,
      `INSERT INTO log VALUES ('${uuid(1)}', '{"p":  "${uuid(1)}"}', ['${uuid(1)}'])`,
    )
    const swap = (from: string, to: string) => (copy: Parameters<typeof redeclare>[0]) => {
      redeclare(copy, 'p', sql =>
        to === uuid(1) ? sql.replace('TEXT', 'UUID') : sql.replace('UUID', 'TEXT'),
      )
      copy.exec('CREATE UNIQUE INDEX _ulid_migrate_key_p ON p(id)')
      copy.exec(`UPDATE p SET id = replace(id, '${from}', '${to}')`)
      copy.exec(
        `UPDATE log SET p = replace(p, '${from}', '${to}'), doc = replace(doc, '${from}', '${to}'), l = replace(l, '${from}', '${to}')`,
      )
      journal(copy)
    }
    await shop.publish(swap(uuid(1), ulidOf(1)), { identities: [{ table: 'p', column: 'id' }] })
    const [since, other] = ['01KZ0000000000000000000000', '01KY0000000000000000000000']
    const store = await shop.store()
    await store.run(`INSERT INTO p VALUES ('${since}')`)
    await store.run(
      `INSERT INTO log VALUES ('${since}', '{"p":  "${since}", "o": "${other}"}', ['${other}', 'job-${since}'])`,
    )
    await store.run(`INSERT INTO log VALUES ('${other}', NULL, NULL)`)
    await shop.publish(swap(ulidOf(1), uuid(1)), { back: true })
    const bits = '019fc000-0000-0000-0000-000000000000'
    expect(await shop.rows('SELECT id::VARCHAR FROM p')).toEqual([[uuid(1)], [bits]])
    expect(await shop.rows('FROM log')).toEqual([
      [uuid(1), `{"p":  "${uuid(1)}"}`, [uuid(1)]],
      [bits, `{"p":  "${bits}", "o": "${other}"}`, [other, `job-${bits}`]],
      [other, null, null],
    ])
  })

  it('is taken where the copy has the same text all along, since only DuckDB knows the type inside', async () => {
    const shop = await workshop(
      `CREATE TABLE t(n INTEGER, l STRUCT(a UUID, b VARCHAR)[])`,
      `INSERT INTO t VALUES (1, [{a: '${uuid(1)}', b: 'x'}])`,
    )
    await shop.publish(copy => {
      copy.exec(`UPDATE t SET l = replace(l, '${uuid(1)}', '${ulidOf(1)}')`)
      journal(copy)
    })
    expect(await columnTypes(shop, 't')).toMatchObject({ l: 'STRUCT(a VARCHAR, b VARCHAR)[]' })
    const since = '01KZ0000000000000000000000'
    await (await shop.store()).run(`INSERT INTO t VALUES (2, [{a: '${since}', b: '${since}'}])`)
    await shop.publish(
      copy => {
        copy.exec(`UPDATE t SET l = replace(l, '${ulidOf(1)}', '${uuid(1)}')`)
        journal(copy)
      },
      { back: true },
    )
    expect(await columnTypes(shop, 't')).toMatchObject({ l: 'STRUCT(a UUID, b VARCHAR)[]' })
    expect(await shop.rows('SELECT l[1].a::VARCHAR, l[1].b FROM t')).toEqual([
      [uuid(1), 'x'],
      ['019fc000-0000-0000-0000-000000000000', since],
    ])
  })

  it('refuses a value that the old type can not hold, and names it', async () => {
    const shop = await workshop(
      `CREATE TABLE t(id INTEGER, n INTEGER)`,
      `INSERT INTO t VALUES (1, 1), (2, 2)`,
    )
    await shop.publish(copy => {
      redeclare(copy, 't', sql => sql.replace('"id" INTEGER', '"id" TEXT'))
      copy.exec(`UPDATE t SET id = '${ulidOf(1)}' WHERE n = 1; UPDATE t SET id = '${ulidOf(2)}' WHERE n = 2`)
      journal(copy)
    })
    const before = await shop.rows('FROM t')
    const refusal = await refusalOf(
      shop.publish(
        copy => {
          redeclare(copy, 't', sql => sql.replace('"id" TEXT', '"id" INTEGER'))
          copy.exec(`UPDATE t SET id = 1 WHERE n = 1`)
          journal(copy)
        },
        { back: true },
      ),
    )
    expect(refusal).toMatchObject({ code: 'DUCKDB.NO_CAST', object: 't.id' })
    expect(refusal.why).toContain(ulidOf(2))
    expect(await shop.rows('FROM t')).toEqual(before)
  })
})
