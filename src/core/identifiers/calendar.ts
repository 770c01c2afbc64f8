const daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
const monthLength = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/**
 * Milliseconds from 1970 to a date and time of the (proleptic) Gregorian calendar, as if it were UTC. Null where there
 * is no such day or time: `Date.UTC` would make March 2 of February 30, and 1999 of the year 99.
 */
export function civilMs(
  year: number,
  month: number,
  day: number,
  hour = 0,
  minute = 0,
  second = 0,
  millisecond = 0,
): number | null {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const length = monthLength[month - 1]
  if (length === undefined || day < 1 || day > (leap && month === 2 ? 29 : length)) return null
  if (hour > 23 || minute > 59 || second > 59) return null
  const before = year - 1
  const leapDays = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400)
  const days = before * 365 + leapDays + daysBefore[month - 1]! + (leap && month > 2 ? 1 : 0) + day - 719_163
  return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000 + millisecond
}
