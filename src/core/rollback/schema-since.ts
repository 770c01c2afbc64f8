/** What became of a run's own objects since: what its undo can keep, and what it has to refuse, with the difference. */
import { textWithColumn } from '../compile/added-column.ts'
import { calledNow, identityNow, type RunRecord, type TableRecord } from '../compile/run-record.ts'
import { tableNamed } from '../engines/sqlite/inspect.ts'
import { precondition } from '../message.ts'
import { type ColumnDefinition, parseCreateTable } from '../schema/create-table.ts'
import type { Schema, Table } from '../schema/model.ts'
import { nameUses } from '../schema/name-uses.ts'
import { quoteName as q, sameName } from '../schema/names.ts'
import { isSignificant, type Token, tokenize } from '../schema/tokens.ts'

/** A table that the run made anew, as it is now, and the text that the undo gives it. */
export interface TableSince {
  readonly record: TableRecord
  readonly table: Table
  readonly sql: string
}

interface Change {
  readonly object: string
  readonly why: string
  readonly next: string
}

/** Every table of the run. Throws a refusal (exit 4) that names all objects that the undo could not carry. */
export function tablesSince(record: RunRecord, schema: Schema, target: string): readonly TableSince[] {
  const tables = record.tables.map(each => tableSince(each, schema))
  const changes = [
    ...tables.flatMap(each => (isCarried(each) ? [] : [each])),
    ...editedSince(record, schema),
    ...readersOfAdded(record, schema),
    // What a renamed table refers to is not new.
    ...(record.tables.every(each => tableNamed(schema, each.table)) ? newReferences(record, schema) : []),
  ]
  const [first] = changes
  if (first)
    throw precondition(
      'UNDO.SCHEMA_CHANGED',
      `${target} ${[...new Set(changes.map(change => change.object))].join(', ')}`,
      'The schema is not what the run left, and the undo can not keep the difference.',
      changes.map(change => change.why).join(' '),
      [...new Set(changes.map(change => change.next))].join(' '),
    )
  return tables.filter(isCarried)
}

function isCarried(either: TableSince | Change): either is TableSince {
  return 'table' in either
}

function tableSince(record: TableRecord, schema: Schema): TableSince | Change {
  const table = tableNamed(schema, record.table)
  if (!table) return gone(record, schema)
  const sql = table.sql === record.after ? record.before : withColumnsSince(record, table)
  if (sql !== null) return { record, table, sql }
  return {
    object: record.table,
    why: `The table ${record.table} was changed since the run: ${tableDifference(record.after, table.sql)}.`,
    next: `Change ${record.table} back to: ${record.after}`,
  }
}

/** Under another name the text goes on as it was; SQLite writes the new name in quotes. */
function gone(record: TableRecord, schema: Schema): Change {
  const body = (sql: string) => sql.slice(parseCreateTable(sql).bodySpan.start)
  const renamed = schema.tables.find(
    table => table.kind === 'table' && body(table.sql) === body(record.after),
  )
  return {
    object: record.table,
    why: renamed
      ? `The table ${record.table} is called ${renamed.name} now.`
      : `The table ${record.table} was dropped or renamed since the run.`,
    next: renamed
      ? `Give it its name back: ALTER TABLE ${q(renamed.name)} RENAME TO ${q(record.table)};`
      : `Make ${record.table} again as it was: ${record.after}`,
  }
}

/**
 * The text of before the run with the columns that ALTER TABLE ADD COLUMN has put behind its own since (HAZARDS U); null
 * where anything else was changed, or a new column speaks of one that the undo takes away.
 */
function withColumnsSince({ before, after, added }: TableRecord, table: Table): string | null {
  const mark = '?'
  const [head, tail] = textWithColumn(after, mark).split(`, ${mark}`) as [string, string]
  if (!table.sql.startsWith(head) || !table.sql.endsWith(tail)) return null
  const between = table.sql.slice(head.length, table.sql.length - tail.length)
  const columns = parseCreateTable(table.sql).columns.length - parseCreateTable(after).columns.length
  if (!between.startsWith(', ') || columns < 1) return null
  if (added.some(name => nameUses(between, name).length > 0)) return null
  return textWithColumn(before, between.slice(2))
}

/** Triggers and full-text tables that the run had edited, and somebody else after it. */
function editedSince({ edited }: RunRecord, schema: Schema): Change[] {
  return edited.flatMap(({ type, name, after }) => {
    const now = schema.objects.find(object => object.type === type && object.name === name)
    if (now?.sql === after) return []
    return [
      {
        object: name,
        why: now
          ? `The ${type} ${name} was changed since the run: ${wordsThatDiffer(after, now.sql)}.`
          : `The ${type} ${name} was dropped since the run.`,
        next: `Make the ${type} ${name} again as it was: ${after}`,
      },
    ]
  })
}

/** Objects made since that read a column which the undo takes away. Where another table has such a column, the proof decides. */
function readersOfAdded({ tables, objects, edited }: RunRecord, schema: Schema): Change[] {
  // What the run itself made, or moved to the column, goes back with it.
  const own = [...objects, ...edited]
  return tables.flatMap(({ table, added }) =>
    added
      .filter(
        column =>
          !schema.tables.some(
            each =>
              !sameName(each.name, table) &&
              !tables.some(record => sameName(record.table, each.name)) &&
              each.columns.some(other => sameName(other.name, column)),
          ),
      )
      .flatMap(column =>
        schema.objects
          .filter(object => object.type !== 'table' && nameUses(object.sql, column).length > 0)
          .filter(object => sameName(object.table, table) || nameUses(object.sql, table).length > 0)
          .filter(object => !own.some(each => each.type === object.type && sameName(each.name, object.name)))
          .map(({ type, name }) => ({
            object: name,
            why: `The ${type} ${name} reads ${table}.${column}, which the undo takes away.`,
            next: `Drop it first, and make it again without that column: DROP ${type.toUpperCase()} ${q(name)};`,
          })),
      ),
  )
}

/** Foreign keys made since to ids that the undo takes away: it would leave their rows without a parent. */
function newReferences(record: RunRecord, schema: Schema): Change[] {
  const { tables, maps } = record
  const replaced = maps.filter(map =>
    tables.some(
      ({ table, replaced }) => sameName(table, map.table) && replaced.some(each => each.map === map.map),
    ),
  )
  return schema.tables.flatMap(({ name, foreignKeys }) =>
    foreignKeys.flatMap(key =>
      key.from.flatMap((from, at) => {
        const to = key.to[at]
        const map = replaced.find(
          each =>
            to !== undefined && sameName(each.table, key.parent) && sameName(identityNow(record, each), to),
        )
        const known = tables.some(
          ({ table, replaced }) =>
            sameName(table, name) &&
            replaced.some(each => sameName(calledNow(each), from) && each.map === map?.map),
        )
        if (!map || known) return []
        return [
          {
            object: name,
            why: `The foreign key ${name}.${from} was made since the run, and holds ULIDs of ${map.table}.${map.column}, which the undo takes away.`,
            next: `Set ${name}.${from} aside and take its key away; after the undo, fill it with the ids of then.`,
          },
        ]
      }),
    ),
  )
}

/** What was added, taken away or said otherwise, column by column; else word by word. */
function tableDifference(after: string, now: string): string {
  const was = parseCreateTable(after).columns
  const is = parseCreateTable(now).columns
  const missing = (from: readonly ColumnDefinition[], columns: readonly ColumnDefinition[]) =>
    from.filter(column => !columns.some(each => sameName(each.name, column.name)))
  const [lost, fresh] = [missing(was, is), missing(is, was)]
  const [old, renamed] = [lost[0], fresh[0]]
  if (old && renamed && lost.length === 1 && fresh.length === 1 && was.indexOf(old) === is.indexOf(renamed))
    return `the column ${old.name} is called ${renamed.name} now`
  const lines = [
    ...fresh.map(({ span }) => `the column "${now.slice(span.start, span.end)}" is new`),
    ...lost.map(({ span }) => `the column "${after.slice(span.start, span.end)}" is gone`),
  ]
  return lines.length > 0 ? lines.join(', ') : wordsThatDiffer(after, now)
}

/** The part in the middle in which two texts differ, told by words. */
function wordsThatDiffer(was: string, is: string): string {
  const tokensOf = (text: string) => tokenize(text).filter(isSignificant)
  const [a, b] = [tokensOf(was), tokensOf(is)]
  const differ = (at: number) => a[at]?.text !== b[at]?.text
  const shorter = Math.min(a.length, b.length)
  let from = 0
  while (from < shorter && !differ(from)) from += 1
  let behind = 0
  while (behind < shorter - from && a.at(-1 - behind)?.text === b.at(-1 - behind)?.text) behind += 1
  const part = (text: string, tokens: readonly Token[]) => {
    const [first, last] = [tokens[from], tokens[tokens.length - 1 - behind]]
    return first && last && first.start < last.end ? shortened(text.slice(first.start, last.end)) : ''
  }
  const [gone, fresh] = [part(was, a), part(is, b)]
  if (gone === '' && fresh === '') return 'it has other white space or comments'
  return gone === ''
    ? `"${fresh}" is new`
    : fresh === ''
      ? `"${gone}" is gone`
      : `"${gone}" is now "${fresh}"`
}

function shortened(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 120)} ... ${text.slice(-60)}`
}
