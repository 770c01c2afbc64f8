import { precondition, type Refusal } from '../message.ts'
import { inShell } from '../shell.ts'

/** Nothing else is begun, or said to be proved, while an expansion is under way. */
export function unfinished(path: string, run: string, why: string): Refusal {
  return precondition(
    'EXPANSION.UNFINISHED',
    path,
    `The expansion ${run} is under way, and not at its end.`,
    why,
    inShell`Go on with it: ulid-migrate migrate ${path}; or take it back: ulid-migrate collapse ${path}`,
  )
}
