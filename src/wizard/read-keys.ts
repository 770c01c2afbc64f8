/**
 * What the terminal sent, as keys. Ink hands a whole chunk to its handlers as one text: `"yes\r"` has no Return in it
 * and `"jjj"` is one call (TERMINAL 4). Here each grapheme and each escape sequence is a key of its own.
 *
 * A key is the grapheme itself, or a name of more than one letter: `enter`, `esc`, `tab`, `backspace`, `up`, `ctrl-c`.
 */

const sequences: Readonly<Record<string, string>> = {
  '[A': 'up',
  '[B': 'down',
  '[C': 'right',
  '[D': 'left',
  OA: 'up',
  OB: 'down',
  OC: 'right',
  OD: 'left',
  '[H': 'home',
  '[F': 'end',
  OH: 'home',
  OF: 'end',
  '[1~': 'home',
  '[4~': 'end',
  '[7~': 'home',
  '[8~': 'end',
  '[5~': 'page-up',
  '[6~': 'page-down',
  '[3~': 'backspace',
  '[Z': 'shift-tab',
  OP: 'f1',
  '[11~': 'f1',
  '[[A': 'f1',
}

const controls: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\r\n': 'enter',
  '\t': 'tab',
  '\b': 'backspace',
  '\x7f': 'backspace',
  '\x1b': 'esc',
}

const escapeCharacter = '\x1b'
// A mouse that another program has left on: three bytes behind its letter. And what a terminal answers to questions that
// another program asked. Both are dropped whole.
const foreign = /^\x1b(?:\[M[\s\S]{3}|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\))/u
// CSI (with the old console's ESC [ [ A) or SS3. Alt with a letter looks like Esc and that letter; no key here wants
// Alt, and Esc followed by an impatient key is common, so it is read as the two.
const escaped = /^\x1b(?:\[\[?[0-?]*[ -/]*[@-~]|O[@-~])/u
const unfinished = /^\x1b(?:\[\[?[0-?]*[ -/]*|\[M[\s\S]{0,2}|O|[\]PX^_][^\x07\x1b]*\x1b?)?$/u
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

export interface ReadKeys {
  readonly keys: readonly string[]
  /** The beginning of an escape sequence whose rest has not come yet. */
  readonly pending: string
}

/**
 * @param chunk what arrived, with what was pending before it
 * @param complete true when nothing more will follow: then a lone escape is the Esc key
 */
export function readKeys(chunk: string, complete: boolean): ReadKeys {
  const keys: string[] = []
  let rest = chunk
  while (rest !== '') {
    if (!rest.startsWith(escapeCharacter)) {
      const next = rest.indexOf(escapeCharacter)
      const plain = next === -1 ? rest : rest.slice(0, next)
      for (const { segment } of segmenter.segment(plain)) keys.push(...keyOf(segment))
      rest = rest.slice(plain.length)
      continue
    }
    if (unfinished.test(rest) && !complete) return { keys, pending: rest }
    const found = (foreign.exec(rest) ?? escaped.exec(rest))?.[0]
    if (found === undefined) {
      keys.push('esc')
      rest = rest.slice(1)
      continue
    }
    // Whatever is not known is dropped whole: marks of a paste, focus reports.
    const name = sequences[found.slice(1)]
    keys.push(...(name === undefined ? modified(found) : [name]))
    rest = rest.slice(found.length)
  }
  return { keys, pending: '' }
}

// Enhanced keyboards (kitty's CSI code;modifiers u, xterm's CSI 27;modifiers;code ~) are never asked for, but a program that
// died may have left them on, and then Ctrl-C has to work all the same.
const enhanced = /^\x1b\[(?:(\d+)(?::\d*)*(?:;(\d+)(?::(\d+))?)?(?:;[\d:]*)?u|27;(\d+);(\d+)~)$/
const arrow = /^\x1b\[1;\d+(?::(\d+))?([A-DHF])$/
const released = '3'

/** A key with Shift, Alt or Ctrl, as enhanced keyboards and xterm send it; arrows are the same with and without. */
function modified(sequence: string): readonly string[] {
  const moved = arrow.exec(sequence)
  if (moved) return moved[1] === released ? [] : [sequences[`[${moved[2]}`]!]
  const [whole, code, modifiers, kind, xtermModifiers, xtermCode] = enhanced.exec(sequence) ?? []
  if (whole === undefined || kind === released) return []
  const point = Number(code ?? xtermCode)
  const bits = Number(modifiers ?? xtermModifiers ?? 1) - 1
  if (point === 9 && bits & 1) return ['shift-tab']
  if (point > 0x10ffff || (point >= 0xe000 && point <= 0xf8ff)) return [] // keys that are no letters
  const letter = String.fromCodePoint(point)
  if (!(bits & 4)) return keyOf(bits & 1 ? letter.toUpperCase() : letter)
  return /^[a-z]$/i.test(letter) ? [`ctrl-${letter.toLowerCase()}`] : []
}

function keyOf(grapheme: string): readonly string[] {
  const known = controls[grapheme]
  if (known !== undefined) return [known]
  const code = grapheme.codePointAt(0) ?? 0
  if (code >= 1 && code <= 26) return [`ctrl-${String.fromCodePoint(code + 96)}`]
  return code < 32 ? [] : [grapheme]
}

/** Whether a key is text to type, and not the name of a key. */
export function isText(key: string): boolean {
  const first = segmenter.segment(key)[Symbol.iterator]().next()
  return first.value?.segment === key
}
