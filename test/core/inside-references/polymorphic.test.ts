import { describe, expect, test } from 'vitest'
import type { PlannedInside } from '../../../src/core/plan/plan.ts'
import { change, contentHash, rowsOf } from '../../support/database.ts'
import { made, migrated, undone } from './planned.ts'

const posts = { table: 'posts', column: 'id' }
const photos = { table: 'photos', column: 'id' }

const schema = `
  CREATE TABLE posts(id INTEGER PRIMARY KEY, title TEXT);
  CREATE TABLE photos(id INTEGER PRIMARY KEY, file TEXT);
  CREATE TABLE comments(n INTEGER PRIMARY KEY, of_type TEXT, of_id INTEGER, body TEXT);
  CREATE INDEX comments_of ON comments(of_type, of_id);
  CREATE TABLE audit(what TEXT);
  CREATE TRIGGER comments_au AFTER UPDATE ON comments BEGIN INSERT INTO audit VALUES('touched'); END;
  INSERT INTO posts VALUES(1, 'one'), (2, 'two'), (3, 'three');
  INSERT INTO photos VALUES(1, 'a.png'), (2, 'b.png');
  INSERT INTO comments VALUES
    (1, 'Post', 1, 'first'), (2, 'Photo', 1, 'the same number'), (3, 'Post', 2, ''), (4, 'User', 1, 'no identity'),
    (5, 'Post', 77, 'orphan'), (6, 'Post', 77, 'the same orphan'), (7, 'Photo', 77, 'another orphan'),
    (8, 'Post', 0, 'nothing'), (9, 'Photo', NULL, ''), (10, NULL, 2, 'no type');`

const inside: PlannedInside = {
  table: 'comments',
  column: 'of_id',
  time: null,
  places: [
    { kind: 'polymorphic', when: { column: 'of_type', is: ['Post'] }, of: posts },
    { kind: 'polymorphic', when: { column: 'of_type', is: ['Photo'] }, of: photos },
  ],
}
const choices = { only: ['posts.id', 'photos.id'] }

describe('a pair of type and id', () => {
  test('names the same rows as before, type by type, and what names none stays one', async () => {
    const target = made(schema)
    const { proof, outside } = await migrated(target, [inside], choices)
    expect([proof.ok, outside.ok]).toEqual([true, true])
    expect(proof.checks.find(each => each.id === 'inside')).toMatchObject({ ok: true, count: 6 })
    const rows = rowsOf(
      target.path,
      `SELECT c.n, p.title, f.file FROM comments c LEFT JOIN posts p ON c.of_type = 'Post' AND p.id = c.of_id
       LEFT JOIN photos f ON c.of_type = 'Photo' AND f.id = c.of_id WHERE p.id IS NOT NULL OR f.id IS NOT NULL ORDER BY n`,
    )
    expect(rows).toEqual([
      [1n, 'one', null],
      [2n, null, 'a.png'],
      [3n, 'two', null],
    ])
    expect(rowsOf(target.path, 'SELECT n, of_id FROM comments WHERE n IN (4, 8, 9, 10) ORDER BY n')).toEqual([
      [4n, 1n],
      [8n, 0n],
      [9n, null],
      [10n, 2n],
    ])
    const [[one, two, other]] = rowsOf(
      target.path,
      'SELECT (SELECT of_id FROM comments WHERE n = 5), (SELECT of_id FROM comments WHERE n = 6), (SELECT of_id FROM comments WHERE n = 7)',
    ) as [[string, string, string]]
    expect(one).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)
    expect(two).toBe(one)
    expect(other).not.toBe(one)
    expect(rowsOf(target.path, 'SELECT * FROM audit')).toEqual([])
  })

  test('comes back byte for byte', async () => {
    const target = made(schema)
    const before = contentHash(target.path)
    await migrated(target, [inside], choices)
    const { proof } = await undone(target)
    expect(proof.checks.find(each => each.id === 'inside')).toMatchObject({ ok: true })
    expect(contentHash(target.path)).toBe(before)
  })

  test('of rows written since follows what the undo gives those', async () => {
    const target = made(schema)
    await migrated(target, [inside], choices)
    change(
      target.path,
      `INSERT INTO posts(title) VALUES('new');
       INSERT INTO comments SELECT 20, 'Post', id, 'on the new one' FROM posts WHERE title = 'new';
       INSERT INTO comments SELECT 21, 'Photo', id, 'on an old one' FROM photos WHERE file = 'b.png';
       UPDATE comments SET of_id = (SELECT id FROM posts WHERE title = 'three') WHERE n = 1;
       UPDATE comments SET body = 'other' WHERE n = 2;
       DELETE FROM comments WHERE n = 3;`,
    )
    await undone(target)
    expect(
      rowsOf(
        target.path,
        `SELECT n, of_id, typeof(of_id) FROM comments WHERE n IN (1, 2, 3, 20, 21) ORDER BY n`,
      ),
    ).toEqual([
      [1n, 3n, 'integer'],
      [2n, 1n, 'integer'],
      [20n, 4n, 'integer'],
      [21n, 2n, 'integer'],
    ])
    expect(rowsOf(target.path, `SELECT id FROM posts WHERE title = 'new'`)).toEqual([[4n]])
  })
})
