/**
 * Write transactions so short that other programs hardly notice, with room for those programs in between. SQLite's lock
 * is not fair: whoever waits for it sleeps in steps of up to 100 ms (https://sqlite.org/c3ref/busy_timeout.html) and
 * looks whether it is free just then. So what counts is not only how long it is held, but how much of the time.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Context } from '../context.ts'
import { type Connection, patiently } from '../engines/sqlite/open.ts'
import type { Pace } from '../requests.ts'

export const usualPace: Pace = { maxStall: 50, rate: null }

/** Between two transactions, whoever else is there (ms). */
const PAUSE = 4
/** Others count as being at work for so long (ms) after they were seen to write. */
const BUSY = 2000
const FIRST = 100
const MOST = 20_000

export class Briefly {
  readonly #db: Connection
  readonly #path: string
  readonly #pace: Pace
  readonly #context: Context
  /** What a waiting program sleeps adds to what the lock is held: a quarter leaves room for both. */
  readonly #aim: number
  #rows = FIRST
  #longest = 0
  #written = 0
  #version: unknown
  #busyUntil = 0
  readonly #begun = performance.now()

  constructor(db: Connection, path: string, pace: Pace, context: Context) {
    this.#db = db
    this.#path = path
    this.#pace = pace
    this.#context = context
    this.#aim = pace.maxStall / 4
    this.#version = this.#dataVersion()
  }

  /** The longest time that the lock was held so far (ms). */
  get longest(): number {
    return this.#longest
  }

  /** How many rows the next chunk may have. */
  get rows(): number {
    const { rate } = this.#pace
    return rate === null ? this.#rows : Math.max(1, Math.min(this.#rows, Math.ceil(rate / 10)))
  }

  /** Does `work`, which says how many rows it wrote, in a transaction of its own; then leaves the lock to others for a while. */
  async write(work: () => number, sized = true): Promise<void> {
    const db = this.#db
    await patiently(this.#context, this.#path, () => db.exec('BEGIN IMMEDIATE'))
    const begun = performance.now()
    let written: number
    try {
      written = work()
      await patiently(this.#context, this.#path, () => db.exec('COMMIT'))
    } catch (error) {
      if (db.inTransaction) db.exec('ROLLBACK')
      throw error
    }
    const held = performance.now() - begun
    this.#longest = Math.max(this.#longest, held)
    if (sized) this.#resize(held)
    this.#written += written
    // Or the next commit of somebody else would have to do it, and wait for that.
    db.pragma('wal_checkpoint(PASSIVE)')
    await this.#pause(held)
  }

  #resize(held: number): void {
    if (held > this.#aim) this.#rows = Math.max(1, Math.floor(this.#rows / 2))
    else if (held < this.#aim / 2) this.#rows = Math.min(MOST, Math.ceil(this.#rows * 1.5))
  }

  /** As long as the lock was held, where others are seen to write: then whoever comes finds it free half of the time. */
  async #pause(held: number): Promise<void> {
    const version = this.#dataVersion()
    const now = performance.now()
    if (version !== this.#version) this.#busyUntil = now + BUSY
    this.#version = version
    const fair = now < this.#busyUntil ? Math.max(PAUSE, held) : PAUSE
    const { rate } = this.#pace
    const slow = rate === null ? 0 : (1000 * this.#written) / rate - (now - this.#begun)
    for (let left = Math.max(fair, slow); left > 0; left -= 100) {
      await delay(Math.min(left, 100))
      await this.#context.breathe() // a slow rate must not make it deaf
    }
  }

  /** Changes when another connection commits (https://sqlite.org/pragma.html#pragma_data_version). */
  #dataVersion(): unknown {
    return this.#db.pragma('data_version', { simple: true })
  }
}
