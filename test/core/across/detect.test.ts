import { describe, expect, test } from 'vitest'
import { withAcross } from '../../../src/core/across/tell.ts'
import { Refusal } from '../../../src/core/message.ts'
import { acrossOf, followed, holdingSql, neighbours, range, rowsSql, uuid } from '../../support/across.ts'
import { numbers } from '../../support/database.ts'
import { printOf } from '../../support/folder.ts'
import { detectIn } from '../../support/in-process.ts'

function sessionsAndLinks() {
  const { make, ...rest } = neighbours()
  const sessions = make('sessions.db', rowsSql('sessions', range(1, 40)))
  const links = make('links.db', holdingSql('links', 'session_id', [...range(1, 20), 1, 1, 'lost', null, '']))
  return { ...rest, make, sessions, links }
}

describe('a column that holds ids of another target', () => {
  test.each([['in this order'], ['in the other']])('is found when both are given, %s', async order => {
    const { sessions, links, settings } = sessionsAndLinks()
    const given = order === 'in this order' ? [sessions, links] : [links, sessions]
    const across = await acrossOf(settings, given)
    expect(across.order).toEqual([sessions, links])
    expect(across.links).toMatchObject([
      {
        target: links,
        table: 'links',
        column: 'session_id',
        as: 'reference',
        of: { target: sessions, table: 'sessions', column: 'id' },
        choice: 'accepted',
        matched: 22,
        orphans: 1,
        sentinels: 1,
        orphanSamples: [uuid('lost')],
      },
    ])
    expect(across.links[0]?.samples).toHaveLength(3)
  })

  test('is told in the documents of both', async () => {
    const { sessions, links, settings } = sessionsAndLinks()
    const across = await acrossOf(settings, [links, sessions])
    const parent = withAcross(await detectIn(sessions), across)
    expect(parent.identities[0]?.references).toMatchObject([
      { target: links, table: 'links', column: 'session_id', matched: 22, orphans: 1, kind: 'inferred' },
    ])
    expect(parent.identities[0]?.references[0]?.leftOut).toContain('23 values keep the old ids')
    const child = withAcross(await detectIn(links), across)
    expect(child.findings.filter(each => each.code.startsWith('ACROSS'))).toMatchObject([
      { code: 'ACROSS.FOLLOWS', severity: 'info', object: 'links.session_id' },
    ])
  })

  test('leaves no trace in either', async () => {
    const { sessions, links, settings } = sessionsAndLinks()
    const before = [printOf(sessions), printOf(links)]
    await acrossOf(settings, [sessions, links])
    expect([printOf(sessions), printOf(links)]).toEqual(before)
  })

  test('belongs to its own target, where that has the rows as well', async () => {
    const { make, settings } = neighbours()
    const hot = make('hot.db', rowsSql('conversations', range(1, 60)))
    const warm = make(
      'warm.db',
      rowsSql('conversations', range(41, 80)),
      holdingSql('messages', 'conversation_id', range(41, 80)),
    )
    expect(followed(await acrossOf(settings, [warm, hot]))).toEqual([
      'warm.db conversations.id -> hot.db conversations.id',
    ])
  })

  test('may hold ids of two targets', async () => {
    const { make, settings } = neighbours()
    const one = make('one.db', rowsSql('sessions', range(1, 30)))
    const two = make('two.db', rowsSql('agents', range(101, 120)))
    const notes = make('notes.db', holdingSql('notes', 'about', [...range(1, 15), ...range(101, 115)]))
    const across = await acrossOf(settings, [notes, one, two])
    expect(followed(across)).toEqual([
      'notes.db notes.about -> one.db sessions.id',
      'notes.db notes.about -> two.db agents.id',
    ])
    expect(across.follows[notes]).toMatchObject([{ of: [{ target: one }, { target: two }] }])
  })

  test('is left out by name', async () => {
    const { sessions, links, settings } = sessionsAndLinks()
    const across = await acrossOf(settings, [sessions, links], {
      noReferences: ['links.db::links.session_id'],
    })
    expect(across.links).toMatchObject([{ choice: 'offered', why: 'left out by --no-reference' }])
    expect(across.follows).toEqual({})
  })
})

describe('of two stores with the same ids', () => {
  test.each([['in this order'], ['in the other']])('the larger leads, %s', async order => {
    const { make, settings } = neighbours()
    const hot = make('hot.db', rowsSql('conversations', range(1, 30)))
    const warm = make('warm.db', rowsSql('conversations', range(21, 80)))
    const across = await acrossOf(settings, order === 'in this order' ? [hot, warm] : [warm, hot])
    expect(across.order).toEqual([warm, hot])
    expect(followed(across)).toEqual(['hot.db conversations.id -> warm.db conversations.id'])
  })

  test('a few ids of a small store are found in a large one', async () => {
    const { make, settings } = neighbours()
    const small = make('small.db', rowsSql('conversations', range(1, 8)))
    const large = make(
      'large.db',
      'CREATE TABLE conversations(id TEXT PRIMARY KEY)',
      `INSERT INTO conversations SELECT lower(hex(randomblob(4))) || '-0000-4000-8000-' || lower(hex(randomblob(6))) FROM ${numbers(30_000)}`,
      `INSERT INTO conversations VALUES ${range(1, 8)
        .map(n => `('${uuid(n)}')`)
        .join(', ')}`,
    )
    expect(followed(await acrossOf(settings, [small, large]))).toEqual([
      'small.db conversations.id -> large.db conversations.id',
    ])
  })

  test('three form a chain that the order follows', async () => {
    const { make, settings } = neighbours()
    const cold = make('cold.db', rowsSql('conversations', range(1, 90)))
    const warm = make('warm.db', rowsSql('conversations', range(71, 130)))
    const hot = make('hot.db', rowsSql('conversations', range(111, 140)))
    const across = await acrossOf(settings, [hot, cold, warm])
    expect(across.order).toEqual([cold, warm, hot])
    expect(followed(across)).toEqual([
      'warm.db conversations.id -> cold.db conversations.id',
      'hot.db conversations.id -> warm.db conversations.id',
    ])
  })
})

describe('no evidence between two files', () => {
  test('small integers that fit', async () => {
    const { make, settings } = neighbours()
    const app = `CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO users SELECT value, 'u' || value FROM ${numbers(50)};
      CREATE TABLE posts(id INTEGER PRIMARY KEY, user_id INTEGER); INSERT INTO posts SELECT value, value % 50 + 1 FROM ${numbers(90)}`
    const across = await acrossOf(settings, [make('a.db', app), make('b.db', app)])
    expect(across.links).toEqual([])
  })

  test('short names that two applications count up alike', async () => {
    const { make, settings } = neighbours()
    const jobs = `CREATE TABLE jobs(job_id TEXT PRIMARY KEY); INSERT INTO jobs SELECT 'job-' || value FROM ${numbers(50)}`
    const across = await acrossOf(settings, [make('a.db', jobs), make('b.db', jobs)])
    expect(across.links).toEqual([])
  })

  test('the id of the machine that both run on', async () => {
    const { make, settings } = neighbours()
    const machines = make(
      'machines.db',
      rowsSql('machines', ['here']),
      holdingSql(
        'logs',
        'machine_id',
        Array.from({ length: 30 }, () => 'here'),
      ),
    )
    const events = make(
      'events.db',
      holdingSql(
        'events',
        'machine',
        Array.from({ length: 50 }, () => 'here'),
      ),
    )
    const across = await acrossOf(settings, [machines, events])
    expect(across.follows).toEqual({})
    expect(across.links.map(link => link.choice)).toEqual(['mentioned'])
  })
})

describe('what the operator names', () => {
  const integers = () => {
    const { make, settings } = neighbours()
    const users = make(
      'users.db',
      `CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO users SELECT value, 'u' FROM ${numbers(20)};
       CREATE TABLE posts(n INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users); INSERT INTO posts(user_id) SELECT value FROM ${numbers(20)}`,
    )
    const seen = make(
      'seen.db',
      `CREATE TABLE seen(n INTEGER PRIMARY KEY, user INTEGER); INSERT INTO seen(user) SELECT value FROM ${numbers(25)}`,
    )
    return { settings, users, seen }
  }

  test('is followed, also by numbers', async () => {
    const { settings, users, seen } = integers()
    const across = await acrossOf(settings, [seen, users], {
      references: ['seen.db::seen.user=users::users.id'],
    })
    expect(across.order).toEqual([users, seen])
    expect(across.links).toMatchObject([
      { why: 'named by --reference', confidence: 1, matched: 20, orphans: 5, choice: 'accepted' },
    ])
  })

  test.each([
    ['ACROSS.UNKNOWN_TARGET', 'seen.db::seen.user=nobody::users.id'],
    ['CHOICE.UNKNOWN_COLUMN', 'seen.db::seen.who=users::users.id'],
    ['ACROSS.NOT_AN_IDENTITY', 'seen.db::seen.user=users::users.name'],
    ['ACROSS.NO_TARGET', 'seen.db::seen.user=users.id'],
    ['ACROSS.OWN_REFERENCE', 'users.db::posts.user_id=users.db::users.id'],
  ])('%s: and has to be there', async (code, reference) => {
    const { settings, users, seen } = integers()
    const asked = acrossOf(settings, [seen, users], { references: [reference] })
    await expect(asked).rejects.toThrow(Refusal)
    await asked.catch((error: Refusal) => expect(error.failure).toMatchObject({ code, exit: 2 }))
  })
})

test('two that hold ids of each other have no order, and both columns are named', async () => {
  const { make, settings } = neighbours()
  const one = make('one.db', rowsSql('sessions', range(1, 20)), holdingSql('calls', 'agent', range(101, 120)))
  const two = make(
    'two.db',
    rowsSql('agents', range(101, 120)),
    holdingSql('visits', 'session', range(1, 20)),
  )
  const { error } = await acrossOf(settings, [one, two])
  expect(error).toMatchObject({ code: 'ACROSS.ROUND_ABOUT', exit: 4 })
  expect(error?.why).toContain('two.db::visits.session')
  expect(error?.why).toContain('one.db::calls.agent')
  const without = await acrossOf(settings, [one, two], { noReferences: ['one.db::calls.agent'] })
  expect(without).toMatchObject({ error: null, order: [one, two] })
})
