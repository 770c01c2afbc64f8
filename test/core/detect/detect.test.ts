import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Refusal } from '../../../src/core/message.ts'
import { makeDatabase } from '../../support/database.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { detectIn } from '../../support/in-process.ts'
import { accepted, codesOf, identityIn, migrating } from './looking.ts'

function database(...sql: readonly string[]): string {
  return makeDatabase(join(temporaryFolder(), 'small.db'), ...sql)
}

const hex = (n: number, digits: number) =>
  createHash('sha256').update(String(n)).digest('hex').slice(0, digits)
const uuid4 = (n: number) => `${hex(n, 8)}-1234-4abc-8def-${hex(n + 1000, 12)}`

/** `things(id TEXT PRIMARY KEY)` with these values, given as SQL. */
function things(values: readonly string[], columns = 'id TEXT PRIMARY KEY'): string {
  return database(
    `CREATE TABLE things(${columns})`,
    ...values.map(value => `INSERT INTO things(id) VALUES(${value})`),
  )
}

describe('kinds', () => {
  test('are counted per value, in every spelling', async () => {
    const found = await detectIn(
      things([
        `'${uuid4(1)}'`,
        `'${uuid4(2).toUpperCase()}'`,
        `'{${uuid4(3)}}'`,
        `'urn:uuid:${uuid4(4)}'`,
        `'${uuid4(5).replaceAll('-', '')}'`,
        "'017f22e2-79b0-7cc3-98c4-dc0c0c07398f'",
        "'C232AB00-9414-11EC-B3C8-9F6BDECED846'",
        "'1EC9414C-232A-6B00-B3C8-9F6BDECED846'",
        "'919108f7-52d1-3320-9bac-f847db4148a8'",
        "'2ed6657d-e927-568b-95e1-2665a8aea6a2'",
        "'2489E9AD-2EE2-8E00-8EC9-32D5F69181C0'",
        "'01HK153X003BMPJNJB6JHKXK8T'",
        "'01hk153x003bmpjnjb6jhkxk8t'",
        "'507f1f77bcf86cd799439011'",
        "'project-20260211-072500'",
        `'cus_${hex(9, 20)}'`,
        `'${hex(10, 40)}'`,
        `'${hex(11, 64)}'`,
        "x'000102030405060708090a0b0c0d0e0f'",
        "'a name'",
      ]),
    )
    expect(identityIn(found, 'things.id').kinds).toEqual({
      uuid4: 5,
      uuid7: 1,
      uuid1: 1,
      uuid6: 1,
      uuid3: 1,
      uuid5: 1,
      uuid8: 1,
      ulid: 1,
      'ulid-lower': 1,
      objectid: 1,
      'name-timestamp': 1,
      prefixed: 1,
      sha1: 1,
      sha256: 1,
      blob16: 1,
      text: 1,
    })
  })

  test('what only looks like a ULID is none: zeros, fallbacks, the first 26 digits of a UUID', async () => {
    const found = await detectIn(
      things([
        "'01HK153X000000000000000000'",
        "'fallback_01HK153X003BMPJNJ'",
        "'8ZZZZZZZZZZZZZZZZZZZZZZZZZ'",
        "'FFFFFFFFFFFFFFFFFFFFFFFFFF'",
      ]),
    )
    const { kinds } = identityIn(found, 'things.id')
    expect((kinds.ulid ?? 0) + (kinds['ulid-lower'] ?? 0)).toBeLessThanOrEqual(1)
    expect(found.state).not.toBe('migrated')
  })

  test('a NULL in a key is counted beside the kinds', async () => {
    const found = await detectIn(things([`'${uuid4(1)}'`, 'NULL', 'NULL']))
    expect(identityIn(found, 'things.id')).toMatchObject({ rows: 3, nulls: 2, kinds: { uuid4: 1 } })
  })

  test('whole numbers beyond 2^53 are counted as what they are, and none is merged with its neighbour', async () => {
    const found = await detectIn(
      things(['9007199254740993', '9007199254740992', '-9223372036854775808'], 'id INT PRIMARY KEY'),
    )
    const { rows, duplicates, kinds } = identityIn(found, 'things.id')
    // Some of them could be Snowflakes; what matters is that there are three.
    expect([rows, duplicates, (kinds.integer ?? 0) + (kinds.snowflake ?? 0)]).toEqual([3, 0, 3])
  })
})

describe('which columns are identities', () => {
  test('hashes, tokens and natural keys are mentioned only', async () => {
    const path = database(
      'CREATE TABLE files(sha256 TEXT PRIMARY KEY); CREATE TABLE keys(id TEXT PRIMARY KEY, api_token TEXT UNIQUE); CREATE TABLE countries(code TEXT PRIMARY KEY)',
      `INSERT INTO files VALUES('${hex(1, 64)}'); INSERT INTO keys VALUES('${uuid4(1)}', '${uuid4(2)}'); INSERT INTO countries VALUES('DE'), ('FR')`,
    )
    expect(migrating(await detectIn(path))).toEqual(['keys.id'])
  })

  test('--only takes a natural key, and nothing else then', async () => {
    const path = things(["'Berlin'", "'Oslo'"])
    expect(migrating(await detectIn(path))).toEqual([])
    expect(migrating(await detectIn(path, { only: ['things.id'] }))).toEqual(['things.id'])
  })

  test('--skip leaves an identity out and says so', async () => {
    const found = await detectIn(things([`'${uuid4(1)}'`]), { skip: ['things.id'] })
    expect(identityIn(found, 'things.id')).toMatchObject({ migrate: false, reason: 'left out by --skip' })
  })

  test('a table without rows has no identity, since nothing tells what its ids are', async () => {
    expect((await detectIn(things([]))).identities).toEqual([])
  })

  test('a key that refers to another key follows it instead of leading', async () => {
    const path = database(
      'CREATE TABLE users(id TEXT PRIMARY KEY); CREATE TABLE profiles(user_id TEXT PRIMARY KEY REFERENCES users(id))',
      `INSERT INTO users VALUES('${uuid4(1)}'); INSERT INTO profiles VALUES('${uuid4(1)}')`,
    )
    const found = await detectIn(path)
    expect(migrating(found)).toEqual(['users.id'])
    expect(identityIn(found, 'profiles.user_id').reason).toContain('users.id')
  })
})

describe('references', () => {
  const twoTables = (reference: string, values: string) =>
    database(
      `CREATE TABLE jobs(id TEXT PRIMARY KEY); CREATE TABLE logs(n INTEGER PRIMARY KEY, ${reference})`,
      `INSERT INTO jobs VALUES('${uuid4(1)}'), ('${uuid4(2)}')`,
      `INSERT INTO logs SELECT NULL, column1 FROM (VALUES ${values})`,
    )

  test('undeclared ones are found by their values, with the evidence', async () => {
    const found = await detectIn(
      twoTables('job_id TEXT', `('${uuid4(1)}'), ('${uuid4(1)}'), ('${uuid4(7)}'), (NULL), ('')`),
    )
    expect(identityIn(found, 'jobs.id').references).toMatchObject([
      {
        table: 'logs',
        column: 'job_id',
        kind: 'inferred',
        choice: 'accepted',
        matched: 2,
        orphans: 1,
        sentinels: 1,
        orphanSamples: [uuid4(7)],
      },
    ])
  })

  test('a column of another name with few matches is offered, not taken, and that is said', async () => {
    const others = Array.from({ length: 9 }, (_, n) => `('${uuid4(n + 10)}')`).join(', ')
    const found = await detectIn(twoTables('about TEXT', `('${uuid4(1)}'), ${others}`))
    expect(accepted(identityIn(found, 'jobs.id'))).toEqual([])
    expect(found.findings).toMatchObject([
      {
        code: 'REFERENCE.NOT_FOLLOWED',
        object: 'logs.about',
        severity: 'warning',
        next: 'Follow it: --reference logs.about=jobs.id',
      },
    ])
  })

  test('a column with the UUIDs of a key in another spelling is no reference, and that is said', async () => {
    const bare = [1, 2, 3].map(n => `('${uuid4(n).replaceAll('-', '')}')`).join(', ')
    expect((await detectIn(twoTables('job_id TEXT', bare))).findings).toMatchObject([
      {
        code: 'REFERENCE.SPELLED_OTHERWISE',
        object: 'logs.job_id',
        severity: 'warning',
        message: expect.stringMatching(/ids of jobs\.id in another spelling/),
      },
    ])
  })

  test('--reference takes it, --no-reference drops it', async () => {
    const path = twoTables('about TEXT', `('${uuid4(1)}')`)
    expect(
      accepted(identityIn(await detectIn(path, { references: ['logs.about=jobs.id'] }), 'jobs.id')),
    ).toEqual(['logs.about inferred'])
    expect(accepted(identityIn(await detectIn(path, { noReferences: ['logs.about'] }), 'jobs.id'))).toEqual(
      [],
    )
  })

  test('a shared empty string is no evidence of a reference', async () => {
    const path = database(
      'CREATE TABLE jobs(id TEXT PRIMARY KEY, parent TEXT UNIQUE REFERENCES jobs(id)); CREATE TABLE stock(n INTEGER PRIMARY KEY, amount)',
      `INSERT INTO jobs VALUES('${uuid4(1)}', ''), ('${uuid4(2)}', '${uuid4(1)}'); INSERT INTO stock(amount) VALUES(9007199254740993), ('')`,
    )
    expect(accepted(identityIn(await detectIn(path), 'jobs.id'))).toEqual(['jobs.parent declared'])
  })

  test('a declared reference without a column means the primary key', async () => {
    const found = await detectIn(twoTables('whatever TEXT REFERENCES Jobs', `('${uuid4(1)}')`))
    expect(accepted(identityIn(found, 'jobs.id'))).toEqual(['logs.whatever declared'])
  })

  test('match as SQLite matches keys: by the collation of the parent', async () => {
    const path = database(
      'CREATE TABLE jobs(id TEXT COLLATE NOCASE PRIMARY KEY); CREATE TABLE logs(job_id TEXT REFERENCES jobs(id))',
      `INSERT INTO jobs VALUES('${uuid4(1)}'); INSERT INTO logs VALUES('${uuid4(1).toUpperCase()}')`,
    )
    expect(identityIn(await detectIn(path), 'jobs.id').references).toMatchObject([{ matched: 1, orphans: 0 }])
  })
})

describe('times', () => {
  const timed = async (definition: string, value: string) =>
    identityIn(
      await detectIn(
        database(
          `CREATE TABLE things(id TEXT PRIMARY KEY, ${definition})`,
          `INSERT INTO things VALUES('${uuid4(1)}', ${value})`,
        ),
      ),
      'things.id',
    ).time

  test.each([
    ['created_at TEXT', "'2026-02-11T07:25:00Z'"],
    ['created_at INTEGER', '1770794700'],
    ['created_at INTEGER', '1770794700123'],
    ['created_at INTEGER', '1770794700123456'],
    ['created_at REAL', '2461082.809'],
    ['creationDate', "'2026-02-11 07:25:00'"],
  ])('%s with %s is a creation time', async (definition, value) => {
    expect(await timed(definition, value)).toEqual({ from: 'column', column: definition.split(' ')[0] })
  })

  test.each([
    ['updated_at TEXT', "'2026-02-11T07:25:00Z'"],
    ['created_at TEXT', "'yesterday'"],
    ['created_at TEXT', "'9999-12-31'"],
    ['created_at BLOB', "x'32303236'"],
    ['created_by TEXT', "'somebody'"],
  ])('%s with %s is none: the order is what is left', async (definition, value) => {
    expect(await timed(definition, value)).toEqual({ from: 'order' })
  })

  test('the time inside the id wins, and the column steps in for ids without one', async () => {
    const path = database(
      'CREATE TABLE things(id TEXT PRIMARY KEY, created_at TEXT)',
      `INSERT INTO things VALUES('project-20260211-072500', '2026-01-01'), ('${uuid4(1)}', '2026-01-02')`,
    )
    expect(identityIn(await detectIn(path), 'things.id').time).toEqual({ from: 'id', column: 'created_at' })
  })

  test.each([
    ['text', (digits: string) => `'${digits}'`],
    ['bytes', (digits: string) => `x'${digits}'`],
  ])('a hash (%s) that reads as a UUID with a time does so by chance', async (_, literal) => {
    const hashes = [
      '019c4a1be6a07c3f8d2a5b6c7d8e9f00', // has all of a UUIDv7 of 2026
      ...Array.from({ length: 20 }, (_, at) => createHash('md5').update(`${at}`).digest('hex')),
    ]
    const path = database(
      'CREATE TABLE things(id PRIMARY KEY, created_at TEXT)',
      `INSERT INTO things VALUES ${hashes.map(hash => `(${literal(hash)}, '2026-01-02')`).join(', ')}`,
    )
    const { kinds, time } = identityIn(await detectIn(path), 'things.id')
    expect(kinds.uuid7).toBeGreaterThan(0)
    expect(time).toEqual({ from: 'column', column: 'created_at' })
  })

  test('--time decides', async () => {
    const path = database(
      'CREATE TABLE things(id TEXT PRIMARY KEY, created_at TEXT, ended TEXT)',
      `INSERT INTO things VALUES('${uuid4(1)}', '2026-01-01', '2026-01-02')`,
    )
    const time = async (source: string) =>
      identityIn(await detectIn(path, { times: [`things.id=${source}`] }), 'things.id').time
    expect([await time('order'), await time('id'), await time('ended')]).toEqual([
      { from: 'order' },
      { from: 'id' },
      { from: 'column', column: 'ended' },
    ])
  })
})

describe('states', () => {
  const ulid = (n: number) => `01HK153X0${n}3BMPJNJB6JHKXK8T`
  test.each([
    ['none', ["'Berlin'"], 'id TEXT PRIMARY KEY'],
    ['legacy', [`'${uuid4(1)}'`], 'id TEXT PRIMARY KEY'],
    ['half', [`'${uuid4(1)}'`, `'${ulid(1)}'`], 'id TEXT PRIMARY KEY'],
    ['migrated', [`'${ulid(1)}'`, `'${ulid(2)}'`], 'id TEXT PRIMARY KEY'],
  ] as const)('%s for ids %s', async (state, values, columns) => {
    expect((await detectIn(things(values, columns))).state).toBe(state)
  })

  test('expanded, where a ULID stands beside every id', async () => {
    const path = database(
      'CREATE TABLE things(id TEXT PRIMARY KEY, thing_ulid TEXT UNIQUE)',
      `INSERT INTO things VALUES('${uuid4(1)}', '${ulid(1)}'), ('${uuid4(2)}', '${ulid(2)}')`,
    )
    expect((await detectIn(path, { strategy: 'expand' })).state).toBe('expanded')
  })

  test('half, where one table is migrated and another is not', async () => {
    const path = database(
      'CREATE TABLE a(id TEXT PRIMARY KEY); CREATE TABLE b(id TEXT PRIMARY KEY)',
      `INSERT INTO a VALUES('${uuid4(1)}'); INSERT INTO b VALUES('${ulid(1)}')`,
    )
    expect((await detectIn(path)).state).toBe('half')
  })
})

describe('findings', () => {
  test('two letter cases of one ULID block', async () => {
    const found = await detectIn(
      things(["'01HK153X003BMPJNJB6JHKXK8T'", "'01hk153x003bmpjnjb6jhkxk8t'", `'${uuid4(1)}'`]),
    )
    expect(codesOf(found)).toContain('IDENTITY.SAME_BUT_FOR_CASE')
    expect(found.findings[0]).toMatchObject({ severity: 'blocker', object: 'things.id' })
  })

  test('ULIDs in both letter cases are a warning', async () => {
    const found = await detectIn(
      things(["'01HK153X003BMPJNJB6JHKXK8T'", "'01hk153x013bmpjnjb6jhkxk8t'", `'${uuid4(1)}'`]),
    )
    expect(found.findings.find(each => each.code === 'IDENTITY.MIXED_CASE')).toMatchObject({
      severity: 'warning',
    })
  })
})

describe('choices that name nothing', () => {
  const refusal = async (choices: Parameters<typeof detectIn>[1]) => {
    const path = things([`'${uuid4(1)}'`], 'id TEXT PRIMARY KEY, name TEXT')
    try {
      await detectIn(path, choices)
    } catch (error) {
      if (error instanceof Refusal) return error.failure
      throw error
    }
    throw new Error('it was not refused')
  }

  test.each([
    [{ only: ['nothing.id'] }, 'CHOICE.UNKNOWN_TABLE', 'things'],
    [{ only: ['things.nothing'] }, 'CHOICE.UNKNOWN_COLUMN', 'name'],
    [{ only: ['things.name'] }, 'CHOICE.NOT_AN_IDENTITY', 'identity'],
    [{ times: ['things.id=nothing'] }, 'CHOICE.UNKNOWN_COLUMN', 'name'],
    [{ times: ['things.id'] }, 'CHOICE.NO_EQUALS', '='],
    [{ references: ['things.name'] }, 'CHOICE.NO_EQUALS', '='],
    [{ timezone: 'Mars/Olympus' }, 'CHOICE.TIMEZONE', 'Olympus'],
  ])('%j is a mistake in the command (exit 2) that says what there is', async (choices, code, hint) => {
    const error = await refusal(choices)
    expect(error).toMatchObject({ code, exit: 2 })
    expect(`${error.message} ${error.why} ${error.next}`).toContain(hint)
  })
})
