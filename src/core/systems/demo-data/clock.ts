/** The demo's time: it stands still, so that the data depends on nothing but the seed. All times are UTC milliseconds. */
import type { Random } from './random.ts'

/** 2026-02-11 07:25:00 UTC: every job, session and run of a demo began before it. */
const demoNow = Date.UTC(2026, 1, 11, 7, 25, 0)

const span = 120 * 24 * 3600 * 1000

/**
 * Moments of the last months before {@link demoNow}, rising, no two nearer than `least` milliseconds.
 */
export function pastTimes(random: Random, count: number, least: number): readonly number[] {
  const mean = span / count
  const times: number[] = []
  let time = demoNow
  for (let made = 0; made < count; made++) {
    time -= Math.max(least, random.between(Math.ceil(mean * 0.2), Math.ceil(mean * 1.8)))
    times.push(time)
  }
  return times.reverse()
}

/**
 * The same moments as an application writes them: now and then two rows in the very same millisecond, and a row
 * entered later than it happened.
 */
export function asWritten(random: Random, times: readonly number[]): readonly number[] {
  const written = [...times]
  for (let row = 1; row < written.length; row++) {
    const before = written[row - 1] ?? demoNow
    if (random.chance(0.02)) written[row] = before
    else if (random.chance(0.01)) written[row] = before - random.between(60_000, 86_400_000)
  }
  return written
}

/** `2026-02-11 07:25:00.123456`: no zone, as Python prints a naive datetime. */
export function naiveTime(ms: number, random: Random): string {
  return `${new Date(ms).toISOString().slice(0, 23).replace('T', ' ')}${microseconds(random)}`
}

/** `2026-02-11 07:25:00.123456+00:00`: the zone is said. */
export function awareTime(ms: number, random: Random): string {
  return `${naiveTime(ms, random)}+00:00`
}

/** `2026-02-11T07:25:00.123456+00:00`. */
export function isoTime(ms: number, random: Random): string {
  return awareTime(ms, random).replace(' ', 'T')
}

/** `20260211` and `072500`, as they stand in ids. */
export function compactTime(ms: number): { readonly date: string; readonly time: string } {
  const [date = '', time = ''] = new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').split('T')
  return { date, time }
}

function microseconds(random: Random): string {
  return String(random.below(1000)).padStart(3, '0')
}
