/** Which systems a command is about: those that its words name, or all that are known where it stands. */
import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { isFolder, type System } from '../core/index.ts'
import type { Session } from './session.ts'

/** All of them where their folder is known, else those that config files speak of. */
export function systemsHere(session: Session): readonly System[] {
  const { projects, configFiles } = session
  if (projects !== null) return isFolder(projects) ? session.systems() : []
  if (configFiles.some(({ config }) => config.projects !== undefined)) return session.systems()
  const said = configFiles.flatMap(({ config }) => [
    ...Object.keys(config.systems ?? {}),
    ...(config.order ?? []),
  ])
  return said.length === 0 ? [] : session.systems().filter(({ name }) => said.includes(name))
}

/**
 * The system that a word names, in whatever letters; null where it is a path. What lies under that name comes first,
 * unless it is the source tree of just that system. With a slash in it, a word is a path in any case.
 */
export function systemCalled(word: string, systems: readonly System[], folder: string): System | null {
  const system = systems.find(({ name }) => name.toLowerCase() === word.toLowerCase())
  if (system === undefined) return null
  const path = realOf(resolve(folder, word))
  return path === null || (system.folder !== null && path === realOf(system.folder)) ? system : null
}

/** Without links; null where nothing is. */
export function realOf(path: string): string | null {
  try {
    return realpathSync(path)
  } catch {
    return null
  }
}

/** The system that keeps a database where it is, at one of its places; the first, where several do. */
export function keeperOf(systems: readonly System[], target: string): System | null {
  const real = realOf(target)
  const isIt = (path: string) => path === target || (real !== null && realOf(path) === real)
  return systems.find(({ places }) => places.some(({ path }) => isIt(path))) ?? null
}
