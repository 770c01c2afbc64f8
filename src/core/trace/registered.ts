/** What has no database of its own, and was registered: entities of systems that keep them in memory, or of users. */
import { existsSync } from 'node:fs'
import type { ShortCell } from '../documents.ts'
import { ulidTime } from '../identifiers/index.ts'
import type { Message } from '../message.ts'
import { openRegistry, registryPath } from '../registry/open.ts'
import type { Registration } from '../registry/registration.ts'
import type { Registry } from '../registry/registry.ts'
import type { Settings } from '../requests.ts'
import type { TimeWindow } from './near.ts'
import { unreadMessage } from './open-target.ts'
import { isSecret } from './row-in-short.ts'

export interface RegisteredRow {
  /** Path of the registry. */
  readonly target: string
  readonly system: string
  /** What is registered: the type of reference. */
  readonly kind: string
  readonly ulid: string
  readonly legacy: string | null
  readonly inShort: readonly ShortCell[]
}

/** What is registered under one of these ids, and all that lies in the window, where there is one. */
export type Registered = (ids: readonly string[], window: TimeWindow | null) => readonly RegisteredRow[]

/** Where no registry is. */
export const nothingRegistered: Registered = () => []

export interface OpenRegistry {
  readonly registered: Registered
  /** Why it can not be used. */
  readonly unread: { readonly path: string; readonly error: Message } | null
  close(): void
}

const closed: OpenRegistry = { registered: nothingRegistered, unread: null, close: () => {} }

/** The registry of the state folder; nobody gets one by looking for an id. */
export function registryIn(settings: Settings): OpenRegistry {
  const path = registryPath(settings)
  if (!existsSync(path)) return closed
  try {
    const registry = openRegistry(settings)
    return { registered: askedOf(registry), unread: null, close: () => registry.close() }
  } catch (error) {
    return { ...closed, unread: { path, error: unreadMessage(error, path) } }
  }
}

/** Of a window with more than these, the first. */
const MOST = 1_000

function askedOf(registry: Registry): Registered {
  return (ids, window) => {
    const found = ids.flatMap(id => registry.resolve(id))
    const near = window === null ? [] : registry.near(ulidTime(window.middle), window.seconds * 1000, MOST)
    const each = new Map([...found, ...near].map(entry => [JSON.stringify(nameOf(entry)), entry]))
    return [...each.values()].map(entry => rowOf(registry.path, entry))
  }
}

function nameOf({ ulid, system, kind, legacy }: Registration): readonly unknown[] {
  return [ulid, system, kind, legacy]
}

const CELLS = 6
const LONGEST = 48

function rowOf(target: string, { ulid, system, kind, legacy, metadata }: Registration): RegisteredRow {
  const inShort = Object.entries(metadata)
    .filter(([name]) => !isSecret(name))
    .slice(0, CELLS)
    .map(([column, value]) => ({ column, value: shortened(value) }))
  return { target, system, kind, ulid, legacy, inShort }
}

function shortened(value: unknown): string {
  if (typeof value === 'object' && value !== null)
    return `document, ${JSON.stringify(value).length} characters`
  const text = String(value)
  const half = Math.floor((LONGEST - 1) / 2)
  return text.length > LONGEST ? `${text.slice(0, half)}…${text.slice(-half)}` : text
}
