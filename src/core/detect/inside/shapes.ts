/** How the text ids of an identity are written: where one begins and ends inside of a longer text. */

export interface Shape {
  /** As a pattern says it: `cj_#`, `@-@-@-@-@`. */
  readonly mask: string
  /** Matches one id, in text read as Latin-1. */
  readonly source: string
}

interface Part {
  readonly texts: Set<string>
  shortest: number
  longest: number
}

const MOST = 6
/** Fewer ids than these say nothing of what all have in common. */
const FEW = 5

/** The common shapes of the ids, each of at least some of them; none where they are written in too many ways. */
export function shapesOf(ids: readonly string[]): readonly Shape[] {
  const forms = new Map<string, { parts: Part[]; dividers: readonly string[]; count: number }>()
  for (const id of ids) {
    const dividers = id.match(/[^0-9A-Za-z]+/g) ?? []
    const pieces = id.split(/[^0-9A-Za-z]+/)
    const form = dividers.join('\0')
    const known = forms.get(form) ?? {
      parts: pieces.map(() => ({ texts: new Set<string>(), shortest: Number.MAX_SAFE_INTEGER, longest: 0 })),
      dividers,
      count: 0,
    }
    forms.set(form, known)
    known.count += 1
    pieces.forEach((piece, at) => {
      const part = known.parts[at]!
      if (part.texts.size < 1000) part.texts.add(piece)
      part.shortest = Math.min(part.shortest, piece.length)
      part.longest = Math.max(part.longest, piece.length)
    })
  }
  const common = [...forms.values()].filter(
    ({ count }) => count >= Math.min(FEW, ids.length * 0.02) || count * 4 > ids.length,
  )
  if (common.length > MOST) return []
  return common.map(({ parts, dividers, count }) => {
    const spelled = parts.map(part => spellPart(part, count))
    const join = (spell: (at: number) => string, divider: (text: string) => string) =>
      parts.map((_, at) => spell(at) + (at < dividers.length ? divider(dividers[at]!) : '')).join('')
    return {
      mask: join(
        at => spelled[at]!.mask,
        text => text,
      ),
      source: join(at => spelled[at]!.source, escapeRegExp),
    }
  })
}

function spellPart({ texts, shortest, longest }: Part, count: number): { mask: string; source: string } {
  const [first] = texts
  if (longest === 0) return { mask: '', source: '' }
  if (texts.size === 1 && count >= FEW && !/^\d+$/.test(first!))
    return { mask: first!, source: escapeRegExp(first!) }
  const digits = [...texts].every(text => /^\d+$/.test(text))
  // Where all are of one length, so are the others; where not, a number may be of any.
  const [from, to] =
    shortest === longest && count >= FEW ? [longest, longest] : [1, digits ? 19 : longest * 2]
  return digits
    ? { mask: '#', source: `[0-9]{${from},${to}}` }
    : { mask: '@', source: `[0-9A-Za-z]{${from},${to}}` }
}

function escapeRegExp(text: string): string {
  return Buffer.from(text)
    .toString('latin1')
    .replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}

/** Finds ids of these shapes in a text read as Latin-1, where no letter or digit stands right beside them. */
export function finderOf(shapes: readonly Shape[]): RegExp {
  const ways = shapes.map(({ source }) => source).sort((a, b) => b.length - a.length)
  return new RegExp(`(?<![0-9A-Za-z])(?:${ways.join('|')})(?![0-9A-Za-z])`, 'g')
}
