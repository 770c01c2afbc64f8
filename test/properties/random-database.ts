/**
 * Random databases as SQL: a few tables whose rows are named by text ids of various kinds, references between them in
 * many spellings, and beside them everything that a careless copy would damage. Every table has a column `n` that
 * numbers its rows, so that a test can tell rows apart without the ids.
 */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { quoted } from '../support/database.ts'

export interface RandomDatabase {
  readonly encoding: string
  readonly tables: readonly RandomTable[]
}

export interface RandomTable {
  readonly name: string
  readonly key: KeyForm
  readonly kind: IdKind
  readonly time: TimeForm
  readonly extra: readonly ExtraType[]
  readonly references: readonly Reference[]
  readonly rows: readonly RandomRow[]
  readonly decoration: readonly Decoration[]
}

interface Reference {
  readonly to: number
  readonly form: ReferenceForm
}

interface RandomRow {
  /** Null stands for an id that is NULL, where the key allows it. */
  readonly id: number | null
  readonly time: number
  readonly extra: readonly number[]
  readonly references: readonly ReferenceValue[]
}

type ReferenceValue =
  | { readonly type: 'row'; readonly at: number; readonly loud: boolean }
  | { readonly type: 'orphan'; readonly at: number; readonly loud: boolean }
  | { readonly type: 'null' }
  | { readonly type: 'sentinel'; readonly at: number }

/** Declaration of the key column, by a name that shows in a shrunk counterexample. */
const keyForms = {
  text: 'id TEXT PRIMARY KEY',
  'text not null': 'id TEXT NOT NULL PRIMARY KEY',
  varchar: 'id VARCHAR(36) PRIMARY KEY',
  'nocase text': 'id TEXT COLLATE NOCASE PRIMARY KEY',
  untyped: 'id PRIMARY KEY',
  blob: 'id BLOB PRIMARY KEY',
  uuid: 'id UUID PRIMARY KEY',
  'unique beside a rowid': 'number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE',
  'unique beside an autoincrement': 'number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE',
  'unique index': 'id TEXT',
  'without rowid': 'id TEXT PRIMARY KEY',
  strict: 'id TEXT PRIMARY KEY',
  'rowid is hidden': 'rowid TEXT, _rowid_ TEXT, id TEXT PRIMARY KEY',
} as const
type KeyForm = keyof typeof keyForms

const idKinds = [
  'uuid4',
  'uuid7',
  'upper uuid',
  'hex32',
  'objectid',
  'name-timestamp',
  'prefixed',
  'uuid blob',
  'some ulids',
  'odd bytes',
] as const
type IdKind = (typeof idKinds)[number]

const timeForms = ['none', 'iso', 'sql', 'seconds', 'milliseconds', 'julian', 'holes'] as const
type TimeForm = (typeof timeForms)[number]

const extraTypes = ['', 'TEXT', 'INTEGER', 'REAL', 'NUMERIC', 'BLOB', 'TEXT COLLATE NOCASE'] as const
type ExtraType = (typeof extraTypes)[number]

const referenceForms = [
  'declared',
  'declared, untyped',
  'declared, cascading',
  'implicit',
  'blob',
  'by name only',
  'unique',
  'composite',
] as const
type ReferenceForm = (typeof referenceForms)[number]

const decorations = [
  'index',
  'index on an expression',
  'partial index',
  'insert trigger',
  'update trigger',
  'delete trigger',
  'view',
  'virtual column of the id',
  'stored column of the id',
  'statistics',
] as const
type Decoration = (typeof decorations)[number]

/** Values that lose something in a JavaScript string or number. */
const oddValues = [
  'NULL',
  '9007199254740993',
  '-9223372036854775808',
  '9223372036854775807',
  '0.1',
  '-1e300',
  '9e999',
  "'01'",
  "' 1'",
  "''",
  "x''",
  "x'00ff00'",
  "'it''s'",
  "CAST(x'ff41fe' AS TEXT)",
  "CAST(x'410042' AS TEXT)",
  "'2026-02-11'",
  "'größe 🙂'",
  '1',
  '1.0',
] as const

const sentinels = ["''", "'0'", '0', '-1', "'00000000-0000-0000-0000-000000000000'"] as const

const names = ['things', 'it em', 'Order', 'größen', 'boxes', 'a"b'] as const

const nat = (max: number) => fc.nat({ max })

function tableAt(at: number): fc.Arbitrary<RandomTable> {
  return fc
    .record({
      key: fc.constantFrom(...(Object.keys(keyForms) as KeyForm[])),
      kind: fc.constantFrom(...idKinds),
      time: fc.constantFrom(...timeForms),
      extra: fc.array(fc.constantFrom(...extraTypes), { maxLength: 3 }),
      references: fc.array(fc.record({ to: nat(at), form: fc.constantFrom(...referenceForms) }), {
        maxLength: 2,
      }),
      decoration: fc.uniqueArray(fc.constantFrom(...decorations), { maxLength: 4 }),
    })
    .chain(shape =>
      fc
        .array(
          fc.record({
            id: fc.oneof({ weight: 12, arbitrary: nat(10_000) }, { weight: 1, arbitrary: fc.constant(null) }),
            time: nat(100_000),
            extra: fc.tuple(...shape.extra.map(() => nat(oddValues.length - 1))),
            references: fc.tuple(...shape.references.map(() => referenceValue)),
          }),
          { minLength: at === 0 ? 2 : 0, maxLength: 7 },
        )
        .map(rows => ({ ...shape, name: names[at]!, rows: withoutTwins(rows) })),
    )
}

const referenceValue: fc.Arbitrary<ReferenceValue> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('row' as const), at: nat(6), loud: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('orphan' as const), at: nat(2), loud: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.constant({ type: 'null' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('sentinel' as const), at: nat(sentinels.length - 1) }),
  },
)

/** No two rows of one id, and at most one without: a key would refuse them. */
function withoutTwins(rows: readonly RandomRow[]): readonly RandomRow[] {
  return rows.filter((row, at) => rows.findIndex(other => other.id === row.id) === at)
}

export const randomDatabase: fc.Arbitrary<RandomDatabase> = nat(3).chain(last =>
  fc.record({
    encoding: fc.constantFrom('UTF-8', 'UTF-8', 'UTF-8', 'UTF-16le'),
    tables: fc.tuple(...Array.from({ length: last + 1 }, (_, at) => tableAt(at))),
  }),
)

/** The statements that make it. */
export function sqlOf({ encoding, tables }: RandomDatabase): readonly string[] {
  return [
    `PRAGMA encoding = '${encoding}'`,
    'CREATE TABLE log(what TEXT, n INTEGER)',
    ...tables.map(table => createTable(table, tables)),
    ...tables.flatMap(table => table.rows.flatMap((_, at) => insertRow(table, at, tables))),
    ...tables.flatMap(decorate),
  ]
}

/** Name of the column that holds the table's reference `at`. */
export function referenceColumn(table: RandomTable, at: number, tables: readonly RandomTable[]): string {
  const { to, form } = table.references[at]!
  const first = table.references.findIndex(each => each.to === to && each.form === form)
  return form === 'by name only' && first === at ? `${singular(tables[to]!.name)}_id` : `ref_${at}`
}

function singular(name: string): string {
  return { things: 'thing', boxes: 'box' }[name] ?? name.toLowerCase()
}

function createTable(table: RandomTable, tables: readonly RandomTable[]): string {
  const composite = table.references.findIndex(({ form }) => form === 'composite')
  const strict = table.key === 'strict'
  const columns = [
    // A table with a composite key has no id of its own.
    ...(composite >= 0 ? [] : [keyForms[table.key]]),
    'n INTEGER NOT NULL',
    ...table.references.map((_, at) => referenceDefinition(table, at, tables)),
    ...(table.time === 'none' ? [] : [`created_at ${strict ? 'ANY' : ''}`.trim()]),
    ...table.extra.map((type, at) => `extra_${at} ${strict ? 'ANY' : type}`.trim()),
    ...(has(table, 'virtual column of the id') && composite < 0
      ? [`lengths ${strict ? 'INT' : ''} AS (length(id)) VIRTUAL`]
      : []),
    ...(has(table, 'stored column of the id') && composite < 0
      ? [`copies ${strict ? 'ANY' : ''} AS (id || '!') STORED`]
      : []),
    ...(composite >= 0 ? [`PRIMARY KEY(${quoted(referenceColumn(table, composite, tables))}, n)`] : []),
  ]
  const options =
    composite >= 0 ? '' : table.key === 'without rowid' ? ' WITHOUT ROWID' : strict ? ' STRICT' : ''
  const index =
    table.key === 'unique index' && composite < 0
      ? `; CREATE UNIQUE INDEX ${quoted(`key of ${table.name}`)} ON ${quoted(table.name)}(id)`
      : ''
  return `CREATE TABLE ${quoted(table.name)}(${columns.join(', ')})${options}${index}`
}

function isComposite(table: RandomTable): boolean {
  return table.references.some(({ form }) => form === 'composite')
}

/** Whether the table's rows are named by its column `id`. */
export function hasId(table: RandomTable): boolean {
  return !isComposite(table)
}

function has(table: RandomTable, decoration: Decoration): boolean {
  return table.decoration.includes(decoration)
}

function referenceDefinition(table: RandomTable, at: number, tables: readonly RandomTable[]): string {
  const { to, form } = table.references[at]!
  const column = quoted(referenceColumn(table, at, tables))
  const parent = tables[to]!
  const strict = table.key === 'strict' && !isComposite(table)
  // A key into a table that has no id of its own would be a mistake, which is another test's matter.
  const target = hasId(parent) ? ` REFERENCES ${quoted(parent.name)}` : ''
  const declared = target === '' ? '' : `${target}(id)`
  const text = strict ? 'ANY' : 'TEXT'
  const none = strict ? 'ANY' : ''
  switch (form) {
    case 'declared':
      return `${column} ${text}${declared}`
    case 'declared, untyped':
      return `${column} ${none}${declared}`
    case 'declared, cascading':
      return `${column} ${text}${declared}${declared && ' ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED'}`
    case 'implicit':
      return parent.key.startsWith('unique') ? `${column} ${text}${declared}` : `${column} ${text}${target}`
    case 'blob':
      return `${column} ${strict ? 'ANY' : 'BLOB'}${declared}`
    case 'unique':
      return `${column} ${text} UNIQUE${declared}`
    case 'composite':
    case 'by name only':
      return `${column} ${text}`
  }
}

function insertRow(table: RandomTable, at: number, tables: readonly RandomTable[]): string[] {
  const row = table.rows[at]!
  const id = idLiteral(table, row.id)
  const entries: [string, string][] = [
    ...(hasId(table) ? [['id', id] as [string, string]] : []),
    ['n', String(at)],
    ...row.references.map((value, which): [string, string] => [
      referenceColumn(table, which, tables),
      referenceLiteral(value, tables[table.references[which]!.to]!, table.references[which]!.form),
    ]),
    ...(table.time === 'none' ? [] : [['created_at', timeLiteral(table.time, row.time)] as [string, string]]),
    ...row.extra.map((value, which): [string, string] => [`extra_${which}`, oddValues[value]!]),
  ]
  const columns = entries.map(([name]) => quoted(name)).join(', ')
  // Keys and uniqueness may refuse a row; the database is then one without it.
  return [
    `INSERT OR IGNORE INTO ${quoted(table.name)}(${columns}) VALUES(${entries.map(([, value]) => value).join(', ')})`,
  ]
}

function referenceLiteral(value: ReferenceValue, parent: RandomTable, form: ReferenceForm): string {
  // Two spellings of one id can't both become one ULID under a unique index: that is refused, and another test's matter.
  const loud = 'loud' in value && value.loud && form !== 'unique'
  switch (value.type) {
    case 'null':
      return 'NULL'
    case 'sentinel':
      return sentinels[value.at]!
    case 'orphan':
      return spelled(idLiteral(parent, 20_000 + value.at), parent, loud)
    case 'row': {
      const row = parent.rows[value.at % Math.max(1, parent.rows.length)]
      return row ? spelled(idLiteral(parent, row.id), parent, loud) : 'NULL'
    }
  }
}

/** A parent that compares without case is referred to in capitals as well. */
function spelled(literal: string, parent: RandomTable, loud: boolean): string {
  return loud && parent.key === 'nocase text' && literal.startsWith("'") ? literal.toUpperCase() : literal
}

const firstDay = Date.UTC(2024, 0, 1)

/** The id number `n` of a table, as an SQL literal. */
function idLiteral(table: RandomTable, n: number | null): string {
  const nullable = !['text not null', 'without rowid', 'strict', 'unique beside a rowid'].includes(table.key)
  if (n === null && nullable) return 'NULL'
  const number = n ?? 10_001
  const hex = createHash('sha256').update(`${table.name} ${number}`).digest('hex')
  const time = firstDay + number * 7919
  const stamp = new Date(time).toISOString().replaceAll(/[-:]/g, '')
  const uuid = (version: string, digits: string) =>
    `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${version}${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20, 32)}`
  switch (table.kind) {
    case 'uuid4':
      return `'${uuid('4', hex)}'`
    case 'upper uuid':
      return `'{${uuid('4', hex).toUpperCase()}}'`
    case 'uuid7':
      return `'${uuid('7', time.toString(16).padStart(12, '0') + hex.slice(12))}'`
    case 'hex32':
      return `'${uuid('4', hex).replaceAll('-', '')}'`
    case 'objectid':
      return `'${Math.floor(time / 1000).toString(16)}${hex.slice(0, 16)}'`
    case 'name-timestamp':
      return `'project-${stamp.slice(0, 8)}-${stamp.slice(9, 15)}${number % 3 === 0 ? '-b' : ''}'`
    case 'prefixed':
      return `'cus_${hex.slice(0, 20)}'`
    case 'uuid blob':
      return table.key === 'strict' ? `'${uuid('4', hex)}'` : `x'${uuid('4', hex).replaceAll('-', '')}'`
    case 'some ulids':
      return number % 2 === 0 ? `'01HK153X00${hex.slice(0, 16).toUpperCase()}'` : `'${uuid('4', hex)}'`
    case 'odd bytes':
      return number % 4 === 0 ? `CAST(x'ff${hex.slice(0, 30)}' AS TEXT)` : `'${uuid('4', hex)}'`
  }
}

function timeLiteral(form: TimeForm, n: number): string {
  // Two rows in three share their second with others, so that order within a millisecond matters.
  const time = firstDay + Math.floor(n / 3) * 500
  const iso = new Date(time).toISOString()
  switch (form) {
    case 'iso':
      return `'${iso}'`
    case 'sql':
      return `'${iso.slice(0, 19).replace('T', ' ')}'`
    case 'seconds':
      return String(Math.floor(time / 1000))
    case 'milliseconds':
      return String(time)
    case 'julian':
      return String(time / 86_400_000 + 2_440_587.5)
    default:
      return n % 4 === 0 ? 'NULL' : n % 7 === 0 ? "'0001-01-01T00:00:00Z'" : `'${iso}'`
  }
}

function decorate(table: RandomTable): string[] {
  const name = quoted(table.name)
  const id = hasId(table) ? 'id' : 'n'
  const named = (what: string) => quoted(`${what} of ${table.name}`)
  return table.decoration.flatMap(decoration => {
    switch (decoration) {
      case 'index':
        return [`CREATE INDEX ${named('index')} ON ${name}(n DESC, ${id})`]
      case 'index on an expression':
        return [`CREATE INDEX ${named('expression')} ON ${name}(lower(${id}) COLLATE NOCASE)`]
      case 'partial index':
        return [`CREATE INDEX ${named('partial')} ON ${name}(${id}) WHERE n > 2`]
      case 'insert trigger':
        return [
          `CREATE TRIGGER ${named('inserted')} AFTER INSERT ON ${name} BEGIN INSERT INTO log VALUES('insert', new.n); END`,
        ]
      case 'update trigger':
        return [
          `CREATE TRIGGER ${named('updated')} AFTER UPDATE ON ${name} BEGIN INSERT INTO log VALUES('update', new.n); END`,
        ]
      case 'delete trigger':
        return [
          `CREATE TRIGGER ${named('deleted')} BEFORE DELETE ON ${name} BEGIN INSERT INTO log VALUES('delete', old.n); END`,
        ]
      case 'view':
        return [`CREATE VIEW ${named('view')} AS SELECT t.*, length(t.${id}) AS chars FROM ${name} t`]
      case 'statistics':
        return [`ANALYZE ${name}`]
      default:
        return []
    }
  })
}
