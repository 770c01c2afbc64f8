import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { DetectedReference } from '../../../../src/core/documents.ts'
import { makeDatabase } from '../../../support/database.ts'
import { temporaryFolder } from '../../../support/folder.ts'
import { detectIn } from '../../../support/in-process.ts'

/** `WITH n(i)` counts from 1. */
function filled(...sql: readonly string[]): string {
  return makeDatabase(join(temporaryFolder(), 'small.db'), ...sql)
}

const count = (rows: number) =>
  `WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})`

const uuid = (n: number) => {
  const hex = createHash('sha256').update(String(n)).digest('hex')
  return `${hex.slice(0, 8)}-1234-4abc-8def-${hex.slice(8, 20)}`
}

type Found = readonly (DetectedReference & { readonly to: string })[]

async function referencesIn(path: string): Promise<Found> {
  const { identities } = await detectIn(path)
  return identities.flatMap(({ table, column, references }) =>
    references.map(each => ({ ...each, to: `${table}.${column}` })),
  )
}

const lines = (found: Found, choice: DetectedReference['choice']) =>
  found.filter(each => each.choice === choice).map(each => `${each.table}.${each.column} -> ${each.to}`)

const shop = `
  CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE orders(id INTEGER PRIMARY KEY, REFERRING, quantity INTEGER, rating INTEGER, sort_order INTEGER, port INTEGER);
  INSERT INTO customers SELECT i, 'customer ' || i FROM (${count(300)} SELECT i FROM n);
  INSERT INTO orders SELECT i, i * 7 % 300 + 1, i % 9 + 1, i % 5 + 1, i, 8000 + i % 3 FROM (${count(900)} SELECT i FROM n);`

describe('the name of a column', () => {
  test.each([
    'customer_id',
    'customerId',
    'CustomerID',
    'fk_customer',
    'customers_id',
    'billing_customer_id',
    'customer',
    'id_customer',
    'customerid',
    'cust_id',
    'customer_ref',
    'customer_guid',
  ])('%s says that it refers to customers', async name => {
    const found = await referencesIn(filled(shop.replace('REFERRING', `${name} INTEGER`)))
    expect(lines(found, 'accepted')).toEqual([`orders.${name} -> customers.id`])
  })

  test.each(['amount', 'n', 'score', 'year', 'total_customers', 'customer_count', 'customer_age'])(
    '%s does not, although all of its values are ids of customers',
    async name => {
      const found = await referencesIn(filled(shop.replace('REFERRING', `${name} INTEGER`)))
      expect(lines(found, 'accepted')).toEqual([])
    },
  )

  test('says which of two tables is meant that hold the same numbers', async () => {
    const found = await referencesIn(
      filled(`
        CREATE TABLE mdl_course(id INTEGER PRIMARY KEY, fullname TEXT);
        CREATE TABLE mdl_user(id INTEGER PRIMARY KEY, email TEXT);
        CREATE TABLE mdl_grade(id INTEGER PRIMARY KEY, courseid INTEGER, userid INTEGER, graded_by INTEGER, finalgrade INTEGER);
        INSERT INTO mdl_course SELECT i, 'c' || i FROM (${count(200)} SELECT i FROM n);
        INSERT INTO mdl_user SELECT i, 'u' || i FROM (${count(200)} SELECT i FROM n);
        INSERT INTO mdl_grade SELECT i, i * 3 % 200 + 1, i * 7 % 200 + 1, i * 11 % 200 + 1, i % 100 FROM (${count(800)} SELECT i FROM n);`),
    )
    expect(lines(found, 'accepted').sort()).toEqual([
      'mdl_grade.courseid -> mdl_course.id',
      'mdl_grade.graded_by -> mdl_user.id',
      'mdl_grade.userid -> mdl_user.id',
    ])
  })

  const people = (columns: string) =>
    filled(`
      CREATE TABLE mitarbeiter(nr INTEGER PRIMARY KEY, name TEXT);
      CREATE TABLE umlagerungen(id INTEGER PRIMARY KEY, bestand TEXT);
      CREATE TABLE auftraege(id INTEGER PRIMARY KEY, ${columns.replaceAll(' ', ' INTEGER, ')} INTEGER);
      INSERT INTO mitarbeiter SELECT i, 'm' FROM (${count(60)} SELECT i FROM n);
      INSERT INTO umlagerungen SELECT i, 'u' FROM (${count(900)} SELECT i FROM n);
      INSERT INTO auftraege SELECT i ${', i * 7 % 60 + 1'.repeat(columns.split(' ').length)} FROM (${count(400)} SELECT i FROM n);`)

  test.each(['sachbearbeiter', 'payer', 'created_by', 'vendedor', 'owner', 'examinee_id'])(
    '%s is somebody, who is in the table of people',
    async name => {
      const found = await referencesIn(people(name))
      expect(lines(found, 'accepted')).toEqual([`auftraege.${name} -> mitarbeiter.nr`])
    },
  )

  test.each(['counter', 'floor', 'nummer', 'factor', 'folder'])('%s is nobody', async name => {
    expect(lines(await referencesIn(people(name)), 'accepted')).toEqual([])
  })

  test('is read without the word that all columns of its table begin with', async () => {
    const found = await referencesIn(
      filled(`
        CREATE TABLE actor(actor_id INTEGER PRIMARY KEY, actor_name TEXT, actor_text TEXT);
        CREATE TABLE revision(rev_id INTEGER PRIMARY KEY, rev_actor INTEGER, rev_count INTEGER, rev_len INTEGER);
        INSERT INTO actor SELECT i, 'a', 't' FROM (${count(80)} SELECT i FROM n);
        INSERT INTO revision SELECT i, i * 7 % 80 + 1, i * 7 % 80 + 1, i * 3 % 80 + 1 FROM (${count(400)} SELECT i FROM n);`),
    )
    expect(lines(found, 'accepted')).toEqual(['revision.rev_actor -> actor.actor_id'])
  })

  test('that ends with uid means a user, and one letter before an id the table whose key is called so', async () => {
    const found = await referencesIn(
      filled(`
        CREATE TABLE node(nid INTEGER PRIMARY KEY, title TEXT);
        CREATE TABLE users(uid INTEGER PRIMARY KEY, mail TEXT);
        CREATE TABLE comments(cid INTEGER PRIMARY KEY, nid INTEGER, create_uid INTEGER);
        INSERT INTO node SELECT i, 't' FROM (${count(90)} SELECT i FROM n);
        INSERT INTO users SELECT i, 'm' FROM (${count(70)} SELECT i FROM n);
        INSERT INTO comments SELECT i, i * 7 % 90 + 1, i * 3 % 70 + 1 FROM (${count(400)} SELECT i FROM n);`),
    )
    expect(lines(found, 'accepted').sort()).toEqual([
      'comments.create_uid -> users.uid',
      'comments.nid -> node.nid',
    ])
  })

  test('may say that it is the number of a row', async () => {
    const found = await referencesIn(filled(shop.replace('REFERRING', 'last_customer_row_id INTEGER')))
    expect(lines(found, 'accepted')).toEqual(['orders.last_customer_row_id -> customers.id'])
  })

  test('of a key that is called after its own table leads to no other table', async () => {
    const found = await referencesIn(
      filled(`
        CREATE TABLE recorder_runs(run_id INTEGER PRIMARY KEY, start TEXT);
        CREATE TABLE statistics_runs(run_id INTEGER PRIMARY KEY, start TEXT);
        INSERT INTO recorder_runs SELECT i * 3 + i % 2, 't' FROM (${count(40)} SELECT i FROM n);
        INSERT INTO statistics_runs SELECT i * 3 + i % 2, 't' FROM (${count(50)} SELECT i FROM n);`),
    )
    expect(found.filter(each => each.choice !== 'mentioned')).toEqual([])
  })

  test('of a key that is called as that of the table whose name comes first leads there', async () => {
    const found = await referencesIn(
      filled(`
        CREATE TABLE node(nid INTEGER PRIMARY KEY, type TEXT);
        CREATE TABLE node_field_data(nid INTEGER PRIMARY KEY, title TEXT);
        INSERT INTO node SELECT i * 3 + i % 2, 't' FROM (${count(60)} SELECT i FROM n);
        INSERT INTO node_field_data SELECT i * 3 + i % 2, 't' FROM (${count(60)} SELECT i FROM n);`),
    )
    expect(lines(found, 'accepted')).toEqual(['node_field_data.nid -> node.nid'])
  })

  test('may say it of rows that mostly are their own, as the root of what is below none', async () => {
    const issues = (name: string) =>
      filled(`
        CREATE TABLE issues(id INTEGER PRIMARY KEY, ${name} INTEGER, title TEXT);
        INSERT INTO issues SELECT i, CASE i % 3 WHEN 0 THEN i - 2 ELSE i END, 't' FROM (${count(200)} SELECT i FROM n);`)
    expect((await referencesIn(issues('root_id'))).map(each => each.choice)).not.toEqual([])
    expect(await referencesIn(issues('ordinal'))).toEqual([])
  })

  test('with `parent` means the table that its own table belongs to, where the values are of that one', async () => {
    const found = await referencesIn(
      filled(`
        CREATE TABLE customer_entity(id INTEGER PRIMARY KEY, email TEXT);
        CREATE TABLE customer_address_entity(id INTEGER PRIMARY KEY, parent_id INTEGER, city TEXT);
        INSERT INTO customer_entity SELECT i * 3 + i % 2, 'e' FROM (${count(100)} SELECT i FROM n);
        INSERT INTO customer_address_entity SELECT i, (i % 100 + 1) * 3 + (i % 100 + 1) % 2, 'c' FROM (${count(400)} SELECT i FROM n);`),
    )
    expect(lines(found, 'accepted')).toEqual(['customer_address_entity.parent_id -> customer_entity.id'])
  })

  test('that speaks of something else than the rows of its table does not relate them', async () => {
    const found = await referencesIn(
      filled(`
        CREATE TABLE users(id INTEGER PRIMARY KEY, current_team_id INTEGER);
        INSERT INTO users SELECT i, i * 7 % 90 + 1 FROM (${count(90)} SELECT i FROM n);`),
    )
    expect(lines(found, 'accepted')).toEqual([])
  })

  test('means in one table what it surely means in another', async () => {
    const both = (rows: number) =>
      filled(`
        CREATE TABLE depots(nr INTEGER PRIMARY KEY, town TEXT);
        CREATE TABLE tours(id INTEGER PRIMARY KEY, halle_id INTEGER);
        CREATE TABLE gates(id INTEGER PRIMARY KEY, halle_id INTEGER);
        INSERT INTO depots SELECT i * 3 + i % 2, 't' FROM (${count(60)} SELECT i FROM n);
        INSERT INTO tours SELECT i, (i % 60 + 1) * 3 + (i % 60 + 1) % 2 FROM (${count(rows)} SELECT i FROM n);
        INSERT INTO gates SELECT i, (i % 5 + 1) * 3 + (i % 5 + 1) % 2 FROM (${count(20)} SELECT i FROM n);`)
    const sure = async (rows: number) =>
      (await referencesIn(both(rows))).find(each => each.table === 'gates')?.confidence ?? 0
    expect(await sure(400)).toBeGreaterThan(await sure(2))
  })

  test('says that rows of a table refer to each other', async () => {
    const found = await referencesIn(
      filled(`
        CREATE TABLE employees(id INTEGER PRIMARY KEY, name TEXT, reports_to INTEGER, mentor_id INTEGER, desk INTEGER);
        INSERT INTO employees SELECT i, 'e' || i, CASE WHEN i > 1 THEN i / 2 END, CASE WHEN i > 3 THEN i - 3 END, i FROM (${count(120)} SELECT i FROM n);`),
    )
    expect(lines(found, 'accepted').sort()).toEqual([
      'employees.mentor_id -> employees.id',
      'employees.reports_to -> employees.id',
    ])
  })
})

describe('the values of a column', () => {
  const jobs = (orphans: number) => `
    CREATE TABLE jobs(job_id TEXT PRIMARY KEY, at TEXT);
    CREATE TABLE logs(n INTEGER PRIMARY KEY, about TEXT, job_id TEXT, tag TEXT);
    INSERT INTO jobs VALUES ${Array.from({ length: 40 }, (_, n) => `('${uuid(n)}', '2026-01-01')`).join(', ')};
    INSERT INTO logs(about, job_id, tag) VALUES ${Array.from({ length: 40 }, (_, n) => `('${uuid(n < orphans ? n + 1000 : n)}', '${uuid(n < orphans ? n + 500 : n)}', '${uuid(n + 2000)}')`).join(', ')};`

  test('alone tell of ids that a machine made, whatever the column is called', async () => {
    const found = await referencesIn(filled(jobs(0)))
    expect(lines(found, 'accepted').sort()).toEqual([
      'logs.about -> jobs.job_id',
      'logs.job_id -> jobs.job_id',
    ])
    expect(lines(found, 'offered')).toEqual([])
  })

  test('may be orphans for the most part, where the name agrees; without a name that is for the operator', async () => {
    const found = await referencesIn(filled(jobs(36)))
    expect(lines(found, 'accepted')).toEqual(['logs.job_id -> jobs.job_id'])
    expect(lines(found, 'offered')).toEqual(['logs.about -> jobs.job_id'])
    const [reference] = found.filter(each => each.column === 'job_id')
    expect(reference).toMatchObject({ matched: 4, orphans: 36, sentinels: 0 })
    expect(reference!.samples).toHaveLength(3)
    expect(reference!.samples.every(id => Array.from({ length: 40 }, (_, n) => uuid(n)).includes(id))).toBe(
      true,
    )
    expect(reference!.orphanSamples).toHaveLength(3)
    expect(reference!.why).toContain('4 of 40')
    expect(reference!.leftOut).toContain('40 values keep the old ids')
  })

  test('are less sure with orphans than without, and surer still than another column', async () => {
    const sure = async (orphans: number) => {
      const found = await referencesIn(
        filled(
          shop.replace('REFERRING', 'partner_customer INTEGER'),
          `UPDATE orders SET partner_customer = partner_customer + 100000 WHERE id <= ${orphans}`,
        ),
      )
      return found.find(each => each.column === 'partner_customer')?.confidence ?? 0
    }
    const [none, few, many] = [await sure(0), await sure(9), await sure(300)]
    expect(none).toBeGreaterThan(few)
    expect(few).toBeGreaterThan(many)
    expect(many).toBeGreaterThan(0)
  })

  const machines = (ids: string, readings: string) =>
    filled(`
      CREATE TABLE machines(id INTEGER PRIMARY KEY, label TEXT);
      CREATE TABLE others(id INTEGER PRIMARY KEY, label TEXT);
      CREATE TABLE readings(n INTEGER PRIMARY KEY, origin INTEGER, other INTEGER);
      INSERT INTO machines SELECT ${ids}, 'm' FROM (${count(200)} SELECT i FROM n);
      INSERT INTO readings SELECT i, ${readings}, i * 41 FROM (${count(600)} SELECT i FROM n);`)
  const gaps = (i: string) => `(${i}) * 2 + (${i}) * 7 % 5`

  test('that avoid the gaps of a key, of which nothing else has all, are no accident, whatever the column is called', async () => {
    const found = await referencesIn(machines(gaps('i'), gaps('i % 200 + 1')))
    expect(lines(found, 'accepted')).toEqual(['readings.origin -> machines.id'])
  })

  test('that avoid them for the most part are no accident either, and others are what was deleted', async () => {
    const orphans = `CASE WHEN i % 40 = 0 THEN 2 * i ELSE ${gaps('i % 200 + 1')} END`
    const found = await referencesIn(machines(gaps('i'), orphans))
    expect(found.filter(each => each.column === 'origin' && each.choice !== 'mentioned')).toMatchObject([
      { to: 'machines.id' },
    ])
  })

  test('do so too where they are numbers that are written as texts', async () => {
    const texts = filled(`
      CREATE TABLE machines(id INTEGER PRIMARY KEY, at TEXT);
      CREATE TABLE readings(id INTEGER PRIMARY KEY, c05 TEXT, c06 TEXT);
      INSERT INTO machines SELECT ${gaps('i')}, 'm' FROM (${count(200)} SELECT i FROM n);
      INSERT INTO readings SELECT i, ${gaps('i % 200 + 1')}, i FROM (${count(600)} SELECT i FROM n);`)
    const found = (await referencesIn(texts)).filter(each => each.choice !== 'mentioned')
    expect(found.map(each => `${each.column} -> ${each.to}`)).toEqual(['c05 -> machines.id'])
  })

  test('that repeat the key of their own row refer to no other table', async () => {
    const found = await referencesIn(
      filled(`
        CREATE TABLE users(uid TEXT PRIMARY KEY, uid_lower TEXT);
        CREATE TABLE accounts(uid TEXT PRIMARY KEY, data TEXT);
        INSERT INTO users SELECT 'person ' || i, 'person ' || i FROM (${count(60)} SELECT i FROM n);
        INSERT INTO accounts SELECT 'person ' || i, 'd' FROM (${count(60)} SELECT i FROM n);`),
    )
    expect(found.filter(each => each.column === 'uid_lower')).toEqual([])
  })

  test('may do so as well because both count in tens', async () => {
    const found = await referencesIn(machines('i * 10', '(i % 200 + 1) * 10'))
    expect(lines(found, 'accepted')).toEqual([])
  })

  test('say little of a key with gaps where another key, that ends where they end, has all of them', async () => {
    const path = filled(
      `CREATE TABLE machines(id INTEGER PRIMARY KEY, label TEXT);
       CREATE TABLE parts(id INTEGER PRIMARY KEY, label TEXT);
       CREATE TABLE readings(n INTEGER PRIMARY KEY, about INTEGER);
       INSERT INTO machines SELECT ${gaps('i')}, 'm' FROM (${count(200)} SELECT i FROM n);
       INSERT INTO parts SELECT i, 'p' FROM (${count(403)} SELECT i FROM n);
       INSERT INTO readings SELECT i, ${gaps('i % 200 + 1')} FROM (${count(600)} SELECT i FROM n);`,
    )
    expect(lines(await referencesIn(path), 'accepted')).toEqual([])
    expect(lines(await referencesIn(path), 'offered')).toContain('readings.about -> machines.id')
  })

  test('that stand for nothing are counted as such', async () => {
    const found = await referencesIn(
      filled(
        shop.replace('REFERRING', 'customer_id INTEGER'),
        'UPDATE orders SET customer_id = 0 WHERE id % 3 = 0; UPDATE orders SET customer_id = NULL WHERE id % 7 = 0',
      ),
    )
    expect(lines(found, 'accepted')).toEqual(['orders.customer_id -> customers.id'])
    expect(found.find(each => each.column === 'customer_id')).toMatchObject({ orphans: 0, sentinels: 258 })
  })

  test('of a row number are ids of another table only where its name says so', async () => {
    const found = await referencesIn(
      filled(`
        CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE profiles(user_id INTEGER PRIMARY KEY, bio TEXT);
        CREATE TABLE pages(id INTEGER PRIMARY KEY, body TEXT);
        INSERT INTO users SELECT i, 'u' FROM (${count(100)} SELECT i FROM n);
        INSERT INTO profiles SELECT i, 'b' FROM (${count(80)} SELECT i FROM n);
        INSERT INTO pages SELECT i, 'p' FROM (${count(60)} SELECT i FROM n);`),
    )
    expect(lines(found, 'accepted')).toEqual(['profiles.user_id -> users.id'])
    expect(lines(found, 'offered')).toEqual([])
  })

  test('in a column that only newer rows fill are not missed', async () => {
    const found = await referencesIn(
      filled(
        shop.replace('REFERRING', 'customer_id INTEGER'),
        `INSERT INTO orders(id) SELECT i + 1000 FROM (${count(20000)} SELECT i FROM n);
         ALTER TABLE orders ADD COLUMN referred_by_customer_id INTEGER;
         UPDATE orders SET referred_by_customer_id = id % 300 + 1 WHERE id BETWEEN 7000 AND 7040;`,
      ),
    )
    expect(lines(found, 'accepted')).toContain('orders.referred_by_customer_id -> customers.id')
  })
})

describe('a natural key', () => {
  test('is referred to by its name, and by many different words of which each is there', async () => {
    const found = await referencesIn(
      filled(`
        CREATE TABLE countries(code TEXT PRIMARY KEY, name TEXT);
        CREATE TABLE airports(iata TEXT PRIMARY KEY, country_code TEXT, city TEXT);
        CREATE TABLE flights(n INTEGER PRIMARY KEY, origin TEXT, gate TEXT);
        INSERT INTO countries SELECT char(65 + i / 26, 65 + i % 26), 'land ' || i FROM (${count(120)} SELECT i FROM n);
        INSERT INTO airports SELECT char(65 + i / 26, 65 + i % 26, 88), char(65 + (i * 7 % 120 + 1) / 26, 65 + (i * 7 % 120 + 1) % 26), 'city ' || i FROM (${count(100)} SELECT i FROM n);
        INSERT INTO flights SELECT i, char(65 + (i % 100 + 1) / 26, 65 + (i % 100 + 1) % 26, 88), 'G' || i % 40 FROM (${count(700)} SELECT i FROM n);`),
    )
    expect(lines(found, 'accepted').sort()).toEqual([
      'airports.country_code -> countries.code',
      'flights.origin -> airports.iata',
    ])
  })
})

describe('keys of several columns', () => {
  test('are found by the words that their members share', async () => {
    const { composites } = await detectIn(
      filled(`
        CREATE TABLE unit_of_measure(auth TEXT, code TEXT, name TEXT, PRIMARY KEY(auth, code));
        CREATE TABLE axis(id INTEGER PRIMARY KEY, uom_auth TEXT, uom_code TEXT, other_auth TEXT, other_code TEXT);
        INSERT INTO unit_of_measure SELECT 'EPSG', 9000 + i, 'u' FROM (${count(60)} SELECT i FROM n);
        INSERT INTO axis SELECT i, 'EPSG', 9000 + i % 60 + 1, 'ESRI', i FROM (${count(300)} SELECT i FROM n);`),
    )
    expect(composites).toMatchObject([
      {
        table: 'axis',
        columns: ['uom_auth', 'uom_code'],
        parent: 'unit_of_measure',
        parentColumns: ['auth', 'code'],
        matched: 300,
        orphans: 0,
        choice: 'accepted',
        kind: 'inferred',
      },
    ])
  })

  test('are found within the rows of one tenant', async () => {
    const { composites } = await detectIn(
      filled(`
        CREATE TABLE customers(tenant_id INTEGER, id INTEGER, name TEXT, PRIMARY KEY(tenant_id, id));
        CREATE TABLE orders(tenant_id INTEGER, order_no INTEGER, customer_id INTEGER, PRIMARY KEY(tenant_id, order_no));
        INSERT INTO customers SELECT i % 5, i, 'c' FROM (${count(200)} SELECT i FROM n);
        INSERT INTO orders SELECT (i % 200 + 1) % 5, i, i % 200 + 1 FROM (${count(600)} SELECT i FROM n);`),
    )
    expect(composites.filter(each => each.choice === 'accepted')).toMatchObject([
      { columns: ['tenant_id', 'customer_id'], parent: 'customers', parentColumns: ['tenant_id', 'id'] },
    ])
  })
})
