/** Which generator holds, and where a module of ours goes or is. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { precondition } from '../../message.ts'
import { inShell } from '../../shell.ts'
import type { Source } from '../change-file.ts'
import type { Rewrite } from '../code-runs.ts'
import type { CodeRequest } from '../update.ts'
import { generatorFile, generatorModule, generatorName, isGeneratorModule } from './generator-module.ts'
import { moduleOf, packageOf } from './module-name.ts'
import { isRegistry, type Registry, registryBeside } from './registry-module.ts'

export interface Putting {
  readonly generator: Source
  /** Where a module of ours is, or goes; null for a generator of others. */
  readonly path: string | null
  /** What is to be written there; null where it is there. */
  readonly text: string | null
  /** Where a registry of ours is already. */
  readonly registryPath: string | undefined
  /** The registry of natural keys that this file is to ask; all files get the same. */
  registry(path: string): Registry
  /** The modules that are new. */
  made(): readonly Rewrite[]
}

/** A module of ours that is in its place is used, unless another generator is named. */
export function placeOf(request: CodeRequest, sources: readonly string[]): Putting {
  const { folder, paths, generator, named, putGenerator } = request
  const path = join(packageOf(paths[0] ?? folder), generatorFile)
  const there = existsSync(path)
  const ours = there && isGeneratorModule(readFileSync(path, 'utf8'))
  if (there && !ours && putGenerator)
    throw precondition(
      'CODE.MODULE_TAKEN',
      path,
      'There is a module of that name already.',
      'It was not put there by this program.',
      inShell`Use it, or another: --generator MODULE:NAME; or move ${path} away`,
    )
  const place =
    !putGenerator && (named || !ours)
      ? { generator, path: null, text: null }
      : {
          generator: { module: moduleOf(path, folder, sources), name: generatorName },
          path,
          text: ours ? null : generatorModule(request.case),
        }
  const registryPath = sources.find(isRegistry)
  let registry: Registry | null = null
  const made = (at: string, after: string | null) =>
    after === null ? [] : [{ path: at, before: null, after }]
  return {
    ...place,
    registryPath,
    registry: file => {
      registry ??= registryBeside(file, registryPath, folder, sources, place.generator)
      return registry
    },
    made: () => [...made(path, place.text), ...(registry ? made(registry.path, registry.text) : [])],
  }
}
