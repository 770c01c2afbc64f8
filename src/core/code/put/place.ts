/** Which generator holds, and where a module of ours goes or is. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { precondition } from '../../message.ts'
import { inShell } from '../../shell.ts'
import type { Source } from '../change-file.ts'
import type { CodeRequest } from '../update.ts'
import { generatorFile, generatorModule, generatorName, isGeneratorModule } from './generator-module.ts'
import { moduleOf, packageOf } from './module-name.ts'

export interface Putting {
  readonly generator: Source
  /** Where a module of ours is, or goes; null for a generator of others. */
  readonly path: string | null
  /** What is to be written there; null where it is there. */
  readonly text: string | null
}

/** A module of ours that is in its place is used, unless another generator is named. */
export function placeOf(request: CodeRequest): Putting {
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
  if (!putGenerator && (named || !ours)) return { generator, path: null, text: null }
  return {
    generator: { module: moduleOf(path, folder), name: generatorName },
    path,
    text: ours ? null : generatorModule(request.case),
  }
}
