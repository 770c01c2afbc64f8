/** Reads the operator's choices against the schema that is there; a name that means nothing is said at once. */

import type { TimeSource } from '../documents.ts'
import { columnNamed, tableNamed } from '../engines/sqlite/inspect.ts'
import { parseZone, type Zone } from '../identifiers/index.ts'
import { cannotHold } from '../inside/cannot-hold.ts'
import type { Place } from '../inside/place.ts'
import { parsePlace } from '../inside/selector.ts'
import { usage } from '../message.ts'
import type { Choices } from '../requests.ts'
import type { Schema } from '../schema/model.ts'
import { type ColumnPath, formatColumnPath, parseColumnPath, sameName } from '../schema/names.ts'
import type { SyncedColumn } from '../schema-changes/sync-names.ts'
import { heldIn } from './held-choices.ts'
import type { WantedPlaces } from './inside/join.ts'
import type { WantedReferences } from './references/find.ts'
import { lastEquals, namesTarget } from './target-column.ts'
import { readUlidName } from './ulid-names.ts'

export interface ReadChoices {
  /** Whether identities that `only` does not name are left alone; it may name none that is here. */
  readonly selects: boolean
  readonly only: readonly ColumnPath[]
  readonly skip: readonly ColumnPath[]
  readonly all: boolean
  readonly references: WantedReferences
  /** The same where the id is not the whole value of the column, or not in every row. */
  readonly places: WantedPlaces
  readonly times: readonly { readonly path: ColumnPath; readonly time: TimeSource }[]
  /** Names that the operator chose for ULID columns. */
  readonly ulidColumns: readonly SyncedColumn[]
  readonly zone: Zone
  readonly accept: readonly string[]
}

/** What names another target is read where several are looked at. */
const isHere = (text: string) => !namesTarget(text)

/** Throws a usage refusal (exit 2) for a name that the schema does not have. */
export function readChoices(said: Choices, schema: Schema): ReadChoices {
  const choices = heldIn(said, schema)
  const added = (choices.references ?? []).filter(isHere).map(text => {
    const [child, parent] = halves(text, '--reference', 'child.column=parent.column')
    const from = placeOf(child, '--reference', schema)
    const to = columnOf(parent, '--reference', schema)
    return { ...from, parentTable: to.table, parentColumn: to.column }
  })
  const removed = (choices.noReferences ?? [])
    .filter(isHere)
    .map(text => placeOf(text, '--no-reference', schema))
  return {
    selects: (said.only ?? []).length > 0,
    only: (choices.only ?? []).map(text => columnOf(text, '--only', schema)),
    skip: (choices.skip ?? []).map(text => columnOf(text, '--skip', schema)),
    all: choices.all ?? false,
    references: {
      added: added.filter(isWhole).map(({ place: _, ...column }) => column),
      removed: removed.filter(isWhole).map(({ place: _, ...column }) => column),
    },
    places: {
      added: added.filter(each => !isWhole(each)),
      removed: removed.filter(each => !isWhole(each)),
    },
    times: (choices.times ?? []).map(text => {
      const [path, source] = halves(text, '--time', 'table.column=id|order|COLUMN')
      const identity = columnOf(path, '--time', schema)
      if (source === 'id' || source === 'order') return { path: identity, time: { from: source } }
      const column = columnNamed(tableNamed(schema, identity.table)!, source)
      if (!column)
        throw usage(
          'CHOICE.UNKNOWN_COLUMN',
          text,
          `--time names no column of ${identity.table}.`,
          `${identity.table} has ${tableNamed(schema, identity.table)!
            .columns.map(each => each.name)
            .join(', ')}.`,
          `Say id, order or one of these: --time ${path}=COLUMN`,
        )
      return { path: identity, time: { from: 'column' as const, column: column.name } }
    }),
    ulidColumns: (choices.ulidColumns ?? []).map(text => {
      const [path, name] = halves(text, '--ulid-column', 'table.column=NAME')
      return { ...columnOf(path, '--ulid-column', schema), ulid: readUlidName(name, text) }
    }),
    zone: zoneOf(choices.timezone ?? 'UTC'),
    accept: choices.accept ?? [],
  }
}

export function zoneOf(name: string): Zone {
  try {
    return parseZone(name)
  } catch (error) {
    throw usage(
      'CHOICE.TIMEZONE',
      name,
      'There is no such time zone.',
      (error as Error).message,
      'Say UTC, +02:00 or Europe/Berlin: --timezone ZONE',
    )
  }
}

export function includesPath(paths: readonly ColumnPath[], table: string, column: string): boolean {
  return paths.some(path => sameName(path.table, table) && sameName(path.column, column))
}

/** Whether the whole value of the column is meant, in every row. */
export function isWhole({ place }: { readonly place: Place }): boolean {
  return place.path === undefined && place.pattern === undefined && place.when === undefined
}

/** A column, or a place in its values: `events.data:$.job.id`. */
export function placeOf(text: string, flag: string, schema: Schema): ColumnPath & { readonly place: Place } {
  let read: ReturnType<typeof parsePlace>
  try {
    read = parsePlace(text)
  } catch (error) {
    throw usage(
      'CHOICE.NOT_A_COLUMN',
      text,
      `${flag} wants TABLE.COLUMN, or a place in its values.`,
      (error as Error).message,
      `Write it as jobs.job_id, events.data:$.job.id, metrics.id:metric_{id}_* or comments.of_id[of_type=Post]: ${flag} PLACE`,
    )
  }
  const { table, column } = columnOf(formatColumnPath(read.table, read.column), flag, schema)
  const { place } = read
  if (isWhole(read)) return { table, column, place }
  const found = tableNamed(schema, table)!
  const why = cannotHold(found, column)
  if (why !== null && flag === '--reference')
    throw usage(
      'CHOICE.INSIDE_KEY',
      text,
      'Ids inside of this column can not become ULIDs.',
      why,
      `Leave it out, or name the column as a whole: ${flag} ${formatColumnPath(table, column)}`,
    )
  if (place.when === undefined) return { table, column, place }
  const when = columnOf(formatColumnPath(table, place.when.column), flag, schema)
  return { table, column, place: { ...place, when: { ...place.when, column: when.column } } }
}

export function columnOf(text: string, flag: string, schema: Schema): ColumnPath {
  let path: ColumnPath
  try {
    path = parseColumnPath(text)
  } catch (error) {
    throw usage(
      'CHOICE.NOT_A_COLUMN',
      text,
      `${flag} wants TABLE.COLUMN.`,
      (error as Error).message,
      `Write it as jobs.job_id: ${flag} TABLE.COLUMN`,
    )
  }
  const table = tableNamed(schema, path.table)
  if (!table)
    throw usage(
      'CHOICE.UNKNOWN_TABLE',
      text,
      `${flag} names a table that is not there.`,
      `The tables are ${schema.tables.map(each => each.name).join(', ') || 'none'}.`,
      `Name one of them: ${flag} TABLE.COLUMN`,
    )
  const column = columnNamed(table, path.column)
  if (!column)
    throw usage(
      'CHOICE.UNKNOWN_COLUMN',
      text,
      `${flag} names a column that ${table.name} does not have.`,
      `${table.name} has ${table.columns.map(each => each.name).join(', ')}.`,
      `Name one of them: ${flag} ${formatColumnPath(table.name, table.columns[0]?.name ?? 'COLUMN')}`,
    )
  return { table: table.name, column: column.name }
}

export function halves(text: string, flag: string, form: string): [string, string] {
  const at = lastEquals(text)
  if (at < 0)
    throw usage(
      'CHOICE.NO_EQUALS',
      text,
      `${flag} wants ${form}.`,
      'There is no "=" in it.',
      `Write ${flag} ${form}`,
    )
  return [text.slice(0, at), text.slice(at + 1)]
}
