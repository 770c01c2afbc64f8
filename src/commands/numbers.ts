/** Numbers as people read them. */
import prettyMilliseconds from 'pretty-ms'

const grouped = new Intl.NumberFormat('en-US')
const units = ['bytes', 'kB', 'MB', 'GB', 'TB']

/** `1020114` to `1,020,114` */
export function count(value: number | bigint): string {
  return grouped.format(value)
}

/** `3 rows`, `1 row` */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

/** Decimal units, one digit below ten: `1.1 MB`, `155 MB`. */
export function bytes(value: number): string {
  let unit = 0
  let amount = value
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= 1000
    unit += 1
  }
  const digits = unit > 0 && amount < 9.95 ? 1 : 0
  return `${amount.toFixed(digits)} ${units[unit]}`
}

/** Seconds as `0.2s`, `1m 4s`. */
export function duration(seconds: number): string {
  return prettyMilliseconds(Math.round(seconds * 1000), { secondsDecimalDigits: 1 })
}
