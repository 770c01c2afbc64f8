/** What keeps an expansion true from its commit on: the sync triggers, their two tables, and the narrowed triggers of others. */
import { comparesLike, tableNamed } from '../engines/sqlite/inspect.ts'
import { sqliteUlidExpression } from '../identifiers/index.ts'
import type { Plan } from '../plan/plan.ts'
import type { Schema, SchemaObject } from '../schema/model.ts'
import { quoteName as q, sameName } from '../schema/names.ts'
import { type NarrowedTrigger, narrowTriggers } from '../schema-changes/narrow-triggers.ts'
import { type Step, statement } from './program.ts'
import type { MapRecord } from './run-record.ts'
import { type SyncedIdentity, syncTriggers } from './sync-triggers.ts'

export interface Expansion {
  readonly narrowed: readonly NarrowedTrigger[]
  readonly triggers: readonly SchemaObject[]
  /** What the triggers live on, empty. */
  readonly tables: readonly Step[]
  /** To be run when the columns are filled: those tables, and what they begin with; then the triggers. */
  readonly steps: readonly Step[]
}

/** Empty for a plan that replaces. */
export function expansionOf(plan: Plan, schema: Schema, maps: readonly MapRecord[]): Expansion {
  const identities = syncedIdentities(plan, maps)
  const triggers = syncTriggers(schema, identities, name =>
    schema.objects.some(object => sameName(object.name, name)),
  )
  const tables = identities.flatMap(identity => liveTables(schema, identity))
  return {
    narrowed: narrowTriggers(
      schema,
      identities.flatMap(identity => [
        identity,
        ...(identity.generatedAt === null ? [] : [{ table: identity.table, ulid: identity.generatedAt }]),
        ...identity.references,
      ]),
    ),
    triggers,
    tables,
    steps: [
      ...tables,
      ...identities.map(({ waiting, orphans }) =>
        statement('rewrite', waiting, `INSERT INTO ${q(waiting)} SELECT legacy, ulid FROM ${q(orphans)}`),
      ),
      ...triggers.map(trigger => statement('rewrite', trigger.name, trigger.sql)),
    ],
  }
}

/** The expanded identities of a plan, beside the maps that its run has, or would have. */
export function syncedIdentities(plan: Plan, maps: readonly MapRecord[]): readonly LiveIdentity[] {
  return plan.identities.flatMap((identity, at) => {
    const { live, orphans } = maps[at]!
    if (identity.beside === null || live === null) return []
    return [
      {
        table: identity.table,
        column: identity.column,
        ulid: identity.beside,
        generatedAt: identity.generatedAt ?? null,
        case: identity.case,
        orphans,
        ...live,
        references: identity.references.flatMap(({ table, column, beside }) =>
          beside === null ? [] : [{ table, column, ulid: beside }],
        ),
      },
    ]
  })
}

/** The expanded identities that a contract brings to their end, as they were before it. */
export function contractedIdentities(plan: Plan): readonly LiveIdentity[] {
  return plan.identities.flatMap(({ table, column, case: letters, contracted, references }) =>
    contracted?.live
      ? [
          {
            table,
            column,
            ulid: contracted.ulid,
            generatedAt: null,
            case: letters,
            ...contracted.live,
            references: references.map(each => ({
              table: each.table,
              column: each.column,
              ulid: each.contracted!.ulid,
            })),
          },
        ]
      : [],
  )
}

export interface LiveIdentity extends SyncedIdentity {
  readonly orphans: string
  readonly case: 'upper' | 'lower'
}

function liveTables(
  schema: Schema,
  { table, column, waiting, held, fresh, generatedAt, case: letters }: LiveIdentity,
): Step[] {
  const legacy = comparesLike(tableNamed(schema, table)!, column, 'legacy')
  return [
    statement(
      'rewrite',
      waiting,
      `CREATE TABLE ${q(waiting)}(${legacy} PRIMARY KEY, ulid TEXT NOT NULL) WITHOUT ROWID`,
    ),
    statement('rewrite', fresh, `CREATE VIEW ${q(fresh)} AS SELECT ${sqliteUlidExpression(letters)} AS ulid`),
    statement(
      'rewrite',
      held,
      `CREATE TABLE ${q(held)}(${legacy}, ulid TEXT NOT NULL${generatedAt === null ? '' : ', generated_at'})`,
    ),
  ]
}
