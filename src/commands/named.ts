/**
 * What the operator's words stand for. A word is the path of a database, or the name of a system, and then stands for
 * those of its databases that are there. What is there and is not worked on is noted. A system without any database stops
 * a command that was to work on it.
 */
import { resolve } from 'node:path'
import {
  commandLine,
  type DetectedSystem,
  detectSystem,
  exitCodes,
  type Failure,
  isFolder,
  type System,
  unreadable,
} from '../core/index.ts'
import { tilde } from '../ui/format.ts'
import { failedBefore, finish, type Target, targetsFrom } from './each-target.ts'
import { failure, usageFailure } from './failure.ts'
import { findTargets } from './find-targets.ts'
import { leftOut } from './reports/systems.ts'
import type { Session } from './session.ts'
import { realOf, systemCalled, systemsHere } from './system-words.ts'

export interface Named {
  readonly targets: readonly Target[]
  /** Those that were named, by a word or all at once. */
  readonly systems: readonly DetectedSystem[]
  /** Why nothing can be begun. */
  readonly error: Failure | null
}

interface Naming {
  /** For a command that only looks: folders stand for the databases below them, and what is missing is an answer. */
  readonly looking?: boolean
}

/** Words may be missing: then they are all systems that are known here, and without any it is an error. */
export function nameAll(session: Session, words: readonly string[], naming: Naming = {}): Named {
  if (words.length > 0) return nameTargets(session, words, naming)
  const all = systemsHere(session)
  if (all.length > 0) return resolved(session, all, naming, false)
  return { targets: [], systems: [], error: missingFolder(session) ?? nothingNamed(session) }
}

/** For commands that take all of the ledger where no word is given, and no folder of systems either. */
export function nameKnown(session: Session, words: readonly string[], naming: Naming = {}): Named {
  if (words.length === 0 && session.projects === null) return { targets: [], systems: [], error: null }
  return nameAll(session, words, naming)
}

export function nameTargets(session: Session, words: readonly string[], naming: Naming = {}): Named {
  const known = session.systems()
  const meant = [...new Set(words.map(word => systemCalled(word, known, session.context.folder) ?? word))]
  const error = meant.some(part => typeof part !== 'string') ? missingFolder(session) : null
  if (error !== null) return { targets: [], systems: [], error }
  // Systems keep their own order, in whatever order they were typed.
  const inOrder = known.filter(system => meant.includes(system))
  const parts = meant.map(part => (typeof part === 'string' ? part : (inOrder.shift() ?? part)))
  return resolved(session, parts, naming, true)
}

/** Ends a command that can't be begun. */
export function refused(session: Session, { error, systems }: Named, content: object = {}): number {
  const told = systems.length === 0 ? {} : { systems }
  return finish(session, failedBefore(session, error!, []), { ...content, ...told })
}

/** For the document. */
export function systemsOf({ systems }: Named): { readonly systems?: readonly DetectedSystem[] } {
  return systems.length === 0 ? {} : { systems }
}

/**
 * Of the databases of systems only those that a run is known of; the others have nothing to verify or to take back. All
 * of them where none has: then the engine says so.
 */
export async function thatRan(session: Session, named: Named): Promise<Named> {
  const all = named.systems.flatMap(each => each.targets)
  const asked = named.targets.map(each => each.path).filter(path => all.includes(path))
  if (named.error !== null || asked.length === 0) return named
  const status = await session.ask('status', { targets: asked }, { name: 'status', findings: false })
  if (status.type === 'failed') return named
  const ran = status.value.filter(each => each.runs.length > 0).map(each => each.target)
  const targets = named.targets.filter(({ path }) => !asked.includes(path) || ran.includes(path))
  if (targets.length === 0) return named
  session.note(
    ...asked
      .filter(path => !ran.includes(path))
      .map(path => `Left out ${tilde(path)}. No run of it is known.`),
  )
  return { ...named, targets }
}

/** @param alone whether each part was named by itself, and not all of them at once */
function resolved(
  session: Session,
  parts: readonly (string | System)[],
  { looking = false }: Naming,
  alone: boolean,
): Named {
  const { folder } = session.context
  const found = parts.map(part => (typeof part === 'string' ? null : detectSystem(part, session.projects)))
  const systems = found.flatMap(each => each ?? [])
  const paths = parts.map((part, index) =>
    typeof part === 'string'
      ? pathsOf(resolve(folder, part), looking)
      : databasesOf(part, found[index]!, looking),
  )
  const targets = targetsFrom(session, firstOfEach(paths.flatMap(each => each.worked)))
  const missing = systems.filter(each => each.targets.length === 0)
  const stops = !looking && missing.length > 0 && (alone || targets.length === 0)
  if (stops) return { targets, systems, error: refusalOf(missing) }
  const worked = targets.map(each => each.path)
  session.note(...paths.flatMap(each => each.notes), ...leftOut(looking ? [] : systems, worked))
  return { targets, systems, error: null }
}

interface Paths {
  readonly worked: readonly string[]
  readonly notes: readonly string[]
}

/** Of a folder's files, those that are no database for us are told, and are no failure of the whole. */
function pathsOf(path: string, looking: boolean): Paths {
  const below = looking && isFolder(path) ? findTargets([path], path) : []
  // A folder without databases is left to the engine, which says what it is.
  if (below.length === 0) return { worked: [path], notes: [] }
  const judged = below.map(each => ({ path: each, reason: unreadable(each) }))
  return {
    worked: judged.filter(each => each.reason === null).map(each => each.path),
    notes: judged.flatMap(each =>
      each.reason === null ? [] : [`Left out ${tilde(each.path)}. ${each.reason.message}`],
    ),
  }
}

/** What was never initialized is worked on where there is nothing else, so that the engine says so. */
function databasesOf(system: System, { targets, places }: DetectedSystem, looking: boolean): Paths {
  if (targets.length === 0 && looking && system.folder !== null) {
    const { worked, notes } = pathsOf(system.folder, looking)
    return { worked: worked.filter(path => path !== system.folder), notes }
  }
  const withTables = targets.filter(path => places.some(each => each.path === path && each.found !== 'empty'))
  return { worked: looking || withTables.length === 0 ? targets : withTables, notes: [] }
}

/** One file may be named by several words, and by links. */
function firstOfEach(paths: readonly string[]): readonly string[] {
  const places = paths.map(path => realOf(path) ?? path)
  return paths.filter((_, index) => places.indexOf(places[index]!) === index)
}

/** Of several systems that are not there, each is told. */
function refusalOf([first, ...others]: readonly DetectedSystem[]): Failure {
  const { code, object, message, why, next } = first!.findings[0]!
  return failure(exitCodes.precondition, code, {
    object,
    message,
    why: [why, ...others.flatMap(({ findings: [each] }) => [each!.message, each!.why])].join('\n'),
    next,
  })
}

/** Of what --projects names: a slip of the pen must not read as systems without databases. */
export function missingFolder({ projects }: Session): Failure | null {
  if (projects === null || isFolder(projects)) return null
  return usageFailure('SYSTEM.NO_PROJECTS', {
    object: projects,
    message: 'There is no such folder.',
    why: 'It was named by --projects, or by ULID_MIGRATE_PROJECTS, as the one in which the systems lie.',
    next: 'Name the folder that holds them: --projects DIR',
  })
}

function nothingNamed(session: Session): Failure {
  return usageFailure('COMMAND.USAGE', {
    object: `ulid-migrate ${session.command}`,
    message: "missing required argument 'targets'",
    why: 'No database and no system was named, neither here nor in a config file.',
    next: commandLine(session.command, '--help'),
  })
}
