/** The engine that is attacked: the built program, which is what users run, or the sources, where nothing is built. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type * as Host from '../../src/core/host.ts'

export interface Program {
  readonly runEngine: typeof Host.runEngine
  /** Arguments of node for the command line program. */
  readonly cli: readonly string[]
  readonly built: boolean
}

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** @param which `built` wants `npm run build` to have been run */
export async function programAtHand(which: 'built' | 'sources'): Promise<Program> {
  if (which === 'sources') {
    const { runEngine } = await import('../../src/core/host.ts')
    return { runEngine, cli: ['--import', import.meta.resolve('tsx'), at('src/cli.ts')], built: false }
  }
  if (!existsSync(at('dist/core/host.js'))) throw new Error('There is no dist/: npm run build')
  const { runEngine } = (await import(at('dist/core/host.js'))) as typeof Host
  return { runEngine, cli: [at('dist/cli.js')], built: true }
}
