/** What the ULID columns of an expansion are called: as the operator chose, or by the rule of companionName. */
import type { DetectedIdentity, DetectedReference } from '../documents.ts'
import { columnNamed, OWN_PREFIX, tableNamed } from '../engines/sqlite/inspect.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { type Refusal, usage } from '../message.ts'
import type { Affinity, Column, Schema, Table } from '../schema/model.ts'
import { foldName, formatColumnPath, parseName, sameName, samePlace } from '../schema/names.ts'
import type { SyncedColumn } from '../schema-changes/sync-names.ts'
import { companionName, companionValues } from './companions.ts'
import { isInside } from './inside/inside-reference.ts'

/** Reads the NAME of `table.column=NAME`. Throws a usage refusal (exit 2) for what no ULID column can be called. */
export function readUlidName(text: string, said: string): string {
  const name = parseName(text)
  const why =
    name === null || name === '' || name.includes('\0')
      ? 'A name that is more than letters, digits and _ is quoted as in SQL, and none is empty.'
      : foldName(name).startsWith(OWN_PREFIX)
        ? `Names that begin with ${OWN_PREFIX} are those of this program's own tables.`
        : /^(rowid|_rowid_|oid)$/i.test(name)
          ? 'SQLite calls the number of a row so.'
          : null
  if (why === null) return name!
  throw usage(
    'CHOICE.ULID_NAME',
    said,
    'A ULID column can not be called that.',
    why,
    'Choose another name: --ulid-column TABLE.COLUMN=NAME',
  )
}

/** A ULID column of an expansion. */
export interface UlidColumn extends SyncedColumn {
  /** The column beside it that tells when the ULID was made: of an identity, where that is wanted. */
  readonly generatedAt: string | null
}

/**
 * The ULID column of each identity that is migrated, and of each of its references. Where two of a table would get one name,
 * the second is called `<column>_ulid`. A column that is there already keeps its own spelling.
 */
export function ulidColumnsOf(
  schema: Schema,
  identities: readonly DetectedIdentity[],
  named: readonly SyncedColumn[],
  withTimes: boolean,
): readonly UlidColumn[] {
  const places = expandedPlaces(identities)
  const columns: UlidColumn[] = []
  for (const place of places) {
    const { table, column } = place
    const found = tableNamed(schema, table)!
    const taken = (name: string) =>
      [...named, ...columns].some(
        each => sameName(each.table, table) && sameName(each.ulid, name) && !samePlace(each, place),
      )
    const plain = `${column}_ulid`
    const names = [
      companionName(found, column, named),
      plain,
      ...Array.from({ length: 99 }, (_, n) => `${plain}_${n + 2}`),
    ]
    const spelled = (name: string) => columnNamed(found, name)?.name ?? name
    const ulid = spelled(names.find(each => !taken(each))!)
    const generatedAt = withTimes && identities.some(each => each.migrate && samePlace(each, place))
    columns.push({
      table,
      column,
      ulid,
      generatedAt: generatedAt ? spelled(`${ulid}_generated_at`) : null,
    })
  }
  for (const each of columns) checkGeneratedAt(schema, columns, each)
  return columns
}

/** What is to get a ULID column beside it: identities first, so that of two who would have one name they get it. */
function expandedPlaces(
  identities: readonly DetectedIdentity[],
): readonly (DetectedIdentity | DetectedReference)[] {
  const wanted = identities.filter(identity => identity.migrate)
  return [
    ...wanted,
    ...wanted.flatMap(each =>
      each.references.filter(reference => reference.choice === 'accepted' && !isInside(reference)),
    ),
  ]
}

/** The ULID column beside a place of the plan. */
export function ulidColumnOf(
  columns: readonly UlidColumn[],
  place: { readonly table: string; readonly column: string },
): UlidColumn | undefined {
  return columns.find(each => samePlace(each, place))
}

/** Throws a usage refusal (exit 2) where the name of a `_generated_at` column stands for something else. */
function checkGeneratedAt(schema: Schema, columns: readonly UlidColumn[], of: UlidColumn): void {
  const name = of.generatedAt
  if (name === null) return
  const table = tableNamed(schema, of.table)!
  const column = columnNamed(table, name)
  const why = columns.some(each => sameName(each.table, of.table) && sameName(each.ulid, name))
    ? 'It is the name of another ULID column.'
    : column
      ? whyNotOurs(table, column, ['text', 'blob', 'numeric'], 'which is not for times as text.')
      : null
  if (why) throw taken({ ...of, ulid: name }, why, 'Choose another name for the ULID column: --ulid-column')
}

/** Throws a usage refusal (exit 2) where a name was chosen for what gets no ULID column, or for what is something else. */
export function checkUlidNames(
  db: Connection,
  schema: Schema,
  identities: readonly DetectedIdentity[],
  chosen: readonly SyncedColumn[],
  live: readonly SyncedColumn[],
): void {
  const places = identities.flatMap(identity => [
    identity,
    ...identity.references.filter(reference => !isInside(reference)),
  ])
  for (const each of chosen) {
    const path = formatColumnPath(each.table, each.column)
    if (!places.some(place => samePlace(place, each)))
      throw usage(
        'CHOICE.NO_ULID_BESIDE',
        path,
        'This column gets no ULID column, so none can be named.',
        'It neither names the rows of its table nor refers to a column that does.',
        `If it is a reference, say so: --reference ${path}=TABLE.COLUMN`,
      )
    const own = live.find(other => samePlace(other, each))
    if (own && sameName(own.ulid, each.ulid)) continue
    if (own)
      throw taken(
        each,
        `The ULIDs of ${path} stand in ${own.ulid}, and triggers keep them in step.`,
        `Leave the name out, or collapse that expansion first.`,
      )
    const other = [...chosen, ...live].find(
      one => one !== each && sameName(one.table, each.table) && sameName(one.ulid, each.ulid),
    )
    if (other)
      throw taken(each, `It is the name of the ULID column beside ${other.column}.`, 'Choose another name.')
    if (chosen.some(one => one !== each && samePlace(one, each)))
      throw taken(each, `Two names were chosen for the column beside ${path}.`, 'Choose one.')
    if (expandedPlaces(identities).some(place => samePlace(place, { table: each.table, column: each.ulid })))
      throw taken(each, 'It is an identity or a reference of this expansion itself.', 'Choose another name.')
    const table = tableNamed(schema, each.table)!
    const column = columnNamed(table, each.ulid)
    const why = column && whyNoCompanion(db, table, column)
    if (why) throw taken(each, why, 'Choose another name, or empty that column first.')
  }
}

function taken({ table, ulid }: SyncedColumn, why: string, next: string): Refusal {
  return usage(
    'CHOICE.ULID_NAME_TAKEN',
    formatColumnPath(table, ulid),
    'A column of an expansion can not be called that: the name stands for something else.',
    why,
    next,
  )
}

/** Why a column that is there is not one that somebody has begun to fill with ULIDs; null where it may be. */
function whyNoCompanion(db: Connection, table: Table, column: Column): string | null {
  const why = whyNotOurs(table, column, ['text', 'blob'], 'which would turn some ULIDs into numbers.')
  if (why) return why
  if (column.notNull)
    return 'The column that is called so may not be NULL, and a ULID is filled in after the insert.'
  const values = companionValues(db, table, column.name)!
  const filled = Object.keys(values.others).some(what => what !== 'NULL')
  if (values.ulids === 0 && filled && !/ulid/i.test(column.name))
    return 'The column that is called so holds values, and no ULID among them.'
  return null
}

function whyNotOurs(
  table: Table,
  column: Column,
  affinities: readonly Affinity[],
  otherwise: string,
): string | null {
  const names = (list: readonly string[]) => list.some(name => sameName(name, column.name))
  if (column.generated !== 'no') return 'The column that is called so is generated from others.'
  if (column.key > 0 || table.foreignKeys.some(key => names(key.from)))
    return 'The column that is called so is part of a key.'
  return affinities.includes(column.affinity)
    ? null
    : `The column that is called so is declared as ${column.type}, ${otherwise}`
}
