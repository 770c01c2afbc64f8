/**
 * A pause that the operator asks for. Only what fills an expansion keeps it, between two of its transactions: all else
 * either holds a lock, which nobody could wait for, or is over in a moment.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Context } from './context.ts'

/** How often somebody who rests looks whether to go on, or to stop (ms). */
const LOOK = 50

export class Pause {
  #asked = false
  #rested = 0

  ask(): void {
    this.#asked = true
  }

  end(): void {
    this.#asked = false
  }

  /** A clock (ms) that stands still in a pause, which is no work. */
  clock(): number {
    return performance.now() - this.#rested
  }

  /** Waits for as long as a pause is asked for, and can be stopped meanwhile. Whoever calls it holds no lock. */
  async keep({ emit, breathe }: Pick<Context, 'emit' | 'breathe'>): Promise<void> {
    if (!this.#asked) return
    emit({ type: 'pause', status: 'started' })
    const begun = performance.now()
    while (this.#asked) {
      await delay(LOOK)
      await breathe()
    }
    const rested = performance.now() - begun
    this.#rested += rested
    emit({ type: 'pause', status: 'done', seconds: rested / 1000 })
  }
}
