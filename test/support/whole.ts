/** True in `npm run test:whole`, which takes every case of the long tests; `npm test` takes a share of each. */
export const whole = process.env.ULID_MIGRATE_TESTS === 'whole'

/** Every so many-th of the cases, or all of them. */
export function shareOf<T>(cases: readonly T[], every: number): readonly T[] {
  return whole ? cases : cases.filter((_, at) => at % every === 0)
}
