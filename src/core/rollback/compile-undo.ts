/** A recorded run becomes the statements that take it back; rows written since keep what they were given. */

import { isRow, rowName } from '../compile/column-changes.ts'
import { indexesText, refillFullText } from '../compile/full-text.ts'
import { storedOr } from '../compile/inside.ts'
import { keepStatistics, putBackStatistics } from '../compile/keep-statistics.ts'
import { type Program, type Step, statement as statementOf } from '../compile/program.ts'
import {
  type ColumnSource,
  hasQuotedLiterals,
  rebuild,
  remadeTriggers,
  remakeViews,
  remakeVirtualTables,
} from '../compile/rebuild.ts'
import { calledNow, type MapRecord, type TableRecord } from '../compile/run-record.ts'
import { OWN_PREFIX, positionOf } from '../engines/sqlite/inspect.ts'
import { isSentinel } from '../engines/sqlite/sentinels.ts'
import type { RecordedRun } from '../journal/in-target.ts'
import type { Schema, Table } from '../schema/model.ts'
import { nameUses } from '../schema/name-uses.ts'
import { quoteName as q, quoteText, sameName } from '../schema/names.ts'
import { type InsideBack, insideBack } from './inside-back.ts'
import { type TableSince, tablesSince } from './schema-since.ts'

/** `finish` is run after the proof, which still needs the maps. */
export interface UndoProgram extends Program {
  readonly finish: readonly Step[]
}

/** Throws a refusal (exit 4) naming the objects that were changed since the run in a way that can't be kept. */
export function compileUndo(run: RecordedRun, schema: Schema, target: string): UndoProgram {
  const { maps, objects: added, edited, removed } = run.record
  const since = tablesSince(run.record, schema, target)
  const tables = since.map(each => each.table)
  const setAside = hasQuotedLiterals(schema.tables)
  const views = edited.filter(({ type }) => type === 'view')
  const triggers = remadeTriggers(schema, tables, edited)
  const isAdded = (object: { readonly type: string; readonly name: string }) =>
    added.some(each => each.type === object.type && sameName(each.name, object.name))
  const textOf = (name: string, now: string) => edited.find(each => each.name === name)?.before ?? now
  const searches = moving(since, edited, schema)
  const inside = run.record.inside.flatMap((each, at) => insideBack(each, since, at))
  const steps: Step[] = [
    // Back from ULID to legacy id: the maps were made for the way there.
    ...maps.flatMap(({ map, orphans }) => [
      statement(map, `CREATE INDEX IF NOT EXISTS ${q(`${map}_ulid`)} ON ${q(map)}(ulid, legacy)`),
      statement(map, `CREATE INDEX ${q(`${orphans}_ulid`)} ON ${q(orphans)}(ulid, legacy)`),
    ]),
    ...maps.filter(map => map.numeric).flatMap(map => numberNewRows(map, since, schema)),
    ...inside.flatMap(each => each.make),
    ...searches.notice,
    ...keepStatistics(schema, tables, 'undo'),
    ...triggers.map(trigger => statement(trigger.name, `DROP TRIGGER ${q(trigger.name)}`)),
    ...since.flatMap(({ record, table, sql }) =>
      rebuild({
        table,
        sql,
        sources: sourcesOf(record, table, inside),
        without: [...record.added, ...namesGone(record)],
        withoutIndexes: added.map(object => object.name),
        indexTexts: new Map(
          edited.filter(({ type }) => type === 'index').map(({ name, before }) => [name, before]),
        ),
        rowid: record.alias ? 'follows-key' : 'keep',
        setAside,
        phase: 'undo',
      }),
    ),
    ...putBackStatistics(schema, tables, 'undo'),
    ...remakeViews(
      views.map(({ name, before }) => ({ name, after: before })),
      'undo',
    ),
    ...maps.filter(map => map.numeric).flatMap(map => goOnAfter(map, since)),
    ...schema.objects
      .filter(object => triggers.includes(object) && !isAdded(object))
      .map(trigger => statement(trigger.name, textOf(trigger.name, trigger.sql))),
    ...removed.map(object => statement(object.name, object.sql)),
    ...refillWaiting(run),
    ...remakeVirtualTables(
      edited.map(({ type, name, before }) => ({ type, name, after: before })),
      'undo',
    ),
    ...searches.rebuild,
    ...refillFullText(schema, run.record.inside, 'undo'),
    ...inside.flatMap(each => each.drop),
  ]
  // The maps go when the proof has been made with them.
  const finish: Step[] = [
    ...since.flatMap(({ record }) =>
      record.kept.map(({ store }) => statement(store, `DROP TABLE ${q(store)}`)),
    ),
    ...maps.flatMap(({ map, orphans, live, followed }) => [
      ...[
        map,
        orphans,
        ...(followed === null ? [] : [followed]),
        ...(live ? [live.waiting, live.held] : []),
      ].map(table => statement(table, `DROP TABLE ${q(table)}`)),
      ...(live ? [statement(live.fresh, `DROP VIEW ${q(live.fresh)}`)] : []),
    ]),
  ]
  const objects = [...schema.objects.filter(object => !isAdded(object)), ...removed].map(object => {
    const table = object.type === 'table' ? since.find(each => each.record.table === object.name) : undefined
    const edit = edited.find(each => each.type === object.type && each.name === object.name)
    return { ...object, sql: table?.sql ?? edit?.before ?? object.sql }
  })
  return {
    steps,
    finish,
    objects,
    record: { maps: [], tables: [], inside: [], objects: [], removed: [], edited: [] },
  }
}

/** Names that a contract gave to its columns, where the table had no column of that name before. */
function namesGone({ replaced, merged }: TableRecord): readonly string[] {
  return replaced.flatMap(({ named }) =>
    named === undefined || merged.some(each => sameName(each.column, named)) ? [] : [named],
  )
}

/** The triggers of the expansion, which are back, go on from what the columns say now. */
function refillWaiting({ plan }: RecordedRun): readonly Step[] {
  return plan.identities.flatMap(({ table, column, contracted, references }) => {
    const live = contracted?.live
    if (!live) return []
    const run = (sql: string) => statement(live.waiting, sql)
    return [
      run(`DELETE FROM ${q(live.held)}`),
      run(`DELETE FROM ${q(live.waiting)}`),
      ...references.map(child => {
        const [legacy, ulid] = [`c.${q(child.column)}`, `c.${q(child.contracted!.ulid)}`]
        return run(
          `INSERT INTO ${q(live.waiting)} SELECT ${legacy}, ${ulid} FROM ${q(child.table)} c WHERE ${legacy} IS NOT NULL AND ${ulid} IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM ${q(table)} p WHERE p.${q(column)} = +${legacy}) ON CONFLICT DO NOTHING`,
        )
      }),
    ]
  })
}

function statement(object: string, sql: string, when?: string): Step {
  return statementOf('undo', object, sql, when)
}

/**
 * Rows that came since get integers as well: the one their legacy column was given, or, where the table has none, their
 * row number if that is above all that ever were; else the next ones after those, in the order of their ULIDs.
 */
function numberNewRows(map: MapRecord, since: readonly TableSince[], schema: Schema): Step[] {
  const own = since.find(({ record }) => sameName(record.table, map.table))
  const replaced = own?.record.replaced.find(each => each.role === 'identity' && each.map === map.map)
  if (!own || !replaced) return []
  const key = `t.${q(calledNow(replaced))}`
  const fresh = `FROM ${q(map.table)} t WHERE ${key} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ${q(map.map)} m WHERE m.ulid = ${key})`
  // Also above every orphan: a new row must not become the parent of one.
  const numbers = `SELECT legacy FROM ${q(map.map)} WHERE typeof(legacy) = 'integer' UNION ALL SELECT legacy FROM ${q(map.orphans)} WHERE typeof(legacy) = 'integer'`
  const row = own.record.alias && replaced.legacy === null ? own.table.rowid : null
  const held = replaced.legacy === null ? row : q(replaced.legacy)
  const given = held === null ? '' : ` UNION ALL SELECT ${held} FROM ${q(map.table)}`
  const sequence = schema.statistics.includes('sqlite_sequence')
    ? `(SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ${quoteText(map.table)})`
    : '0'
  const largest = (values: string) => `max((SELECT coalesce(max(legacy), 0) FROM (${values})), ${sequence})`
  const next = `row_number() OVER (ORDER BY ${key})`
  const half = 2n ** 62n
  const below = `(SELECT coalesce(max(legacy), 0) FROM (${numbers}${replaced.legacy === null ? '' : given}) WHERE legacy < ${half})`
  // Where the largest numbers of all are taken, the next ones follow the largest that leaves room.
  const used = largest(`${numbers}${given}`)
  const number = `CASE WHEN ${used} < ${half} THEN ${used} ELSE ${below} END + ${next}`
  // SQLite may have given a new row the number of a deleted one, or one that an orphan names.
  const taken = replaced.legacy === null ? `<= ${largest(numbers)}` : `IN (SELECT legacy FROM (${numbers}))`
  const value =
    held === null
      ? number
      : `CASE WHEN t.${held} IS NULL OR t.${held} ${taken} THEN ${number} ELSE t.${held} END`
  const store = q(newNumbers(map))
  return [
    statement(map.map, `CREATE TEMP TABLE ${store} AS SELECT ${value} AS legacy, ${key} AS ulid ${fresh}`),
    statement(map.map, `INSERT INTO ${q(map.map)}(legacy, ulid) SELECT legacy, ulid FROM temp.${store}`),
  ]
}

function newNumbers(map: MapRecord): string {
  return `${map.map}_new`
}

/** An AUTOINCREMENT gives no number twice, also none that a row got from the undo (HAZARDS B7). */
function goOnAfter(map: MapRecord, since: readonly TableSince[]): Step[] {
  const own = since.find(({ record }) => sameName(record.table, map.table))
  if (!own?.record.replaced.some(each => each.role === 'identity' && each.map === map.map)) return []
  const store = `temp.${q(newNumbers(map))}`
  const [table, last] = [quoteText(own.record.table), `(SELECT max(legacy) FROM ${store})`]
  const drop = statement(map.map, `DROP TABLE ${store}`)
  if (nameUses(own.record.before, 'AUTOINCREMENT').length === 0) return [drop]
  const run = (sql: string) => statement('sqlite_sequence', sql, `SELECT EXISTS (SELECT 1 FROM ${store})`)
  return [
    run(`UPDATE sqlite_sequence SET seq = ${last} WHERE name = ${table} AND seq < ${last}`),
    run(
      `INSERT INTO sqlite_sequence(name, seq) SELECT ${table}, ${last} WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ${table})`,
    ),
    drop,
  ]
}

const MOVED = `${OWN_PREFIX}moved`

/**
 * A full-text index finds its rows by their numbers (HAZARDS D1). Where a row gets another one than it has now, because it
 * came since or its id was changed, the index is built anew; elsewhere it is left alone.
 */
function moving(
  since: readonly TableSince[],
  edited: RecordedRun['record']['edited'],
  schema: Schema,
): { readonly notice: readonly Step[]; readonly rebuild: readonly Step[] } {
  const uses = schema.tables
    .filter(table => table.kind === 'virtual' && !edited.some(each => each.name === table.name))
    .flatMap(index =>
      since.filter(each => indexesText(index, each.table.name, schema)).map(each => ({ index, ...each })),
    )
    .flatMap(({ index, record, table }) => {
      const moved = movedRows(record, table)
      return moved === null ? [] : [{ index: index.name, moved }]
    })
  if (uses.length === 0) return { notice: [], rebuild: [] }
  return {
    notice: [
      statement(MOVED, `CREATE TEMP TABLE ${MOVED}(name)`),
      ...uses.map(({ index, moved }) =>
        statement(index, `INSERT INTO temp.${MOVED} SELECT ${quoteText(index)} WHERE EXISTS (${moved})`),
      ),
    ],
    rebuild: [
      ...[...new Set(uses.map(({ index }) => index))].map(index =>
        statement(
          index,
          `INSERT INTO ${q(index)}(${q(index)}) VALUES('rebuild')`,
          `SELECT EXISTS (SELECT 1 FROM temp.${MOVED} WHERE name = ${quoteText(index)})`,
        ),
      ),
      statement(MOVED, `DROP TABLE temp.${MOVED}`),
    ],
  }
}

/** Rows whose number is not the one they get; null where the numbers of the table's rows are its own affair. */
function movedRows(record: TableRecord, table: Table): string | null {
  const key = record.replaced.find(each =>
    table.primaryKey.some(name => sameName(name, each.legacy ?? calledNow(each))),
  )
  const position = positionOf(table)
  if (!record.alias || !key || position === null) return null
  const source = sourcesOf(record, table).find(each => sameName(each.column, key.column))!
  return `SELECT 1 FROM ${q(table.name)} o WHERE ${source.expression} IS NOT o.${position}`
}

function sourcesOf(record: TableRecord, table: Table, inside: readonly InsideBack[] = []): ColumnSource[] {
  const replaced = record.replaced.map(each => {
    const { column, map, orphans, legacy } = each
    const value = `o.${q(calledNow(each))}`
    const found = (from: string) => `(SELECT m.legacy FROM ${q(from)} m WHERE m.ulid = ${value})`
    const kept = legacy === null ? '' : `o.${q(legacy)}, `
    // A ULID that no map knows belongs to a row written since, and stays; one that stood for NULL becomes NULL again.
    const own = `${kept}CASE WHEN EXISTS (SELECT 1 FROM ${q(map)} m WHERE m.ulid = ${value}) THEN NULL ELSE ${value} END`
    return { column, now: value, expression: `coalesce(${found(map)}, ${found(orphans)}, ${own})` }
  })
  const name = rowName(table, [], 'o')
  const row = isRow(name)
  const back = (column: string) => {
    const own = inside.find(each => sameName(each.table, table.name) && sameName(each.column, column))
    return own ? storedOr(own.store, name, `o.${q(column)}`) : `o.${q(column)}`
  }
  const columns = new Set([...replaced.map(source => source.column), ...record.kept.map(kept => kept.column)])
  const merged = record.merged.map(({ column, into, role }) => {
    const value = `o.${q(into)}`
    // What stands for nothing is kept in a reference, and has no ULID beside it.
    const expression = role === 'identity' ? value : `CASE WHEN NOT ${isSentinel(value)} THEN ${value} END`
    return { column, expression }
  })
  return [
    ...merged,
    ...[...columns].map(column => {
      const source = replaced.find(each => each.column === column)
      // A cell that was written since no longer holds the ULID that the run put there, and stays as it is.
      return {
        column,
        expression: record.kept
          .filter(kept => kept.column === column)
          .reduce((otherwise, { store }) => {
            const own = `FROM ${q(store)} k WHERE ${row} AND k.ulid IS ${source?.now ?? `o.${q(column)}`}`
            return `CASE WHEN EXISTS (SELECT 1 ${own}) THEN (SELECT k.value ${own}) ELSE ${otherwise} END`
          }, source?.expression ?? back(column)),
      }
    }),
  ]
}
