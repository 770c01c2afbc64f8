/** What a key can ask for. Keys name actions, screens act on them. */
export type Action =
  | 'next'
  | 'all'
  | 'skip'
  | 'back'
  | 'toggle'
  | 'pane'
  | 'findings'
  | 'date-source'
  | 'form'
  | 'strategy'
  | 'choices'
  | 'previous-target'
  | 'next-target'
  | 'filter'
  | 'erase'
  | 'statements'
  | 'schema'
  | 'checks'
  | 'write'
  | 'remember'
  | 'compare'
  | 'log'
  | 'run-command'
  | 'verify'
  | 'rollback'
  | 'trace'
  | 'open'
  | 'complete'
  | 'take-back'
  | 'take-all-back'
  | 'rehearse'
  | 'restore'
  | 'help'
  | 'quit'
  | 'interrupt'
  | 'redraw'
  | 'suspend'
  | Movement

export type Movement = 'up' | 'down' | 'page-up' | 'page-down' | 'first' | 'last'

const movements: readonly string[] = ['up', 'down', 'page-up', 'page-down', 'first', 'last']

export function isMovement(action: Action): action is Movement {
  return movements.includes(action)
}

const page = 10

/** Where the cursor is after a movement in a list of `length` rows. */
export function moveCursor(cursor: number, movement: Movement, length: number): number {
  const last = Math.max(0, length - 1)
  const to = {
    up: cursor - 1,
    down: cursor + 1,
    'page-up': cursor - page,
    'page-down': cursor + page,
    first: 0,
    last,
  }[movement]
  return Math.min(last, Math.max(0, to))
}
