/** One file of source code: its text, its syntax tree, and the names that its imports stand for. */
import python from '@ast-grep/lang-python'
import { parse, registerDynamicLanguage, type SgNode } from '@ast-grep/napi'
import type { GraphClass } from './graph-classes.ts'
import type { Language } from './language.ts'

export type Node = SgNode

registerDynamicLanguage({ python })

/** A name that an import makes known. */
export interface Binding {
  readonly local: string
  /** What it stands for: `uuid.uuid4`, or a whole module: `uuid`. */
  readonly full: string
  readonly statement: Node
  /** The part of the statement that is about this name only. */
  readonly part: Node
}

export interface SourceFile {
  /** As it is shown: from the folder of the target. */
  readonly name: string
  readonly text: string
  readonly language: Language
  readonly root: Node
  readonly bindings: readonly Binding[]
  /** The classes of the whole tree that make up a graph. */
  readonly graph: readonly GraphClass[]
}

export interface Span {
  readonly start: number
  readonly end: number
}

export function spanOf(node: Node): Span {
  const { start, end } = node.range()
  return { start: start.index, end: end.index }
}

export function isInside(inner: Span, outer: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end
}

export function sameNode(one: Node | null, other: Node): boolean {
  return one !== null && one.id() === other.id()
}

/** @returns the tree, or null where the text is not understood as this language */
export function parseSource(text: string, grammar: string): Node | null {
  // A byte order mark is no part of any grammar; a blank in its place keeps every position.
  const root = parse(grammar, text.replace(/^\uFEFF/, ' ')).root()
  const strange = ['ERROR', ...(grammar === 'python' ? python2 : [])]
  return strange.some(kind => root.kind() === kind || root.has({ rule: { kind } })) ? null : root
}

/** The grammar takes these still; Python 3 does not. */
const python2 = ['print_statement', 'exec_statement']

/** The full name of what is called `text` in this file: `u.uuid4` is `uuid.uuid4` after `import uuid as u`. */
export function fullName(text: string, bindings: readonly Binding[]): string {
  const [first = '', ...rest] = text.split('.')
  const binding = bindings.find(each => each.local === first)
  if (binding) return [binding.full, ...rest].join('.')
  const all = bindings.find(each => each.local === '*') // `from uuid import *`
  return all ? `${all.full}.${text}` : text
}

/** The innermost function around a node, or the file as a whole. */
export function scopeOf(node: Node, { language, root }: SourceFile): Node {
  return node.ancestors().find(each => language.kinds.functions.has(String(each.kind()))) ?? root
}
