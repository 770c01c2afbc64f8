/** Variables that served only to make an id that is made otherwise now: their assignments go. */
import type { Site } from './site.ts'
import { isInside, type Node, type SourceFile, type Span, sameNode, scopeOf, spanOf } from './source-file.ts'
import { wholeLines } from './whole-lines.ts'

/** Values whose making does nothing else: a time, chance, a hash, or a text of such. */
const harmless = /^[\w.\s()[\]:,"'%{}=*+-]*$/
const doing =
  /\b(?:next|pop|read|write|send|recv|open|exec|execute|await|yield|append|input|get_event_loop)\b/

export function withoutParts(file: SourceFile, sites: readonly Site[]): readonly Span[] {
  const gone: Span[] = sites.map(site => site.span)
  const dropped: Span[] = []
  const candidates = sites.flatMap(site => site.parts)
  // What is dropped may have been the last to use others: the list grows while it is gone through.
  for (const variable of candidates) {
    const assignment = onlyAssignment(variable, file)
    const value = assignment?.field('right') ?? assignment?.field('value')
    if (!assignment || !value || !isMaking(value, file)) continue
    const uses = usesOf(variable, file).filter(node => !isInside(spanOf(node), spanOf(assignment)))
    if (!uses.every(node => gone.some(span => isInside(spanOf(node), span)))) continue
    const statement = assignment.parent()
    const lines = statement === null ? null : wholeLines(spanOf(statement), file.text)
    const hasComment = lines !== null && /#|\/\//.test(file.text.slice(spanOf(statement!).end, lines.end))
    if (lines === null || hasComment || isShared(statement!) || isAlone(statement!, file)) continue
    if (dropped.some(each => each.start === lines.start)) continue
    dropped.push(lines)
    gone.push(lines)
    candidates.push(
      ...[...file.language.kinds.identifiers].flatMap(kind => value.findAll({ rule: { kind } })),
    )
  }
  return dropped
}

function onlyAssignment(variable: Node, file: SourceFile): Node | null {
  const { assignments } = file.language.kinds
  const found = [...assignments].flatMap(kind =>
    scopeOf(variable, file)
      .findAll({ rule: { kind } })
      .filter(each => (each.field('left') ?? each.field('name'))?.text() === variable.text()),
  )
  const scope = scopeOf(variable, file)
  const [first] = found
  if (found.length !== 1 || first === undefined) return null
  // In the same function, and not at the head of a module, whose names others may import.
  return sameNode(scopeOf(first, file), scope) && !sameNode(scope, file.root) ? first : null
}

function isMaking(value: Node, file: SourceFile): boolean {
  const text = value.text()
  return (
    harmless.test(text) &&
    !doing.test(text) &&
    (file.language.time.test(text) || file.language.hint.test(text))
  )
}

function usesOf(variable: Node, file: SourceFile): readonly Node[] {
  return [...file.language.kinds.identifiers]
    .flatMap(kind => scopeOf(variable, file).findAll({ rule: { kind } }))
    .filter(node => node.text() === variable.text())
    .filter(node => {
      const parent = node.parent()
      return !(parent?.kind() === 'attribute' && !sameNode(parent.field('object'), node))
    })
}

/** Whether one statement assigns to several variables. */
function isShared(statement: Node): boolean {
  return statement.namedChildren().length > 1
}

/** Whether the block would hold nothing without it. */
function isAlone(statement: Node, { language }: SourceFile): boolean {
  const block = statement.parent()
  if (block === null || !language.kinds.blocks.has(String(block.kind()))) return true
  return block.namedChildren().filter(each => each.kind() !== language.kinds.comment).length === 1
}
