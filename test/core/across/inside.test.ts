import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findAcross } from '../../../src/core/across/find.ts'
import { tellKnown } from '../../../src/core/across/known.ts'
import { withAcross } from '../../../src/core/across/tell.ts'
import { Stopped } from '../../../src/core/context.ts'
import type { Connection } from '../../../src/core/engines/sqlite/open.ts'
import { formatPlace } from '../../../src/core/inside/selector.ts'
import type { Across, AcrossLink } from '../../../src/core/links.ts'
import { Refusal } from '../../../src/core/message.ts'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import { rehearse } from '../../../src/core/rehearse/rehearse.ts'
import type { Choices } from '../../../src/core/requests.ts'
import { undo } from '../../../src/core/rollback/undo.ts'
import { verifyPastRun } from '../../../src/core/verify/past-run.ts'
import { acrossOf, migrateTogether, neighbours, range, rowsSql, uuid } from '../../support/across.ts'
import { change, columnOf, contentHash, numbers, rowsOf } from '../../support/database.ts'
import { printOf } from '../../support/folder.ts'
import { detectIn, inProcess } from '../../support/in-process.ts'

type Cell = string | null

/** A table of rows whose cells are SQL, or texts as they are. */
function tableSql(table: string, column: string, cells: readonly Cell[]): string {
  const rows = cells.map(cell => `(${cell === null ? 'NULL' : `'${cell.replaceAll("'", "''")}'`})`)
  return `CREATE TABLE ${table}(n INTEGER PRIMARY KEY, ${column}); INSERT INTO ${table}(${column}) VALUES ${rows.join(', ')}`
}

/** Sessions, and another database that speaks of them in these ways. */
function sessionsAnd(...sql: readonly string[]) {
  const { make, ...rest } = neighbours()
  const sessions = make('sessions.db', rowsSql('sessions', range(1, 40)))
  const notes = make('notes.db', ...sql)
  return { ...rest, make, sessions, notes }
}

/** The places of one choice, as `notes.payload:$.session -> sessions.db`. */
function places({ links }: Across, choice: AcrossLink['choice'] = 'accepted'): readonly string[] {
  const name = (target: string) => target.slice(target.lastIndexOf('/') + 1)
  return links
    .filter(each => each.choice === choice)
    .map(each => `${formatPlace(each, each)} -> ${name(each.of.target)}`)
    .sort()
}

/** What became of each session's id, by the record of its own run. */
function ulidsIn(path: string): ReadonlyMap<string, string> {
  return new Map(rowsOf(path, 'SELECT legacy, ulid FROM _ulid_migrate_map_1') as readonly [string, string][])
}

/** The text with every session's ULID in the place of its id. */
function renamed(text: string, ulids: ReadonlyMap<string, string>): string {
  return text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, id => ulids.get(id) ?? id)
}

const scalar = (id: string | number) => `{ "session": "${uuid(id)}", "x": 1.50, "é": null }`

/** Each way in which a value may hold ids, over the ids 1 to 20. */
const ways: readonly (readonly [way: string, place: string, values: readonly string[]])[] = [
  ['a scalar of a document', 'notes.payload:$.session', range(1, 20).map(scalar)],
  [
    'an array',
    'notes.payload:$.seen[*]',
    range(1, 20).map(n => `{"seen":["${uuid(n)}" , "${uuid((n % 20) + 1)}"]}`),
  ],
  [
    'the keys of an object',
    'notes.payload:$.counts.*~',
    range(1, 20).map(n => `{"counts": {"${uuid(n)}": 3, "${uuid((n % 20) + 1)}": 4}}`),
  ],
  [
    'a nested path',
    'notes.payload:$.runs[*].about.session',
    range(1, 20).map(n => `{"runs": [{"about": {"session": "${uuid(n)}"}}, {"about": {"session": null}}]}`),
  ],
  ['a text', 'notes.payload:session:{id}', range(1, 20).map(n => `session:${uuid(n)}`)],
  [
    'a text with more behind',
    'notes.payload:session:{id}:step *',
    range(1, 20).map(n => `session:${uuid(n)}:step ${n}`),
  ],
  [
    'a list',
    'notes.payload:{id},...',
    range(1, 20).map(n => `${uuid(n)},${uuid((n % 20) + 1)},${uuid(((n + 4) % 20) + 1)}`),
  ],
  [
    'a text in a document',
    'notes.payload:$.ref:session#{id}',
    range(1, 20).map(n => `{"ref": "session#${uuid(n)}"}`),
  ],
]

describe('ids of another target inside of values', () => {
  test.each(ways)('are found in %s', async (_, place, values) => {
    const { sessions, notes, settings } = sessionsAnd(
      tableSql('notes', 'payload', [...values, null, 'no id', '{"x": 1}']),
    )
    const across = await acrossOf(settings, [notes, sessions])
    expect(places(across)).toEqual([`${place} -> sessions.db`])
    expect(across.order).toEqual([sessions, notes])
  })

  test('become the ULIDs that they have there, and not one other byte is another; an undo brings all back', async () => {
    const texts = (values: readonly string[]) => [...values, null, 'no id', '{"x": 1}']
    const { sessions, notes, settings } = sessionsAnd(
      ...ways.map(([, , values], at) => tableSql(`notes${at}`, 'payload', texts(values))),
    )
    const before = contentHash(notes)
    await migrateTogether(settings, [notes, sessions])
    const ulids = ulidsIn(sessions)
    for (const [at, [, , values]] of ways.entries())
      expect(columnOf(notes, `SELECT payload FROM notes${at} ORDER BY n`)).toEqual(
        texts(values).map(text => text && renamed(text, ulids)),
      )
    const { proof } = await verifyPastRun(notes, undefined, inProcess(settings))
    expect(proof.checks.filter(each => !each.ok)).toEqual([])
    expect(proof.checks.map(each => each.id)).toEqual(expect.arrayContaining(['inside', 'across']))
    await undo(notes, undefined, inProcess(settings))
    expect(contentHash(notes)).toBe(before)
  })

  test('are found in JSONB and in text that is stored as a BLOB, which stay what they are', async () => {
    const { sessions, notes, settings } = sessionsAnd(
      tableSql('notes', 'payload', range(1, 20).map(scalar)),
      'UPDATE notes SET payload = CASE WHEN n % 2 THEN jsonb(payload) ELSE CAST(payload AS BLOB) END',
    )
    const before = contentHash(notes)
    const across = await migrateTogether(settings, [sessions, notes])
    expect(places(across)).toEqual(['notes.payload:$.session -> sessions.db'])
    expect(columnOf(notes, 'SELECT DISTINCT typeof(payload) FROM notes')).toEqual(['blob'])
    expect(columnOf(notes, "SELECT payload ->> '$.session' FROM notes WHERE n % 2 ORDER BY n")).toEqual(
      range(1, 20)
        .filter(n => n % 2 === 1)
        .map(n => ulidsIn(sessions).get(uuid(n))),
    )
    await undo(notes, undefined, inProcess(settings))
    expect(contentHash(notes)).toBe(before)
  })

  test('are found in rows whose other column says so, and nowhere else in that column', async () => {
    const { sessions, notes, settings } = sessionsAnd(
      'CREATE TABLE links(n INTEGER PRIMARY KEY, target_type TEXT, target_id TEXT)',
      `INSERT INTO links(target_type, target_id) VALUES ${range(1, 12)
        .map(
          n =>
            `('session', '${uuid(n)}'), ('url', 'https://example.org/${n}'), ('session', '${uuid('lost')}')`,
        )
        .join(', ')}`,
    )
    const before = contentHash(notes)
    const across = await migrateTogether(settings, [notes, sessions])
    expect(places(across)).toEqual(['links.target_id[target_type=session] -> sessions.db'])
    expect(across.links).toMatchObject([{ matched: 12, orphans: 12, kind: 'polymorphic' }])
    const ulids = ulidsIn(sessions)
    const held = columnOf<string>(notes, 'SELECT target_id FROM links ORDER BY n')
    expect(held.slice(0, 2)).toEqual([ulids.get(uuid(1)), 'https://example.org/1'])
    expect(held.filter((_, at) => at % 3 === 0)).toEqual(range(1, 12).map(n => ulids.get(uuid(n))))
    const lost = new Set(held.filter((_, at) => at % 3 === 2))
    expect([lost.size, [...lost][0]]).toEqual([1, expect.stringMatching(/^[0-9A-Z]{26}$/)])
    await undo(notes, undefined, inProcess(settings))
    expect(contentHash(notes)).toBe(before)
  })

  test('are told in the documents of both, and leave no trace while they are looked for', async () => {
    const { sessions, notes, settings } = sessionsAnd(
      tableSql('notes', 'payload', [...range(1, 20), 'lost'].map(scalar)),
    )
    const prints = [printOf(sessions), printOf(notes)]
    const across = await acrossOf(settings, [sessions, notes])
    expect([printOf(sessions), printOf(notes)]).toEqual(prints)
    expect(withAcross(await detectIn(sessions), across).identities[0]?.references).toMatchObject([
      {
        target: notes,
        table: 'notes',
        column: 'payload',
        path: '$.session',
        kind: 'json',
        choice: 'accepted',
        matched: 20,
        orphans: 1,
        orphanSamples: [uuid('lost')],
      },
    ])
    const findings = withAcross(await detectIn(notes), across).findings
    expect(findings.filter(each => each.code.startsWith('ACROSS'))).toMatchObject([
      { code: 'ACROSS.FOLLOWS', object: 'notes.payload:$.session' },
    ])
    expect(findings.at(-1)?.next).toContain(`--no-reference '${notes}::notes.payload:$.session'`)
  })
})

describe('what the other target does not know', () => {
  test('gets one ULID for each id, the same at every place; what stands for nothing stays', async () => {
    const { sessions, notes, settings } = sessionsAnd(
      tableSql('notes', 'payload', [
        ...range(1, 20).map(scalar),
        scalar('lost'),
        scalar('lost'),
        scalar('gone'),
        '{"session": ""}',
      ]),
      tableSql('links', 'session_id', [...range(1, 20).map(uuid), uuid('lost')]),
    )
    await migrateTogether(settings, [sessions, notes])
    const held = columnOf<string>(notes, "SELECT payload ->> '$.session' FROM notes WHERE n > 20 ORDER BY n")
    const [lost] = columnOf<string>(notes, 'SELECT session_id FROM links WHERE n = 21')
    expect(held).toEqual([lost, lost, expect.stringMatching(/^[0-9A-Z]{26}$/), ''])
    expect(held[2]).not.toBe(lost)
  })

  test('stays in a text where it does not look like an id of that kind', async () => {
    const texts = [
      ...range(1, 20).map(n => `session:${uuid(n)}`),
      'session:none yet',
      `session:${uuid('lost')}`,
    ]
    const { sessions, notes, settings } = sessionsAnd(tableSql('notes', 'message', texts))
    await migrateTogether(settings, [sessions, notes])
    const [no, lost] = columnOf<string>(notes, 'SELECT message FROM notes WHERE n > 20 ORDER BY n')
    expect(no).toBe('session:none yet')
    expect(lost).toMatch(/^session:[0-9A-Z]{26}$/)
  })
})

describe('a value that holds ids of several targets', () => {
  const jobs = rowsSql('jobs', range(101, 120))

  test('has its own and the others both renamed, at places of their own', async () => {
    const values = range(1, 20).map(n => `{"session": "${uuid(n)}", "job": "${uuid(n + 100)}", "x": 1e2}`)
    const { sessions, notes, settings } = sessionsAnd(jobs, tableSql('notes', 'payload', values))
    const before = contentHash(notes)
    const across = await migrateTogether(settings, [notes, sessions])
    expect(places(across)).toEqual(['notes.payload:$.session -> sessions.db'])
    const all = new Map([...ulidsIn(sessions), ...ulidsIn(notes)])
    expect(columnOf(notes, 'SELECT payload FROM notes ORDER BY n')).toEqual(
      values.map(text => renamed(text, all)),
    )
    await undo(notes, undefined, inProcess(settings))
    expect(contentHash(notes)).toBe(before)
  })

  test('and at one place; there, what nobody knows is nobody’s and stays', async () => {
    const ids = [...range(1, 15), ...range(101, 115), 'lost']
    const values = ids.map(id => `{"about": "${uuid(id)}"}`)
    const { sessions, notes, settings } = sessionsAnd(jobs, tableSql('notes', 'payload', values))
    const before = contentHash(notes)
    const across = await migrateTogether(settings, [notes, sessions])
    expect(places(across)).toEqual(['notes.payload:$.about -> sessions.db'])
    const all = new Map([...ulidsIn(sessions), ...ulidsIn(notes)])
    expect(columnOf(notes, 'SELECT payload FROM notes ORDER BY n')).toEqual(
      values.map(text => renamed(text, all)),
    )
    expect(columnOf(notes, 'SELECT payload FROM notes WHERE n = 31')).toEqual([values.at(-1)])
    const { proof } = await verifyPastRun(notes, undefined, inProcess(settings))
    expect(proof.checks.filter(each => !each.ok)).toEqual([])
    await undo(notes, undefined, inProcess(settings))
    expect(contentHash(notes)).toBe(before)
  })

  test('is of the other target also where its own has a table of that name', async () => {
    const values = [...range(1, 15), ...range(301, 315)].map(n => `{"session": "${uuid(n)}"}`)
    const { sessions, notes, settings } = sessionsAnd(
      rowsSql('sessions', range(301, 320)),
      tableSql('notes', 'payload', values),
      `CREATE TABLE links(n INTEGER PRIMARY KEY, of_type TEXT, of_id TEXT)`,
      `INSERT INTO links(of_type, of_id) VALUES ${range(1, 12)
        .map(n => `('theirs', '${uuid(n)}'), ('ours', '${uuid(n + 300)}')`)
        .join(', ')}`,
    )
    const across = await migrateTogether(settings, [notes, sessions])
    expect(across.links.filter(each => each.choice === 'accepted')).toMatchObject([
      { path: '$.session', matched: 15 },
      { when: { column: 'of_type', is: ['theirs'] }, matched: 12 },
    ])
    const all = new Map([...ulidsIn(sessions), ...ulidsIn(notes)])
    expect(columnOf(notes, 'SELECT payload FROM notes ORDER BY n')).toEqual(
      values.map(text => renamed(text, all)),
    )
    expect(columnOf(notes, 'SELECT of_id FROM links ORDER BY n LIMIT 2')).toEqual([
      all.get(uuid(1)),
      all.get(uuid(301)),
    ])
  })

  test('may hold those of two others', async () => {
    const { make, sessions, settings } = sessionsAnd()
    const agents = make('agents.db', rowsSql('agents', range(201, 220)))
    const values = [...range(1, 15), ...range(201, 215)].map(n => `{"about": "${uuid(n)}"}`)
    const notes = make('both.db', tableSql('notes', 'payload', values))
    const across = await migrateTogether(settings, [notes, agents, sessions])
    expect(places(across)).toEqual([
      'notes.payload:$.about -> agents.db',
      'notes.payload:$.about -> sessions.db',
    ])
    const all = new Map([...ulidsIn(sessions), ...ulidsIn(agents)])
    expect(columnOf(notes, 'SELECT payload FROM notes ORDER BY n')).toEqual(
      values.map(text => renamed(text, all)),
    )
  })

  test('can not be the first where each holds ids of the other; the way out is named', async () => {
    const { make, settings } = neighbours()
    const of = (from: number) => range(from, from + 19).map(n => `{"of": "${uuid(n)}"}`)
    const one = make('one.db', rowsSql('sessions', range(1, 20)), tableSql('notes', 'payload', of(101)))
    const two = make('two.db', rowsSql('agents', range(101, 120)), tableSql('logs', 'data', of(1)))
    const { error } = await acrossOf(settings, [one, two])
    expect(error).toMatchObject({ code: 'ACROSS.ROUND_ABOUT', exit: 4 })
    expect(error?.next).toContain('--no-reference')
    const left = await acrossOf(settings, [one, two], { noReferences: [`${two}::logs.data`] })
    expect(left).toMatchObject({ error: null, order: [two, one] })
  })

  test('belongs to its own target, where that has the rows as well', async () => {
    const { make, settings } = neighbours()
    const hot = make('hot.db', rowsSql('conversations', range(1, 60)))
    const warm = make(
      'warm.db',
      rowsSql('conversations', range(41, 80)),
      tableSql(
        'messages',
        'payload',
        range(41, 80).map(n => `{"conversation": "${uuid(n)}"}`),
      ),
    )
    const across = await migrateTogether(settings, [warm, hot])
    expect(places(across)).toEqual(['conversations.id -> hot.db'])
    const all = new Map([...ulidsIn(hot), ...ulidsIn(warm)])
    expect(columnOf(warm, "SELECT payload ->> '$.conversation' FROM messages ORDER BY n")).toEqual(
      range(41, 80).map(n => all.get(uuid(n))),
    )
  })
})

describe('where most of what stands there is nobody’s', () => {
  const mixed = (key: string) =>
    sessionsAnd(
      tableSql('notes', 'payload', [
        ...range(1, 12).map(n => `{"${key}": "${uuid(n)}"}`),
        ...range(501, 540).map(n => `{"${key}": "${uuid(n)}"}`),
      ]),
    )

  test('it is followed if it is called so: these are orphans', async () => {
    const { sessions, notes, settings } = mixed('session')
    expect(places(await acrossOf(settings, [sessions, notes]))).toEqual([
      'notes.payload:$.session -> sessions.db',
    ])
  })

  test('it is only offered if it is not: they may be ids of anything', async () => {
    const { sessions, notes, settings } = mixed('about')
    const across = await acrossOf(settings, [sessions, notes])
    expect(across.follows).toEqual({})
    expect(places(across, 'offered')).toEqual(['notes.payload:$.about -> sessions.db'])
  })
})

describe('no evidence inside of values', () => {
  test('the id of the machine that both run on, in every document', async () => {
    const { make, settings } = neighbours()
    const machines = make('machines.db', rowsSql('machines', ['here']))
    const events = make(
      'events.db',
      tableSql(
        'events',
        'data',
        range(1, 50).map(n => `{"machine_id": "${uuid('here')}", "n": ${n}}`),
      ),
      tableSql(
        'logs',
        'message',
        range(1, 50).map(() => `machine:${uuid('here')}`),
      ),
    )
    const across = await acrossOf(settings, [machines, events])
    expect(across.follows).toEqual({})
    expect(places(across)).toEqual([])
  })

  test('small integers in documents of two applications that have nothing to do with each other', async () => {
    const { make, settings } = neighbours()
    const app = `CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO users SELECT value, 'u' || value FROM ${numbers(50)};
      CREATE TABLE posts(id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users, data TEXT, tags TEXT);
      INSERT INTO posts SELECT value, value % 50 + 1, '{"user_id": ' || (value % 50 + 1) || ', "users": [1, 2, ' || (value % 50 + 1) || ']}', 'user:' || (value % 50 + 1) FROM ${numbers(90)}`
    const across = await acrossOf(settings, [make('a.db', app), make('b.db', app)])
    expect(across.links).toEqual([])
  })

  test('UUIDs that are called alike and are others', async () => {
    const { sessions, notes, settings } = sessionsAnd(
      tableSql(
        'notes',
        'payload',
        range(501, 540).map(n => `{"session_id": "${uuid(n)}", "sessions": ["${uuid(n)}"]}`),
      ),
    )
    const across = await acrossOf(settings, [sessions, notes])
    expect(across.links).toEqual([])
  })
})

describe('what the operator says of a place', () => {
  const data = () =>
    sessionsAnd(
      tableSql(
        'notes',
        'payload',
        range(1, 20).map(n => `{"session": "${uuid(n)}", "of": ["${uuid(n + 20)}"]}`),
      ),
    )

  test.each([
    ['the place', 'notes.db::notes.payload:$.session', ['notes.payload:$.of[*] -> sessions.db']],
    ['the column', 'notes.db::notes.payload', []],
  ])('is left out by the name of %s', async (_, name, left) => {
    const { sessions, notes, settings } = data()
    const across = await acrossOf(settings, [sessions, notes], { noReferences: [name] })
    expect(places(across)).toEqual(left)
    expect(across.links.filter(each => each.choice === 'offered').map(each => each.why)).toContain(
      'left out by --no-reference',
    )
  })

  test('is followed, also by numbers, in the syntax of places', async () => {
    const { make, settings } = neighbours()
    const users = make(
      'users.db',
      `CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO users SELECT value, 'u' FROM ${numbers(20)};
       CREATE TABLE posts(n INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users); INSERT INTO posts(user_id) SELECT value FROM ${numbers(20)}`,
    )
    const seen = make(
      'seen.db',
      tableSql(
        'seen',
        'data',
        range(1, 25).map(n => `{"user": ${n}, "at": 1}`),
      ),
      tableSql(
        'logs',
        'text',
        range(1, 25).map(n => `by user::${n}`),
      ),
    )
    const before = contentHash(seen)
    const across = await migrateTogether(settings, [seen, users], {
      references: [
        'seen.db::seen.data:$.user=users::users.id',
        'seen.db::logs.text:by user\\::{id:#}=users::users.id',
      ].map(text => text.replace('\\', '')),
    })
    expect(across.links).toMatchObject([
      { why: 'named by --reference', confidence: 1, matched: 20, orphans: 5, path: '$.user' },
      { why: 'named by --reference', confidence: 1, matched: 20, orphans: 5, pattern: 'by user::{id:#}' },
    ])
    const ulids = columnOf(users, 'SELECT id FROM users ORDER BY legacy_id')
    expect(columnOf(seen, "SELECT data ->> '$.user' FROM seen ORDER BY n").slice(0, 20)).toEqual(ulids)
    expect(columnOf(seen, 'SELECT substr(text, 10) FROM logs ORDER BY n').slice(0, 20)).toEqual(ulids)
    // What names no user is the same orphan at both places.
    expect(columnOf(seen, 'SELECT substr(text, 10) FROM logs WHERE n > 20 ORDER BY n')).toEqual(
      columnOf(seen, "SELECT data ->> '$.user' FROM seen WHERE n > 20 ORDER BY n"),
    )
    await undo(seen, undefined, inProcess(settings))
    expect(contentHash(seen)).toBe(before)
  })

  test.each([
    ['CHOICE.UNKNOWN_COLUMN', 'notes.db::notes.what:$.session=sessions::sessions.id'],
    ['CHOICE.NOT_A_COLUMN', 'notes.db::notes.payload:$..=sessions::sessions.id'],
    ['ACROSS.NO_TARGET', 'notes.db::notes.payload:$.session=sessions.id'],
    ['ACROSS.OWN_REFERENCE', 'sessions.db::sessions.id:x{id}=sessions.db::sessions.id'],
  ])('is refused with %s where it means nothing', async (code, reference) => {
    const { sessions, notes, settings } = data()
    const failure = await refusalOf(acrossOf(settings, [sessions, notes], { references: [reference] }))
    expect(failure).toMatchObject({ code, exit: 2 })
  })
})

describe('a rehearsal', () => {
  test('shows what the run does inside of values, by the rehearsed copy of the other target', async () => {
    const { folder, sessions, notes, settings } = sessionsAnd(
      tableSql('notes', 'payload', [...range(1, 20), 'lost'].map(scalar)),
    )
    const { follows } = await acrossOf(settings, [notes, sessions])
    const own: Choices = { follows: follows[notes] ?? [] }
    const [keep, kept] = [join(folder, 'kept-sessions.db'), join(folder, 'kept-notes.db')]
    const first = await rehearse(sessions, {}, undefined, inProcess(settings), keep)
    const asking = { ...inProcess(settings), rehearsed: { [sessions]: keep } }
    const second = await rehearse(notes, own, undefined, asking, kept)
    expect(second.document.proof.ok && second.document.undo.ok).toBe(true)
    expect(second.document.changes).toMatchObject([{ table: 'notes', columns: ['payload'] }])
    expect(second.document.statements.join('\n')).toContain(`as ${sessions} has them`)
    const shown = columnOf(kept, 'SELECT payload FROM notes ORDER BY n')
    await migrate(sessions, {}, first.plan, inProcess(settings))
    await migrate(notes, {}, second.plan, inProcess(settings))
    expect(columnOf(notes, 'SELECT payload FROM notes ORDER BY n')).toEqual(shown)
  })

  test('and a run are refused, with nothing changed, where the other target has no ULIDs to give', async () => {
    const { sessions, notes, settings } = sessionsAnd(tableSql('notes', 'payload', range(1, 20).map(scalar)))
    const before = contentHash(notes)
    const { follows } = await acrossOf(settings, [notes, sessions])
    const choices: Choices = { follows: follows[notes] ?? [] }
    for (const work of [rehearse, migrate]) {
      const failure = await refusalOf(work(notes, choices, undefined, inProcess(settings)))
      expect(failure).toMatchObject({ code: 'ACROSS.NOT_MIGRATED', exit: 4 })
    }
    expect(contentHash(notes)).toBe(before)
  })
})

describe('before COMMIT the proof notices', () => {
  const held = (n: number) => `(SELECT payload ->> '$.session' FROM notes WHERE n = ${n})`
  const swapped = `UPDATE notes SET payload = replace(replace(replace(payload, ${held(1)}, '~'), ${held(2)}, ${held(1)}), '~', ${held(2)}) WHERE n IN (1, 2)`
  const map = '_ulid_migrate_map_1'
  const of = (n: number) => `(SELECT ulid FROM ${map} WHERE legacy = '${uuid(n)}')`
  test.each([
    ['inside', 'a pair of ids that was swapped', swapped],
    ['inside', 'an id that was left', `UPDATE notes SET payload = '${scalar(1)}' WHERE n = 1`],
    ['inside', 'a byte beside it', `UPDATE notes SET payload = replace(payload, '1.50', '1.5') WHERE n = 3`],
    ['inside', 'an orphan that was left', `UPDATE notes SET payload = '${scalar('lost')}' WHERE n = 21`],
    [
      'across',
      'ids that are not those of the other target, though all here fits',
      `${swapped};
       UPDATE ${map} SET ulid = CASE legacy WHEN '${uuid(1)}' THEN ${of(2)} ELSE ${of(1)} END WHERE legacy IN ('${uuid(1)}', '${uuid(2)}')`,
    ],
    [
      'across',
      'a row of the other target that was taken for an orphan',
      `UPDATE notes SET payload = replace(payload, ${held(4)}, '01HK153X003BMPJNJB6JHKXK8T') WHERE n = 4;
       DELETE FROM ${map} WHERE legacy = '${uuid(4)}';
       INSERT INTO _ulid_migrate_orphans_1 VALUES('${uuid(4)}', '01HK153X003BMPJNJB6JHKXK8T')`,
    ],
  ])('by "%s" %s', async (check, _, sql) => {
    const { sessions, notes, settings } = sessionsAnd(
      tableSql('notes', 'payload', [...range(1, 20), 'lost'].map(scalar)),
    )
    const before = contentHash(notes)
    const { follows } = await acrossOf(settings, [notes, sessions])
    await migrate(sessions, {}, undefined, inProcess(settings))
    const failure = await refusalOf(
      migrate(notes, { follows: follows[notes] ?? [] }, undefined, inProcess(settings), {
        sabotage: (db: Connection) => void db.exec(sql),
      }),
    )
    expect(failure).toMatchObject({ code: 'PROOF.FAILED', exit: 3 })
    expect(failure.why).toContain(`${check}:`)
    expect(contentHash(notes)).toBe(before)
  })
})

describe('afterwards', () => {
  test('what was written since comes back by its ULID, whatever was changed around it', async () => {
    const { sessions, notes, settings } = sessionsAnd(
      tableSql('notes', 'payload', [...range(1, 20), 'lost'].map(scalar)),
    )
    await migrateTogether(settings, [sessions, notes])
    change(
      notes,
      `UPDATE notes SET payload = json_set(payload, '$.x', 7) WHERE n = 2;
       INSERT INTO notes(payload) SELECT '{"session":"' || (payload ->> '$.session') || '"}' FROM notes WHERE n IN (1, 21) ORDER BY n`,
    )
    await undo(notes, undefined, inProcess(settings))
    expect(columnOf(notes, 'SELECT payload FROM notes WHERE n IN (1, 2, 22, 23) ORDER BY n')).toEqual([
      scalar(1),
      `{"session":"${uuid(2)}","x":7,"é":null}`,
      `{"session":"${uuid(1)}"}`,
      `{"session":"${uuid('lost')}"}`,
    ])
  })

  test('a target that was migrated alone before follows in a run of its own, which is undone by itself', async () => {
    const values = range(1, 20).map(n => `{"session": "${uuid(n)}", "job": "${uuid(n + 100)}"}`)
    const { sessions, notes, settings } = sessionsAnd(
      rowsSql('jobs', range(101, 120)),
      tableSql('notes', 'payload', values),
    )
    await migrate(notes, {}, undefined, inProcess(settings))
    const between = contentHash(notes)
    expect(places(await migrateTogether(settings, [sessions, notes]))).toEqual([
      'notes.payload:$.session -> sessions.db',
    ])
    const all = new Map([...ulidsIn(sessions), ...ulidsIn(notes)])
    expect(columnOf(notes, 'SELECT payload FROM notes ORDER BY n')).toEqual(
      values.map(text => renamed(text, all)),
    )
    await undo(notes, undefined, inProcess(settings))
    expect(contentHash(notes)).toBe(between)
  })

  test('a target that is migrated alone is said to hold ids of one that has been', async () => {
    const { sessions, notes, settings } = sessionsAnd(tableSql('notes', 'payload', range(1, 20).map(scalar)))
    await migrate(sessions, {}, undefined, inProcess(settings))
    const context = inProcess(settings)
    await tellKnown(notes, {}, context)
    const findings = context.events.flatMap(event => (event.type === 'finding' ? [event.finding] : []))
    expect(findings).toMatchObject([{ code: 'ACROSS.KNOWN', object: notes }])
    expect(findings[0]?.why).toContain('notes.payload:$.session holds ids of sessions.id')
    expect((await migrateTogether(settings, [sessions, notes])).links).toMatchObject([{ matched: 20 }])
    const ulids = ulidsIn(sessions)
    expect(columnOf(notes, 'SELECT payload FROM notes WHERE n = 3')).toEqual([renamed(scalar(3), ulids)])
  })
})

describe('are found and followed', () => {
  test.each([
    [
      'in a database that writes UTF-16',
      ["PRAGMA encoding = 'UTF-16le'"],
      'n INTEGER PRIMARY KEY, payload TEXT',
      '',
    ],
    ['in a table without row numbers', [], 'n INTEGER PRIMARY KEY, payload TEXT', 'WITHOUT ROWID'],
    ['in a table STRICT', [], 'n INTEGER PRIMARY KEY, payload TEXT', 'STRICT'],
  ])('%s', async (_, pragmas, columns, options) => {
    const values = [...range(1, 20), 'lost'].map(scalar)
    const { sessions, notes, settings } = sessionsAnd(
      ...pragmas,
      `CREATE TABLE notes(${columns}) ${options}`,
      `INSERT INTO notes VALUES ${values.map((text, at) => `(${at + 1}, '${text}')`).join(', ')}`,
    )
    const before = contentHash(notes)
    await migrateTogether(settings, [sessions, notes])
    expect(columnOf(notes, 'SELECT payload FROM notes WHERE n < 21 ORDER BY n')).toEqual(
      values.slice(0, 20).map(text => renamed(text, ulidsIn(sessions))),
    )
    await undo(notes, undefined, inProcess(settings))
    expect(contentHash(notes)).toBe(before)
  })

  test('not by an expansion, which leaves what stands inside of values alone', async () => {
    const { sessions, notes, settings } = sessionsAnd(
      rowsSql('jobs', range(101, 110)),
      tableSql('notes', 'payload', range(1, 20).map(scalar)),
    )
    await migrate(sessions, {}, undefined, inProcess(settings))
    const { follows } = await acrossOf(settings, [sessions, notes])
    await migrate(
      notes,
      { strategy: 'expand', follows: follows[notes] ?? [] },
      undefined,
      inProcess(settings),
    )
    expect(columnOf(notes, 'SELECT payload FROM notes WHERE n = 1')).toEqual([scalar(1)])
    expect(columnOf(notes, 'SELECT count(job_ulid) FROM jobs')).toEqual([10n])
  })
})

test('looking for them can be stopped, and leaves nothing open', async () => {
  const { sessions, notes, settings } = sessionsAnd(tableSql('notes', 'payload', range(1, 20).map(scalar)))
  const steps: string[] = []
  const counting = inProcess(settings)
  await findAcross(
    [sessions, notes].map(target => ({ target, choices: {} })),
    { ...counting, breathe: () => Promise.resolve(void steps.push('')) },
  )
  for (const after of range(1, steps.length - 1)) {
    let left = after
    const stopping = {
      ...inProcess(settings),
      breathe: () => (--left < 0 ? Promise.reject(new Stopped(notes, 'as asked')) : Promise.resolve()),
    }
    const work = findAcross(
      [sessions, notes].map(target => ({ target, choices: {} })),
      stopping,
    )
    await expect(work).rejects.toBeInstanceOf(Stopped)
  }
})

async function refusalOf(work: Promise<unknown>) {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof Refusal)) throw error
  return error.failure
}
