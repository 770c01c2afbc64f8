/** The one place that holds the state. Messages go in, commands come out, and whoever draws is told. */
import type { Command, WizardMessage } from './messages.ts'
import { createPace } from './pace.ts'
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
  const pace = createPace(() => {
    for (const changed of listeners) changed()
  })
  return {
    get: () => wizard,
    dispatch(message) {
      const step = reduce(wizard, message)
      wizard = step.wizard
      if (message.type === 'event' || message.type === 'tick') pace.soon()
      else pace.now()
      for (const command of step.commands) perform(command)
    },
    subscribe(changed) {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
  }
}
