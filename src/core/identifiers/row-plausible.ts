const year = 365.25 * 24 * 3600 * 1000

/** A creation time lies after the first hours of 1970 and not in the future; anything else is missing or absurd. */
export function isPlausibleRowTime(time: number | null, base: number): time is number {
  return time !== null && time >= earliestRowTime && time <= base + latestAhead
}

export const earliestRowTime = 24 * 3600 * 1000
/** Clocks of other machines run ahead, zones are mistaken; a year is no clock's error. */
export const latestAhead = year
