import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Context } from './context.ts'

/** The folder for copies that live no longer than the operation that made them. */
export function scratchDir(context: Context): string {
  const folder = join(context.settings.stateDir, 'scratch')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}
