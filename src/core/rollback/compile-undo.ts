/** A recorded run becomes the statements that take it back; rows written since keep what they were given. */
import { tableNamed } from '../engines/sqlite/inspect.ts'
import { keepStatistics, putBackStatistics } from '../engines/sqlite/keep-statistics.ts'
import type { Program, Step, TableRecord } from '../engines/sqlite/program.ts'
import { type ColumnSource, positionOf, rebuild, triggersOf } from '../engines/sqlite/rebuild.ts'
import type { RecordedRun } from '../journal/in-target.ts'
import { precondition } from '../message.ts'
import type { Schema } from '../schema/model.ts'
import { quoteName as q, sameName } from '../schema/names.ts'

/** Throws a refusal (exit 4) naming the table whose text was changed since the run. */
export function compileUndo(run: RecordedRun, schema: Schema, target: string): Program {
  const records = run.record.tables
  const tables = records.map(record => {
    const table = tableNamed(schema, record.table)
    if (table?.sql === record.after) return table
    throw precondition(
      'UNDO.SCHEMA_CHANGED',
      `${target} ${record.table}`,
      table ? 'The table was changed since the run.' : 'The table is gone.',
      table ? `Its text is now ${table.sql}` : 'It was dropped or renamed.',
      `Change it back to: ${record.after}`,
    )
  })
  const triggers = tables.flatMap(table => triggersOf(schema, table))
  const statement = (object: string, sql: string): Step => ({ kind: 'statement', phase: 'undo', object, sql })
  const steps: Step[] = [
    // Back from ULID to legacy id: the maps were made for the way there.
    ...run.record.maps.map(map => statement(map.map, `CREATE INDEX ${q(`${map.map}_ulid`)} ON ${q(map.map)}(ulid, legacy)`)),
    ...run.record.maps.map(map => statement(map.map, `CREATE INDEX ${q(`${map.orphans}_ulid`)} ON ${q(map.orphans)}(ulid, legacy)`)),
    ...keepStatistics(schema, tables, 'undo'),
    ...triggers.map(trigger => statement(trigger.name, `DROP TRIGGER ${q(trigger.name)}`)),
    ...tables.flatMap((table, at) =>
      rebuild({
        table,
        sql: records[at]!.before,
        sources: sourcesOf(records[at]!, positionOf(table)),
        without: records[at]!.added,
        withoutIndexes: run.record.objects.map(object => object.name),
        phase: 'undo',
      }),
    ),
    ...putBackStatistics(schema, tables, 'undo'),
    ...schema.objects.filter(object => triggers.includes(object)).map(trigger => statement(trigger.name, trigger.sql)),
    ...records.flatMap(record => record.kept.map(({ store }) => statement(store, `DROP TABLE ${q(store)}`))),
    ...run.record.maps.flatMap(map => [statement(map.map, `DROP TABLE ${q(map.map)}`), statement(map.orphans, `DROP TABLE ${q(map.orphans)}`)]),
  ]
  const objects = schema.objects
    .filter(object => !run.record.objects.some(added => added.type === object.type && sameName(added.name, object.name)))
    .map(object => {
      const record = object.type === 'table' ? records.find(each => each.table === object.name) : undefined
      return record ? { ...object, sql: record.before } : object
    })
  return { steps, objects, record: { maps: [], tables: [], objects: [] } }
}

function sourcesOf(record: TableRecord, position: string | null): ColumnSource[] {
  const replaced = record.replaced.map(({ column, map, orphans }) => {
    const value = `o.${q(column)}`
    const found = (from: string) => `(SELECT m.legacy FROM ${q(from)} m WHERE m.ulid = ${value})`
    // A ULID that no map knows belongs to a row written since: it stays.
    return { column, expression: `coalesce(${found(map)}, ${found(orphans)}, ${value})` }
  })
  const columns = new Set([...replaced.map(source => source.column), ...record.kept.map(kept => kept.column)])
  return [...columns].map(column => {
    const expression = replaced.find(source => source.column === column)?.expression ?? `o.${q(column)}`
    // A cell that was written since no longer holds the ULID that the run put there, and stays as it is.
    return {
      column,
      expression: record.kept
        .filter(kept => kept.column === column)
        .reduce((otherwise, { store }) => {
          const own = `FROM ${q(store)} k WHERE k.pos = o.${position} AND k.ulid IS o.${q(column)}`
          return `CASE WHEN EXISTS (SELECT 1 ${own}) THEN (SELECT k.value ${own}) ELSE ${otherwise} END`
        }, expression),
    }
  })
}
