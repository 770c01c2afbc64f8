/**
 * A whole number with a comma between thousands: `1,020,114`. Not by `toLocaleString`: the first use of that loads the
 * data of a locale, which every new process would have to wait for.
 */
export function withCommas(number: number | bigint): string {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, ',')
}
