/** What any application asks of ids that are about to change: the row of an id, the newest, and what refers to one. */
import type { Plan } from '../plan/plan.ts'
import type { BaselineQuery } from '../requests.ts'
import { formatColumnPath, quoteName as q } from '../schema/names.ts'

/** In the names of before, which a replaced id keeps and which an expansion leaves alone. */
export function queriesOfPlan({ identities }: Plan): readonly BaselineQuery[] {
  return identities.flatMap(({ table, column, references }): readonly BaselineQuery[] => {
    const id = formatColumnPath(table, column)
    return [
      {
        name: `a row by ${id}`,
        sql: `SELECT * FROM ${q(table)} WHERE ${q(column)} = ?`,
        values: { table, column },
      },
      { name: `the last 20 by ${id}`, sql: `SELECT * FROM ${q(table)} ORDER BY ${q(column)} DESC LIMIT 20` },
      ...references.flatMap((reference): readonly BaselineQuery[] => {
        const child = formatColumnPath(reference.table, reference.column)
        return [
          {
            name: `rows of one ${id} by ${child}`,
            sql: `SELECT count(*) FROM ${q(reference.table)} WHERE ${q(reference.column)} = ?`,
            values: { table, column },
          },
          {
            name: `${child} joined to ${id}`,
            sql: `SELECT count(*) FROM ${q(reference.table)} AS child JOIN ${q(table)} AS parent ON parent.${q(column)} = child.${q(reference.column)}`,
          },
        ]
      }),
    ]
  })
}
