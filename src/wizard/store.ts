/** The one place that holds the state. Messages go in, commands come out, and whoever draws is told. */
import type { Command, WizardMessage } from './messages.ts'
import { reduce } from './reduce.ts'
import type { Wizard } from './state.ts'

export interface Store {
  get(): Wizard
  dispatch(message: WizardMessage): void
  subscribe(changed: () => void): () => void
}

/** @param perform carries commands out; it may dispatch again */
export function createStore(initial: Wizard, perform: (command: Command) => void): Store {
  let wizard = initial
  const listeners = new Set<() => void>()
  return {
    get: () => wizard,
    dispatch(message) {
      const step = reduce(wizard, message)
      wizard = step.wizard
      for (const changed of listeners) changed()
      for (const command of step.commands) perform(command)
    },
    subscribe(changed) {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
  }
}
