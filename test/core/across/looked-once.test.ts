import { expect, test } from 'vitest'
import { findAcross } from '../../../src/core/across/find.ts'
import { acrossOf, holdingSql, neighbours, range, rowsSql } from '../../support/across.ts'
import { answerOf } from '../../support/engine.ts'
import { detectIn, inProcess } from '../../support/in-process.ts'

function sessionsAndLinks() {
  const { make, settings } = neighbours()
  const sessions = make('sessions.db', rowsSql('sessions', range(1, 40)))
  const links = make('links.db', holdingSql('links', 'session_id', range(1, 20)))
  return { make, settings, sessions, links }
}

test('whoever looks at targets together learns what detection says of each', async () => {
  const { settings, sessions, links } = sessionsAndLinks()
  const { documents } = await acrossOf(settings, [sessions, links])
  expect(documents).toEqual([await detectIn(sessions), await detectIn(links)])
})

test('what is known of a target is not asked again', async () => {
  const { settings, sessions, links } = sessionsAndLinks()
  const known = await Promise.all(
    [sessions, links].map(async target => ({ target, choices: {}, known: await detectIn(target) })),
  )
  const { documents: looked, ...again } = await findAcross(known, inProcess(settings))
  const { documents, ...before } = await acrossOf(settings, [sessions, links])
  expect(looked).toEqual([])
  expect(documents).toHaveLength(2)
  expect(again).toEqual(before)
  // It goes by what it is told: nothing of the sessions is to be migrated, so nothing can follow them.
  const [first, second] = known
  const none = { ...first!, known: { ...first!.known, identities: [] } }
  expect((await findAcross([none, second!], inProcess(settings))).links).toEqual([])
})

test('what was known of a schema that is another by now is asked again', async () => {
  const { make, settings, links } = sessionsAndLinks()
  const before = await detectIn(make('before.db', rowsSql('gone', range(1, 40))))
  const target = make('now.db', rowsSql('sessions', range(1, 40)))
  const across = await findAcross(
    [
      { target, choices: {}, known: before },
      { target: links, choices: {} },
    ],
    inProcess(settings),
  )
  expect(across.documents.map(each => each.target)).toEqual([target, links])
  expect(across.follows[links]).toMatchObject([{ column: 'session_id', of: [{ target, table: 'sessions' }] }])
})

test('a rehearsal tells what it holds of a target that an earlier run has migrated', async () => {
  const { settings, sessions, links } = sessionsAndLinks()
  const findings = async () => {
    const { document } = await answerOf(settings, 'dry-run', { target: links, choices: {} })
    return document.findings.filter(each => each.code === 'ACROSS.KNOWN')
  }
  expect(await findings()).toEqual([])
  await answerOf(settings, 'migrate', { target: sessions, choices: {} })
  expect(await findings()).toMatchObject([{ severity: 'warning', object: links }])
})
