/** The source code of a system, as the engine is asked about it. */
import { resolve } from 'node:path'
import type { Requests } from '../requests.ts'
import type { System } from './system.ts'

/** Where source code is, and what it makes its ids with. */
export type SourceOf = Pick<
  Requests['code'],
  'target' | 'system' | 'folder' | 'paths' | 'generator' | 'interpreter'
>

/** Null where its source tree is not known. */
export function sourceOf({ name, folder, sources, generator, interpreter }: System): SourceOf | null {
  if (folder === null) return null
  const paths = sources.length > 0 ? sources.map(each => resolve(folder, each)) : [folder]
  return { target: folder, system: name, folder, paths, generator, interpreter }
}

/** A look at it that writes nothing. */
export function lookAtSource(
  system: System,
  trial: NonNullable<Requests['code']['trial']>,
): Requests['code'] | null {
  const source = sourceOf(system)
  if (source === null) return null
  return {
    ...source,
    trial,
    named: false,
    putGenerator: false,
    case: 'upper',
    change: [],
    leave: [],
    write: false,
    allowDirty: false,
    accept: [],
  }
}
