/**
 * Types in casts, as DuckDB writes them once it has read them from the file. Until then a text still has them as the
 * parser left them: `CAST(x AS "DOUBLE")`, `DECIMAL(10, 2)`. A table made anew would seem to be another one until the
 * file is opened again.
 */
import { pieces } from './sql-text.ts'
import { mapType } from './type-text.ts'

/** The text with the types of its casts as they are in a file that is opened. */
export function settledCasts(text: string): string {
  if (!text.includes('CAST(')) return text
  const all = pieces(text)
  let end = 0
  let settled = ''
  for (const [at, piece] of all.entries()) {
    if (piece.kind !== 'word' || piece.text !== 'AS') continue
    const open = all.findLastIndex(
      (each, before) => before < at && each.depth === piece.depth - 1 && each.text === '(',
    )
    const close = all.find(
      (each, behind) => behind > at && each.depth === piece.depth - 1 && each.text === ')',
    )
    if (close === undefined || !/^(TRY_)?CAST$/.test(all[open - 1]?.text ?? '')) continue
    const start = piece.start + 'AS '.length
    settled += text.slice(end, start) + mapType(text.slice(start, close.start), settledType)
    end = close.start
  }
  return settled + text.slice(end)
}

const builtIn =
  /^"(BOOLEAN|U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL|DATE|TIME(_NS)?|TIMESTAMP(_S|_MS|_NS)?|TIME(STAMP)? WITH TIME ZONE|INTERVAL|VARCHAR|BLOB|BIT|UUID|BIGNUM|VARIANT|GEOMETRY)"$/

function settledType(type: string): string | null {
  if (builtIn.test(type)) return type.slice(1, -1)
  const decimal = /^DECIMAL\((\d+), (\d+)\)$/.exec(type)
  if (decimal) return `DECIMAL(${decimal[1]},${decimal[2]})`
  return /^BIT\(\d+\)$/.test(type) ? 'BIT' : null
}
