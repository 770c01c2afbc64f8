/** How much of the machine DuckDB may take. */
import { availableParallelism, totalmem } from 'node:os'
import type { Settings } from '../../requests.ts'
import { nameScratch } from '../../scratch.ts'
import type { Limits } from './connect.ts'

const GIGABYTE = 1e9

/**
 * The memory that the settings allow, else 1 GB, or a quarter of the machine where that is less; a thread for each
 * processor. What does not fit goes to a folder of its own in the state folder, which DuckDB makes when it needs it and
 * takes away; where it was killed, the next operation does.
 */
export function limitsOf(settings: Settings): Limits {
  return {
    memory: settings.duckdbMemory ?? `${Math.floor(Math.min(GIGABYTE, memoryOfMachine() / 4) / 1e6)}MB`,
    threads: availableParallelism(),
    temporary: nameScratch(settings, 'duckdb'),
  }
}

/** A container may have less than its machine. Where nothing constrains it, the system says 0 or a number beyond any machine. */
function memoryOfMachine(): number {
  const constrained = process.constrainedMemory()
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()
}
