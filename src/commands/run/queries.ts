/** Queries whose time is compared: those of a system's definition, and what is said of the outcome. */
import {
  type BaselineQuery,
  type ComparedQuery,
  commandLine,
  exitCodes,
  type Failure,
  type Message,
  type System,
} from '../../core/index.ts'
import { failure } from '../failure.ts'

export function queriesOf({ queries }: System): readonly BaselineQuery[] {
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

/** Null where no query lost its index, or the means to be asked at all, against the operator's word. */
export function worseQueries(
  queries: readonly ComparedQuery[],
  accepted: readonly string[],
  target: string,
  when: 'rehearsed' | 'migrated',
  argv: readonly string[],
): Failure | null {
  const worse = queries.filter(
    each => (each.verdict === 'no-index' || each.verdict === 'fails') && !accepted.includes(each.name),
  )
  const [first] = worse
  if (first === undefined) return null
  const words = {
    object: target,
    message: `${worse.length} of ${queries.length} queries ${when === 'rehearsed' ? 'would' : ''} no longer use an index, or can no longer be asked: ${worse.map(each => each.name).join(', ')}`,
    why: `${first.name}: ${first.why}`,
  }
  return when === 'rehearsed'
    ? failure(exitCodes.precondition, 'QUERY.WORSE', {
        ...words,
        next: `Change the query, or go on in spite of it: ${commandLine(...argv, '--accept', first.name)}`,
      })
    : failure(exitCodes.verification, 'QUERY.WORSE', { ...words, next: commandLine('rollback', target) })
}
