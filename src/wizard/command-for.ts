import { commandLine } from '../core/index.ts'
import type { Wizard } from './state.ts'

/** A command to be copied from the screen, which finds the ledger and the snapshots of this wizard. */
export function commandFor({ stateDir }: Pick<Wizard, 'stateDir'>, ...words: readonly string[]): string {
  return commandLine(...words, ...(stateDir === null ? [] : ['--state-dir', stateDir]))
}
