/** Writes by programs that know only the legacy columns, to small databases of every shape of key. */
import fc from 'fast-check'

export interface Shape {
  readonly name: string
  readonly sql: string
  readonly parent: string
  readonly key: string
  readonly child: string
  readonly reference: string
  /** The n-th legacy id, as SQL. */
  readonly id: (n: number) => string
}

const audit = (table: string) => `
  CREATE TRIGGER audit_${table} AFTER UPDATE ON ${table} BEGIN INSERT INTO audit VALUES('${table} updated'); END;
  CREATE TRIGGER audit_new_${table} AFTER INSERT ON ${table} BEGIN INSERT INTO audit VALUES('${table} inserted'); END;`

const number = (n: number) => String(100 + n)
const text = (n: number) => `'3f2504e0-4f89-41d3-9a0c-0305e82c330${n}'`

export const shapes: readonly Shape[] = [
  {
    name: 'integer key',
    parent: 'jobs',
    key: 'id',
    child: 'logs',
    reference: 'job_id',
    id: number,
    sql: `CREATE TABLE audit(what TEXT);
      CREATE TABLE jobs(id INTEGER PRIMARY KEY, email TEXT UNIQUE, note TEXT);
      CREATE TABLE logs(n INTEGER PRIMARY KEY, job_id INTEGER REFERENCES jobs(id) ON DELETE CASCADE ON UPDATE CASCADE, note TEXT);
      ${audit('jobs')} ${audit('logs')}`,
  },
  {
    name: 'text key without rowid',
    parent: 'jobs',
    key: 'id',
    child: 'logs',
    reference: 'job_id',
    id: text,
    sql: `CREATE TABLE audit(what TEXT);
      CREATE TABLE jobs(id TEXT PRIMARY KEY, email TEXT UNIQUE, note TEXT) WITHOUT ROWID;
      CREATE TABLE logs(n INTEGER PRIMARY KEY, job_id TEXT REFERENCES jobs(id) ON DELETE SET NULL, note TEXT);
      ${audit('jobs')} ${audit('logs')}`,
  },
  {
    name: 'unique column beside the key, without regard to case',
    parent: 'jobs',
    key: 'job_id',
    child: 'logs',
    reference: 'job_id',
    id: n => (n % 2 === 0 ? text(n >> 1) : `upper(${text(n >> 1)})`),
    sql: `CREATE TABLE audit(what TEXT);
      CREATE TABLE jobs(row INTEGER PRIMARY KEY AUTOINCREMENT, job_id TEXT NOT NULL UNIQUE COLLATE NOCASE, email TEXT, note TEXT);
      CREATE UNIQUE INDEX emails ON jobs(email COLLATE NOCASE);
      CREATE TABLE logs(n INTEGER PRIMARY KEY, job_id TEXT REFERENCES jobs(job_id) ON UPDATE SET NULL, note TEXT);
      CREATE INDEX logs_of_job ON logs(job_id);
      ${audit('jobs')} ${audit('logs')}`,
  },
  {
    name: 'table that refers to itself',
    parent: 'tree',
    key: 'id',
    child: 'tree',
    reference: 'parent',
    id: text,
    sql: `CREATE TABLE audit(what TEXT);
      CREATE TABLE tree(n INTEGER, id TEXT PRIMARY KEY, email TEXT UNIQUE, parent TEXT REFERENCES tree(id), note TEXT);
      ${audit('tree')}`,
  },
]

export interface Write {
  readonly what:
    | 'insert'
    | 'insert many'
    | 'upsert'
    | 'rename'
    | 'email'
    | 'note'
    | 'delete'
    | 'child'
    | 'point'
    | 'delete child'
  readonly or: '' | 'OR REPLACE' | 'OR IGNORE'
  readonly a: number
  readonly b: number
  readonly to: 'row' | 'null' | 'nothing'
}

export const writes: fc.Arbitrary<readonly Write[]> = fc.array(
  fc.record({
    what: fc.constantFrom<Write['what'][]>(
      ...(['insert', 'insert', 'insert many', 'upsert', 'rename', 'email', 'note', 'delete'] as const),
      ...(['child', 'child', 'point', 'delete child'] as const),
    ),
    or: fc.constantFrom<Write['or'][]>('', 'OR REPLACE', 'OR REPLACE', 'OR IGNORE'),
    a: fc.nat({ max: 5 }),
    b: fc.nat({ max: 5 }),
    to: fc.constantFrom<Write['to'][]>('row', 'row', 'row', 'row', 'null', 'nothing'),
  }),
  { minLength: 1, maxLength: 12 },
)

/** The write as SQL for a database of that shape, by a program that has never heard of ULIDs. */
export function sqlOf(shape: Shape, { what, or, a, b, to }: Write): string {
  const { parent, key, child, reference, id } = shape
  const own = parent === child
  const ref = to === 'row' ? id(b) : to === 'null' ? 'NULL' : `''`
  const row = (k: number, email: number) =>
    own ? `(${id(k)}, 'mail${email}', ${ref})` : `(${id(k)}, 'mail${email}')`
  const columns = own ? `(${key}, email, ${reference})` : `(${key}, email)`
  switch (what) {
    case 'insert':
      return `INSERT ${or} INTO ${parent}${columns} VALUES ${row(a, b)}`
    case 'insert many':
      return `INSERT ${or} INTO ${parent}${columns} VALUES ${row(a, a + 10)}, ${row((a + 1) % 6, b)}, ${row((a + 2) % 6, a + 20)}`
    case 'upsert':
      return `INSERT INTO ${parent}${columns} VALUES ${row(a, a + 30)} ON CONFLICT(${key}) DO UPDATE SET note = 'again', email = 'mail' || ${b}`
    case 'rename':
      return `UPDATE ${or} ${parent} SET ${key} = ${id(b)} WHERE ${key} = ${id(a)}`
    case 'email':
      return `UPDATE ${or} ${parent} SET email = 'mail${b}' WHERE ${key} = ${id(a)}`
    case 'note':
      return `UPDATE ${parent} SET note = 'n${b}' WHERE ${key} = ${id(a)}`
    case 'delete':
      return `DELETE FROM ${parent} WHERE ${key} = ${id(a)}`
    case 'child':
      return own
        ? `INSERT ${or} INTO ${child}(${key}, n, ${reference}) VALUES (${id(a)}, ${a}, ${ref})`
        : `INSERT ${or} INTO ${child}(n, ${reference}) VALUES (${a}, ${ref})`
    case 'point':
      return `UPDATE ${child} SET ${reference} = ${ref} WHERE n = ${a}`
    case 'delete child':
      return `DELETE FROM ${child} WHERE n = ${a}`
  }
}
