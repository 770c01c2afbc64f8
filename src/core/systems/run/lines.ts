/** What a program prints, as lines that can be shown: without the escape sequences that would reach the terminal. */
import { stripVTControlCharacters } from 'node:util'

/** Longer ones are cut; so is what never ends a line. */
const longest = 500

/** Takes text as it comes and answers with the lines that are complete. */
export function lineReader(): { read(text: string): readonly string[]; rest(): readonly string[] } {
  let begun = ''
  return {
    read(text) {
      const lines = (begun + text).split(/\r\n|\n|\r(?!$)/)
      // A sequence may be cut in two by the end of the text, so that a line is cleaned as a whole.
      begun = (lines.pop() ?? '').slice(0, longest * 4)
      return lines.map(showable)
    },
    rest() {
      const line = begun
      begun = ''
      return line === '' ? [] : [showable(line)]
    },
  }
}

function showable(line: string): string {
  const text = stripVTControlCharacters(line)
    .replaceAll('\t', '    ')
    .replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '')
    .trimEnd()
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}
