/** Readers of option values: from the text after a flag (or of its variable) to what the command works with. */
import { InvalidArgumentError } from '@commander-js/extra-typings'

/** Whole numbers of at least `least`. */
export function wholeNumber(least: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`It must be a whole number from ${least} up.`)
    return value
  }
}

export function seconds(text: string): number {
  const value = Number(text)
  if (!/^\d+(\.\d+)?$/.test(text) || !Number.isFinite(value))
    throw new InvalidArgumentError('It must be a number of seconds, as 30 or 0.5.')
  return value
}

/** Powers of ten or of two, as DuckDB reads them. */
const units = { kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30, tib: 2 ** 40 }

/** Less is taken for a slip of the keyboard. */
const LEAST_MEMORY = 64e6

export function memorySize(text: string): string {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?) ?([kmgt]i?b)$/i.exec(text) ?? []
  const bytes = Number(number) * units[unit.toLowerCase() as keyof typeof units]
  if (!(bytes >= LEAST_MEMORY))
    throw new InvalidArgumentError('It must be a size from 64MB up, as 512MB or 2GiB.')
  return `${number}${unit}`
}

const repeatable = new WeakSet<object>()

/** A flag that may be given more than once; each value must match `shape`. */
export function repeated(shape: RegExp, expected: string) {
  const read = (text: string, previous: readonly string[] | undefined): readonly string[] => {
    if (!shape.test(text)) throw new InvalidArgumentError(`It must look like ${expected}.`)
    return [...(previous ?? []), text]
  }
  repeatable.add(read)
  return read
}

/** Whether what reads an option's value is from {@link repeated}. */
export function isRepeatable(read: object | undefined): boolean {
  return read !== undefined && repeatable.has(read)
}

export function seedHex(text: string): string {
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new InvalidArgumentError('It must be 64 hex digits.')
  return text.toLowerCase()
}

const instant = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/

export function isoTime(text: string): string {
  const time = new Date(text)
  if (!instant.test(text) || Number.isNaN(time.valueOf()) || !sameDay(text))
    throw new InvalidArgumentError('It must be ISO 8601 with a zone, as 2026-01-14T09:12:03Z.')
  return time.toISOString()
}

/** A 30th of February is read as a day in March. */
function sameDay(text: string): boolean {
  const day = text.slice(0, 10)
  const read = new Date(day)
  return !Number.isNaN(read.valueOf()) && read.toISOString().startsWith(day)
}

export function timeZone(text: string): string {
  if (/^[+-]([01]\d|2[0-3]):[0-5]\d$/.test(text)) return text
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new InvalidArgumentError('It must be UTC, an offset as +02:00, or a name as Europe/Zurich.')
  }
}

/** What a Python program imports: `MODULE:NAME`. */
export function moduleAndName(text: string): { readonly module: string; readonly name: string } {
  const [, module, name] = /^([A-Za-z_][\w.]*):([A-Za-z_]\w*)$/.exec(text) ?? []
  if (module === undefined || name === undefined)
    throw new InvalidArgumentError('It must look like MODULE:NAME, as dhruva:generate.')
  return { module, name }
}

/** A JSON object, as `{"title": "Alpha"}`. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new InvalidArgumentError(`It is no JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new InvalidArgumentError('It must be a JSON object, as {"title": "Alpha"}.')
  return value as Record<string, unknown>
}
