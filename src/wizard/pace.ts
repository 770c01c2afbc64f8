/** How often whoever draws is told: at once of what was done, and of mere progress only as often as an eye can follow. */

/** Ten frames a second at most (TERMINAL 7); a little more than a tenth, so that no second ever holds eleven. */
const everyMs = 110

export interface Pace {
  /** Tells now. */
  now(): void
  /** Tells now, or when the time has come; once for all that was asked for until then. */
  soon(): void
}

export function createPace(tell: () => void, clock: () => number = () => performance.now()): Pace {
  let told = Number.NEGATIVE_INFINITY
  let timer: NodeJS.Timeout | undefined
  const now = () => {
    clearTimeout(timer)
    timer = undefined
    told = clock()
    tell()
  }
  return {
    now,
    soon() {
      if (timer !== undefined) return
      const wait = told + everyMs - clock()
      if (wait <= 0) return now()
      // What has nothing to do but to be drawn keeps no process alive.
      timer = setTimeout(now, wait).unref()
    },
  }
}
