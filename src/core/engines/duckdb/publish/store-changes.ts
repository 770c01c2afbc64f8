/** What a publish makes of the DuckDB file, in DuckDB's own words: for a dry run, which shows it. */
import type { DryRunTarget, SchemaChange } from '../../../documents.ts'
import { OWN_PREFIX } from '../../sqlite/inspect.ts'
import type { Catalog, DuckIndex } from '../catalog.ts'
import type { Store } from '../connect.ts'
import { copyName } from '../copy-name.ts'
import { changes, type TablePlan } from './table-plan.ts'

export type StoreChanges = Pick<DryRunTarget, 'schema' | 'stays' | 'statements'>

/** The store, which notes in `statements` what it has run. */
export function recording(store: Store, statements: string[]): Store {
  return {
    ...store,
    run: async sql => {
      await store.run(sql)
      // A table that refers to itself is filled by one statement again and again, with the number of the level behind it.
      const isNextLevel = statements.at(-1)?.replace(/\d+;$/, '') === sql.replace(/\d+$/, '')
      if (!isNextLevel) statements.push(sql.replace(/;?$/, ';'))
    },
  }
}

/** Says of each stage what is in it: its rows come from the working copy, by no statement. */
export function stagesOf(plans: readonly TablePlan[]): readonly string[] {
  return plans.flatMap(({ table, stage, columns }) => {
    if (stage === null) return []
    const staged = columns.filter(column => column.staged).map(({ name }) => name)
    return [`-- ${stage.name}: new values of ${copyName(table)} (${staged.join(', ')}), row by row`]
  })
}

export function schemaOf(
  catalog: Catalog,
  plans: readonly TablePlan[],
): Pick<StoreChanges, 'schema' | 'stays'> {
  const tables = catalog.tables.filter(({ name }) => !name.startsWith(OWN_PREFIX))
  const gone = plans.flatMap(({ goneIndexes }) => goneIndexes)
  return {
    schema: plans.flatMap(plan => [...tableChange(plan), ...indexChanges(plan)]),
    stays: {
      tables: tables.filter(table => !plans.some(plan => plan.table === table && plan.columns.some(changes)))
        .length,
      indexes: tables.flatMap(({ indexes }) => indexes).filter(index => !gone.includes(index)).length,
      views: catalog.objects.filter(({ kind }) => kind === 'view').length,
      triggers: 0, // DuckDB has none
    },
  }
}

function tableChange({ table, to }: TablePlan): readonly SchemaChange[] {
  return to.sql === table.sql
    ? []
    : [{ type: 'table', name: copyName(table), before: table.sql, after: to.sql }]
}

function indexChanges({ goneIndexes, newIndexes }: TablePlan): readonly SchemaChange[] {
  const called = ({ schema, name }: DuckIndex) => copyName({ schema, name })
  const names = new Set([...goneIndexes, ...newIndexes].map(called))
  const textOf = (indexes: readonly DuckIndex[], name: string) =>
    indexes.find(index => called(index) === name)?.sql ?? null
  return [...names].flatMap((name): readonly SchemaChange[] => {
    const [before, after] = [textOf(goneIndexes, name), textOf(newIndexes, name)]
    return before === after ? [] : [{ type: 'index', name, before, after }]
  })
}
