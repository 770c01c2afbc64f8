/** Lists of ids in one text, with a separator between them: `3,17,20`. */
import { formatPattern } from '../../inside/pattern.ts'
import type { KnownIds } from './known-ids.ts'

const separators = [', ', ',', '|', ';', ' ', '\n'] as const

export interface ListOfIds {
  readonly pattern: string
  /** The items of all texts. */
  readonly items: readonly Buffer[]
}

/** The separator by which all texts are lists of what could be ids; null where they are none. */
export function listOf(known: KnownIds, texts: readonly Buffer[]): ListOfIds | null {
  const filled = texts.filter(({ length }) => length > 0)
  for (const separator of separators) {
    const divided = filled.map(text =>
      text
        .toString('latin1')
        .split(separator)
        .filter(item => item !== ''),
    )
    if (divided.filter(({ length }) => length > 1).length < 2) continue
    const items = divided.flat().map(item => Buffer.from(item, 'latin1'))
    const fitting = items.filter(
      item => item.toString('latin1').trim().length === item.length && couldBe(known, item),
    )
    if (fitting.length < items.length * 0.95) continue
    return {
      pattern: formatPattern({
        before: [Buffer.alloc(0)],
        after: [Buffer.alloc(0)],
        format: { kind: 'plain' },
        separator: Buffer.from(separator),
      }),
      items,
    }
  }
  return null
}

function couldBe(known: KnownIds, item: Buffer): boolean {
  if (known.worth === 'number') return /^\d{1,19}$/.test(item.toString('latin1'))
  return known.fits(item)
}
