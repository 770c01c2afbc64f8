/**
 * Which databases of a system are there, by looking at each place where one may lie. What it is, its first bytes say; no
 * more of it is read. A system without any, or with some that can't be read, is a finding, never an error.
 */
import type { DetectedSystem, PlaceLookedAt } from '../documents.ts'
import { recognise } from '../engines/sqlite/recognise.ts'
import { type Message, Refusal } from '../message.ts'
import { commandLine } from '../shell.ts'
import type { Place, System } from './system.ts'

/** @param projects the folder in which it was looked for, where one was named: commands to copy name it again */
export function detectSystem(system: System, projects: string | null): DetectedSystem {
  const looked = system.places.map(lookAt)
  const places = looked.map(({ path, what, found }) => ({ path, what, found }))
  const unread = looked.flatMap(({ finding }) => finding ?? [])
  // One file may lie at two places, by a link.
  const targets = looked.filter(
    ({ real }, index) => real !== null && looked.findIndex(each => each.real === real) === index,
  )
  return {
    system: system.name,
    title: system.title,
    folder: system.folder,
    targets: targets.map(each => each.path),
    places,
    findings: [
      ...(targets.length > 0
        ? []
        : [unread.length > 0 ? noneReadable(system, unread) : noDatabase(system, projects)]),
      ...unread,
    ],
  }
}

interface LookedAt extends PlaceLookedAt {
  /** Without links; null where there is nothing that can be read. */
  readonly real: string | null
  readonly finding: Message | null
}

function lookAt({ path, what, there }: Place): LookedAt {
  if (!there) return { path, what, found: 'nothing', real: null, finding: null }
  try {
    const { empty, engine, path: real } = recognise(path)
    return { path, what, found: empty ? 'empty' : engine, real, finding: null }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { code, object, message, why, next } = error.failure
    const finding = { code, severity: 'warning', object, message, why, next } as const
    return { path, what, found: 'other', real: null, finding }
  }
}

/** Why a file is none that can be worked on, wherever it was found; null where it can. */
export function unreadable(path: string): Message | null {
  return lookAt({ path, what: '', there: true }).finding
}

function noDatabase(system: System, projects: string | null): Message {
  const looked = system.places.map(({ path, what }) => (what === '' ? path : `${path} (${what})`))
  const here = projects === null ? [] : ['--projects', projects]
  const again = commandLine('initialize', system.name, ...here)
  const inSource = system.inMemory && system.folder !== null
  const trees = system.folder === null ? [`No source tree is at ${system.folders.join(' or ')}.`] : []
  return {
    code: 'SYSTEM.NO_DATABASE',
    severity: inSource ? 'info' : 'warning',
    object: system.name,
    message: `No database of ${system.title} is where it was looked for.`,
    why: [
      ...(looked.length === 0 ? ['Nothing is known of where its databases lie.'] : ['Looked for', ...looked]),
      ...trees,
      ...(inSource ? ['It may well keep none: what makes its ids is its source code.'] : []),
    ].join('\n'),
    next: [
      ...(inSource ? [`See its source code: ${commandLine('code', system.name, ...here)}`] : []),
      ...(system.initialize || system.schema ? [`If it was never started: ${again}`] : []),
      `If they lie elsewhere, name ${projects === null ? 'the folder of all systems (--projects DIR), or ' : ''}its targets in a config file (docs/systems.md)`,
    ].join('. '),
  }
}

function noneReadable(system: System, unread: readonly Message[]): Message {
  return {
    code: 'SYSTEM.UNREADABLE',
    severity: 'warning',
    object: system.name,
    message: `No database of ${system.title} can be read.`,
    why: unread.map(each => `${each.object}: ${each.message}`).join('\n'),
    next: 'Leave them as they are; nothing of them is touched.',
  }
}
