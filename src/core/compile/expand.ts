/** Strategy `expand`: a ULID column beside each legacy id and beside each reference, filled by key range. */
import { columnNamed, positionOf } from '../engines/sqlite/inspect.ts'
import type { Schema, SchemaObject, Table } from '../schema/model.ts'
import { quoteName as q, sameName } from '../schema/names.ts'
import { textWithColumn } from './added-column.ts'
import { type ColumnChange, keepSteps, keptOf, lookup, stepsOf, type TableChange } from './column-changes.ts'
import { generatedAtSet, keptGeneratedAt } from './generated-at.ts'
import { indexOn } from './index-on.ts'
import { type Step, statement } from './program.ts'

/** @param at milliseconds: when the run takes place */
export function expandChange(
  schema: Schema,
  table: Table,
  changes: readonly ColumnChange[],
  at: number,
): TableChange {
  const added = changes
    .flatMap(({ beside, generatedAt }) => [beside!, ...(generatedAt ? [generatedAt.column] : [])])
    .filter(name => !columnNamed(table, name))
  const definition = (name: string) => `${q(name)} TEXT`
  const after = added.reduce((sql, name) => textWithColumn(sql, definition(name)), table.sql)
  const indexes = indexesOf(schema, table, changes)
  const run = (sql: string) => statement('rewrite', table.name, sql)
  return {
    table,
    after,
    steps: [
      ...changes.flatMap(change => [
        ...keepSteps(table, change, changes),
        ...stepsOf(table, keptGeneratedAt(table, change, changes, at)),
      ]),
      ...added.map(name => run(`ALTER TABLE ${q(table.name)} ADD COLUMN ${definition(name)}`)),
      // First, over the empty column: made afterwards it would take many times as long (HAZARDS B19).
      ...indexes.filter(({ isNew }) => isNew).map(({ index }) => run(index.sql)),
      fill(table, changes, at),
      // A column that was there may hold one ULID for several rows until it is filled.
      ...indexes.filter(({ isNew }) => !isNew).map(({ index }) => run(index.sql)),
    ],
    indexes: indexes.map(({ index }) => index),
    record: {
      table: table.name,
      alias: table.rowidAlias !== null,
      before: table.sql,
      after,
      replaced: [],
      added,
      merged: [],
      kept: keptOf(changes),
    },
  }
}

/** The indexes over the ULID columns that there are not yet; a column that is new is empty. */
export function indexesOf(
  schema: Schema,
  table: Table,
  changes: readonly ColumnChange[],
): readonly { readonly isNew: boolean; readonly change: ColumnChange; readonly index: SchemaObject }[] {
  const stands = (change: ColumnChange) =>
    table.indexes.some(
      index => index.unique && index.columns.length === 1 && sameName(index.columns[0] ?? '', change.beside!),
    )
  return changes
    .filter(change => !stands(change))
    .map(change => ({
      isNew: !columnNamed(table, change.beside!),
      change,
      index: indexOn(schema, table, change.beside!, change.role === 'identity'),
    }))
}

function fill(table: Table, changes: readonly ColumnChange[], at: number): Step {
  const position = positionOf(table)
  const set = changes
    .flatMap(change => [
      `${q(change.beside!)} = ${lookup(change, 't', table)}`,
      ...generatedAtSet(change, table, at),
    ])
    .join(', ')
  const update = `UPDATE ${q(table.name)} AS t SET ${set}`
  if (position === null) return statement('rewrite', table.name, update)
  const chunk = `SELECT ${position} AS p FROM ${q(table.name)} WHERE ${position} >= @from ORDER BY ${position} LIMIT @limit`
  return {
    kind: 'chunked',
    phase: 'rewrite',
    object: table.name,
    sql: `${update} WHERE t.${position} IN (${chunk})`,
    first: `SELECT min(${position}) FROM ${q(table.name)}`,
    last: `SELECT max(p) FROM (${chunk})`,
    total: `SELECT count(*) FROM ${q(table.name)}`,
  }
}
