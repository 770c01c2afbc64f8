/** Which systems a run is over: those that are named, or all that are known here. */
import { commandLine, type Failure, type System } from '../../core/index.ts'
import { usageFailure } from '../failure.ts'
import type { Session } from '../session.ts'

type Chosen =
  | { readonly type: 'chosen'; readonly systems: readonly System[] }
  | { readonly type: 'failed'; readonly error: Failure }

/** In the configured order, whatever order they are named in. */
export function chosenSystems(session: Session, words: readonly string[]): Chosen {
  const all = session.systems()
  const unknown = words.find(word => !all.some(each => each.name === word))
  if (unknown !== undefined) return { type: 'failed', error: unknownSystem(unknown, all) }
  return {
    type: 'chosen',
    systems: words.length === 0 ? all : all.filter(each => words.includes(each.name)),
  }
}

function unknownSystem(word: string, all: readonly System[]): Failure {
  return usageFailure('SYSTEM.UNKNOWN', {
    object: word,
    message: 'There is no system of that name.',
    why: `Known here are ${all.map(each => each.name).join(', ')}. A run goes over systems; databases alone are migrated by their paths.`,
    next: commandLine('migrate', word),
  })
}
