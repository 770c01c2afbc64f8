/** A recorded run becomes the statements that take it back; rows written since keep what they were given. */

import { remakeVirtualTables } from '../compile/compile.ts'
import { keepStatistics, putBackStatistics } from '../compile/keep-statistics.ts'
import type { MapRecord, Program, Step, TableRecord } from '../compile/program.ts'
import { type ColumnSource, hasQuotedLiterals, rebuild, triggersOf } from '../compile/rebuild.ts'
import { positionOf, tableNamed } from '../engines/sqlite/inspect.ts'
import type { RecordedRun } from '../journal/in-target.ts'
import { precondition } from '../message.ts'
import type { Schema, Table } from '../schema/model.ts'
import { quoteName as q, quoteText, sameName } from '../schema/names.ts'

/** `finish` is run after the proof, which still needs the maps. */
export interface UndoProgram extends Program {
  readonly finish: readonly Step[]
}

/** Throws a refusal (exit 4) naming the object whose text was changed since the run. */
export function compileUndo(run: RecordedRun, schema: Schema, target: string): UndoProgram {
  const { maps, tables: records, objects: added, edited } = run.record
  const tables = records.map(record => unchangedTable(record, schema, target))
  for (const { type, name, after } of edited)
    if (!schema.objects.some(object => object.type === type && object.name === name && object.sql === after))
      throw changed(target, name, `The ${type} was changed or dropped since the run.`, after)
  const setAside = hasQuotedLiterals(schema.tables)
  const triggers = tables.flatMap(table => triggersOf(schema, table))
  const statement = (object: string, sql: string): Step => ({ kind: 'statement', phase: 'undo', object, sql })
  const textOf = (name: string, now: string) => edited.find(each => each.name === name)?.before ?? now
  const steps: Step[] = [
    // Back from ULID to legacy id: the maps were made for the way there.
    ...maps.flatMap(({ map, orphans }) => [
      statement(map, `CREATE INDEX IF NOT EXISTS ${q(`${map}_ulid`)} ON ${q(map)}(ulid, legacy)`),
      statement(map, `CREATE INDEX ${q(`${orphans}_ulid`)} ON ${q(orphans)}(ulid, legacy)`),
    ]),
    ...maps
      .filter(map => map.numeric)
      .flatMap(map => numberNewRows(map, records, schema).map(sql => statement(map.map, sql))),
    ...keepStatistics(schema, tables, 'undo'),
    ...triggers.map(trigger => statement(trigger.name, `DROP TRIGGER ${q(trigger.name)}`)),
    ...tables.flatMap((table, at) => {
      const record = records[at]!
      return rebuild({
        table,
        sql: record.before,
        sources: sourcesOf(record, table),
        without: record.added,
        withoutIndexes: added.map(object => object.name),
        rowid: record.alias ? 'follows-key' : 'keep',
        setAside,
        phase: 'undo',
      })
    }),
    ...putBackStatistics(schema, tables, 'undo'),
    ...schema.objects
      .filter(object => triggers.includes(object))
      .map(trigger => statement(trigger.name, textOf(trigger.name, trigger.sql))),
    ...remakeVirtualTables(
      edited.map(({ type, name, before }) => ({ type, name, after: before })),
      'undo',
    ),
  ]
  // The maps go when the proof has been made with them.
  const finish: Step[] = [
    ...records.flatMap(record => record.kept.map(({ store }) => statement(store, `DROP TABLE ${q(store)}`))),
    ...maps.flatMap(({ map, orphans }) => [
      statement(map, `DROP TABLE ${q(map)}`),
      statement(orphans, `DROP TABLE ${q(orphans)}`),
    ]),
  ]
  const objects = schema.objects
    .filter(object => !added.some(each => each.type === object.type && sameName(each.name, object.name)))
    .map(object => {
      const record = object.type === 'table' ? records.find(each => each.table === object.name) : undefined
      const edit = edited.find(each => each.type === object.type && each.name === object.name)
      return { ...object, sql: record?.before ?? edit?.before ?? object.sql }
    })
  return { steps, finish, objects, record: { maps: [], tables: [], objects: [], edited: [] } }
}

function unchangedTable(record: TableRecord, schema: Schema, target: string): Table {
  const table = tableNamed(schema, record.table)
  if (table?.sql === record.after) return table
  throw changed(
    target,
    record.table,
    table
      ? `The table was changed since the run. Its text is now ${table.sql}`
      : 'The table was dropped or renamed since the run.',
    record.after,
  )
}

function changed(target: string, name: string, why: string, text: string) {
  return precondition(
    'UNDO.SCHEMA_CHANGED',
    `${target} ${name}`,
    'The schema is not what the run left.',
    why,
    `Change it back to: ${text}`,
  )
}

/**
 * Rows that came since get integers as well: the one their legacy column was given, or, where the table has none, the
 * next ones after all that ever were, in the order of their ULIDs.
 */
function numberNewRows(map: MapRecord, records: readonly TableRecord[], schema: Schema): string[] {
  const replaced = records
    .find(record => sameName(record.table, map.table))
    ?.replaced.find(each => each.role === 'identity' && each.map === map.map)
  if (!replaced) return []
  const fresh = `FROM ${q(map.table)} t WHERE t.${q(map.column)} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ${q(map.map)} m WHERE m.ulid = t.${q(map.column)})`
  // Also above every orphan: a new row must not become the parent of one.
  const numbers = `SELECT legacy FROM ${q(map.map)} WHERE typeof(legacy) = 'integer' UNION ALL SELECT legacy FROM ${q(map.orphans)} WHERE typeof(legacy) = 'integer'`
  const kept = replaced.legacy
  const given = kept === null ? '' : ` UNION ALL SELECT ${q(kept)} FROM ${q(map.table)}`
  const used = `(SELECT coalesce(max(legacy), 0) FROM (${numbers}${given}))`
  const sequence = schema.statistics.includes('sqlite_sequence')
    ? `(SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ${quoteText(map.table)})`
    : '0'
  const next = `row_number() OVER (ORDER BY t.${q(map.column)})`
  const half = 2n ** 62n
  const below = `(SELECT coalesce(max(legacy), 0) FROM (${numbers}${given}) WHERE legacy < ${half})`
  // Where the largest numbers of all are taken, the next ones follow the largest that leaves room.
  const number = `CASE WHEN max(${used}, ${sequence}) < ${half} THEN max(${used}, ${sequence}) ELSE ${below} END + ${next}`
  // SQLite may have given a new row the number of a deleted one, or one that an orphan names.
  const own =
    kept === null
      ? number
      : `CASE WHEN t.${q(kept)} IN (SELECT legacy FROM (${numbers})) THEN ${number} ELSE t.${q(kept)} END`
  return [`INSERT INTO ${q(map.map)}(legacy, ulid) SELECT ${own}, t.${q(map.column)} ${fresh}`]
}

function sourcesOf(record: TableRecord, table: Table): ColumnSource[] {
  const replaced = record.replaced.map(({ column, map, orphans, legacy }) => {
    const value = `o.${q(column)}`
    const found = (from: string) => `(SELECT m.legacy FROM ${q(from)} m WHERE m.ulid = ${value})`
    // A ULID that no map knows belongs to a row written since, and stays; one that stood for NULL becomes NULL again.
    const own =
      legacy === null
        ? `CASE WHEN EXISTS (SELECT 1 FROM ${q(map)} m WHERE m.ulid = ${value}) THEN NULL ELSE ${value} END`
        : `o.${q(legacy)}`
    return { column, expression: `coalesce(${found(map)}, ${found(orphans)}, ${own})` }
  })
  const position = positionOf(table)
  const row =
    position === null
      ? table.primaryKey.map((name, at) => `k.k${at} IS o.${q(name)}`).join(' AND ')
      : `k.pos = o.${position}`
  const columns = new Set([...replaced.map(source => source.column), ...record.kept.map(kept => kept.column)])
  return [...columns].map(column => {
    const expression = replaced.find(source => source.column === column)?.expression ?? `o.${q(column)}`
    // A cell that was written since no longer holds the ULID that the run put there, and stays as it is.
    return {
      column,
      expression: record.kept
        .filter(kept => kept.column === column)
        .reduce((otherwise, { store }) => {
          const own = `FROM ${q(store)} k WHERE ${row} AND k.ulid IS o.${q(column)}`
          return `CASE WHEN EXISTS (SELECT 1 ${own}) THEN (SELECT k.value ${own}) ELSE ${otherwise} END`
        }, expression),
    }
  })
}
