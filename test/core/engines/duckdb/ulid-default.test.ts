import { describe, expect, it } from 'vitest'
import { ulidDefault } from '../../../../src/core/engines/duckdb/ulid-default.ts'
import { storeOf } from '../../../support/duckdb.ts'
import { temporaryFolder } from '../../../support/folder.ts'

const rows = 20_000

async function storeWith(letterCase: 'upper' | 'lower' = 'upper') {
  return storeOf(
    `CREATE TABLE t(n INTEGER, id VARCHAR DEFAULT (${ulidDefault(letterCase)}))`,
    `INSERT INTO t(n) SELECT range FROM range(${rows})`,
  )
}

const canonical = '[0-7][0-9A-HJKMNP-TV-Z]{25}'

describe('The default that makes ULIDs', () => {
  it('gives each row of one INSERT another canonical one', async () => {
    const store = await storeWith()
    expect(
      await store.all(
        `SELECT count(DISTINCT id), count(*) FILTER (regexp_full_match(id, '${canonical}')) FROM t`,
      ),
    ).toEqual([[BigInt(rows), BigInt(rows)]])
  })

  it('makes them in lower case where they are wanted so', async () => {
    const store = await storeWith('lower')
    expect(
      await store.all(
        `SELECT count(DISTINCT id), count(*) FILTER (regexp_full_match(upper(id), '${canonical}') AND id = lower(id))
         FROM t`,
      ),
    ).toEqual([[BigInt(rows), BigInt(rows)]])
  })

  it('has every digit at every random place, none of them much more often', async () => {
    const store = await storeWith()
    const counts = await store.all(
      `SELECT place, count(DISTINCT digit), min(n), max(n) FROM (
         SELECT place, id[place] AS digit, count(*) AS n FROM t, range(11, 27) AS places(place) GROUP BY ALL)
       GROUP BY place ORDER BY place`,
    )
    expect(counts).toHaveLength(16)
    // 625 are expected; six standard deviations are 148.
    for (const [, digits, fewest, most] of counts) {
      expect(digits).toBe(32n)
      expect(fewest).toBeGreaterThan(625 - 148)
      expect(most).toBeLessThan(625 + 148)
    }
  })

  it('shares no randomness between two places: each pair of digits is met as often as any other', async () => {
    const store = await storeWith()
    // Chi squared of 32 x 32 pairs: 1023 are expected, with a deviation of 45.
    const pairs = await store.all(
      `SELECT a, b, sum(pow(n - ${rows / 1024}, 2)) / ${rows / 1024} + (1024 - count(*)) * ${rows / 1024} FROM (
         SELECT a, b, id[a] AS x, id[b] AS y, count(*) AS n
         FROM t, range(11, 27) AS ones(a), range(11, 27) AS others(b) WHERE a < b GROUP BY ALL)
       GROUP BY a, b`,
    )
    expect(pairs).toHaveLength(120)
    for (const [, , chi] of pairs) expect(chi).toBeLessThan(1023 + 7 * 45)
  })

  it('shares no randomness between a row and the next', async () => {
    const store = await storeWith()
    const [[equal]] = (await store.all(
      `SELECT count(*) FROM (SELECT id, lag(id) OVER (ORDER BY n) AS other FROM t), range(11, 27) AS places(place)
       WHERE id[place] = other[place]`,
    )) as [[bigint]]
    // One of 32 by chance: 10,000 of 320,000, with a deviation of 98.
    expect(Math.abs(Number(equal) - 10_000)).toBeLessThan(7 * 98)
  })

  it.each(['UTC', 'America/New_York', 'Asia/Kathmandu'])(
    'holds the time of the clock in milliseconds, wherever the session is (%s)',
    async zone => {
      const store = await storeOf(
        `SET TimeZone = '${zone}'`,
        `CREATE TABLE t(id VARCHAR DEFAULT (${ulidDefault('upper')}), made TIMESTAMPTZ DEFAULT now())`,
      )
      const before = Date.now()
      await store.run('INSERT INTO t DEFAULT VALUES')
      const after = Date.now()
      const [[id, at]] = (await store.all('SELECT id, epoch_ms(made) FROM t')) as [[string, bigint]]
      const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
      const time = [...id.slice(0, 10)].reduce((sum, digit) => sum * 32 + digits.indexOf(digit), 0)
      expect(time).toBeGreaterThanOrEqual(before)
      expect(time).toBeLessThanOrEqual(after)
      expect(time).toBe(Number(at))
    },
  )

  it('differs between single rows that follow each other, prepared or not', async () => {
    const store = await storeOf(`CREATE TABLE t(n INTEGER, id VARCHAR DEFAULT (${ulidDefault('upper')}))`)
    await store.run('BEGIN')
    for (let n = 0; n < 300; n++) await store.all('INSERT INTO t(n) VALUES ($1)', [n])
    const one = await store.connection.prepare('INSERT INTO t(n) VALUES (0)')
    for (let n = 0; n < 300; n++) await one.run()
    await store.run('COMMIT')
    expect(
      await store.all(
        'SELECT count(DISTINCT id), count(DISTINCT id[11:14]) > 590, count(DISTINCT id[23:26]) > 590 FROM t',
      ),
    ).toEqual([[600n, true, true]])
  })

  it('leaves the rows that are there when it becomes the default of their column', async () => {
    const store = await storeOf(
      'CREATE TABLE t(n INTEGER, id VARCHAR)',
      "INSERT INTO t VALUES (1, 'one'), (2, NULL)",
      `ALTER TABLE t ALTER id SET DEFAULT ${ulidDefault('upper')}`,
      'INSERT INTO t(n) VALUES (3)',
    )
    expect(
      await store.all(
        `SELECT n, CASE WHEN regexp_full_match(id, '${canonical}') THEN 'ULID' ELSE id END FROM t ORDER BY n`,
      ),
    ).toEqual([
      [1, 'one'],
      [2, null],
      [3, 'ULID'],
    ])
  })

  it('is in an exported database and works in what is imported from there', async () => {
    const folder = temporaryFolder()
    const store = await storeWith()
    await store.run(`EXPORT DATABASE '${folder}/all'`)
    const other = await storeOf(`IMPORT DATABASE '${folder}/all'`, 'INSERT INTO t(n) VALUES (-1)')
    expect(
      await other.all(`SELECT count(DISTINCT id) FROM t WHERE regexp_full_match(id, '${canonical}')`),
    ).toEqual([[BigInt(rows + 1)]])
  })
})
