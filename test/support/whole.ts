import { test } from 'vitest'

/** True in `npm run test:whole`, which takes every case of the long tests; `npm test` takes a share of each. */
export const whole = process.env.ULID_MIGRATE_TESTS === 'whole'

/** Every so many-th of the cases, or all of them. */
export function shareOf<T>(cases: readonly T[], every: number): readonly T[] {
  return whole ? cases : cases.filter((_, at) => at % every === 0)
}

/** A test that takes many seconds, and has quicker ones beside it; elsewhere it is skipped, with the reason in its title. */
export function longTest(title: string, run: () => Promise<void>): void {
  test.skipIf(!whole)(whole ? title : `${title} (long: npm run test:whole)`, run)
}
