import { describe, expect, test } from 'vitest'
import type { PlannedInside } from '../../../src/core/plan/plan.ts'
import { change, columnOf, contentHash, countIn, rowsOf } from '../../support/database.ts'
import { made, migrated, undone } from './planned.ts'

const results = { table: 'results', column: 'job_id' }
const repos = { table: 'repos', column: 'id' }

const schema = `
  CREATE TABLE results(job_id TEXT PRIMARY KEY);
  INSERT INTO results VALUES('cj_1767225600000'), ('cj_1767225600001'), ('cj_1767225600001_x');
  CREATE TABLE repos(id INTEGER PRIMARY KEY, name TEXT);
  INSERT INTO repos VALUES(1, 'one'), (26, 'two'), (300, 'three');`

const places = (table: string, column: string, ...all: PlannedInside['places']): PlannedInside => ({
  table,
  column,
  time: null,
  places: all,
})
const choices = { only: ['results.job_id', 'repos.id'] }
const ULID = '[0-7][0-9A-HJKMNP-TV-Z]{25}'

describe('an id inside of a longer text', () => {
  const metrics = `CREATE TABLE metrics(id TEXT PRIMARY KEY, value REAL);
    INSERT INTO metrics VALUES('metric_cj_1767225600000_coverage', 1), ('metric_cj_1767225600001_x_lines', 2), ('metric_cj_1767225600009_lost', 3),
      ('metric_none_lines', 4), ('other', 5);`
  const inside = places('metrics', 'id', { kind: 'embedded', pattern: 'metric_{id}_*', of: results })

  test('is replaced by the pattern, also in a key; an orphan has to look like an id', async () => {
    const target = made(schema, metrics)
    const before = contentHash(target.path)
    const { proof } = await migrated(target, [inside], choices)
    expect(proof.checks.find(each => each.id === 'inside')).toMatchObject({ ok: true, count: 3 })
    const ids = columnOf<string>(target.path, 'SELECT id FROM metrics ORDER BY value')
    expect(ids[0]).toMatch(new RegExp(`^metric_${ULID}_coverage$`))
    expect(ids[1]).toMatch(new RegExp(`^metric_${ULID}_lines$`))
    expect(ids[2]).toMatch(new RegExp(`^metric_${ULID}_lost$`))
    expect(ids.slice(3)).toEqual(['metric_none_lines', 'other'])
    expect(
      countIn(
        target.path,
        `SELECT count(*) FROM metrics m JOIN results r ON m.id GLOB 'metric_' || r.job_id || '_*'`,
      ),
    ).toBe(2)
    await undone(target)
    expect(contentHash(target.path)).toBe(before)
  })

  test('comes back in rows written since as the pattern says', async () => {
    const target = made(
      schema,
      `CREATE TABLE files(n INTEGER PRIMARY KEY, hex TEXT, padded TEXT, list TEXT, uri TEXT);
       INSERT INTO files VALUES(1, 'r-1a', 'INV-000300', '1,26,26,4', '/repos/26.json'), (2, 'r-12c', 'INV-000001', '300', '/repos/4.json'), (3, 'r-1A', 'INV-26', '1;2', '/x');`,
    )
    const before = contentHash(target.path)
    const all = [
      places('files', 'hex', { kind: 'embedded', pattern: 'r-{id:hex}', of: repos }),
      places('files', 'padded', { kind: 'embedded', pattern: 'INV-{id:06}', of: repos }),
      places('files', 'list', { kind: 'embedded', pattern: '{id},...', of: repos }),
      places('files', 'uri', { kind: 'embedded', pattern: '/repos/{id}.json', of: repos }),
    ]
    const { proof } = await migrated(target, all, choices)
    expect(proof.ok).toBe(true)
    expect(
      rowsOf(
        target.path,
        `SELECT f.n FROM files f JOIN repos r ON f.hex = 'r-' || r.id OR f.padded = 'INV-' || r.id OR f.uri = '/repos/' || r.id || '.json' ORDER BY f.n, r.id`,
      ),
    ).toEqual([[1n], [1n], [2n], [2n]])
    expect(columnOf(target.path, 'SELECT list FROM files WHERE n = 2')).toEqual(
      columnOf(target.path, `SELECT id FROM repos WHERE name = 'three'`),
    )
    expect(rowsOf(target.path, 'SELECT hex, padded, list, uri FROM files WHERE n = 3')).toEqual([
      ['r-1A', 'INV-26', '1;2', '/x'],
    ])
    change(
      target.path,
      `INSERT INTO files SELECT 10, 'r-' || id, 'INV-' || id, id || ',' || id, '/repos/' || id || '.json' FROM repos WHERE name = 'two';
       INSERT INTO repos(name) VALUES('new');
       INSERT INTO files SELECT 11, 'r-' || id, 'INV-' || id, id, '/repos/' || id || '.json' FROM repos WHERE name = 'new'`,
    )
    await undone(target)
    expect(
      rowsOf(target.path, 'SELECT hex, padded, list, uri FROM files WHERE n IN (10, 11) ORDER BY n'),
    ).toEqual([
      ['r-1a', 'INV-000026', '26,26', '/repos/26.json'],
      ['r-12d', 'INV-000301', '301', '/repos/301.json'],
    ])
    change(target.path, `DELETE FROM files WHERE n >= 10; DELETE FROM repos WHERE name = 'new'`)
    expect(contentHash(target.path)).toBe(before)
  })

  test('may stand beside one of another identity', async () => {
    const target = made(
      schema,
      `CREATE TABLE builds(n INTEGER PRIMARY KEY, ref TEXT);
       INSERT INTO builds VALUES(1, '26:cj_1767225600000'), (2, '26:unknown'), (3, '9:cj_1767225600001');`,
    )
    const before = contentHash(target.path)
    const inside = places(
      'builds',
      'ref',
      { kind: 'embedded', pattern: '{id}:*', of: repos },
      { kind: 'embedded', pattern: '*:{id}', of: results },
    )
    await migrated(target, [inside], choices)
    expect(
      columnOf(
        target.path,
        `SELECT b.n FROM builds b JOIN repos r JOIN results j ON b.ref = r.id || ':' || j.job_id WHERE r.name = 'two'`,
      ),
    ).toEqual([1n])
    const refs = columnOf<string>(target.path, 'SELECT ref FROM builds ORDER BY n')
    expect(refs[1]).toMatch(new RegExp(`^${ULID}:unknown$`))
    expect(refs[2]).toMatch(new RegExp(`^${ULID}:${ULID}$`))
    await undone(target)
    expect(contentHash(target.path)).toBe(before)
  })

  test('may be a list of one that is stored as a number', async () => {
    const target = made(
      schema,
      `CREATE TABLE lists(n INTEGER PRIMARY KEY, ids NUMERIC); INSERT INTO lists VALUES(1, '1,26'), (2, '26'), (3, 1.5);`,
    )
    const before = contentHash(target.path)
    const inside = places('lists', 'ids', { kind: 'embedded', pattern: '{id},...', of: repos })
    await migrated(target, [inside], choices)
    expect(
      rowsOf(
        target.path,
        `SELECT n, typeof(ids), r.name FROM lists l LEFT JOIN repos r ON r.id = l.ids ORDER BY n`,
      ),
    ).toEqual([
      [1n, 'text', null],
      [2n, 'text', 'two'],
      [3n, 'real', null],
    ])
    await undone(target)
    expect(contentHash(target.path)).toBe(before)
  })
})

describe('ids of several identities in one column', () => {
  test('are told apart by the value alone, and what names no row stays', async () => {
    const target = made(
      schema,
      `CREATE TABLE slots(n INTEGER PRIMARY KEY, of_id, name TEXT);
       INSERT INTO slots VALUES(1, 'cj_1767225600000', 'a'), (2, 26, 'b'), (3, '300', 'c'), (4, 'cj_5', 'd'), (5, 5, 'e'), (6, NULL, 'f');`,
    )
    const before = contentHash(target.path)
    const inside = places(
      'slots',
      'of_id',
      { kind: 'polymorphic', of: results },
      { kind: 'polymorphic', of: repos },
    )
    const { proof } = await migrated(target, [inside], choices)
    expect(proof.checks.find(each => each.id === 'inside')).toMatchObject({ ok: true, count: 3 })
    expect(
      rowsOf(
        target.path,
        `SELECT n, j.rowid, r.name FROM slots s LEFT JOIN results j ON j.job_id = s.of_id LEFT JOIN repos r ON r.id = s.of_id WHERE j.job_id IS NOT NULL OR r.id IS NOT NULL ORDER BY n`,
      ),
    ).toEqual([
      [1n, 1n, null],
      [2n, null, 'two'],
      [3n, null, 'three'],
    ])
    expect(rowsOf(target.path, 'SELECT of_id FROM slots WHERE n > 3 ORDER BY n')).toEqual([
      ['cj_5'],
      [5n],
      [null],
    ])
    await undone(target)
    expect(contentHash(target.path)).toBe(before)
  })
})
