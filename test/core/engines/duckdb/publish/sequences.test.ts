import { expect, it } from 'vitest'
import { journal, redeclare, ulidOf, workshop } from '../../../../support/publishing.ts'

it('lets a sequence go on behind the numbers that rows have been given since, when its key holds numbers again', async () => {
  const shop = await workshop(
    'CREATE SCHEMA "s.x"',
    'CREATE SEQUENCE "s.x".sq START 10 INCREMENT 5',
    `CREATE TABLE p(id INTEGER PRIMARY KEY DEFAULT nextval('"s.x".sq'), name VARCHAR)`,
    `INSERT INTO p(name) VALUES ('a'), ('b')`,
    'INSERT INTO p VALUES (40, NULL)',
  )
  await shop.publish(
    copy => {
      copy.function('ulid_of', value => ulidOf(value as number))
      redeclare(copy, 'p', sql => sql.replace('"id" INTEGER', '"id" TEXT'))
      copy.exec('UPDATE p SET id = ulid_of(id)')
      journal(copy)
    },
    { identities: [{ table: 'p', column: 'id' }] },
  )
  const store = await shop.store()
  await store.run(`INSERT INTO p(name) VALUES ('c'), ('d')`)
  const published = await shop.publish(
    copy => {
      redeclare(copy, 'p', sql => sql.replace('"id" TEXT', '"id" INTEGER'))
      const numbers = { a: 10, b: 15, none: 40, c: 20, d: 25 }
      for (const [name, id] of Object.entries(numbers))
        copy.prepare("UPDATE p SET id = ? WHERE coalesce(name, 'none') = ?").run(id, name)
      journal(copy, 'undo')
    },
    { back: true },
  )
  expect(published.proof.ok).toBe(true)
  await (await shop.store()).run(`INSERT INTO p(name) VALUES ('e')`)
  expect(await shop.rows('SELECT id, name FROM p WHERE id > 15 ORDER BY id')).toEqual([
    [20, 'c'],
    [25, 'd'],
    [30, 'e'],
    [40, null],
  ])
})
