import { expect, test } from 'vitest'
import { idsOf, undoneAsByHand, type Write } from './by-hand.ts'
import { Refusal } from '../../../src/core/message.ts'

const [own, second, third] = ['01KHB3Y0K0AAAAAAAAAAAAAAAA', '01KHB3Y0K0BBBBBBBBBBBBBBBB', '01KHB3Y0K0CCCCCCCCCCCCCCCC']
const of = (table: string, n: number, column = 'id') => `(SELECT ${column} FROM ${table} WHERE n = ${n})`
const u = (n: number) => `${n.toString(16).padStart(8, '0')}-1234-4abc-8def-${n.toString(16).padStart(12, '0')}`

async function go(name: string, sql: string[], choices: object, writes: Write[], tables = ['p']) {
  test(name, async () => {
    try {
      const { path, idOf, context, document } = await undoneAsByHand(sql, choices, writes)
      console.log(name, 'OK', JSON.stringify(tables.map(t => idsOf(path, t)), (_, v) => typeof v === 'bigint' ? Number(v) : v), document.rowsKept, JSON.stringify(context.events.filter(e => e.type === 'finding')))
    } catch (error) {
      if (error instanceof Refusal) { console.log(name, 'REFUSED', error.message, error.failure.why, error.failure.next); throw new Error('refused') }
      console.log(name, 'ERR', String((error as Error).message).slice(0, 1500))
      throw error
    }
  })
}
for (const form of ['keep-integer', 'pure']) {
  const P = `CREATE TABLE p(id INTEGER PRIMARY KEY, n INTEGER, name TEXT)`
  const rows = `INSERT INTO p VALUES(1, 1, 'one'), (2, 2, 'two'), (5, 3, 'three'), (7, 4, 'four')`
  const C = `CREATE TABLE c(k INTEGER PRIMARY KEY, n INTEGER, p_id INTEGER REFERENCES p(id))`
  const crows = `INSERT INTO c(n, p_id) VALUES(1, 1), (2, 2), (3, 5), (4, 7)`
  const fts = `CREATE VIRTUAL TABLE f USING fts5(name, content='p'); INSERT INTO f(f) VALUES('rebuild')`
  const ftsT = `CREATE TRIGGER p_ai AFTER INSERT ON p BEGIN INSERT INTO f(rowid, name) VALUES(new.rowid, new.name); END;
   CREATE TRIGGER p_ad AFTER DELETE ON p BEGIN INSERT INTO f(f, rowid, name) VALUES('delete', old.rowid, old.name); END;`
  go(`${form} fts, max deleted while referred to, new`, [P, rows, C, crows, fts, ftsT], { form }, [`DELETE FROM p WHERE n = 4`, { into: 'p', n: 9, id: `'${own}'`, values: { name: "'again'" } }])
  go(`${form} fts, max deleted with children, new`, [P, rows, C, crows, fts, ftsT], { form }, [`DELETE FROM c WHERE n = 4`, `DELETE FROM p WHERE n = 4`, { into: 'p', n: 9, id: `'${own}'`, values: { name: "'again'" } }])
  go(`${form} fts, delete and reinsert with the same ULID by n`, [P, rows, C, crows, fts, ftsT], { form }, [`CREATE TEMP TABLE x AS SELECT id, n, name FROM p WHERE n = 2; DELETE FROM p WHERE n = 2; INSERT INTO p(id, n, name) SELECT * FROM x`])
  go(`${form} fts, update key`, [P, rows, C, crows, fts, ftsT], { form }, [{ into: 'p', n: 2, id: `'${own}'`, verb: 'UPDATE' }, { into: 'p', n: 9, id: `'${second}'`, values: { name: "'again'" } }])
  go(`${form} rtree linked by rowid`, [P, rows, C, crows, 'CREATE VIRTUAL TABLE box USING rtree(id, x0, x1)', `INSERT INTO box SELECT rowid, 1, 2 FROM p`], { form }, [`DELETE FROM box WHERE id = (SELECT rowid FROM p WHERE n = 4)`, `DELETE FROM c WHERE n = 4`, `DELETE FROM p WHERE n = 4`, { into: 'p', n: 9, id: `'${own}'`, values: { name: "'again'" } }, `INSERT INTO box SELECT rowid, 3, 4 FROM p WHERE n = 9`])
  go(`${form} orphan since`, [P, rows, C, crows], { form }, [`INSERT INTO c(n, p_id) VALUES(9, '${own}'), (10, '${own}'), (11, '${second}')`], ['p', 'c'])
  go(`${form} orphan since, strict`, [P + ' STRICT', rows, C + ' STRICT', crows], { form }, [`INSERT INTO c(n, p_id) VALUES(9, '${own}'), (10, '${own}'), (11, '${second}')`])
  go(`${form} strict`, [P + ' STRICT', rows, C + ' STRICT', crows], { form }, [{ into: 'p', n: 9, id: `'${own}'` }, `INSERT INTO c(n, p_id) VALUES(9, '${own}')`].map(w => typeof w === 'string' ? `INSERT INTO c(n, p_id) VALUES(9, ${of('p', 9)})` : w))
  go(`${form} autoincrement`, [P.replace('KEY', 'KEY AUTOINCREMENT'), rows, `INSERT INTO p VALUES(50, 50, 'gone'); DELETE FROM p WHERE n = 50`, C, crows], { form }, [{ into: 'p', n: 9, id: `'${own}'` }, { into: 'p', n: 10, id: `'${second}'` }, 'DELETE FROM p WHERE n = 10'])
  go(`${form} without rowid`, [P + ' WITHOUT ROWID', rows, C, crows], { form }, [{ into: 'p', n: 9, id: `'${own}'` }, `INSERT INTO c(n, p_id) VALUES(9, ${of('p', 9)})`, `DELETE FROM p WHERE n = 1`])
  go(`${form} INT primary key`, [P.replace('INTEGER PRIMARY', 'INT PRIMARY'), rows, C, crows], { form }, [{ into: 'p', n: 9, id: `'${own}'` }, `INSERT INTO c(n, p_id) VALUES(9, ${of('p', 9)})`, `DELETE FROM p WHERE n = 1`])
  go(`${form} untyped key`, [P.replace('INTEGER PRIMARY', 'PRIMARY'), rows, C, crows], { form }, [{ into: 'p', n: 9, id: `'${own}'` }, `INSERT INTO c(n, p_id) VALUES(9, ${of('p', 9)})`, `DELETE FROM p WHERE n = 1`])
  go(`${form} numeric key`, [P.replace('INTEGER PRIMARY', 'NUMERIC PRIMARY'), rows, C, crows], { form }, [{ into: 'p', n: 9, id: `'${own}'` }, `INSERT INTO c(n, p_id) VALUES(9, ${of('p', 9)})`, `DELETE FROM p WHERE n = 1`])
  const prof = `CREATE TABLE prof(p_id INTEGER PRIMARY KEY REFERENCES p(id), n INTEGER)`
  go(`${form} key is a reference`, [P, rows, prof, `INSERT INTO prof VALUES(1, 1), (2, 2)`], { form }, [{ into: 'p', n: 9, id: `'${own}'` }, `INSERT INTO prof(p_id, n) VALUES(${of('p', 9)}, 9), (${of('p', 4)}, 4)`, `INSERT INTO prof(p_id, n) VALUES(${of('p', 3)}, 3)`])
  go(`${form} key is a reference, orphan`, [P, rows, prof, `INSERT INTO prof VALUES(1, 1), (2, 2), (5, 3)`], { form }, [`INSERT INTO prof(p_id, n) VALUES('${own}', 77)`, `INSERT INTO prof(p_id, n) VALUES(${of('p', 4)}, 4)`], ['p'])
  const comp = `CREATE TABLE q(p_id INTEGER REFERENCES p(id), x INTEGER REFERENCES p(id), n INTEGER, PRIMARY KEY(p_id, x))`
  go(`${form} composite`, [P, rows, comp, `INSERT INTO q VALUES(1, 1, 1), (2, 1, 2), (5, 7, 3)`], { form }, [{ into: 'p', n: 9, id: `'${own}'` }, `INSERT INTO q VALUES(${of('p', 9)}, ${of('p', 1)}, 9), (${of('p', 3)}, ${of('p', 9)}, 10)`, `UPDATE q SET x = ${of('p', 9)} WHERE n = 3`])
  go(`${form} composite without rowid`, [P, rows, comp + ' WITHOUT ROWID', `INSERT INTO q VALUES(1, 1, 1), (2, 1, 2), (5, 7, 3), (9, 9, 4)`], { form }, [{ into: 'p', n: 9, id: `'${own}'` }, `INSERT INTO q VALUES(${of('p', 9)}, ${of('p', 1)}, 9), (${of('p', 3)}, ${of('p', 9)}, 10)`, `UPDATE q SET x = ${of('p', 9)} WHERE n = 3`, 'DELETE FROM q WHERE n = 1'])
  go(`${form} spelled`, [P, rows, `CREATE TABLE c(n INTEGER PRIMARY KEY, p_id TEXT REFERENCES p(id))`, `INSERT INTO c VALUES(1, '01'), (2, '2'), (3, ' 5'), (4, '0')`], { form }, [{ into: 'p', n: 9, id: `'${own}'` }, `INSERT INTO c VALUES(9, ${of('p', 9)}), (10, ${of('p', 1)})`, `UPDATE c SET p_id = ${of('p', 2)} WHERE n = 3`])
  go(`${form} sentinels null`, [P, rows, `CREATE TABLE c(n INTEGER PRIMARY KEY, p_id INTEGER REFERENCES p(id))`, `INSERT INTO c VALUES(1, 1), (2, 2), (3, 0), (4, 0)`], { form, sentinels: 'null' }, [`DELETE FROM c WHERE n = 4`, `INSERT INTO c VALUES(4, NULL), (5, NULL)`, `UPDATE c SET p_id = ${of('p', 2)} WHERE n = 3`])
  go(`${form} huge`, [P, rows, `INSERT INTO p VALUES(9223372036854775807, 5, 'max')`, C, crows], { form }, [{ into: 'p', n: 9, id: `'${own}'` }, `INSERT INTO c(n, p_id) VALUES(9, ${of('p', 9)})`])
  go(`${form} trigger inserts`, [P, rows, C, crows, `CREATE TABLE log(n INTEGER PRIMARY KEY, what)`, `CREATE TRIGGER t AFTER INSERT ON p BEGIN INSERT INTO c(n, p_id) VALUES(new.n + 100, new.id); END`], { form }, [{ into: 'p', n: 9, id: `'${own}'` }])
  go(`${form} generated`, [`CREATE TABLE p(id INTEGER PRIMARY KEY, n INTEGER, name TEXT, twice AS (id || 'x') STORED UNIQUE)`, rows.replace('INTO p', 'INTO p(id, n, name)'), C, crows], { form }, [{ into: 'p', n: 9, id: `'${own}'` }])
  go(`${form} parents in a circle`, [`CREATE TABLE p(id INTEGER PRIMARY KEY, n INTEGER, c_id INTEGER REFERENCES c(id)); CREATE TABLE c(id INTEGER PRIMARY KEY, n INTEGER, p_id INTEGER REFERENCES p(id)); INSERT INTO p VALUES(1, 1, 10), (2, 2, 20); INSERT INTO c VALUES(10, 1, 1), (20, 2, 2)`], { form }, [{ into: 'p', n: 9, id: `'${own}'` }, { into: 'c', n: 9, id: `'${own}'`, values: { p_id: of('p', 9) } }, `UPDATE p SET c_id = ${of('c', 9)} WHERE n IN (1, 9)`], ['p', 'c'])
}
const T = `CREATE TABLE p(id TEXT PRIMARY KEY, n INTEGER, name TEXT)`
const trows = `INSERT INTO p VALUES('${u(1)}', 1, 'one'), ('${u(2)}', 2, 'two'), ('${u(5)}', 3, 'three'), ('${u(7)}', 4, 'four')`
const TC = `CREATE TABLE c(k INTEGER PRIMARY KEY, n INTEGER, p_id TEXT REFERENCES p(id))`
const tcrows = `INSERT INTO c(n, p_id) VALUES(1, '${u(1)}'), (2, '${u(2)}'), (3, '${u(5)}'), (4, '${u(9)}')`
const some: Write[] = [{ into: 'p', n: 9, id: `'${own}'` }, { into: 'p', n: 10, id: `'${second.toLowerCase()}'` }, `INSERT INTO c(n, p_id) VALUES(9, ${of('p', 9)}), (10, ${of('p', 1)}), (11, '${third}')`, `UPDATE c SET p_id = ${of('p', 2)} WHERE n = 3`, { into: 'p', n: 3, id: `'${third}'`, verb: 'UPDATE' }, `DELETE FROM p WHERE n = 2`]
go('text', [T, trows, TC, tcrows], {}, some)
go('text, NULL keys since', [T, trows, TC, tcrows], {}, [`INSERT INTO p(n) VALUES(20), (21)`])
go('text with a check of 36', [T.replace('KEY', 'KEY CHECK(length(id) = 36)'), trows, TC, tcrows], {}, some)
go('text with a default', [T.replace('KEY', "KEY DEFAULT (lower(hex(randomblob(16))))"), trows, TC, tcrows], {}, [{ into: 'p', n: 9 }])
go('text without rowid', [T + ' WITHOUT ROWID', trows, TC, tcrows], {}, some)
go('text nocase', [T.replace('TEXT', 'TEXT COLLATE NOCASE'), trows, TC, tcrows], {}, some)
const b = (s: string) => s.replaceAll(/'([0-9a-f-]{36})'/g, (_, x) => `x'${x.replaceAll('-', '')}'`)
go('blob', [T.replace('id TEXT', 'id BLOB'), b(trows), TC.replace('TEXT', 'BLOB'), b(tcrows)], {}, some)
go('blob with check', [T.replace('id TEXT PRIMARY KEY', 'id BLOB PRIMARY KEY CHECK(length(id) = 16)'), b(trows), TC.replace('TEXT', 'BLOB'), b(tcrows)], {}, some)
go('uuid typed', [T.replace('id TEXT', 'id UUID'), trows, TC.replace('TEXT', 'UUID'), tcrows], {}, some)
go('uuid typed, numeric ULID', [T.replace('id TEXT', 'id UUID'), trows, TC.replace('TEXT', 'UUID'), tcrows], {}, [{ into: 'p', n: 9, id: `'01234567890123456789012345'` }])
go('text expand', [T, trows, TC, tcrows], { strategy: 'expand' }, [{ into: 'p', n: 9, id: `'${u(60)}'` }, `UPDATE c SET p_id = ${of('p', 2)} WHERE n = 3`, 'DELETE FROM p WHERE n = 1'])
