import { expect, test } from 'vitest'
import { undo } from '../../../src/core/rollback/undo.ts'
import { migrateAt, type Place, place, refusalOf, uuid } from '../../hazards/support.ts'
import { change, columnOf, rowsOf } from '../../support/database.ts'
import { sha256Of } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'

const forms = ['keep-integer', 'pure'] as const
const [one, two] = ['01KHB3Y0K0AAAAAAAAAAAAAAAA', '01KHB3Y0K0BBBBBBBBBBBBBBBB']

/** What the undo is refused with; not a byte has changed. */
async function refused({ path, settings }: Place) {
  const bytes = sha256Of(path)
  const failure = await refusalOf(undo(path, undefined, inProcess(settings)))
  expect(sha256Of(path)).toBe(bytes)
  return failure
}

test.each(forms)(
  'an AUTOINCREMENT does not give the number of a new row again when that row is gone (%s)',
  async form => {
    const at = place(
      `CREATE TABLE p(id INTEGER PRIMARY KEY AUTOINCREMENT, n INT); CREATE TABLE c(n INTEGER PRIMARY KEY, p_id INT REFERENCES p(id));
       INSERT INTO p VALUES(1, 1), (7, 2); INSERT INTO c VALUES(1, 1), (2, 40)`,
    )
    await migrateAt(at, { form })
    change(at.path, `INSERT INTO p(id, n) VALUES('${one}', 3), ('${two}', 4)`)
    await undo(at.path, undefined, inProcess(at.settings))
    const given = columnOf<bigint>(at.path, 'SELECT max(id) FROM p')[0]!
    change(at.path, 'DELETE FROM p WHERE n IN (3, 4)', 'INSERT INTO p(n) VALUES(5)')
    expect(columnOf(at.path, 'SELECT id FROM p WHERE n = 5')).toEqual([given + 1n])
  },
)

test.each(forms)('references since that name no row keep their ULID, and are told of (%s)', async form => {
  const at = place(
    `CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(n INTEGER PRIMARY KEY, p_id INT REFERENCES p(id));
     INSERT INTO p VALUES(1), (2); INSERT INTO c VALUES(1, 1), (2, 9), (3, 0)`,
  )
  await migrateAt(at, { form })
  change(at.path, `INSERT INTO c VALUES(4, '${one}'), (5, '${one}'), (6, NULL)`)
  const context = inProcess(at.settings)
  await undo(at.path, undefined, context)
  expect(rowsOf(at.path, 'SELECT n, p_id FROM c')).toEqual([
    [1n, 1n],
    [2n, 9n],
    [3n, 0n],
    [4n, one],
    [5n, one],
    [6n, null],
  ])
  const findings = context.events.flatMap(event => (event.type === 'finding' ? [event.finding] : []))
  expect(findings).toMatchObject([
    {
      code: 'UNDO.ORPHANS',
      severity: 'warning',
      object: 'c.p_id',
      why: `c.p_id: 2 rows, for example "${one}", which no map knows.`,
    },
  ])
})

const children = [
  'CREATE TABLE c(n INTEGER PRIMARY KEY, p_id INT REFERENCES p(id)) STRICT',
  'CREATE TABLE c(p_id INTEGER PRIMARY KEY REFERENCES p(id), n INT)',
]

test.each(forms.flatMap(form => children.map(child => [form, child] as const)))(
  'an undo is refused while an orphan since stands where only a number can go back (%s): %s',
  async (form, child) => {
    const at = place(
      'CREATE TABLE p(id INTEGER PRIMARY KEY); INSERT INTO p VALUES(1), (2)',
      child,
      'INSERT INTO c(n, p_id) VALUES(1, 1), (2, 2)',
    )
    await migrateAt(at, { form })
    change(at.path, `INSERT INTO c(n, p_id) VALUES(4, '${one}')`)
    expect(await refused(at)).toMatchObject({
      code: 'UNDO.NO_PLACE',
      exit: 4,
      object: expect.stringContaining('c.p_id'),
    })
    change(at.path, 'DELETE FROM c WHERE n = 4')
    await undo(at.path, undefined, inProcess(at.settings))
    expect(rowsOf(at.path, 'SELECT n, p_id FROM c ORDER BY n')).toEqual([
      [1n, 1n],
      [2n, 2n],
    ])
  },
)

test('an undo whose new rows break the old rule of an id is refused, and says how to go on', async () => {
  const at = place(
    `CREATE TABLE p(id TEXT PRIMARY KEY CHECK(length(id) = 36)); INSERT INTO p VALUES('${uuid(1)}'), ('${uuid(2)}')`,
  )
  await migrateAt(at)
  change(at.path, `INSERT INTO p VALUES('${one}')`)
  const failure = await refused(at)
  expect(failure).toMatchObject({ code: 'PROOF.FAILED', exit: 3 })
  expect(failure.why).toContain('CHECK constraint failed in p')
  expect(failure.next).toContain(`ulid-migrate rollback ${at.path} --restore --confirm hazard.db`)
  expect(failure.next).not.toContain('--skip')
})

test('the proof names the new trigger that reads a column which the undo takes away', async () => {
  const at = place(
    'CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(n INTEGER PRIMARY KEY, p_id INT REFERENCES p(id)); INSERT INTO p VALUES(1)',
  )
  await migrateAt(at)
  change(
    at.path,
    'CREATE TABLE far(legacy_id)',
    'CREATE TRIGGER tells AFTER INSERT ON p BEGIN INSERT INTO far VALUES(new.legacy_id); END',
  )
  const failure = await refused(at)
  expect(failure).toMatchObject({ code: 'PROOF.FAILED', exit: 3 })
  expect(failure.why).toContain('INSERT INTO p: no such column: new.legacy_id, in the trigger tells')
})

test('a row that SQLite gave the number of a deleted one gets another, and is told of', async () => {
  const at = place(
    'CREATE TABLE p(id INTEGER PRIMARY KEY, n INT); INSERT INTO p VALUES(1, 1), (2, 2), (3, 3)',
  )
  await migrateAt(at, { form: 'keep-integer', all: true })
  change(at.path, 'DELETE FROM p WHERE n = 3', `INSERT INTO p(id, n) VALUES('${one}', 4), ('${two}', 5)`)
  const context = inProcess(at.settings)
  await undo(at.path, undefined, context)
  const findings = context.events.flatMap(event => (event.type === 'finding' ? [event.finding] : []))
  expect(findings).toMatchObject([{ code: 'UNDO.RENUMBERED', severity: 'warning', object: /^p\./ }])
  expect(rowsOf(at.path, 'SELECT id, n FROM p ORDER BY n')).toEqual([
    [1n, 1n],
    [2n, 2n],
    [5n, 4n],
    [4n, 5n],
  ])
})
