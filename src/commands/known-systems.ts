/** The systems that are known here, and which of them a word names. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { type System, systemsFrom } from '../core/index.ts'
import type { Session } from './session.ts'

/** In their order; each with where it was looked for. */
export function systemsHere({ configFiles, context }: Session): readonly System[] {
  const { folder, environment } = context
  return systemsFrom(configFiles, { folder, home: environment.HOME || homedir() })
}

/** Null where the word is a path: what lies under that name comes first, unless it is the source tree of that system. */
export function systemCalled(word: string, systems: readonly System[], folder: string): System | null {
  const system = systems.find(({ name }) => name.toLowerCase() === word.toLowerCase())
  if (system === undefined) return null
  const path = resolve(folder, word)
  return path === system.folder || !existsSync(path) ? system : null
}

/** The system that keeps a database at one of its places. */
export function ownerOf(systems: readonly System[], target: string): { readonly owner?: System } {
  const owner = systems.find(({ places }) => places.some(({ path }) => path === target))
  return owner === undefined ? {} : { owner }
}
