/** What an expansion means for the programs that go on writing, and what of theirs it has to touch. */

import type { DetectedTarget } from '../documents.ts'
import type { Engine } from '../engines/engine-of.ts'
import { columnNamed } from '../engines/sqlite/inspect.ts'
import type { Message } from '../message.ts'
import type { Schema } from '../schema/model.ts'
import { formatColumnPath, sameName, samePlace } from '../schema/names.ts'
import { shortenSql } from '../schema/shorten.ts'
import { narrowTriggers } from '../schema-changes/narrow-triggers.ts'
import { positionalUses } from '../schema-changes/object-changes.ts'
import { inShell } from '../shell.ts'
import { withCommas } from '../with-commas.ts'
import { stallFindings } from './stalls.ts'
import type { UlidColumn } from './ulid-names.ts'

/** What `places`, the ULID columns of the expansion, mean to others. */
export function expansionFindings(
  document: DetectedTarget,
  schema: Schema,
  places: readonly UlidColumn[],
  file: { readonly engine: Engine; readonly wal: boolean; readonly bytes: number },
): Message[] {
  const isIdentity = (place: UlidColumn) =>
    document.identities.some(each => each.migrate && samePlace(each, place))
  const columns = places.flatMap(place => [
    place,
    ...(place.generatedAt === null ? [] : [{ table: place.table, ulid: place.generatedAt }]),
  ])
  const grown = schema.tables.filter(table =>
    columns.some(each => sameName(each.table, table.name) && !columnNamed(table, each.ulid)),
  )
  return [
    ...positionalUses(
      schema,
      grown.map(table => table.name),
    ).map(use => ({
      code: 'SCHEMA.POSITIONAL',
      severity: 'blocker' as const,
      object: use.object,
      message: `This ${use.what} counts on the number of columns: ${use.expression}`,
      why: 'The table gets a column for its ULIDs.',
      next: 'Name the columns there.',
    })),
    ...grown
      .filter(table => table.columns.length >= 1998)
      .map(table => ({
        code: 'SCHEMA.TOO_MANY_COLUMNS',
        severity: 'blocker' as const,
        object: table.name,
        message: `It has ${withCommas(table.columns.length)} columns, and no room for another.`,
        why: 'SQLite allows 2,000, and the ULIDs need one each.',
        next: 'Leave out the identities that need the table (--skip).',
      })),
    ...(places.length === 0 || file.engine !== 'duckdb' ? [] : [noTriggers(document.target)]),
    ...(places.length === 0 || file.engine !== 'sqlite'
      ? []
      : stallFindings(
          document.target,
          file,
          places.map(each => ({
            table: each.table,
            rows: document.tables.find(table => sameName(table.name, each.table))?.rows ?? 0,
            empty: grown.some(table => sameName(table.name, each.table)),
          })),
        )),
    ...narrowTriggers(schema, columns).map(({ name, after }) => ({
      code: 'EXPAND.TRIGGER_NARROWED',
      severity: 'warning' as const,
      object: name,
      message:
        'This trigger fires at any update; it is made to fire at updates of the columns there are now.',
      why: `Or it would fire each time a ULID is filled in. For programs that know only those columns it does what it did. It becomes: ${shortenSql(after)}`,
      next: 'Nothing to do; collapsing the expansion brings its text back.',
    })),
    ...grown.map(table => ({
      code: 'EXPAND.COLUMNS_UNNAMED',
      severity: 'info' as const,
      object: table.name,
      message: 'A program that inserts into it without naming the columns will fail.',
      why: 'The table gets a column for ULIDs, as by any ADD COLUMN. Which programs do that can not be seen from here.',
      next: 'Name the columns there: INSERT INTO t(a, b) VALUES (...)',
    })),
    ...places
      .filter(place => file.engine === 'sqlite' && isIdentity(place))
      .map(({ table, ulid }) => ({
        code: 'EXPAND.RETURNING',
        severity: 'info' as const,
        object: formatColumnPath(table, ulid),
        message: 'INSERT ... RETURNING shows NULL there, although the row has its ULID.',
        why: 'A trigger fills it in, after SQLite has put together what it returns.',
        next: 'A program that wants it at once reads the row again, or inserts a ULID of its own.',
      })),
  ]
}

function noTriggers(target: string): Message {
  return {
    code: 'EXPAND.NO_TRIGGERS',
    severity: 'warning',
    object: target,
    message: 'DuckDB has no triggers: new rows get their own ULID, but not that of what they refer to.',
    why: 'The ULID of a row comes from a default. What a program writes into a column of references has its counterpart only when the backfill is run again; until then lookups by that column miss it, and the contract refuses.',
    next: inShell`Run the same command again after programs have written: ulid-migrate migrate ${target}; what is behind tells: ulid-migrate status ${target}`,
  }
}
