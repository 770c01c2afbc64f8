/** Numbers, sizes and times as people read them, on screens and in reports. */
import { homedir } from 'node:os'
import prettyMilliseconds from 'pretty-ms'
import { withCommas } from '../core/index.ts'

const sizes = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** `1020114` to `1,020,114`. */
export function count(value: number): string {
  return withCommas(Math.round(value))
}

/** `3 rows`, `1 row`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

/** `57 %`; never 100 % or 0 % where something is of another kind. */
export function share(part: number, whole: number): string {
  if (part < whole && part * 100 > whole * 99) return 'over 99 %'
  return part > 0 && part * 100 < whole ? 'under 1 %' : `${Math.round((part / whole) * 100)} %`
}

/** `99 %`, rounded down: only what is certain is 100 %. By thousandths, since 0.57 times 100 is 56.99. */
export function sureness(confidence: number): string {
  return `${Math.floor(Math.round(confidence * 1000) / 10)} %`
}

/** Decimal units, one digit below ten: `1.1 MB`, `155 MB`. */
export function size(bytes: number): string {
  let unit = 0
  let amount = bytes
  while (amount >= 999.5 && unit < sizes.length - 1) {
    amount /= 1000
    unit += 1
  }
  return `${amount.toFixed(unit > 0 && amount < 9.95 ? 1 : 0)} ${sizes[unit]}`
}

const spelled = { s: 's', m: 'min', h: 'h', d: 'd', y: 'years' } as const

/** `0.2 s`, `42 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 0.05) return '0.0 s'
  const short = seconds < 9.95
  const text = prettyMilliseconds(Math.round(seconds * (short ? 10 : 1)) * (short ? 100 : 1000), {
    unitCount: 2,
    subSecondsAsDecimals: true,
    secondsDecimalDigits: short ? 1 : 0,
    keepDecimalsOnWholeSeconds: short,
  })
  return text.replaceAll(/(?<=\d)[smhdy]/g, unit => ` ${spelled[unit as keyof typeof spelled]}`)
}

/** How long after something else, or before it: `+0.250 s`, `-12.000 s`, `+3 min 20 s`. */
export function offset(seconds: number): string {
  const length = Math.abs(seconds)
  return `${seconds < 0 ? '-' : '+'}${length < 60 ? `${length.toFixed(3)} s` : duration(length)}`
}

/** A range around an estimate, since a rehearsal on a copy is never the live run: `5 to 8 s`. */
export function about(seconds: number): string {
  if (seconds < 1) return 'about a second'
  const low = Math.max(1, Math.round(seconds * 0.85))
  const high = Math.max(low + 1, Math.ceil(seconds * 1.3))
  return high < 60 ? `${low} to ${high} s` : `${duration(low)} to ${duration(high)}`
}

/** `09:14:02`, in the operator's own zone. */
export function clock(at: number): string {
  const time = new Date(at)
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')
}

/** `today 09:14`, `8 Feb 17:40`, `8 Feb 2024`. */
export function when(iso: string, now: number): string {
  const time = new Date(iso)
  if (Number.isNaN(time.getTime())) return iso
  const today = new Date(now)
  const hour = `${two(time.getHours())}:${two(time.getMinutes())}`
  if (time.toDateString() === today.toDateString()) return `today ${hour}`
  const day = `${time.getDate()} ${months[time.getMonth()]}`
  return time.getFullYear() === today.getFullYear() ? `${day} ${hour}` : `${day} ${time.getFullYear()}`
}

/** A row's time as samples show it: `2026-01-14 09:12:03`, UTC. */
export function rowTime(iso: string): string {
  return iso.replace('T', ' ').replace(/\.\d+/, '').replace('Z', '')
}

/** The home folder as `~`. */
export function tilde(path: string, home = homedir()): string {
  return home !== '' && path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
