/** Queries whose time is compared: those of a system's definition, and what is said of the outcome. */
import type { Message } from '../message.ts'
import type { BaselineQuery } from '../requests.ts'
import type { ComparedQuery } from '../run-report.ts'
import type { System } from '../systems/system.ts'

export function queriesOf({ queries }: Pick<System, 'queries'>): readonly BaselineQuery[] {
  return Object.entries(queries).map(([name, sql]) => ({ name, sql }))
}

/** What is worth telling of them; a query that lost its index is a failure after a migration, and told as such. */
export function queryFindings(
  queries: readonly ComparedQuery[],
  target: string,
  when: 'rehearsed' | 'migrated',
): readonly Message[] {
  const before = when === 'rehearsed'
  return queries.flatMap(({ name, verdict, why }): readonly Message[] => {
    if (verdict === 'slower')
      return [
        {
          code: 'QUERY.SLOWER',
          severity: 'warning',
          object: target,
          message: `This query ${before ? 'will be' : 'is'} slower: ${name}`,
          why: `${why}. An id of 26 characters takes more room, and longer to compare, than an integer or a shorter text; beside an old id it is one more column to read.`,
          next: before
            ? 'Nothing, where that is fast enough.'
            : 'Nothing, where that is fast enough; else roll back.',
        },
      ]
    if (verdict === 'other-rows')
      return [
        {
          code: 'QUERY.OTHER_ROWS',
          severity: 'warning',
          object: target,
          message: `This query ${before ? 'will answer' : 'answers'} with other rows: ${name}`,
          why: `${why}. It may hold a legacy id, or go by the order of ids, which is that of time now; or other programs have written meanwhile.`,
          next: 'Look whether an id stands in its text.',
        },
      ]
    return []
  })
}

/** Whether it lost its index, or can no longer be asked at all. */
export function isWorse({ verdict }: ComparedQuery): boolean {
  return verdict === 'no-index' || verdict === 'fails'
}
