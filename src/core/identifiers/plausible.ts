/**
 * A time read out of bytes that may mean something else must be one at which a program could have made an id.
 * The range says only that much; it is no statement about any one database.
 */
export const earliestPlausible: number = Date.UTC(1990, 0, 1)
export const latestPlausible: number = Date.UTC(2100, 0, 1)

/** Whether `ms` (since 1970, UTC) is from 1990 up to, not including, 2100. False for NaN. */
export function isPlausibleTime(ms: number): boolean {
  return ms >= earliestPlausible && ms < latestPlausible
}
