/** Sets what a YAML config file says of one target; comments, order and spelling of all else stay. */
import { isDeepStrictEqual } from 'node:util'
import {
  type Document,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parse,
  parseDocument,
  Scalar,
  visit,
  type YAMLSeq,
} from 'yaml'

type Entry = Readonly<Record<string, unknown>>

/**
 * @param text a document that is a mapping, or empty
 * @param key the target's, as the file spells it
 * @param before what it says of the target now; undefined where nothing
 */
export function setTargetInYaml(text: string, key: string, before: Entry | undefined, after: Entry): string {
  const document: Document = parseDocument(text)
  if (document.contents === null) document.contents = document.createNode({})
  const at = (name: string) => ['targets', key, name]
  if (before === undefined || !isMap(document.getIn(['targets', key]))) {
    document.setIn(['targets', key], document.createNode(after))
  } else {
    for (const name of Object.keys(before)) if (!(name in after)) document.deleteIn(at(name))
    for (const [name, value] of Object.entries(after)) setValue(document, at(name), before[name], value)
  }
  const restore = holdInline(document, text)
  return restore(document.toString({ lineWidth: 0, ...styleOf(text) }))
}

/** Items of a list come and go one by one, so that those that stay keep the comments beside them. */
function setValue(document: Document, at: readonly string[], before: unknown, after: unknown): void {
  const list = document.getIn(at)
  if (!Array.isArray(after) || !isSeq(list)) {
    if (before !== after) document.setIn(at, Array.isArray(after) ? document.createNode(after) : after)
    return
  }
  const sequence = list as YAMLSeq
  const held = (item: unknown) => (isScalar(item) ? item.value : item)
  sequence.items = sequence.items.filter(item => after.includes(held(item)))
  const there = sequence.items.map(held)
  for (const item of after) if (!there.includes(item)) sequence.add(document.createNode(item))
}

/**
 * What stands in braces or brackets is printed by the library in one way only. Where it was not changed, a word stands
 * in for it meanwhile.
 *
 * @returns puts the source's own text back in place of the words
 */
function holdInline(document: Document, text: string): (printed: string) => string {
  const held: string[] = []
  const word = (index: number) => `held-${index}-${text.length}`
  visit(document, {
    Collection(_, node) {
      const source = sourceOf(node, document, text)
      if (source === null) return undefined
      const stand = new Scalar(word(held.push(source) - 1))
      if (node.comment) stand.comment = node.comment
      if (node.commentBefore) stand.commentBefore = node.commentBefore
      if (node.spaceBefore) stand.spaceBefore = true
      return stand
    },
  })
  return printed => held.reduce((whole, source, index) => whole.replace(word(index), () => source), printed)
}

/** The text of an inline collection that still says what the node says; null for all others. */
function sourceOf(node: Node, document: Document, text: string): string | null {
  if (!isCollection(node) || !node.flow || !node.range || node.anchor || node.tag) return null
  const source = text.slice(node.range[0], node.range[1])
  try {
    return isDeepStrictEqual(parse(source), node.toJS(document)) ? source : null
  } catch {
    return null // it repeats what is said elsewhere
  }
}

/** How the file is written, as far as that can be told and the library can do the same. */
function styleOf(text: string) {
  const indent = /^( +)[^\s#-]/m.exec(text)?.[1]?.length
  return {
    ...(indent === undefined ? {} : { indent }),
    indentSeq: !/^( *)[^\s#-][^\n]*:[ \t]*\n(?:[ \t]*#[^\n]*\n)*\1- /m.test(text),
    flowCollectionPadding: !/[[{][^\s\]}]/.test(text),
  }
}
