/** On which line of a config file something is said, for whoever has to correct it. */
import { readFileSync } from 'node:fs'
import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import { isCode } from './find.ts'

/** @returns the line of a place, from 1; null where the file does not say it in so many words, or is a program */
export type LineOf = (place: readonly PropertyKey[]) => number | null

export function linesIn(file: string): LineOf {
  const text = isCode(file) ? null : textOf(file)
  if (text === null) return () => null
  const lines = new LineCounter()
  // JSON is YAML as well. What follows another of the same name is what holds.
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false })
  return place => {
    const at = offsetOf(document, place)
    return at === null ? null : lines.linePos(at).line
  }
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null // it is still to be made
  }
}

function offsetOf(document: Document, place: readonly PropertyKey[]): number | null {
  let node: unknown = document.contents
  let at = document.contents?.range?.[0] ?? null
  for (const step of place) {
    if (isAlias(node)) node = node.resolve(document)
    if (isMap(node)) {
      const pair = node.items.findLast(each => isScalar(each.key) && String(each.key.value) === String(step))
      if (pair === undefined) return null
      at = isNode(pair.key) ? (pair.key.range?.[0] ?? null) : null
      node = pair.value
    } else if (isSeq(node)) {
      const item = node.items[Number(step)]
      if (!isNode(item)) return null
      at = item.range?.[0] ?? null
      node = item
    } else return null
  }
  return at
}

/**
 * The line on which a text stops being JSON. Where the reader names no position, it is found by how much of the text it
 * would go on reading: a text that is cut off is refused at its end, one that is wrong before it.
 */
export function jsonErrorLine(text: string): number {
  let good = 0
  let bad = text.length + 1
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2)
    if (isBeginning(text.slice(0, middle))) good = middle
    else bad = middle
  }
  return text.slice(0, good).split('\n').length
}

/** Whether a text is JSON, or could become some. */
function isBeginning(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch (error) {
    const { message } = error as SyntaxError
    const position = /at position (\d+)/.exec(message)?.[1]
    return message.startsWith('Unexpected end') || Number(position) >= text.length
  }
}
