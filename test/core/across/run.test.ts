import { renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tellKnown } from '../../../src/core/across/known.ts'
import { Refusal } from '../../../src/core/message.ts'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import { rehearse } from '../../../src/core/rehearse/rehearse.ts'
import { rehearseUndo } from '../../../src/core/rehearse/rehearse-undo.ts'
import type { Choices, Settings } from '../../../src/core/requests.ts'
import { undo } from '../../../src/core/rollback/undo.ts'
import { verifyPastRun } from '../../../src/core/verify/past-run.ts'
import { acrossOf, holdingSql, migrateTogether, neighbours, range, rowsSql } from '../../support/across.ts'
import { change, columnOf, contentHash, numbers, rowsOf } from '../../support/database.ts'
import { inProcess } from '../../support/in-process.ts'

function sessionsAndLinks() {
  const { make, ...rest } = neighbours()
  const sessions = make(
    'sessions.db',
    rowsSql('sessions', range(1, 40)),
    holdingSql('logs', 'session_id', [...range(1, 40), 'lost']),
  )
  const links = make(
    'links.db',
    holdingSql('links', 'session_id', [...range(1, 20), 'lost', 'own lost', 'own lost', null, '']),
    'CREATE INDEX by_session ON links(session_id)',
  )
  return { ...rest, make, sessions, links }
}

const heldBy = (links: string) => columnOf<string>(links, 'SELECT session_id FROM links ORDER BY n')
const made = (sessions: string) => columnOf<string>(sessions, 'SELECT id FROM sessions ORDER BY at')

async function refusalOf(work: Promise<unknown>) {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error instanceof Refusal) return error.failure
  throw new Error(`No refusal: ${String(error)}`)
}

describe('references to rows of another target', () => {
  test('get the ULIDs that the rows have there; orphans that are known there too; others one each', async () => {
    const { sessions, links, settings } = sessionsAndLinks()
    await migrateTogether(settings, [links, sessions])
    const held = heldBy(links)
    expect(held.slice(0, 20)).toEqual(made(sessions).slice(0, 20))
    expect(held[20]).toBe(columnOf(sessions, 'SELECT session_id FROM logs ORDER BY n DESC LIMIT 1')[0])
    expect(held[21]).toMatch(/^[0-9A-Z]{26}$/)
    expect(held[22]).toBe(held[21])
    expect(made(sessions)).not.toContain(held[21])
    expect(held.slice(23)).toEqual([null, ''])
  })

  test('are undone alone, whatever becomes of the other target', async () => {
    const { sessions, links, settings } = sessionsAndLinks()
    const before = contentHash(links)
    await migrateTogether(settings, [links, sessions])
    renameSync(sessions, `${sessions}.gone`)
    const { proof } = await undo(links, undefined, inProcess(settings))
    expect(proof.ok).toBe(true)
    expect(contentHash(links)).toBe(before)
  })

  test('are migrated by the same command when it was killed between the two', async () => {
    const { sessions, links, settings } = sessionsAndLinks()
    await migrate(sessions, {}, undefined, inProcess(settings))
    const across = await migrateTogether(settings, [links, sessions])
    expect(across.links).toMatchObject([{ target: links, matched: 20, orphans: 3 }])
    expect(heldBy(links).slice(0, 20)).toEqual(made(sessions).slice(0, 20))
  })

  test('know the ULIDs that were given since, where the integer goes on beside them', async () => {
    const { make, settings } = neighbours()
    const users = make(
      'users.db',
      `CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO users SELECT value, 'u' FROM ${numbers(20)};
       CREATE TABLE posts(n INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users); INSERT INTO posts(user_id) SELECT value FROM ${numbers(20)}`,
    )
    const seen = make(
      'seen.db',
      `CREATE TABLE seen(n INTEGER PRIMARY KEY, user INTEGER, old TEXT); INSERT INTO seen(user) SELECT value FROM ${numbers(25)};
       INSERT INTO seen(user) VALUES(0), ('007')`,
    )
    const before = contentHash(seen)
    await migrate(users, {}, undefined, inProcess(settings))
    change(users, `INSERT INTO users(legacy_id, name) VALUES(21, 'new')`)
    await migrateTogether(settings, [users, seen], { references: ['seen.db::seen.user=users::users.id'] })
    const pairs = new Map(
      rowsOf(users, 'SELECT legacy_id, id FROM users').map(([number, ulid]) => [Number(number), ulid]),
    )
    const held = columnOf<string>(seen, 'SELECT user FROM seen ORDER BY n')
    expect(held.slice(0, 21)).toEqual(range(1, 21).map(n => pairs.get(n)))
    expect(new Set(held.slice(21, 25)).size).toBe(4)
    expect(held[25]).toBe('0')
    expect(held[26]).toBe(pairs.get(7))
    await undo(seen, undefined, inProcess(settings))
    expect(contentHash(seen)).toBe(before)
  })

  test('are compared by bytes: no id is lost that is no valid text', async () => {
    const { make, settings } = neighbours()
    const odd = `CAST(x'ff00' || CAST(value AS BLOB) || 'abcdefghijklmnop' AS TEXT)`
    const one = make(
      'one.db',
      `CREATE TABLE things(thing_id TEXT PRIMARY KEY); INSERT INTO things SELECT ${odd} FROM ${numbers(9)}`,
    )
    const two = make(
      'two.db',
      `CREATE TABLE notes(n INTEGER PRIMARY KEY, thing TEXT); INSERT INTO notes(thing) SELECT ${odd} FROM ${numbers(9)}`,
    )
    const before = contentHash(two)
    const choices = { only: ['things.thing_id'] }
    await migrate(one, choices, undefined, inProcess(settings))
    await migrateTogether(settings, [two], {
      references: ['notes.thing=one.db::things.thing_id'].map(text => text.replace('one.db', one)),
    })
    expect(columnOf(two, 'SELECT thing FROM notes ORDER BY n').length).toBe(9)
    expect([...columnOf<string>(two, 'SELECT thing FROM notes')].sort()).toEqual(
      [...columnOf<string>(one, 'SELECT thing_id FROM things')].sort(),
    )
    await undo(two, undefined, inProcess(settings))
    expect(contentHash(two)).toBe(before)
  })

  test('are found in a file of another encoding', async () => {
    const { make, settings } = neighbours()
    const sessions = make('sessions.db', "PRAGMA encoding = 'UTF-16le'", rowsSql('sessions', range(1, 20)))
    const links = make('links.db', holdingSql('links', 'session_id', range(1, 20)))
    await migrateTogether(settings, [links, sessions])
    expect(heldBy(links)).toEqual(made(sessions))
  })

  test('in a column that is part of a key without rowid', async () => {
    const { make, settings } = neighbours()
    const sessions = make('sessions.db', rowsSql('sessions', range(1, 20)))
    const links = make(
      'links.db',
      holdingSql('seeds', 'x', range(1, 20)),
      'CREATE TABLE links(session_id TEXT, kind TEXT, PRIMARY KEY(session_id, kind)) WITHOUT ROWID',
      "INSERT INTO links SELECT x, 'a' FROM seeds UNION ALL SELECT x, 'b' FROM seeds",
      'DROP TABLE seeds',
    )
    const before = contentHash(links)
    await migrateTogether(settings, [links, sessions])
    expect(columnOf(links, "SELECT session_id FROM links WHERE kind = 'a'")).toEqual(
      [...made(sessions)].sort(),
    )
    await undo(links, undefined, inProcess(settings))
    expect(contentHash(links)).toBe(before)
  })
})

describe('two stores with the same ids', () => {
  function stores() {
    const { make, ...rest } = neighbours()
    const hot = make(
      'hot.db',
      rowsSql('conversations', range(1, 30)),
      holdingSql('messages', 'conversation_id', [...range(1, 30), 70]),
    )
    const warm = make('warm.db', rowsSql('conversations', range(21, 80), '2026-02-01'))
    return { ...rest, hot, warm }
  }
  const ulidOf = (path: string, at: number) =>
    columnOf<string>(path, `SELECT ulid FROM _ulid_migrate_map_1 WHERE pos = ${at}`)[0]

  test('share the ULIDs of what both have, and each makes its own for the rest', async () => {
    const { hot, warm, settings } = stores()
    const before = [contentHash(hot), contentHash(warm)]
    await migrateTogether(settings, [hot, warm], { seed: '5eed' })
    for (const id of range(21, 30)) expect(ulidOf(hot, id)).toBe(ulidOf(warm, id - 20))
    const all = [hot, warm].flatMap(path => columnOf<string>(path, 'SELECT id FROM conversations'))
    expect(new Set(all).size).toBe(80)
    expect(columnOf(hot, 'SELECT conversation_id FROM messages ORDER BY n DESC LIMIT 1')).toEqual([
      ulidOf(warm, 50),
    ])
    const verified = await verifyPastRun(hot, undefined, inProcess(settings))
    expect(verified.proof.checks.filter(check => !check.ok)).toEqual([])
    await undo(warm, undefined, inProcess(settings))
    await undo(hot, undefined, inProcess(settings))
    expect([contentHash(hot), contentHash(warm)]).toEqual(before)
  })

  test('with one seed, no row gets the ULID that another one has elsewhere', async () => {
    const { make, settings } = neighbours()
    // The very same milliseconds, and half of the rows in common.
    const one = make('one.db', rowsSql('conversations', range(1, 40)))
    const two = make('two.db', rowsSql('conversations', [...range(101, 119), ...range(20, 40)]))
    await migrateTogether(settings, [one, two], { seed: '5eed' })
    const all = [one, two].flatMap(path => columnOf<string>(path, 'SELECT id FROM conversations'))
    expect(new Set(all).size).toBe(59)
  })
})

describe('a rehearsal', () => {
  test('shows what the run does, by the rehearsed copy of the other target', async () => {
    const { folder, sessions, links, settings } = sessionsAndLinks()
    const { follows } = await acrossOf(settings, [links, sessions])
    const own: Choices = { follows: follows[links] ?? [] }
    const [keep, kept] = [join(folder, 'kept-sessions.db'), join(folder, 'kept-links.db')]
    const first = await rehearse(sessions, {}, undefined, inProcess(settings), keep)
    expect(statSync(keep).mode & 0o777).toBe(0o600)
    const asking = { ...inProcess(settings), rehearsed: { [sessions]: keep } }
    const second = await rehearse(links, own, undefined, asking, kept)
    expect(second.document.proof.ok && second.document.undo.ok).toBe(true)
    expect(second.document.changes).toMatchObject([{ table: 'links', columns: ['session_id'] }])
    const shown = heldBy(kept)
    await migrate(sessions, {}, first.plan, inProcess(settings))
    await migrate(links, {}, second.plan, inProcess(settings))
    expect(heldBy(links)).toEqual(shown)
  })

  test('is refused where the other target has no ULIDs to show', async () => {
    const { sessions, links, settings } = sessionsAndLinks()
    const { follows } = await acrossOf(settings, [links, sessions])
    const failure = await refusalOf(
      rehearse(links, { follows: follows[links] ?? [] }, undefined, inProcess(settings)),
    )
    expect(failure).toMatchObject({ code: 'ACROSS.NOT_MIGRATED', exit: 4 })
  })
})

describe('refused, with nothing changed', () => {
  test('a target alone whose leader has no ULIDs: the command names both', async () => {
    const { sessions, links, settings } = sessionsAndLinks()
    const before = contentHash(links)
    const { follows } = await acrossOf(settings, [links, sessions])
    const failure = await refusalOf(
      migrate(links, { follows: follows[links] ?? [] }, undefined, inProcess(settings)),
    )
    expect(failure).toMatchObject({ code: 'ACROSS.NOT_MIGRATED', object: links, exit: 4 })
    expect(failure.next).toContain(`ulid-migrate migrate ${sessions} ${links}`)
    expect(contentHash(links)).toBe(before)
  })

  test('an expansion that would follow another target', async () => {
    const { sessions, links, settings } = sessionsAndLinks()
    const failure = await refusalOf(migrateTogether(settings, [links, sessions], { strategy: 'expand' }))
    expect(failure).toMatchObject({ code: 'ACROSS.EXPAND', object: links, exit: 4 })
  })
})

describe('the proof', () => {
  const swapped = `UPDATE links SET session_id = CASE n WHEN 1 THEN (SELECT session_id FROM links WHERE n = 2) ELSE (SELECT session_id FROM links WHERE n = 1) END WHERE n IN (1, 2)`
  test.each([
    [
      'two references that changed places, as their map would have it',
      `${swapped}; UPDATE _ulid_migrate_map_1 SET ulid = (SELECT session_id FROM links WHERE n = 1) WHERE legacy = (SELECT legacy FROM _ulid_migrate_map_1 ORDER BY legacy LIMIT 1)`,
    ],
    ['two references that changed places', swapped],
    ['an orphan torn apart', "UPDATE links SET session_id = '01HK153X003BMPJNJB6JHKXK8T' WHERE n = 22"],
    ['a legacy id left over', "UPDATE links SET session_id = 'x' WHERE n = 3"],
    ['a sentinel that was changed', "UPDATE links SET session_id = 'x' WHERE n = 25"],
  ])('notices %s', async (_, sql) => {
    const { sessions, links, settings } = sessionsAndLinks()
    const before = contentHash(links)
    const { follows } = await acrossOf(settings, [links, sessions])
    await migrate(sessions, {}, undefined, inProcess(settings))
    const failure = await refusalOf(
      migrate(links, { follows: follows[links] ?? [] }, undefined, inProcess(settings), {
        sabotage: db => db.exec(sql),
      }),
    )
    expect(failure).toMatchObject({ code: 'PROOF.FAILED', exit: 3 })
    expect(failure.why).toContain('across:')
    expect(contentHash(links)).toBe(before)
  })

  test('notices ULIDs that are not those of the other target, though all here fits', async () => {
    const { sessions, links, settings } = sessionsAndLinks()
    const { follows } = await acrossOf(settings, [links, sessions])
    await migrate(sessions, {}, undefined, inProcess(settings))
    const failure = await refusalOf(
      migrate(links, { follows: follows[links] ?? [] }, undefined, inProcess(settings), {
        sabotage: db =>
          db.exec(
            `CREATE TEMP TABLE was AS SELECT session_id AS old, substr(session_id, 1, 25) || CASE substr(session_id, 26) WHEN 'X' THEN 'Y' ELSE 'X' END AS new FROM links WHERE n = 4;
             UPDATE links SET session_id = (SELECT new FROM was) WHERE n = 4;
             UPDATE _ulid_migrate_map_1 SET ulid = (SELECT new FROM was) WHERE ulid = (SELECT old FROM was)`,
          ),
      }),
    )
    expect(failure.why).toContain('across: ids are not those of the other target')
  })

  test('of a past run says so where the other target is gone, and holds all the rest', async () => {
    const { sessions, links, settings } = sessionsAndLinks()
    await migrateTogether(settings, [links, sessions])
    renameSync(sessions, `${sessions}.gone`)
    const { proof } = await verifyPastRun(links, undefined, inProcess(settings))
    expect(proof.ok).toBe(true)
    expect(proof.checks.find(check => check.id === 'across')?.detail).toContain(
      `not compared with ${sessions}`,
    )
  })
})

describe('an undo says what it leaves apart', () => {
  const told = (context: ReturnType<typeof inProcess>) =>
    context.events.flatMap(event =>
      event.type === 'finding' && event.finding.code === 'UNDO.ACROSS' ? [event.finding] : [],
    )

  test('of the one that follows: the other keeps its ULIDs', async () => {
    const { sessions, links, settings } = sessionsAndLinks()
    await migrateTogether(settings, [links, sessions])
    const context = inProcess(settings)
    await rehearseUndo(links, undefined, context)
    expect(told(context)).toMatchObject([{ severity: 'warning', object: links }])
    expect(told(context)[0]?.message).toContain(`${sessions}, whose ids it holds, keeps its ULIDs`)
  })

  test('of the one that leads: who still follows is named, until that is undone itself', async () => {
    const { sessions, links, settings } = sessionsAndLinks()
    await migrateTogether(settings, [links, sessions])
    const before = inProcess(settings)
    await rehearseUndo(sessions, undefined, before)
    expect(told(before).map(each => each.next)).toEqual([
      `Undo that one first: ulid-migrate rollback ${links}`,
    ])
    await undo(links, undefined, inProcess(settings))
    const after = inProcess(settings)
    await undo(sessions, undefined, after)
    expect(told(after)).toEqual([])
  })
})

test('ids are asked of an expansion as well, which has both of each row', async () => {
  const { sessions, links, settings } = sessionsAndLinks()
  await migrate(sessions, { strategy: 'expand' }, undefined, inProcess(settings))
  await migrateTogether(settings, [links], {
    references: [`links.session_id=${sessions}::sessions.id`],
  })
  expect(heldBy(links).slice(0, 20)).toEqual(
    columnOf(sessions, 'SELECT session_ulid FROM sessions ORDER BY at LIMIT 20'),
  )
})

describe('a target that is migrated alone', () => {
  const known = async (path: string, choices: Choices, settings: Settings) => {
    const context = inProcess(settings)
    await tellKnown(path, choices, context)
    return context.events.flatMap(event => (event.type === 'finding' ? [event.finding] : []))
  }

  test('is said to hold ids of one that an earlier run has migrated', async () => {
    const { sessions, links, settings } = sessionsAndLinks()
    expect(await known(links, {}, settings)).toEqual([])
    await migrate(sessions, {}, undefined, inProcess(settings))
    const findings = await known(links, {}, settings)
    expect(findings).toMatchObject([{ code: 'ACROSS.KNOWN', severity: 'warning', object: links }])
    expect(findings[0]?.why).toContain('links.session_id holds ids of sessions.id')
    expect(findings[0]?.next).toContain(`ulid-migrate migrate ${sessions} ${links}`)
    expect(await known(links, { follows: [] }, settings)).toEqual([])
  })

  test('is left in peace where the others are strangers to it', async () => {
    const { make, sessions, settings } = sessionsAndLinks()
    await migrate(sessions, {}, undefined, inProcess(settings))
    expect(await known(make('other.db', rowsSql('sessions', range(500, 540))), {}, settings)).toEqual([])
  })
})
