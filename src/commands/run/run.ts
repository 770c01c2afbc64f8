/** What all steps of a run of systems share. */
import type { Across, Choices, System } from '../../core/index.ts'
import type { Session } from '../session.ts'
import type { Book } from './book.ts'

export interface Run {
  readonly session: Session
  readonly book: Book
  readonly systems: readonly System[]
  /** Choices that were typed; what the config files say of a target comes below them. */
  readonly typed: Choices
  /** What the databases of all systems have to do with each other. */
  readonly across: Across
  /** Databases of one system that are worked on at once. */
  readonly jobs: number
  /** When each system's own tests are run. */
  readonly tests: 'after' | 'both' | 'none'
  /** Whether the changes are agreed to by flag; else it is asked, system by system. */
  readonly agreed: boolean
  /** Whether what is shown only for the operator to agree to may be left out. */
  readonly quiet: boolean
}

/** Choices for a target, with the columns that take their ULIDs from others. */
export function choicesFor({ session, typed, across }: Run, target: string): Choices {
  const follows = across.follows[target]
  return { ...session.choices(typed, target), ...(follows === undefined ? {} : { follows }) }
}

/** Those of `targets` whose ULIDs `target` takes over. */
export function leadersAmong({ across }: Run, target: string, targets: readonly string[]): readonly string[] {
  const leaders = (across.follows[target] ?? []).flatMap(each => each.of.map(of => of.target))
  return targets.filter(each => each !== target && leaders.includes(each))
}
