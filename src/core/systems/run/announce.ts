/** What will be run, said before it is: whoever agrees has seen all of it. */
import type { Context } from '../../context.ts'
import { shellWords } from '../../shell.ts'
import type { Command, System } from '../system.ts'

/** Seconds: that it may take, that tables must stay as they are, that processes are given to end by themselves. */
export const usualLimit = 120
export const usualSettle = 2
export const usualGrace = 5

/** In the environment of everything that comes of a command. */
export const markName = 'ULID_MIGRATE_STARTED'

/** Unique: an operation starts one command at a time. */
export function markOf({ run }: Context): string {
  return `${run}-${process.pid}`
}

/** What is set for a command: output comes as it is written, and its processes are known by the mark. */
export function environmentOf(command: Command, mark: string): Readonly<Record<string, string>> {
  return { PYTHONUNBUFFERED: '1', ...command.environment, [markName]: mark }
}

/** The facts of a system's initialization, by their names; none where no command is known. */
export function announce(
  { folder, folders, initialize, places }: System,
  named: string | null,
): readonly (readonly [name: string, value: string])[] {
  if (initialize === null) return []
  const { argv, expect, limit = usualLimit } = initialize
  const variables = Object.entries(environmentOf(initialize, '(its mark)'))
  const where = named ?? (places.length === 1 ? places[0]!.path : `one of ${places.length} places`)
  return [
    ['command', shellWords(argv)],
    ['folder', [folder ?? folders.join(' or '), initialize.folder].filter(Boolean).join('/')],
    ['environment', variables.map(([name, value]) => `${name}=${value}`).join(' ')],
    ['waits for', `${expect.length === 0 ? 'tables' : expect.join(', ')} in ${where}, at most ${limit} s`],
    ['then', 'ends it, and all that it started'],
  ]
}
