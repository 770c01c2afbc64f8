/** Strategy `replace`: the table is made anew, with ULIDs where the legacy ids were. */
import { columnNamed, tableNamed } from '../engines/sqlite/inspect.ts'
import type { Plan, PlannedIdentity, PlannedReference } from '../plan/plan.ts'
import type { Column, Schema, Table } from '../schema/model.ts'
import { quoteName as q, sameName } from '../schema/names.ts'
import { makeReferenceExplicit, setColumnType } from '../schema/table-edits.ts'
import { keepIntegerText, pureText } from '../schema-changes/integer-keys.ts'
import type { ObjectChange, RenamedColumn } from '../schema-changes/object-changes.ts'
import { type ColumnChange, keepSteps, keptOf, lookup, type TableChange } from './column-changes.ts'
import { contractedText, type IndexChange, isDropped, nameAfter, nameGone, withLegacy } from './contract.ts'
import { indexOn } from './index-on.ts'
import { type InsideChange, insideSource, insideText, keptInside, spliceSteps } from './inside.ts'
import { statement } from './program.ts'
import { rebuild } from './rebuild.ts'

/** The columns that hold ULIDs under their old names afterwards, and where their integers go. */
export function renamedColumns(plan: Plan, schema: Schema): RenamedColumn[] {
  const renamed = (
    { table, column, legacy }: PlannedIdentity | PlannedReference,
    role: RenamedColumn['role'],
  ): RenamedColumn => {
    const of = tableNamed(schema, table)!
    const alias = of.rowidAlias !== null && sameName(of.rowidAlias, column)
    return {
      table,
      column,
      role,
      integer: alias ? (legacy ?? of.rowid) : null,
      numeric: columnNamed(of, column)!.affinity === 'integer',
    }
  }
  const own = plan.identities
    .filter(identity => identity.beside === null)
    .flatMap(identity => [
      renamed(identity, 'identity'),
      ...identity.references.map(reference => renamed(reference, 'reference')),
    ])
  const foreign = (plan.foreign ?? []).flatMap(each => each.references)
  return [...own, ...foreign.map(reference => renamed(reference, 'reference'))]
}

/** What of a rebuilt table depends on the rest of the schema. */
export interface Surroundings {
  readonly schema: Schema
  readonly objects: readonly ObjectChange[]
  readonly indexes: readonly IndexChange[]
  /** What happens inside of values of the table. */
  readonly inside: readonly InsideChange[]
  readonly setAside: boolean
}

export function replaceChange(
  plan: Plan,
  table: Table,
  changes: readonly ColumnChange[],
  { schema, objects, indexes: edited, inside, setAside }: Surroundings,
): TableChange {
  // Under any type but TEXT and BLOB the name of the type would make numbers of ULIDs (HAZARDS B2).
  const own = objects.find(each => each.type === 'table' && each.name === table.name)
  const explicit = pointExplicitly(plan, own ? { ...table, sql: own.after } : table)
  const after = contractedText(
    plan,
    table,
    changes,
    inside.reduce(
      insideText,
      changes.reduce((sql, change) => ulidText(sql, table, change), explicit),
    ),
  )
  const gone = changes.flatMap(({ column, contracted }) =>
    contracted ? [nameGone(column.name, contracted)] : [],
  )
  const sources = [
    ...changes.flatMap(change => [
      { column: nameAfter(change), expression: lookup(change, 'o', table) },
      ...(change.legacy === null
        ? []
        : [{ column: change.legacy, expression: `o.${q(change.column.name)}` }]),
    ]),
    ...inside.map(change => insideSource(change, changes)),
  ]
  const givesUpAlias = changes.some(change => isAlias(table, change) && change.legacy === null)
  // A legacy id that is kept is looked for; an integer key still has its own index.
  const indexes = changes
    .filter(change => change.contracted && change.role === 'identity' && change.legacy !== null)
    .filter(change => !isAlias(table, change))
    .map(change => indexOn(schema, table, change.legacy!, false))
  const rowid = table.rowidAlias === null || givesUpAlias ? 'keep' : 'follows-key'
  return {
    table,
    after,
    steps: [
      ...changes.flatMap(change => keepSteps(table, change, changes)),
      ...inside.flatMap(change => spliceSteps(change, changes)),
      ...rebuild({
        table,
        sql: after,
        sources,
        without: gone,
        withoutIndexes: table.indexes
          .map(index => index.name)
          .filter(name => isDropped(plan, { type: 'index', name })),
        indexTexts: new Map(edited.map(({ name, after: text }) => [name, text])),
        rowid,
        setAside,
        phase: 'rewrite',
      }),
      ...indexes.map(index => statement('rewrite', table.name, index.sql)),
    ],
    indexes,
    record: {
      table: table.name,
      alias: table.rowidAlias !== null,
      before: table.sql,
      after,
      replaced: changes.map(change => ({
        column: change.column.name,
        map: change.map.map,
        orphans: change.map.orphans,
        legacy: change.legacy,
        role: change.role,
        ...(sameName(nameAfter(change), change.column.name) ? {} : { named: nameAfter(change) }),
      })),
      added: changes.flatMap(change => change.legacy ?? []),
      merged: changes.flatMap(change =>
        change.contracted
          ? [{ column: change.contracted.ulid, into: nameAfter(change), role: change.role }]
          : [],
      ),
      kept: [...keptOf(changes), ...keptInside(inside)],
    },
  }
}

function isAlias(table: Table, change: ColumnChange): boolean {
  return table.rowidAlias !== null && sameName(table.rowidAlias, change.column.name)
}

function ulidText(sql: string, table: Table, change: ColumnChange): string {
  const name = change.column.name
  const mintsDefault =
    change.role === 'identity' &&
    !table.foreignKeys.some(key => key.from.length === 1 && sameName(key.from[0]!, name))
  if (isAlias(table, change))
    return change.legacy === null
      ? pureText(sql, name, { mintsDefault })
      : keepIntegerText(sql, name, change.legacy, { mintsDefault })
  const typed = keepsUlids(table, change.column) ? sql : setColumnType(sql, name, 'TEXT')
  return withLegacy(typed, table, change)
}

function keepsUlids(table: Table, column: Column): boolean {
  if (table.strict) return /^(TEXT|ANY)$/i.test(column.type)
  return column.affinity === 'text' || column.affinity === 'blob'
}

/** `REFERENCES parent` would follow the parent's key to its legacy column: there it is made explicit (HAZARDS A9). */
export function pointExplicitly(plan: Plan, table: Table): string {
  return plan.identities
    .filter(identity => identity.legacy !== null)
    .filter(identity => table.foreignKeys.some(key => key.implicit && sameName(key.parent, identity.table)))
    .reduce(
      (sql, identity) => makeReferenceExplicit(sql, { parent: identity.table }, [identity.column]),
      table.sql,
    )
}
