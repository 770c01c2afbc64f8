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
// CSI (with the old console's ESC [ [ A) or SS3. Alt with a letter looks like Esc and that letter; no key here wants
// Alt, and Esc followed by an impatient key is common, so it is read as the two.
const escaped = /^\x1b(?:\[\[?[0-?]*[ -/]*[@-~]|O[@-~])/u
const unfinished = /^\x1b(?:\[\[?[0-?]*[ -/]*|O)?$/
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
    const found = escaped.exec(rest)?.[0]
    if (found === undefined) {
      keys.push('esc')
      rest = rest.slice(1)
      continue
    }
    // Whatever is not known is dropped whole: marks of a paste, focus reports.
    const name = sequences[found.slice(1)]
    if (name !== undefined) keys.push(name)
    rest = rest.slice(found.length)
  }
  return { keys, pending: '' }
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
