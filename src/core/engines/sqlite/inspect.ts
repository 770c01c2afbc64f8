/** Reads the schema of an open database, through SQLite's own pragmas and the stored texts, and nothing else. */
import { createHash } from 'node:crypto'
import type { Affinity, Column, ForeignKey, Index, Schema, SchemaObject, Table } from '../../schema/model.ts'
import { quoteName, quoteText, sameName } from '../../schema/names.ts'
import { tokenize } from '../../schema/tokens.ts'
import type { Connection } from './open.ts'
import { encodingOf } from './raw-value.ts'

/** Our own tables in a target: maps, the run's record. They are no part of the schema that plans speak of. */
export const OWN_PREFIX = '_ulid_migrate_'

/** The schema of `database` ("main", or the name it was attached under), without our own tables. */
export function inspect(db: Connection, database = 'main'): Schema {
  const objects = readObjects(db, database)
  const kinds = new Map(
    (db.pragma('table_list') as { schema: string; name: string; type: string; wr: bigint; strict: bigint }[])
      .filter(row => row.schema === database)
      .map(row => [row.name, row]),
  )
  const tables = objects
    .filter(object => object.type === 'table')
    .map(object => {
      const row = kinds.get(object.name)
      return readTable(db, database, object, {
        kind: row?.type === 'virtual' ? 'virtual' : row?.type === 'shadow' ? 'shadow' : 'table',
        withoutRowid: row?.wr === 1n,
        strict: row?.strict === 1n,
      })
    })
  return {
    objects,
    tables: resolveImplicitTargets(tables),
    statistics: db
      .prepare(
        `SELECT name FROM ${quoteName(database)}.sqlite_schema WHERE name IN ('sqlite_sequence', 'sqlite_stat1', 'sqlite_stat4') ORDER BY name`,
      )
      .pluck()
      .all() as string[],
    encoding: encodingOf(db),
    pageSize: Number(db.pragma(`${quoteName(database)}.page_size`, { simple: true })),
    fingerprint: fingerprint(objects),
  }
}

/** Equal for two schemas exactly if they hold the same objects with the same text. */
export function fingerprint(objects: readonly SchemaObject[]): string {
  const lines = objects.map(({ type, name, table, sql }) => JSON.stringify([type, name, table, sql])).sort()
  return createHash('sha256').update(lines.join('\n')).digest('hex')
}

function readObjects(db: Connection, database: string): SchemaObject[] {
  // No LIKE: its underscore is a wildcard, and this build's LIKE sees no blobs (HAZARDS B12).
  const rows = db
    .prepare(
      `SELECT type, name, tbl_name AS "table", sql FROM ${quoteName(database)}.sqlite_schema
       WHERE sql IS NOT NULL AND substr(name, 1, 7) <> 'sqlite_' AND substr(tbl_name, 1, ${OWN_PREFIX.length}) <> ${quoteText(OWN_PREFIX)}
         AND substr(name, 1, ${OWN_PREFIX.length}) <> ${quoteText(OWN_PREFIX)}
       ORDER BY rowid`,
    )
    .all() as SchemaObject[]
  return rows.map(row => Object.freeze({ ...row }))
}

interface Nature {
  readonly kind: Table['kind']
  readonly withoutRowid: boolean
  readonly strict: boolean
}

function readTable(db: Connection, database: string, object: SchemaObject, nature: Nature): Table {
  const of = (pragma: string, name: string): unknown[] =>
    db.pragma(`${quoteName(database)}.${pragma}(${quoteText(name)})`) as unknown[]
  const unreadable = nature.kind === 'virtual' && !canRead(db, database, object.name)
  const columns = unreadable
    ? []
    : (of('table_xinfo', object.name) as ColumnRow[]).map(row => toColumn(row, nature.strict))
  const indexes = unreadable
    ? []
    : (of('index_list', object.name) as IndexRow[]).map(row =>
        toIndex(row, object.name, of('index_xinfo', row.name) as IndexColumnRow[], db, database),
      )
  const key = columns
    .filter(column => column.key > 0)
    .sort((a, b) => a.key - b.key)
    .map(column => column.name)
  const rowidAlias = aliasOf(nature, columns, indexes)
  const hidden = new Set(columns.map(column => column.name.toLowerCase()))
  return {
    name: object.name,
    sql: object.sql,
    ...nature,
    autoincrement:
      rowidAlias !== null &&
      tokenize(object.sql).some(token => token.kind === 'word' && sameName(token.text, 'AUTOINCREMENT')),
    rowidAlias,
    rowid: nature.withoutRowid ? null : (['rowid', '_rowid_', 'oid'].find(name => !hidden.has(name)) ?? null),
    columns,
    primaryKey: key,
    foreignKeys: unreadable ? [] : toForeignKeys(of('foreign_key_list', object.name) as ForeignKeyRow[]),
    indexes,
  }
}

/** A virtual table whose module is not loaded can't even be asked for its columns (HAZARDS D3). */
function canRead(db: Connection, database: string, table: string): boolean {
  try {
    db.prepare(`SELECT * FROM ${quoteName(database)}.${quoteName(table)}`)
    return true
  } catch {
    return false
  }
}

/**
 * The column that is the rowid (HAZARDS B1): the only member of the primary key, declared exactly INTEGER, and with no
 * index of its own behind it (`INTEGER PRIMARY KEY DESC` has one).
 */
function aliasOf(nature: Nature, columns: readonly Column[], indexes: readonly Index[]): string | null {
  const members = columns.filter(column => column.key > 0)
  const only = members[0]
  if (nature.withoutRowid || nature.kind !== 'table' || members.length !== 1 || !only) return null
  const indexed = indexes.some(index => index.origin === 'primary-key')
  return sameName(only.type, 'INTEGER') && !indexed ? only.name : null
}

interface ColumnRow {
  readonly name: string
  readonly type: string
  readonly notnull: bigint
  readonly dflt_value: string | null
  readonly pk: bigint
  readonly hidden: bigint
}

function toColumn(row: ColumnRow, strict: boolean): Column {
  return {
    name: row.name,
    type: row.type,
    affinity: strict && sameName(row.type, 'ANY') ? 'blob' : affinityOf(row.type), // ANY keeps what it is given
    notNull: row.notnull === 1n,
    default: row.dflt_value,
    generated: row.hidden === 2n ? 'virtual' : row.hidden === 3n ? 'stored' : 'no',
    key: Number(row.pk),
  }
}

/** The rules of https://sqlite.org/datatype3.html#determination_of_column_affinity, in their order. */
export function affinityOf(type: string): Affinity {
  const name = type.toUpperCase()
  if (name.includes('INT')) return 'integer'
  if (/CHAR|CLOB|TEXT/.test(name)) return 'text'
  if (name === '' || name.includes('BLOB')) return 'blob'
  if (/REAL|FLOA|DOUB/.test(name)) return 'real'
  return 'numeric'
}

interface IndexRow {
  readonly name: string
  readonly unique: bigint
  readonly origin: 'c' | 'u' | 'pk'
  readonly partial: bigint
}

interface IndexColumnRow {
  readonly name: string | null
  readonly coll: string
  readonly key: bigint
}

function toIndex(
  row: IndexRow,
  table: string,
  columns: readonly IndexColumnRow[],
  db: Connection,
  database: string,
): Index {
  const keys = columns.filter(column => column.key === 1n)
  const sql = db
    .prepare(`SELECT sql FROM ${quoteName(database)}.sqlite_schema WHERE type = 'index' AND name = ?`)
    .pluck()
    .get(row.name) as string | null | undefined
  return {
    name: row.name,
    table,
    unique: row.unique === 1n,
    origin: row.origin === 'c' ? 'create' : row.origin === 'u' ? 'unique' : 'primary-key',
    partial: row.partial === 1n,
    columns: keys.map(column => column.name),
    collations: keys.map(column => column.coll),
    sql: sql ?? null,
  }
}

interface ForeignKeyRow {
  readonly id: bigint
  readonly seq: bigint
  readonly table: string
  readonly from: string
  readonly to: string | null
}

function toForeignKeys(rows: readonly ForeignKeyRow[]): ForeignKey[] {
  const ids = [...new Set(rows.map(row => row.id))].sort((a, b) => Number(a - b))
  return ids.map(id => {
    const members = rows.filter(row => row.id === id).sort((a, b) => Number(a.seq - b.seq))
    return {
      from: members.map(row => row.from),
      parent: members[0]?.table ?? '',
      to: members.flatMap(row => (row.to === null ? [] : [row.to])),
      implicit: members.some(row => row.to === null),
    }
  })
}

/** `REFERENCES parent` means the parent's primary key (HAZARDS A9); names are given in the parent's own spelling. */
function resolveImplicitTargets(tables: readonly Table[]): Table[] {
  return tables.map(table => ({
    ...table,
    foreignKeys: table.foreignKeys.map(key => {
      const parent = tables.find(other => sameName(other.name, key.parent))
      if (!parent) return key
      const to = key.implicit
        ? parent.primaryKey
        : key.to.map(name => columnNamed(parent, name)?.name ?? name)
      return {
        ...key,
        parent: parent.name,
        to,
        from: key.from.map(name => columnNamed(table, name)?.name ?? name),
      }
    }),
  }))
}

/** The table of that name, compared as SQLite compares names. */
export function tableNamed(schema: Schema, name: string): Table | undefined {
  return schema.tables.find(table => sameName(table.name, name))
}

export function columnNamed(table: Table, name: string): Column | undefined {
  return table.columns.find(column => sameName(column.name, name))
}

/** The collation under which the column's unique index compares; BINARY where there is none. */
export function keyCollation(table: Table, column: string): string {
  const index = table.indexes.find(
    each =>
      each.unique &&
      !each.partial &&
      each.columns.length === 1 &&
      each.columns[0] != null &&
      sameName(each.columns[0], column),
  )
  return index?.collations[0] ?? 'BINARY'
}

/** Definition of a column `name` that compares as the key does: its affinity and collation decide what refers to what (HAZARDS B11). */
export function comparesLike(table: Table, column: string, name: string): string {
  const affinity = { integer: 'INTEGER', text: 'TEXT', blob: 'BLOB', real: 'REAL', numeric: 'NUMERIC' }
  return `${name} ${affinity[columnNamed(table, column)!.affinity]} COLLATE ${quoteName(keyCollation(table, column))}`
}

/** The rowid under a name that no column hides, ready for SQL; null where a table is paged by its key instead. */
export function positionOf(table: Table): string | null {
  return table.rowidAlias === null ? table.rowid : quoteName(table.rowidAlias)
}
