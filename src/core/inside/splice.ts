/** Puts other ids where hits were; not one other byte of the value changes, but for the lengths that JSONB writes down. */
import type { Hit } from './hits.ts'
import { needsEscapes, writeEscapes } from './json-escapes.ts'
import type { JsonbElement } from './json-token.ts'
import { jsonbHeader, jsonbType } from './jsonb.ts'
import { writeNumber } from './pattern.ts'

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: Buffer
}

/**
 * The value with `ids` in the place of `hits`, one for one and in their order; null leaves a hit as it is. A text in the
 * place of a JSON number becomes a string, a bigint in the place of a string becomes a number.
 */
export function splice(
  value: Buffer | bigint,
  hits: readonly Hit[],
  ids: readonly (Buffer | bigint | null)[],
): Buffer | bigint {
  const changes = hits.flatMap((hit, at) => {
    const id = ids[at]
    return id == null ? [] : [{ hit, id }]
  })
  const whole = changes.find(({ hit }) => hit.around === 'value')
  if (whole) return whole.id
  if (changes.length === 0 || typeof value === 'bigint') return value
  const inJsonb = changes.some(({ hit }) => hit.element !== null)
  return edited(
    value,
    inJsonb ? jsonbEdits(value, changes) : changes.map(change => edit(change.hit, textOf(change))),
  )
}

interface Change {
  readonly hit: Hit
  readonly id: Buffer | bigint
}

function edit({ start, end }: Hit, text: Buffer): Edit {
  return { start, end, text }
}

function textOf({ hit, id }: Change): Buffer {
  const text = bytesOf(hit, id)
  switch (hit.around) {
    case 'json-text':
      return writeEscapes(text)
    case 'json':
      return typeof id === 'bigint' ? text : quoted(text)
    case 'json-key':
      return quoted(text)
    default:
      return text
  }
}

function bytesOf({ format }: Hit, id: Buffer | bigint): Buffer {
  return typeof id === 'bigint' ? Buffer.from(writeNumber(id, format)) : id
}

const quote = Buffer.from('"')

function quoted(text: Buffer): Buffer {
  return Buffer.concat([quote, writeEscapes(text), quote])
}

function edited(value: Buffer, edits: readonly Edit[]): Buffer {
  const pieces: Buffer[] = []
  let at = 0
  for (const { start, end, text } of edits) {
    pieces.push(value.subarray(at, start), text)
    at = end
  }
  return Buffer.concat([...pieces, value.subarray(at)])
}

/** The new contents, and the headers of all elements around them. */
function jsonbEdits(value: Buffer, changes: readonly Change[]): Edit[] {
  const edits: Edit[] = []
  const touched = new Map<JsonbElement, { grows: number; type: number }>()
  const touch = (element: JsonbElement) => {
    const known = touched.get(element) ?? { grows: 0, type: element.type }
    touched.set(element, known)
    return known
  }
  for (const { hit, id } of changes) {
    const element = hit.element!
    const state = touch(element)
    for (let above = element.parent; above !== null && !touched.has(above); above = above.parent) touch(above)
    const { text, type } = jsonbContent(hit, id, state.type)
    state.type = type
    state.grows += text.length - (hit.end - hit.start)
    edits.push(edit(hit, text))
  }
  // What is inside stands behind what it is in, so that from the end each is settled before the one around it.
  for (const [element, { grows, type }] of [...touched].sort(([a], [b]) => b.at - a.at)) {
    const { at, from, to, parent } = element
    if (grows === 0 && type === element.type) continue
    const header =
      grows === 0
        ? Buffer.concat([Buffer.of((value[at]! & 0xf0) | type), value.subarray(at + 1, from)])
        : jsonbHeader(type, to - from + grows)
    edits.push({ start: at, end: from, text: header })
    if (parent !== null) touched.get(parent)!.grows += grows + header.length - (from - at)
  }
  return edits.sort((a, b) => a.start - b.start)
}

/** How the id is written in an element of JSONB, and what type the element has then. */
function jsonbContent(hit: Hit, id: Buffer | bigint, type: number): { text: Buffer; type: number } {
  const text = bytesOf(hit, id)
  if (hit.around === 'json-text') {
    if (type === jsonbType.textJ || type === jsonbType.text5) return { text: writeEscapes(text), type }
    return { text, type: type === jsonbType.text && needsEscapes(text) ? jsonbType.textRaw : type }
  }
  if (typeof id === 'bigint' && hit.around === 'json') return { text, type: jsonbType.int }
  return { text, type: needsEscapes(text) ? jsonbType.textRaw : jsonbType.text }
}
