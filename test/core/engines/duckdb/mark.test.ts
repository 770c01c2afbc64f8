import { statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { duckHeader } from '../../../../src/core/engines/duckdb/header.ts'
import { stampOf, writeMark } from '../../../../src/core/engines/duckdb/mark.ts'
import { inDuck, inFormat, inWal, valueIn } from '../../../support/duck-files.ts'
import { putFile } from '../../../support/files.ts'
import { temporaryFolder } from '../../../support/folder.ts'

const file = () =>
  inDuck(join(temporaryFolder(), 'jobs.duckdb'), 'CREATE TABLE jobs AS SELECT range AS id FROM range(1000)')

test('the header tells the format, who made the file, and how often it was written', async () => {
  const path = await file()
  expect(duckHeader(path)).toEqual({
    storage: 64,
    encrypted: false,
    madeBy: expect.stringMatching(/^v\d+\.\d+\.\d+/),
    iterations: [1n, 0n],
  })
  await inDuck(path, 'INSERT INTO jobs VALUES (-1)')
  expect(duckHeader(path)?.iterations).toEqual([1n, 2n])
  const folder = temporaryFolder()
  const newer = await inFormat('v1.4.0', join(folder, 'newer.duckdb'), 'CREATE TABLE jobs(id INTEGER)')
  expect(duckHeader(newer)?.storage).toBe(67)
})

test('what is no DuckDB file, or ends within its headers, has no header', () => {
  const folder = temporaryFolder()
  expect(duckHeader(putFile(join(folder, 'a'), 'sqlite'))).toBeNull()
  expect(duckHeader(putFile(join(folder, 'b'), 'empty'))).toBeNull()
  expect(duckHeader(putFile(join(folder, 'c'), 'duckdb'))).toBeNull()
})

test('a commit into the .wal changes the mark, and so does its checkpoint; reading does not', async () => {
  const path = await file()
  const marks = [writeMark(path)]
  expect(await valueIn(path, 'SELECT count(*) FROM jobs')).toBe(1000n)
  expect(writeMark(path)).toBe(marks[0])
  for (const sql of ['INSERT INTO jobs VALUES (-1)', 'INSERT INTO jobs VALUES (-2)']) {
    await inWal(path, sql)
    marks.push(writeMark(path))
  }
  expect(await valueIn(path, 'SELECT count(*) FROM jobs')).toBe(1002n)
  expect(writeMark(path)).toBe(marks[2])
  await inDuck(path, 'CHECKPOINT')
  marks.push(writeMark(path))
  expect(new Set(marks).size).toBe(4)
})

test('who writes and sets the time back is found out by the header', async () => {
  const path = await file()
  const { atime, mtime } = statSync(path)
  utimesSync(path, atime, mtime)
  const before = writeMark(path)
  await inDuck(path, 'UPDATE jobs SET id = id + 1')
  utimesSync(path, atime, mtime)
  expect(writeMark(path)).not.toBe(before)
})

test('the stamp, which reads nothing, changes with every commit as well', async () => {
  const path = await file()
  const before = stampOf(path)
  expect(stampOf(path)).toBe(before)
  await inWal(path, 'INSERT INTO jobs VALUES (-1)')
  const after = stampOf(path)
  expect(after).not.toBe(before)
  await inDuck(path, 'CHECKPOINT')
  expect(stampOf(path)).not.toBe(after)
})
