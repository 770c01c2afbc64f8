/**
 * Paths into a JSON document, as SQLite writes them, with three words of our own: `[*]` any item, `.*` the value under
 * any key, `.*~` the keys themselves.
 */

export type PathStep =
  | { readonly kind: 'key'; readonly name: string }
  | { readonly kind: 'any-key' }
  | { readonly kind: 'item'; readonly index: number }
  | { readonly kind: 'any-item' }
  /** The keys of an object, which only ends a path. */
  | { readonly kind: 'keys' }

const step =
  /\.\*~$|\.\*(?=[.[]|$)|\.("(?:[^"\\]|\\[\s\S])*")|\.([^\s.[\]:"*~=|]+)|\[(\*)\]|\[(0|[1-9][0-9]{0,8})\]/y

/** @throws RangeError that names the text and where it stops making sense. */
export function parsePath(text: string): readonly PathStep[] {
  const steps: PathStep[] = []
  if (!text.startsWith('$')) throw new RangeError(`${text} is no path: a path begins with $, as in $.job.id`)
  for (step.lastIndex = 1; step.lastIndex < text.length; ) {
    const at = step.lastIndex
    const match = step.exec(text)
    if (!match)
      throw new RangeError(
        `${text} is no path: "${text.slice(at)}" is none of .name, ."any name", [0], [*], .* and, at the end, .*~`,
      )
    steps.push(stepOf(match, text))
  }
  return steps
}

function stepOf([whole, quoted, plain, item, index]: RegExpExecArray, text: string): PathStep {
  if (quoted !== undefined) return { kind: 'key', name: unquoted(quoted, text) }
  if (plain !== undefined) return { kind: 'key', name: plain }
  if (item !== undefined) return { kind: 'any-item' }
  if (index !== undefined) return { kind: 'item', index: Number(index) }
  return { kind: whole === '.*~' ? 'keys' : 'any-key' }
}

function unquoted(quoted: string, text: string): string {
  try {
    return JSON.parse(quoted) as string
  } catch {
    throw new RangeError(`${text} is no path: ${quoted} is not a name in JSON's quotes`)
  }
}

/** Writes what {@link parsePath} reads, with quotes only around names that need them. */
export function formatPath(steps: readonly PathStep[]): string {
  return `$${steps.map(spell).join('')}`
}

function spell(each: PathStep): string {
  switch (each.kind) {
    case 'key':
      return /^[A-Za-z_]\w*$/.test(each.name) ? `.${each.name}` : `.${JSON.stringify(each.name)}`
    case 'any-key':
      return '.*'
    case 'item':
      return `[${each.index}]`
    case 'any-item':
      return '[*]'
    case 'keys':
      return '.*~'
  }
}
