/** Texts that are all divided alike by slashes, as `site/4/device/17/up`: each part that differs may be an id. */
import { formatPattern, type IdFormat, type Pattern, readings } from '../../inside/pattern.ts'
import { endingOf, isWritable, type Template } from './templates.ts'

export interface Segment {
  readonly template: Template
  /** What stands there. */
  readonly values: readonly (Buffer | bigint)[]
  /** The part before it, where that is always the same. */
  readonly follows: string | null
}

/** Fewer texts are divided alike by accident. */
const FEW = 5
const MOST_PARTS = 12

export function segmentsIn(texts: readonly Buffer[]): readonly Segment[] {
  const divided = texts.map(text => text.toString('latin1')).filter(text => text.includes('/'))
  if (divided.length < FEW || divided.length < texts.length) return []
  const rows = divided.map(text => text.split('/'))
  const length = rows[0]!.length
  const ending = endingOf(divided)
  if (length < 2 || length > MOST_PARTS || rows.some(row => row.length !== length)) return []
  const columns = [...rows[0]!.keys()].map(at => rows.map(row => row[at]!))
  const constant = columns.map(parts => (parts.every(part => part === parts[0]) ? parts[0]! : null))
  return columns.flatMap((parts, at) => {
    if (constant[at] !== null || parts.includes('')) return []
    const isLast = at === length - 1
    const ids = isLast ? parts.map(part => part.slice(0, part.length - ending.length)) : parts
    const format = formatOf(ids)
    const side = (from: number, to: number) =>
      literals(constant.slice(from, to), to === length && constant[length - 1] === null ? ending : '')
    const before = at === 0 ? [''] : side(0, at).with(-1, `${side(0, at).at(-1)}/`)
    const after = isLast ? [ending] : side(at + 1, length).with(0, `/${side(at + 1, length)[0]}`)
    const pattern: Pattern = { before: before.map(bytes), after: after.map(bytes), format, separator: null }
    const text = formatPattern(pattern)
    if (!isWritable(text) || !divided.every((each, index) => reads(pattern, each, ids[index]!))) return []
    const around = `${before.join(' ')} ${after.join(' ')}`
    const values = format.kind === 'plain' ? ids.map(bytes) : ids.filter(id => id.length < 19).map(BigInt)
    return [{ template: { pattern: text, around, plain: true }, values, follows: constant[at - 1] ?? null }]
  })
}

/** Texts with anything between them. */
function literals(parts: readonly (string | null)[], ending: string): string[] {
  return `${parts.map(part => part ?? '\0').join('/')}${ending}`.split('\0')
}

function bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

function formatOf(parts: readonly string[]): IdFormat {
  if (!parts.every(part => /^\d+$/.test(part))) return { kind: 'plain' }
  const width = parts[0]!.length
  const padded = parts.some(part => part.startsWith('0')) && parts.every(part => part.length >= width)
  return padded && width > 1
    ? { kind: 'number', base: 10, upper: false, width }
    : { kind: 'shape', shape: '#' }
}

function reads(pattern: Pattern, text: string, part: string): boolean {
  const id = readings(bytes(text), pattern)[0]?.[0]
  return id !== undefined && text.slice(id.start, id.end) === part
}
