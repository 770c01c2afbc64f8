/** Waiting for a file that another program holds. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Context } from '../context.ts'

/** What one kind of database says when somebody else has the file. */
export interface Lock {
  isHeld(error: unknown): boolean
  /** Who has it, in words; empty where nobody can tell. */
  holder(error: unknown): string
  /** What is thrown once the limit is reached. */
  refusal(error: unknown, seconds: number): Error
}

/**
 * Tries `action` until nobody else holds the file, or the settings' limit is reached; each second of waiting is told.
 * Whatever else `action` throws is thrown on.
 */
export async function patiently<T>(
  context: Context,
  path: string,
  lock: Lock,
  action: () => T | Promise<T>,
): Promise<T> {
  const begun = context.now()
  const limit = context.settings.waitSeconds
  let told = -1
  for (;;) {
    try {
      return await action()
    } catch (error) {
      if (!lock.isHeld(error)) throw error
      const seconds = (context.now() - begun) / 1000
      if (seconds >= limit) throw lock.refusal(error, seconds)
      if (Math.floor(seconds) > told) {
        told = Math.floor(seconds)
        context.emit({ type: 'waiting', for: path, holder: lock.holder(error), seconds: told, limit })
      }
      await delay(50)
      await context.breathe()
    }
  }
}
