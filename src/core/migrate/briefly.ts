/**
 * Write transactions so short that other programs hardly notice, with room for those programs in between. SQLite's lock
 * is not fair: whoever waits for it sleeps in steps of up to 100 ms (https://sqlite.org/c3ref/busy_timeout.html) and
 * looks whether it is free just then. So what counts is not only how long it is held, but how much of the time.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Context } from '../context.ts'
import { type Connection, patiently } from '../engines/sqlite/open.ts'
import type { Pace } from '../requests.ts'

/** Between two transactions, whoever else is there (ms). */
const PAUSE = 4
/** Others count as being at work for so long (ms) after they were seen to write. */
const BUSY = 2000
/** Rows between two looks at the clock. */
const SLICE = 100

export class Briefly {
  readonly #db: Connection
  readonly #path: string
  readonly #pace: Pace
  readonly #context: Context
  /** What a waiting program sleeps adds to what the lock is held: a quarter leaves room for both. */
  readonly #aim: number
  #longest = 0
  #written = 0
  #version: unknown
  #busyUntil = 0
  readonly #begun: number

  constructor(db: Connection, path: string, pace: Pace, context: Context) {
    this.#db = db
    this.#path = path
    this.#pace = pace
    this.#context = context
    this.#aim = pace.maxStall / 4
    this.#version = this.#dataVersion()
    this.#begun = context.pause.clock()
  }

  /** The longest time that the lock was held so far (ms). */
  get longest(): number {
    return this.#longest
  }

  /** Does `work` in a transaction of its own; then leaves the lock to others for a while. */
  async once(work: () => void): Promise<void> {
    await this.#transaction(() => {
      work()
      return 0
    })
  }

  /**
   * Writes slice after slice of at most so many rows, for as long as the time allows, in one transaction; `noted` is done
   * last in it. A slice says how many rows it took; none when there are no more. Returns whether there may be more.
   */
  async slices(slice: (limit: number) => number, noted: () => void): Promise<boolean> {
    const { rate } = this.#pace
    const most = rate === null ? Number.POSITIVE_INFINITY : Math.max(1, Math.ceil(rate / 10))
    let more = true
    await this.#transaction(begun => {
      let rows = 0
      while (more && rows < most && performance.now() - begun < this.#aim) {
        const taken = slice(Math.min(SLICE, most - rows))
        more = taken > 0
        rows += taken
      }
      noted()
      return rows
    })
    return more
  }

  async #transaction(work: (begun: number) => number): Promise<void> {
    const db = this.#db
    await patiently(this.#context, this.#path, () => db.exec('BEGIN IMMEDIATE'))
    const begun = performance.now()
    try {
      this.#written += work(begun)
      await patiently(this.#context, this.#path, () => db.exec('COMMIT'))
    } catch (error) {
      if (db.inTransaction) db.exec('ROLLBACK')
      throw error
    }
    const held = performance.now() - begun
    this.#longest = Math.max(this.#longest, held)
    this.#emptyWal()
    await this.#pause(held)
  }

  /** As long as the lock was held, where others are seen to write: then whoever comes finds it free half of the time. */
  async #pause(held: number): Promise<void> {
    const version = this.#dataVersion()
    const now = performance.now()
    if (version !== this.#version) this.#busyUntil = now + BUSY
    this.#version = version
    const fair = now < this.#busyUntil ? Math.max(PAUSE, held) : PAUSE
    const { rate } = this.#pace
    const slow =
      rate === null ? 0 : (1000 * this.#written) / rate - (this.#context.pause.clock() - this.#begun)
    for (let left = Math.max(fair, slow); left > 0; left -= 100) {
      await delay(Math.min(left, 100))
      await this.#context.breathe() // a slow rate must not make it deaf
    }
  }

  /** Or the next commit of somebody else would have to do it, and wait for that. What is committed stands, also where this fails. */
  #emptyWal(): void {
    try {
      this.#db.pragma('wal_checkpoint(PASSIVE)')
    } catch {
      // Whoever writes next tries again.
    }
  }

  /** Changes when another connection commits (https://sqlite.org/pragma.html#pragma_data_version); where it can't be asked, others are at work. */
  #dataVersion(): unknown {
    try {
      return this.#db.pragma('data_version', { simple: true })
    } catch {
      return null
    }
  }
}
