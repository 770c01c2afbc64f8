/** When the outcome of a comparison of queries keeps a run from going on. */
import { type ComparedQuery, commandLine, exitCodes, type Failure, isWorse } from '../../core/index.ts'
import { failure } from '../failure.ts'

/** Null where no query lost its index, or the means to be asked at all, against the operator's word. */
export function worseQueries(
  queries: readonly ComparedQuery[],
  accepted: readonly string[],
  target: string,
  when: 'rehearsed' | 'migrated',
  argv: readonly string[],
): Failure | null {
  const worse = queries.filter(each => isWorse(each) && !accepted.includes(each.name))
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
