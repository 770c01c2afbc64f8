/** The program that the tests start: compiled by global-setup.ts, or, outside of vitest, by `npm run build`. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type * as Host from '../../src/core/host.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const tested = process.env.ULID_MIGRATE_TESTED

/** Where a source file stands once it is compiled: `src/cli.ts`, for example. */
export function compiled(source: string): string {
  const name = source.replace(/\.tsx?$/, '.js')
  const path = tested === undefined ? join(root, name.replace(/^src\//, 'dist/')) : join(tested, name)
  if (!existsSync(path)) throw new Error(`${path} is not there: npm run build`)
  return path
}

/** The command line program, to be run by node. */
export const cli = compiled('src/cli.ts')

/** Starts the engine as the program does. */
export const { runEngine } = (await import(pathToFileURL(compiled('src/core/host.ts')).href)) as typeof Host
