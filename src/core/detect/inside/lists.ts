/** Lists of ids in one text, with a separator between them: `3,17,20`. */
import { formatPattern } from '../../inside/pattern.ts'
import type { KnownIds } from './known-ids.ts'

const separators = [', ', ',', '|', ';', ' ', '\n'] as const

export interface TextList {
  readonly pattern: string
  /** The items of all texts, some of them. */
  readonly items: readonly Buffer[]
}

const MOST_ITEMS = 1000

/** The ways to read all of the texts as lists, where at least two hold more than one item. */
export function listsIn(texts: readonly Buffer[]): readonly TextList[] {
  const latin = texts.map(text => text.toString('latin1'))
  return separators.flatMap(separator => {
    const divided = latin.filter(text => text.includes(separator)).map(text => text.split(separator))
    if (divided.filter(items => items.filter(item => item !== '').length > 1).length < 2) return []
    const single = latin.filter(text => !text.includes(separator))
    const items = [...divided.flat(), ...single].filter(item => item !== '').slice(0, MOST_ITEMS)
    return [{ pattern: listPattern(separator), items: items.map(item => Buffer.from(item, 'latin1')) }]
  })
}

function listPattern(separator: string): string {
  return formatPattern({
    before: [Buffer.alloc(0)],
    after: [Buffer.alloc(0)],
    format: { kind: 'plain' },
    separator: Buffer.from(separator),
  })
}

/** Whether what stands in the list could all be ids of the identity. */
export function isListOf(known: KnownIds, { items }: TextList): boolean {
  const most = items.length * 0.05
  let others = 0
  for (const item of items) {
    if (!couldBe(known, item)) others += 1
    if (others > most) return false
  }
  return true
}

function couldBe(known: KnownIds, item: Buffer): boolean {
  const text = item.toString('latin1')
  if (known.worth === 'number') return /^\d{1,19}$/.test(text)
  return text.trim().length === text.length && known.fits(item)
}
