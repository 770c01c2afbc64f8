/**
 * What the operator's words take back. A path is a database, or a source tree that a run changed; a system is both: its
 * databases that a run is known of, and the updates of its source. What was done last is taken back first.
 */
import { resolve } from 'node:path'
import { type CodeRun, detectSystem, type Failure, type StatusTarget, type System } from '../../core/index.ts'
import { tilde } from '../../ui/format.ts'
import type { Target } from '../each-target.ts'
import { type Named, nameTargets, thatRan } from '../named.ts'
import type { Session } from '../session.ts'
import { realOf, systemCalled } from '../system-words.ts'

export interface DatabasePart extends Target {
  readonly of: 'database'
  /** When it was migrated; empty where that was not asked. */
  readonly at: string
}

export interface CodePart extends Target {
  readonly of: 'code'
  readonly at: string
  readonly run: CodeRun
}

export type Part = DatabasePart | CodePart

export interface TakenBack {
  readonly parts: readonly Part[]
  readonly named: Named
}

interface Meaning {
  readonly word: string
  readonly system: System | null
  readonly runs: readonly CodeRun[]
}

/** @param run the only one that is meant, of a database or of source code */
export async function takenBack(
  session: Session,
  words: readonly string[],
  run: string | undefined,
): Promise<TakenBack> {
  const known = await session.ask('code-runs', {}, { name: 'source code', findings: false })
  if (known.type === 'failed') return refused(known.error)
  const meant = known.value.filter(each =>
    run === undefined ? each.status !== 'undone' : each.run === run.toUpperCase(),
  )
  const meanings = words.map(word => meaningOf(session, word, meant))
  const code = meant.filter(each => meanings.some(({ runs }) => runs.includes(each))).map(codePart)
  if (code.length === 0) {
    const named = await thatRan(session, nameTargets(session, words))
    const databases = named.targets.map(databasePart)
    return { named, parts: named.systems.length > 0 ? await newestFirst(session, databases) : databases }
  }
  const ofDatabases: string[] = []
  if (run === undefined)
    for (const meaning of meanings) if (await hasDatabase(session, meaning)) ofDatabases.push(meaning.word)
  const none: Named = { targets: [], systems: [], error: null }
  const named = ofDatabases.length === 0 ? none : await thatRan(session, nameTargets(session, ofDatabases))
  return { named, parts: await newestFirst(session, [...named.targets.map(databasePart), ...code]) }
}

function refused(error: Failure): TakenBack {
  return { parts: [], named: { targets: [], systems: [], error } }
}

function meaningOf(session: Session, word: string, runs: readonly CodeRun[]): Meaning {
  const { folder } = session.context
  const system = systemCalled(word, session.systems(), folder)
  const tree = system === null ? resolve(folder, word) : system.folder
  const isThere = (path: string) => tree !== null && (path === tree || realOf(path) === realOf(tree))
  return { word, system, runs: runs.filter(each => each.target === tree || isThere(each.target)) }
}

/** What has source code to take back need not have a database as well. */
async function hasDatabase(session: Session, { system, runs }: Meaning): Promise<boolean> {
  if (runs.length === 0) return true
  const targets = system === null ? [] : detectSystem(system, session.projects).targets
  if (targets.length === 0) return false
  const status = await statusOf(session, targets)
  if (status === null || status.some(each => each.runs.length > 0)) return true
  session.note(...targets.map(path => `Left out ${tilde(path)}. No run of it is known.`))
  return false
}

function databasePart(target: Target): DatabasePart {
  return { ...target, of: 'database', at: '' }
}

function codePart(run: CodeRun): CodePart {
  return { of: 'code', path: run.target, name: run.system || tilde(run.target), at: run.at, run }
}

/** Whoever came later may hold what was made before. */
async function newestFirst(session: Session, parts: readonly Part[]): Promise<readonly Part[]> {
  const paths = parts.filter(each => each.of === 'database').map(each => each.path)
  if (parts.length < 2 || paths.length === 0) return parts
  const status = await statusOf(session, paths)
  const dated = parts.map(part => {
    if (part.of === 'code') return part
    const runs = status?.find(each => each.target === part.path)?.runs ?? []
    const stands = runs.find(each => each.status === 'succeeded' || each.status === 'expanding')
    return { ...part, at: (stands ?? runs[0])?.at ?? '' }
  })
  return dated.sort((a, b) => b.at.localeCompare(a.at))
}

/** Null where it can't be told: then the engine says so of each. */
async function statusOf(
  session: Session,
  targets: readonly string[],
): Promise<readonly StatusTarget[] | null> {
  const status = await session.ask('status', { targets }, { name: 'status', findings: false })
  return status.type === 'failed' ? null : status.value
}
