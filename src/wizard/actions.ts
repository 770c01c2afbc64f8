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
  | 'pause'
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

const opposite: Readonly<Record<Movement, Movement>> = {
  up: 'down',
  down: 'up',
  'page-up': 'page-down',
  'page-down': 'page-up',
  first: 'last',
  last: 'first',
}

/**
 * Where a text without a cursor is scrolled to after a movement: lines from its beginning or, when negative, from its
 * end (-1). How long it is, only whoever draws it knows, since that depends on the width.
 */
export function moveText(scroll: number, movement: Movement, atMost: number): number {
  if (movement === 'last') return -1
  if (movement === 'first' || scroll >= 0) return moveCursor(scroll, movement, atMost)
  return -1 - moveCursor(-1 - scroll, opposite[movement], atMost)
}
