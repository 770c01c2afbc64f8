import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/folder.ts'
import { invoke } from './world.ts'

const ulid = '01KEXWDFNRRMDJHG5GXSQG2QCQ'
const later = '01KEXWGED0CXE423W3PYD3Z736'

function makeRegistry(folder = temporaryFolder()) {
  const call = (...words: readonly string[]) =>
    invoke({ argv: ['registry', ...words, '--state-dir', join(folder, 'state')], folder })
  const documentOf = async (...words: readonly string[]) =>
    JSON.parse((await call(...words, '--json')).stdout)
  return { folder, call, documentOf }
}

test('what has only a name gets a ULID, the same one every time', async () => {
  const { call } = makeRegistry()
  const first = await call('add', 'akosha', 'entity', '--legacy', 'user:ann')
  expect(first).toMatchObject({ exit: 0, stderr: '' })
  expect(first.stdout).toMatch(/^[0-9A-Z]{26} {2}akosha {2}entity {2}user:ann\n$/)
  expect((await call('add', 'akosha', 'entity', '--legacy', 'user:ann')).stdout).toBe(first.stdout)
  expect((await call('find', 'user:ann')).stdout).toBe(first.stdout)
  expect((await call('find', first.stdout.slice(0, 26).toLowerCase())).stdout).toBe(first.stdout)
})

test('metadata are kept, and replaced only where others are given', async () => {
  const { documentOf } = makeRegistry()
  const add = ['add', 'akosha', 'entity', '--legacy', 'user:ann']
  expect(await documentOf(...add, '--metadata', '{"a":1}')).toMatchObject({ registered: 1, known: 0 })
  expect(await documentOf(...add)).toMatchObject({
    registered: 0,
    known: 1,
    registrations: [{ metadata: { a: 1 } }],
  })
  expect(await documentOf(...add, '--metadata', '{"a":2}')).toMatchObject({
    registrations: [{ metadata: { a: 2 } }],
  })
})

test('an export is one JSON object a line, and fills another registry in one go', async () => {
  const { call, folder, documentOf } = makeRegistry()
  await call('add', 'akosha', 'entity', ulid, '--legacy', 'system:alpha', '--metadata', '{"title":"Alpha"}')
  await call('add', 'mahavishnu', 'pool', later.toLowerCase())
  const { stdout } = await call('export')
  expect(
    stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line)),
  ).toEqual([
    { ulid, system: 'akosha', kind: 'entity', legacy: 'system:alpha', metadata: { title: 'Alpha' } },
    { ulid: later, system: 'mahavishnu', kind: 'pool', legacy: null, metadata: {} },
  ])
  const file = join(folder, 'all.ndjson')
  writeFileSync(file, `\n${stdout}`)
  const other = makeRegistry()
  expect((await other.call('add', '--from', file)).stdout).toBe('2 ids registered, 0 known already\n')
  expect(await other.documentOf('add', '--from', file)).toMatchObject({ registered: 0, known: 2 })
  expect((await other.call('export')).stdout).toBe(readFileSync(file, 'utf8').trimStart())
  expect(await other.documentOf('export')).toEqual(await documentOf('export'))
})

test('an empty registry is a JSON document as well', async () => {
  const { documentOf, call } = makeRegistry()
  expect(await documentOf('export')).toEqual({ schema: 'ulid-migrate.registry/1', registrations: [] })
  expect((await call('export')).stdout).toBe('')
})

test('statistics say how many there are of what, from when to when', async () => {
  const { call, documentOf } = makeRegistry()
  await call('add', 'akosha', 'entity', ulid)
  await call('add', 'akosha', 'entity', later)
  expect((await call()).stdout).toContain('2 registrations of 2 ids, from 2026-01-14T09:12:03.000Z to')
  expect(await documentOf('stats')).toMatchObject({
    schema: 'ulid-migrate.registry/1',
    statistics: { registrations: 2, places: [{ system: 'akosha', kind: 'entity', registrations: 2 }] },
  })
  expect((await documentOf('find', '--system', 'akosha', '--limit', '1')).registrations).toHaveLength(1)
  expect((await documentOf('find', '--system', 'akosha', '--after', ulid)).registrations).toMatchObject([
    { ulid: later },
  ])
})

test('what is not registered is an answer, and no failure', async () => {
  const { call } = makeRegistry()
  expect(await call('find', 'nobody')).toMatchObject({
    exit: 0,
    stdout: expect.stringMatching(/^nobody is not registered/),
  })
})

test.each([
  [['add', 'akosha'], 'REGISTRY.USAGE', 2],
  [['add'], 'REGISTRY.USAGE', 2],
  [['add', 'a', 'b', ulid, 'c'], 'REGISTRY.USAGE', 2],
  [['add', 'a', 'b', '--from', 'x'], 'REGISTRY.USAGE', 2],
  [['find'], 'REGISTRY.USAGE', 2],
  [['find', ulid, '--system', 'a'], 'REGISTRY.USAGE', 2],
  [['export', 'x'], 'REGISTRY.USAGE', 2],
  [['add', 'akosha', 'entity', 'no-ulid'], 'REGISTRY.NOT_A_ULID', 2],
  [['add', '--from', 'missing.ndjson'], 'REGISTRY.NO_FILE', 4],
] as const)('%j is refused: %s', async (words, code, exit) => {
  const { call, documentOf } = makeRegistry()
  expect(await call(...words)).toMatchObject({ exit, stdout: '', stderr: expect.stringContaining(code) })
  expect(await documentOf(...words)).toMatchObject({ error: { code } })
})

test.each([
  ['no JSON', 'nothing'],
  ['no registration', '{"ulid":"01KEXWDFNRRMDJHG5GXSQG2QCQ","system":"a"}'],
  ['one with unknown fields', `{"ulid":"${ulid}","system":"a","kind":"b","name":"c"}`],
])('a line that is %s is named by its number, and nothing is registered', async (_, line) => {
  const { call, folder, documentOf } = makeRegistry()
  const file = join(folder, 'some.ndjson')
  writeFileSync(file, `{"ulid":"${later}","system":"a","kind":"b"}\n\n${line}\n`)
  expect(await call('add', '--from', 'some.ndjson')).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining(`${file}:3`),
  })
  expect(await documentOf()).toMatchObject({ statistics: { registrations: 0 } })
})

test('metadata that are no JSON object are refused before anything is made', async () => {
  const { call } = makeRegistry()
  for (const metadata of ['{', '[]', 'null', '1'])
    expect(await call('add', 'a', 'b', '--metadata', metadata)).toMatchObject({ exit: 2 })
})
