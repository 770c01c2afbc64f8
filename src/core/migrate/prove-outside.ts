import type { Context } from '../context.ts'
import type { Proof } from '../documents.ts'
import { Refusal } from '../message.ts'

/** All checks of `run` by a process that has seen nothing of it. */
export async function proveOutside(
  path: string,
  run: string,
  strict: boolean,
  context: Context,
): Promise<Proof> {
  // Whether nobody has written since is for whoever did the run to say; where somebody has, that is counted.
  const outcome = await context.ask('verify', { target: path, run, strict })
  if (outcome.type === 'result') return outcome.value.proof
  throw new Refusal(outcome.error)
}
