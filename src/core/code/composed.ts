/** Texts that are put together of others: templates, sums of texts, and formats whose values stand apart from them. */
import type { Language } from './language.ts'
import { type Node, sameNode } from './source-file.ts'

export interface Composed {
  /** The whole expression. */
  readonly node: Node
  /** What always stands in it. */
  readonly texts: readonly string[]
  readonly values: readonly Node[]
  /** Whether it is a text for sure: a sum may be one of numbers. */
  readonly text: boolean
}

/** Every text of a file that is put together, each as a whole. */
export function composedIn(root: Node, language: Language): readonly Composed[] {
  const { template, sums, formats } = language.composed
  const rules = [
    { kind: template.kind, has: { kind: template.value } },
    ...sums,
    ...formats.map(each => each.rule),
  ]
  return rules
    .flatMap(rule => root.findAll({ rule }))
    .filter(node => around(node, language) === null)
    .flatMap(node => composedOf(node, language) ?? [])
    .filter(({ text, values }) => text && values.length > 0)
}

/** The text that this value is put into, if any, as a whole. */
export function composedAround(value: Node, language: Language): Composed | null {
  let whole: Node | null = null
  for (let at = around(value, language); at !== null; at = around(at, language)) whole = at
  return whole === null ? null : composedOf(whole, language)
}

/** The next larger text that a node is put into. */
function around(node: Node, language: Language): Node | null {
  const { template, sums, formats } = language.composed
  const parent = node.parent()
  if (parent === null) return null
  if (parent.kind() === template.value)
    return sameNode(parent.namedChildren()[0] ?? null, node) ? parent.parent() : null
  if (sums.some(rule => parent.matches({ rule }))) return parent
  if (parent.kind() === 'parenthesized_expression') return around(parent, language) === null ? null : parent
  const call = node
    .ancestors()
    .slice(0, 3)
    .find(each => formats.some(({ rule }) => each.matches({ rule })))
  const values = call === undefined ? [] : (formatted(call, language)?.values ?? [])
  return values.some(each => sameNode(each, node)) ? call! : null
}

function composedOf(node: Node, language: Language): Composed | null {
  const { template, sums, literals } = language.composed
  const kind = String(node.kind())
  if (kind === 'parenthesized_expression') return composedOf(node.namedChildren()[0] ?? node, language)
  if (sums.some(rule => node.matches({ rule }))) return together(node, node.namedChildren(), language)
  if (kind === template.kind || literals.has(kind)) {
    const children = node.children()
    return {
      node,
      text: true,
      texts: children.filter(each => each.kind() === template.content).map(each => each.text()),
      values: children
        .filter(each => each.kind() === template.value)
        .flatMap(each => each.namedChildren()[0] ?? []),
    }
  }
  return formatted(node, language)
}

/** A format and its values: what stands around the places of those. */
function formatted(node: Node, language: Language): Composed | null {
  const format = language.composed.formats.find(({ rule }) => node.matches({ rule }))
  if (format === undefined) return null
  const [found] = node.findAll({ rule: format.rule })
  const text = found?.getMatch('S') ?? null
  if (
    found === undefined ||
    text === null ||
    !sameNode(found, node) ||
    !language.composed.literals.has(String(text.kind()))
  )
    return null
  const one = found.getMatch('V')
  const given =
    one === null ? found.getMultipleMatches('V') : one.kind() === 'tuple' ? one.namedChildren() : [one]
  const values = given
    .filter(each => each.isNamed() && each.kind() !== language.kinds.comment)
    .map(each => each.field('value') ?? each)
  const own = composedOf(text, language)
  if (own === null) return null
  const { texts, values: parts } = together(node, values, language)
  return {
    node,
    text: true,
    texts: [...own.texts.map(each => each.replaceAll(format.place, '')), ...texts],
    values: [...own.values, ...parts],
  }
}

function together(node: Node, parts: readonly Node[], language: Language): Composed {
  const each = parts
    .filter(part => part.kind() !== language.kinds.comment)
    .map(part => composedOf(part, language) ?? { node: part, text: false, texts: [], values: [part] })
  return {
    node,
    text: each.some(part => part.text),
    texts: each.flatMap(part => part.texts),
    values: each.flatMap(part => part.values),
  }
}
