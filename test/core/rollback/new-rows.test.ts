import { describe, expect, test } from 'vitest'
import { idsOf, undoneAsByHand } from './by-hand.ts'

const [own, second, third] = [
  '01KHB3Y0K0AAAAAAAAAAAAAAAA',
  '01KHB3Y0K0BBBBBBBBBBBBBBBB',
  '01KHB3Y0K0CCCCCCCCCCCCCCCC',
]
const of = (table: string, n: number, column = 'id') => `(SELECT ${column} FROM ${table} WHERE n = ${n})`
const forms = ['keep-integer', 'pure'] as const

const integers = [
  `CREATE TABLE p(id INTEGER PRIMARY KEY, n INTEGER, name TEXT UNIQUE, parent INTEGER REFERENCES p(id))`,
  `CREATE TABLE c(k INTEGER PRIMARY KEY, n INTEGER, p_id INTEGER REFERENCES p(id) ON DELETE CASCADE, line TEXT)`,
  `INSERT INTO p VALUES(1, 1, 'one', NULL), (2, 2, 'two', 1), (5, 3, 'three', 2), (7, 4, 'four', 99)`,
  `INSERT INTO c(n, p_id, line) VALUES(1, 1, 'a'), (2, 2, 'b'), (3, 5, 'c'), (4, 12, 'lost'), (5, 7, 'd'), (6, NULL, 'none')`,
]

describe.each(forms)('integer keys, %s', form => {
  test('new rows', async () => {
    const { idOf } = await undoneAsByHand(integers, { form }, [
      { into: 'p', n: 10, id: `'${own}'`, values: { name: "'own'", parent: of('p', 3) } },
      { into: 'p', n: 11, values: { name: "'default'", parent: of('p', 10) } },
      { into: 'p', n: 12, id: `'${second.toLowerCase()}'`, values: { name: "'lower'", parent: of('p', 12) } },
      `UPDATE p SET parent = id WHERE n = 12`,
      `INSERT INTO c(n, p_id, line) VALUES(10, ${of('p', 10)}, 'x'), (11, ${of('p', 11)}, 'y'), (12, ${of('p', 1)}, 'z'), (13, NULL, 'none')`,
      `UPDATE c SET p_id = ${of('p', 11)} WHERE n = 1`,
      `UPDATE c SET line = 'changed' WHERE n = 4`,
      `DELETE FROM c WHERE p_id = ${of('p', 4)}`,
      `DELETE FROM p WHERE n = 4`,
    ])
    console.log(
      form,
      [10, 11, 12].map(n => idOf('p', n)),
    )
  })
  test('replace, upsert, update of key, reinsert', async () => {
    const { idOf, path } = await undoneAsByHand(integers, { form }, [
      { into: 'p', n: 20, id: `'${own}'`, values: { name: "'two'" }, verb: 'INSERT OR REPLACE' },
      {
        into: 'p',
        n: 21,
        id: `'${second}'`,
        values: { name: "'one'" },
        upsert: 'ON CONFLICT(name) DO UPDATE SET parent = NULL',
      },
      `DELETE FROM p WHERE n = 4`,
      { into: 'p', n: 22, values: { name: "'again'" } },
    ])
    console.log(
      form,
      [20, 22].map(n => idOf('p', n)),
      idsOf(path, 'p'),
    )
  })
})
