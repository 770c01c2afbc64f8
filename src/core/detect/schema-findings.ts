/** What in the schema stands in the way of a plan, or has to change with it; each is named, and accepted by that name. */

import Database from 'better-sqlite3'
import type { DetectedTarget } from '../documents.ts'
import { checksLength } from '../engines/duckdb/length-check.ts'
import { countOf } from '../engines/sqlite/count.ts'
import { columnNamed, positionOf, tableNamed } from '../engines/sqlite/inspect.ts'
import type { StoredUse } from '../engines/stored-uses.ts'
import type { Message } from '../message.ts'
import type { Choices } from '../requests.ts'
import type { Schema, Table } from '../schema/model.ts'
import { formatColumnPath, quoteName as q, sameName, unquote } from '../schema/names.ts'
import { shortenSql } from '../schema/shorten.ts'
import { isSignificant, tokenize } from '../schema/tokens.ts'
import { objectChanges, type RenamedColumn, type Risk } from '../schema-changes/object-changes.ts'
import { withCommas } from '../with-commas.ts'
import type { Looking } from './detect.ts'
import { expansionFindings } from './expansion-findings.ts'
import { isInside } from './inside/inside-reference.ts'
import type { UlidColumn } from './ulid-names.ts'

export function schemaFindings(
  looking: Looking,
  document: DetectedTarget,
  strategy: 'replace' | 'expand',
  choices: Choices,
  ulidColumns: readonly UlidColumn[],
): Message[] {
  const { schema } = looking
  const tables = affected(document, schema)
  if (tables.length === 0) return []
  const common = [
    ...schema.tables
      .filter(isOrdinary)
      .flatMap(table => rebuildable(table, document.target, tables.includes(table))),
    ...unreadableModules(schema),
    ...declaredButLeft(document),
    ...sentinelsRefused(document, schema, choices),
    ...duplicates(looking, document),
    ...nameless(looking, document),
  ]
  if (strategy === 'expand')
    return [...common, ...expansionFindings(document, schema, ulidColumns, looking.file)]
  const columns = renamed(document, schema, choices)
  const { changes, risks, positional } = objectChanges(schema, columns)
  return [
    ...common,
    ...columns.flatMap(column => tooManyColumns(column, schema)),
    ...changes.map(change => ({
      code:
        change.kind === 'moved'
          ? 'SCHEMA.MOVED'
          : change.kind === 'generator'
            ? 'SCHEMA.GENERATOR'
            : 'SCHEMA.ID_CHECK',
      severity: 'blocker' as const,
      object: change.object,
      message: `This ${change.type} has to change with the ids.`,
      why: `${change.why} It becomes: ${shortenSql(change.after)}`,
      next: `Agree to it: --accept ${quoted(change.object)}`,
    })),
    ...storedChecks(looking, columns).map(({ object, expression }) => ({
      code: 'SCHEMA.ID_CHECK',
      severity: 'blocker' as const,
      object,
      message: 'This CHECK has to change with the ids.',
      why: `It checks the length of ids, ${expression}; a ULID has 26 characters, and 26 is what it will ask for.`,
      next: `Agree to it: --accept ${quoted(object)}`,
    })),
    ...[...risks, ...storedRisks(looking, columns)].map(risk => ({
      code: 'SCHEMA.MEANING',
      severity: 'blocker' as const,
      object: risk.object,
      message: `This ${risk.what} would mean something else once the ids are ULIDs: ${risk.expression}`,
      why: 'Numbers are compared, counted with and sorted in another way than text, and a ULID is neither the old value nor of its length. Its text is left as it is.',
      next: `Change it yourself, or agree to it: --accept ${quoted(risk.object)}`,
    })),
    ...positional.map(use => ({
      code: 'SCHEMA.POSITIONAL',
      severity: 'blocker' as const,
      object: use.object,
      message: `This ${use.what} counts on the number of columns: ${use.expression}`,
      why: 'The integer key goes on in a column of its own, so that the table has one more.',
      next: 'Name the columns there, or give the integers up: --form pure',
    })),
    ...movedIntegers(schema, columns),
  ]
}

/** CHECKs of how long ids are, which change with them. */
function storedChecks({ uses }: Looking, columns: readonly RenamedColumn[]) {
  return (uses?.(columns) ?? []).filter(isLengthCheck)
}

function isLengthCheck({ kind, expression }: StoredUse): boolean {
  return kind === 'CHECK' && checksLength(expression)
}

/** Those of objects that only the store has, once each. */
function storedRisks({ uses }: Looking, columns: readonly RenamedColumn[]): readonly Risk[] {
  const risks = (uses?.(columns) ?? [])
    .filter(use => use.meaning && !isLengthCheck(use))
    .map(({ object, kind, expression }) => ({ object, what: kind, expression }))
  return risks.filter(
    ({ object, expression }, at) =>
      risks.findIndex(each => each.object === object && each.expression === expression) === at,
  )
}

/** Tables that nothing can be asked of: SQLite compares by a collation that only their application has (HAZARDS D4). */
export function missingCollations(schema: Schema, target: string): Message[] {
  return schema.tables.filter(isOrdinary).flatMap(table => {
    const texts = [table.sql, ...table.indexes.flatMap(index => index.sql ?? [])]
    const named = texts.flatMap(collationsIn).find(name => !/^(binary|nocase|rtrim)$/i.test(name))
    if (named === undefined) return []
    return [
      {
        code: 'SCHEMA.MISSING_COLLATION',
        severity: 'blocker' as const,
        object: table.name,
        message: `It needs the collation ${named}, which is not there.`,
        why: 'The application registers that collation itself; with a stand-in the indexes would be wrong, and without it not even rows can be counted.',
        next: `Nothing can be done for ${target} from outside: its application would have to make the change.`,
      },
    ]
  })
}

function collationsIn(sql: string): string[] {
  const tokens = tokenize(sql).filter(isSignificant)
  return tokens.flatMap((token, at) =>
    token.kind === 'word' && sameName(token.text, 'COLLATE') && tokens[at + 1]
      ? [unquote(tokens[at + 1]!.text)]
      : [],
  )
}

/** Tables that would be made anew, or get a column. */
function affected(document: DetectedTarget, schema: Schema): Table[] {
  const names = document.identities
    .filter(identity => identity.migrate)
    .flatMap(identity => [
      identity.table,
      ...identity.references.filter(each => each.choice === 'accepted').map(each => each.table),
    ])
  return [...new Set(names)].flatMap(name => tableNamed(schema, name) ?? [])
}

function renamed(document: DetectedTarget, schema: Schema, choices: Choices): RenamedColumn[] {
  return document.identities
    .filter(identity => identity.migrate)
    .flatMap(identity => [
      { ...identity, role: 'identity' as const },
      ...identity.references
        .filter(each => each.choice === 'accepted' && !isInside(each))
        .map(each => ({ ...each, role: 'reference' as const })),
    ])
    .flatMap(({ table: name, column, role }) => {
      const table = tableNamed(schema, name)
      if (!table) return []
      const alias = table.rowidAlias !== null && sameName(table.rowidAlias, column)
      const integer = alias ? (choices.form === 'pure' ? table.rowid : `legacy_${column}`) : null
      return [
        { table: name, column, role, integer, numeric: columnNamed(table, column)?.affinity === 'integer' },
      ]
    })
}

/** Tries the table's own text, and its indexes', in an empty database: what SQLite refuses there it would refuse later. */
function rebuildable(table: Table, target: string, needed: boolean): Message[] {
  const db = new Database(':memory:')
  try {
    db.exec(table.sql)
    for (const index of table.indexes) if (index.sql !== null) db.exec(index.sql)
  } catch (error) {
    const said = (error as Error).message
    const code = /no such collation/.test(said)
      ? 'SCHEMA.MISSING_COLLATION'
      : /no such function|unknown function/.test(said)
        ? 'SCHEMA.MISSING_FUNCTION'
        : /no such column/.test(said)
          ? 'SCHEMA.DOUBLE_QUOTED_LITERAL'
          : 'SCHEMA.NOT_REBUILDABLE'
    // A table that stays does so whatever it needs.
    if (!needed) return []
    const whys: Readonly<Record<string, string>> = {
      'SCHEMA.MISSING_COLLATION':
        'The application registers that collation itself; with a stand-in the indexes would be wrong.',
      'SCHEMA.MISSING_FUNCTION':
        'The application registers that function itself; without it the rows can not be checked or indexed.',
      'SCHEMA.DOUBLE_QUOTED_LITERAL':
        'It holds a text in double quotes, which this SQLite takes for a column, as the standard says.',
      'SCHEMA.NOT_REBUILDABLE': 'SQLite itself would not make it anew.',
    }
    return [
      {
        code,
        severity: 'blocker',
        object: table.name,
        message: `The table can not be made anew: ${said}.`,
        why: whys[code]!,
        next: `Leave out the identities that need it (--skip), or correct the table in ${target} first.`,
      },
    ]
  } finally {
    db.close()
  }
  if (!needed || table.withoutRowid || table.rowid !== null || table.rowidAlias !== null) return []
  return [
    {
      code: 'SCHEMA.ROWID_HIDDEN',
      severity: 'blocker',
      object: table.name,
      message: 'Its rows can not be told apart: columns are called rowid, _rowid_ and oid.',
      why: 'Each hides one of the names of the row number, and the table has no integer key that would be another.',
      next: 'Rename one of these columns, or leave out the identities that need the table (--skip).',
    },
  ]
}

function isOrdinary(table: Table): boolean {
  return table.kind === 'table'
}

/** Virtual tables whose module is not built in: their text stays, what is in them can't be looked at (HAZARDS D3). */
function unreadableModules(schema: Schema): Message[] {
  return schema.tables
    .filter(table => table.kind === 'virtual' && table.columns.length === 0)
    .map(table => ({
      code: 'SCHEMA.MODULE_MISSING',
      severity: 'warning' as const,
      object: table.name,
      message: 'What is in this table is not verified.',
      why: 'Its module is not loaded here, so nothing can be read from it. Its text and its files stay as they are.',
      next: 'If it holds ids that change, bring it up to date with the program that owns it.',
    }))
}

/** A declared reference that is left behind would make every row of its table an orphan. */
function declaredButLeft(document: DetectedTarget): Message[] {
  return document.identities
    .filter(identity => identity.migrate)
    .flatMap(identity =>
      identity.references
        .filter(reference => reference.kind === 'declared' && reference.choice !== 'accepted')
        .map(reference => ({
          code: 'REFERENCE.DECLARED',
          severity: 'blocker' as const,
          object: formatColumnPath(reference.table, reference.column),
          message: `It is declared to refer to ${formatColumnPath(identity.table, identity.column)} and can not be left behind.`,
          why: 'Its values would name no row any more.',
          next: `Follow it, or leave the identity out: --skip ${formatColumnPath(identity.table, identity.column)}`,
        })),
    )
}

function sentinelsRefused(document: DetectedTarget, schema: Schema, choices: Choices): Message[] {
  if (choices.sentinels !== 'refuse' && choices.sentinels !== 'null') return []
  return document.identities
    .filter(identity => identity.migrate)
    .flatMap(identity =>
      identity.references.filter(
        reference => reference.choice === 'accepted' && reference.sentinels > 0 && !isInside(reference),
      ),
    )
    .filter(
      reference =>
        choices.sentinels === 'refuse' ||
        tableNamed(schema, reference.table)?.columns.some(
          column => sameName(column.name, reference.column) && column.notNull,
        ),
    )
    .map(reference => ({
      code: 'REFERENCE.SENTINELS',
      severity: 'blocker' as const,
      object: formatColumnPath(reference.table, reference.column),
      message: `${withCommas(reference.sentinels)} values stand for "nothing" (0, -1, '' and the like).`,
      why:
        choices.sentinels === 'refuse'
          ? 'You asked to stop at them (--sentinels refuse).'
          : 'They were to become NULL, which this column does not allow.',
      next: 'Correct them, or keep them as they are: --sentinels keep',
    }))
}

/** Only an index that was damaged, or made over another collation, lets duplicates in; they would share a ULID. */
function duplicates({ db }: Looking, document: DetectedTarget): Message[] {
  return document.identities
    .filter(identity => identity.migrate && identity.duplicates > 0)
    .filter(
      identity =>
        countOf(
          db,
          `SELECT count(${q(identity.column)}) - count(DISTINCT CAST(${q(identity.column)} AS BLOB)) FROM ${q(identity.table)}`,
        ) > 0,
    )
    .map(identity => ({
      code: 'IDENTITY.DUPLICATES',
      severity: 'blocker' as const,
      object: formatColumnPath(identity.table, identity.column),
      message: `${withCommas(identity.duplicates)} values are there more than once.`,
      why: 'An identity names one row.',
      next: `Decide which rows to keep, or leave it: --skip ${formatColumnPath(identity.table, identity.column)}`,
    }))
}

/** A row without a number is found again by its id alone, and one that has no id either, not at all. */
function nameless({ db, schema }: Looking, document: DetectedTarget): Message[] {
  return document.identities
    .filter(identity => identity.migrate && positionOf(tableNamed(schema, identity.table)!) === null)
    .map(identity => ({
      identity,
      rows: countOf(db, `SELECT count(*) - count(${q(identity.column)}) FROM ${q(identity.table)}`),
    }))
    .filter(({ rows }) => rows > 0)
    .map(({ identity, rows }) => ({
      code: 'IDENTITY.NULL',
      severity: 'blocker' as const,
      object: formatColumnPath(identity.table, identity.column),
      message: `${withCommas(rows)} rows have no id.`,
      why: 'The table is WITHOUT ROWID, so they have no number either by which their new id could be kept for them.',
      next: `Give these rows an id, or leave it: --skip ${formatColumnPath(identity.table, identity.column)}`,
    }))
}

/** SQLite allows 2,000 columns, in a table and in a SELECT: the copy has the row number as well. */
function tooManyColumns(column: RenamedColumn, schema: Schema): Message[] {
  const table = tableNamed(schema, column.table)
  if (!table || table.columns.length < 2000) return []
  return [
    {
      code: 'SCHEMA.TOO_MANY_COLUMNS',
      severity: 'blocker',
      object: table.name,
      message: `It has ${withCommas(table.columns.length)} columns, and no room for another.`,
      why: 'Its rows are copied with their row numbers, and an integer key would go on in a column of its own.',
      next: 'Leave out the identities that need the table (--skip).',
    },
  ]
}

/** R-Trees and the like hold the integers themselves; nothing is done to them (HAZARDS D2). */
function movedIntegers(schema: Schema, columns: readonly RenamedColumn[]): Message[] {
  return columns
    .filter(column => column.role === 'identity' && column.integer !== null)
    .flatMap(column => {
      const hangers = schema.objects.filter(
        object =>
          object.type === 'trigger' &&
          sameName(object.table, column.table) &&
          schema.tables.some(table => table.kind === 'virtual' && object.sql.includes(table.name)),
      )
      return hangers.length === 0
        ? []
        : [
            {
              code: 'IDENTITY.KEEPS_INTEGER',
              severity: 'info' as const,
              object: formatColumnPath(column.table, column.column),
              message: `Virtual tables refer to its integers, which go on as ${column.integer}.`,
              why: 'Full-text and spatial indexes know their rows by number only.',
              next: 'Nothing to do.',
            },
          ]
    })
}

/** A name as it is typed behind a flag. */
export function quoted(name: string): string {
  return /^[\w.]+$/.test(name) ? name : `'${name}'`
}
