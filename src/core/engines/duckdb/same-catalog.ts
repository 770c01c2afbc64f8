/** Compares what two databases are made of, so that a proof can say what else than the planned has changed. */
import { OWN_PREFIX } from '../sqlite/inspect.ts'
import type { Catalog, DuckColumn, DuckIndex, DuckObject, DuckTable } from './catalog.ts'

/** Everything that differs, one line each; of `_ulid_migrate_` tables, indexes and other objects nothing is said. */
export function differences(before: Catalog, after: Catalog): readonly string[] {
  const version = changed('storage version', before.storageVersion, after.storageVersion)
  return [
    ...version,
    ...compare(theirs(before.tables), theirs(after.tables), each => `table ${named(each)}`, tableDifferences),
    ...compare(
      theirs(before.objects),
      theirs(after.objects),
      each => (each.kind === 'schema' ? `schema ${each.name}` : `${each.kind} ${named(each)}`),
      objectDifferences,
    ),
  ]
}

function theirs<Thing extends { readonly name: string }>(things: readonly Thing[]): readonly Thing[] {
  return things.filter(each => !each.name.startsWith(OWN_PREFIX))
}

function named({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return schema === 'main' ? name : `${schema}.${name}`
}

/** Pairs things by what they are called; says which are gone and new, and lets `inside` say what differs in a pair. */
function compare<Thing>(
  before: readonly Thing[],
  after: readonly Thing[],
  called: (thing: Thing) => string,
  inside: (before: Thing, after: Thing, name: string) => readonly string[],
): readonly string[] {
  const now = new Map(after.map(each => [called(each), each]))
  const was = new Set(before.map(called))
  return [
    ...before.flatMap(each => {
      const name = called(each)
      const other = now.get(name)
      return other === undefined ? [`${name}: gone`] : inside(each, other, name)
    }),
    ...after.map(called).flatMap(name => (was.has(name) ? [] : [`${name}: new`])),
  ]
}

function tableDifferences(before: DuckTable, after: DuckTable, name: string): readonly string[] {
  const columns = compare(
    before.columns,
    after.columns,
    column => `${name}, column ${column.name}`,
    columnDifferences,
  )
  const order = columns.some(each => /: (gone|new)$/.test(each))
    ? []
    : changed(`${name}, order of columns`, columnNames(before), columnNames(after))
  const found = [
    ...columns,
    ...order,
    ...changed(`${name}, primary key`, before.primaryKey, after.primaryKey),
    ...changed(`${name}, unique`, sorted(before.uniques), sorted(after.uniques)),
    ...changed(`${name}, checks`, sorted(before.checks), sorted(after.checks)),
    ...changed(`${name}, foreign keys`, sorted(before.foreignKeys), sorted(after.foreignKeys)),
  ]
  return [
    // Where the parts can't tell, as of a generated column's expression, the text does.
    ...(found.length > 0 ? found : textDifference(before, after, name)),
    ...changed(`${name}, comment`, before.comment, after.comment),
    ...compare(
      theirs(before.indexes),
      theirs(after.indexes),
      index => `${name}, index ${index.name}`,
      indexDifferences,
    ),
  ]
}

function textDifference(before: DuckTable, after: DuckTable, name: string): readonly string[] {
  return spelled(before.sql) === spelled(after.sql) ? [] : changed(`${name}, text`, before.sql, after.sql)
}

/** Without quotes that a name does not need: DuckDB itself writes them in one place and not in the other. */
function spelled(sql: string): string {
  return sql.replaceAll(/"([A-Za-z_][A-Za-z0-9_]*)"/g, '$1')
}

function columnNames(table: DuckTable): readonly string[] {
  return table.columns.map(column => column.name)
}

function columnDifferences(before: DuckColumn, after: DuckColumn, name: string): readonly string[] {
  return [
    ...changed(`${name}, type`, before.fullType, after.fullType),
    ...changed(`${name}, not null`, before.notNull, after.notNull),
    ...changed(`${name}, default`, before.default, after.default),
    ...changed(`${name}, generated`, before.generated, after.generated),
    ...changed(`${name}, collation`, before.collation, after.collation),
    ...changed(`${name}, comment`, before.comment, after.comment),
  ]
}

function indexDifferences(before: DuckIndex, after: DuckIndex, name: string): readonly string[] {
  return [
    ...changed(name, before.sql, after.sql),
    ...changed(`${name}, comment`, before.comment, after.comment),
  ]
}

function objectDifferences(before: DuckObject, after: DuckObject, name: string): readonly string[] {
  return [
    ...changed(name, before.sql, after.sql),
    ...changed(`${name}, comment`, before.comment, after.comment),
    ...changed(`${name}, comments of columns`, before.columnComments, after.columnComments),
  ]
}

function sorted(values: readonly unknown[]): readonly string[] {
  return values.map(shown).sort()
}

function changed(what: string, before: unknown, after: unknown): readonly string[] {
  const [was, is] = [shown(before), shown(after)]
  return was === is ? [] : [`${what}: ${was} -> ${is}`]
}

function shown(value: unknown): string {
  if (value === null) return 'none'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
