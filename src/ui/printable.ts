/**
 * Table names, ids and error texts come out of the operator's file and may hold escape codes, newlines or marks that
 * turn the reading direction around. Whatever is drawn or logged passes through here once.
 */

// Controls (C0, DEL, C1), line and paragraph separators, marks of direction, and what takes no cell at all yet makes
// two names look alike. Joiners (U+200C, U+200D) stay: Persian and Indic scripts are not readable without them.
const unprintable =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\0': '\\0' }

/**
 * Makes any text safe to show on one line of a terminal.
 *
 * @param text anything, from anywhere
 * @returns the same text with each control, direction mark and lone surrogate spelled out (`\n`, `\x1b`, `\u{202e}`)
 */
export function printable(text: string): string {
  return text.replace(unprintable, character => {
    const known = short[character]
    if (known !== undefined) return known
    const code = character.codePointAt(0) ?? 0
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
  })
}
