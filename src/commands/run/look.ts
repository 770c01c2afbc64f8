/** What is there of each system, before anything is decided: its databases, their state, and who migrated them. */
import { realpathSync } from 'node:fs'
import {
  commandLine,
  exitCodes,
  type Failure,
  type Message,
  type System,
  type TargetReport,
  targetAtFirst,
} from '../../core/index.ts'
import { targetNames } from '../../ui/target-name.ts'
import { messageOf } from '../failure.ts'
import type { Book } from './book.ts'
import type { Run } from './run.ts'
import { standingRun } from './standing.ts'
import { stopped } from './stopped.ts'

/** Looks at the databases of all systems and writes down what it finds; a failure is what keeps the run from beginning. */
export async function lookAtAll({ session, book, typed, systems }: Run): Promise<Failure | null> {
  const seen = new Set<string>()
  for (const system of systems) {
    // One file is one target, whatever names and links lead to it, and that of the first system that knows it.
    const paths = system.places.flatMap(({ path, there }) => {
      if (!there || seen.has(realpathSync(path))) return []
      seen.add(realpathSync(path))
      return [path]
    })
    book.note(system.name, {
      targets: paths.map(targetAtFirst),
      ...(paths.length === 0 ? { findings: [noDatabase(system)] } : {}),
    })
    const names = targetNames(paths)
    for (const [at, path] of paths.entries()) {
      const failed = stopped(session) ?? (await lookAtOne({ session, book, typed }, system, path, names[at]!))
      if (failed) return failed
    }
  }
  return null
}

async function lookAtOne(
  { session, book, typed }: Pick<Run, 'session' | 'book' | 'typed'>,
  system: System,
  target: string,
  name: string,
): Promise<Failure | null> {
  const shown = { name, findings: false }
  const choices = session.choices(typed, target)
  const detected = await session.ask('detect', { target, choices }, shown)
  if (detected.type === 'failed') {
    const { error } = detected
    // What is no SQLite database is somebody else's; the others are not made to wait for it. One that is damaged, or
    // that we may not read, is ours: without it the system would count as migrated, and be so in part.
    if (!isForeign(error)) return error
    book.noteTarget(target, {
      status: 'unreadable',
      findings: [{ ...messageOf(error), severity: 'warning' }],
    })
    return null
  }
  const { state, tables } = detected.value
  const rows = tables.reduce((sum, each) => sum + each.rows, 0)
  book.noteTarget(target, { state, rows })
  if (state === 'empty') {
    book.noteTarget(target, { status: 'empty', findings: [noTables(system, target)] })
    return null
  }
  if (state === 'legacy' || state === 'none') return null
  const known = await standingRun(session, target, name)
  if ('code' in known) return known
  const standing = known.run
  if (standing === null) return null
  book.noteTarget(target, {
    run: standing.run,
    ofThisRun: isOfEarlier(book, target, standing.run),
    strategy: standing.strategy,
    identifiers: standing.identifiers,
    snapshot: standing.snapshot,
    ...saidBefore(book, target, standing.run),
  })
  return null
}

function isForeign({ exit, code }: Failure): boolean {
  const ours = ['TARGET.CORRUPT', 'TARGET.UNREADABLE', 'TARGET.READ_ONLY']
  return exit === exitCodes.precondition && code.startsWith('TARGET.') && !ours.includes(code)
}

/** What the run that this one goes on with has measured of it already. */
function saidBefore({ earlier }: Book, target: string, run: string): Partial<TargetReport> {
  const before = earlier?.systems.flatMap(each => each.targets).find(each => each.target === target)
  if (before === undefined || before.run !== run) return {}
  const { identities, references, seconds, rehearsal, proof, queries, traced } = before
  return { identities, references, seconds, rehearsal, proof, queries, traced }
}

/** Whether the run that this one goes on with, or one before that, migrated the target. */
function isOfEarlier({ earlier }: Book, target: string, run: string): boolean {
  if (earlier === null) return false
  const before = earlier.systems.flatMap(each => each.targets).find(each => each.target === target)
  return run === earlier.run || (before?.ofThisRun === true && before.run === run)
}

function noDatabase(system: System): Message {
  const { name, title, folder, places, initialize, schema, inMemory } = system
  const looked = places.length > 0 ? `Looked for: ${places.map(each => each.path).join(', ')}.` : ''
  if (inMemory)
    return {
      code: 'SYSTEM.NO_DATABASE',
      severity: 'info',
      object: name,
      message: `${title} keeps no database.`,
      why: `${looked || 'None is known of it.'} What makes its ids is its source code.`,
      next: folder === null ? `Say where that is: --projects DIR` : commandLine('code', name),
    }
  return {
    code: 'SYSTEM.NO_DATABASE',
    severity: 'warning',
    object: name,
    message: `No database of ${title} is there.`,
    why: looked,
    next:
      initialize || schema
        ? `Let it make its tables: ${commandLine('initialize', name)}; or say where it is: --projects DIR, or its targets in the config file`
        : 'Say where it is, if there is one: --projects DIR, or its targets in the config file',
  }
}

function noTables({ name }: System, path: string): Message {
  return {
    code: 'TARGET.NO_TABLES',
    severity: 'warning',
    object: path,
    message: 'It has no tables yet, and is left as it is.',
    why: 'There is nothing to migrate.',
    next: commandLine('initialize', name),
  }
}
