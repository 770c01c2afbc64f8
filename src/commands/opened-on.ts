/** What the wizard is opened on: by words, by systems that are known here, or what the current folder holds. */
import { type DetectedSystem, detectSystem, knownPlaceOf, type System } from '../core/index.ts'
import { targetsIn } from './config.ts'
import { findTargets } from './find-targets.ts'
import type { Session } from './session.ts'
import { keeperOf, realOf, systemCalled, systemsHere } from './system-words.ts'

interface Opened {
  readonly path: string
  /** The title of the system that it was found by. */
  readonly system: string | null
  /** The system that keeps it where it is. */
  readonly owner: System | null
}

export function openedOn(
  session: Session,
  words: readonly string[],
): { readonly targets: readonly Opened[]; readonly systems: readonly DetectedSystem[] } {
  const { folder } = session.context
  const parts = words.length > 0 ? named(session, words) : here(session)
  const known = session.systems()
  const found = parts.map(part => (typeof part === 'string' ? null : detectSystem(part, session.projects)))
  const targets = parts.flatMap((part, index): readonly Opened[] => {
    const system = found[index] ?? null
    if (typeof part === 'string')
      return findTargets([part], folder).map(path => ({
        path,
        system: null,
        owner: keeperOf(known, path),
      }))
    return databasesOf(part, system!).map(path => ({ path, system: part.title, owner: part }))
  })
  const places = targets.map(({ path }) => realOf(path) ?? path)
  return {
    targets: targets.filter((_, index) => places.indexOf(places[index]!) === index),
    systems: found.flatMap(each => each ?? []),
  }
}

type Part = string | System

function named(session: Session, words: readonly string[]): readonly Part[] {
  const known = session.systems()
  return words.map(word => systemCalled(word, known, session.context.folder) ?? word)
}

/** With --projects, those only; a config file does not hide what else lies here. */
function here(session: Session): readonly Part[] {
  const systems = systemsHere(session)
  // Databases that a config file names are known also where their names do not tell what they are.
  return session.projects === null ? [...systems, '.', ...targetsIn(session.configFiles)] : systems
}

/** Where there is none yet, the one that would be made: initialize leads on from there. */
function databasesOf(system: System, { targets, places }: DetectedSystem): readonly string[] {
  const { folder } = system
  if (targets.length > 0 || folder === null) return targets
  const found = findTargets([folder], folder)
  if (found.length > 0) return found
  const made = system.initialize === null ? knownPlaceOf(system, null)?.path : system.places[0]?.path
  return places.some(({ path, found: is }) => path === made && is === 'nothing') ? [made!] : []
}
