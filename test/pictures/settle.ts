/** What differs from run to run whatever is done, and what stands in its place in pictures. */
import type { Cell } from '../e2e/terminal.ts'

const settled: readonly (readonly [pattern: RegExp, text: string])[] = [
  [/\/\S*\/op-\w{6}(?=\/)/g, '/home/op'],
  [/about a second|less than a second|\d+ to \d+ (?:ms|s|min)\b/g, 'about a second'],
  [/(?:\b\d+ min )?\b\d+(?:\.\d+)? (?:ms|s)(?= |$)/g, '1.0 s'],
  [/\b[\d.]+ [GMT]B free/g, '100 GB free'],
  [/(?<=plan +)[0-9a-f]{8}\b/g, '7f3ac219'],
  [/\b\d{8}_\d{6}\.[0-9A-Z]{6}\b/g, '20260211_072500.TV3BY5'],
  [/(?<=reports\/)[0-9A-Z]{26}\b/g, '01KH5ZJC9GTNW9F95QTTX86ZFV'],
  [/\b20\d\d-\d\d-\d\d \d\d:\d\d(?= UTC)/g, '2026-02-11 07:25'],
  [/(?<=today |today at )\d\d:\d\d\b/g, '07:25'],
]

/** The line with constant text in these places, as wide as it was; what follows two blanks stays in its column. */
export function settle(line: readonly Cell[]): readonly Cell[] {
  const put = settled.reduce((cells, [pattern, text]) => replaced(cells, pattern, text), line)
  const blanks = Array.from({ length: Math.max(0, line.length - put.length) }, () => blank)
  return [...put.slice(0, line.length), ...blanks]
}

const blank: Cell = { text: ' ', width: 1, colour: null, bold: false, dim: false }

function replaced(line: readonly Cell[], pattern: RegExp, text: string): readonly Cell[] {
  // One character a cell, so that places in the text are places in the line.
  const written = line.map(each => [...each.text][0] ?? ' ').join('')
  const found = [...written.matchAll(pattern)].toReversed()
  return found.reduce((cells, { index, 0: old }) => {
    const first = cells[index]!
    const put = [...text].map(letter => ({ ...first, text: letter, width: 1 }))
    const after = cells.slice(index + old.length)
    const gap = after.findIndex(each => each.text !== ' ')
    const blanks = gap < 0 ? after.length : gap
    const grown = put.length - old.length
    const rest =
      blanks < 2
        ? after
        : grown > 0
          ? after.slice(Math.min(grown, blanks - 1))
          : [...Array.from({ length: -grown }, () => blank), ...after]
    return [...cells.slice(0, index), ...put, ...rest]
  }, line)
}

/** {@link settle}, for text that stands in no columns. */
export function settleText(text: string): string {
  return settled.reduce((before, [pattern, put]) => before.replaceAll(pattern, put), text)
}
