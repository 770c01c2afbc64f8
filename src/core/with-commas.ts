/**
 * A whole number with a comma between thousands: `1,020,114`. Not by `toLocaleString`: the first use of that loads the
 * data of a locale, which takes each new process about 30 ms.
 */
export function withCommas(number: number | bigint): string {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, ',')
}
