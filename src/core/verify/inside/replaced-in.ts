/**
 * Two values beside each other, byte by byte: the second may differ from the first by nothing but ULIDs that stand where
 * the ids of their rows stood. Nothing here knows what JSON is, or a pattern.
 */
import { sameName } from '../../schema/names.ts'
import type { Id } from './ids-at.ts'

const CANDIDATE = /[0-7][0-9A-HJKMNP-TV-Z]{25}/gi

/**
 * The ULIDs that stand in `ulids` where `legacy` has ids, both as latin1; null where anything else is different.
 * `legacyOf` tells what a ULID's row was called, null where it is nobody's.
 */
export function replacedIn(
  legacy: string,
  ulids: string,
  legacyOf: (ulid: string) => Id | null,
  ignoresCase: boolean,
): readonly string[] | null {
  const replaced: string[] = []
  let [from, to] = [0, 0] // how far both are equal
  let search = 0
  const candidate = new RegExp(CANDIDATE)
  for (;;) {
    candidate.lastIndex = search
    const match = candidate.exec(ulids)
    if (!match) break
    const [ulid] = match
    const id = legacyOf(ulid)
    search = match.index + 1
    if (id === null) continue
    const literal = ulids.slice(to, match.index)
    const plain = legacy.startsWith(literal, from) ? from + literal.length : -1
    if (plain >= 0 && legacy.startsWith(ulid, plain)) continue // it stood there before
    const end = plain < 0 ? -1 : endOf(legacy, plain, id, ignoresCase)
    if (end >= 0) {
      replaced.push(ulid)
      ;[from, to] = [end, match.index + ulid.length]
      search = to
      continue
    }
    // A number that stood there bare stands in quotes now.
    const bare = from + literal.length - 1
    const quoted = literal.endsWith('"') && ulids[match.index + ulid.length] === '"'
    const number =
      quoted && legacy.startsWith(literal.slice(0, -1), from)
        ? endOf(legacy, bare, id, ignoresCase, true)
        : -1
    if (number < 0) continue
    replaced.push(ulid)
    ;[from, to] = [number, match.index + ulid.length + 1]
    search = to
  }
  return legacy.slice(from) === ulids.slice(to) ? replaced : null
}

/** Where the id ends that begins there, however it is written; -1 where it does not stand there. */
function endOf(text: string, at: number, id: Id, ignoresCase: boolean, bare = false): number {
  if (typeof id === 'string') {
    const there = text.slice(at, at + id.length)
    if (there === id || (ignoresCase && sameName(there, id))) return at + id.length
    return endOfEscaped(text, at, id)
  }
  const digits = (id < 0n ? -id : id).toString()
  const sign = id < 0n ? '-' : '\\+?'
  // A text may say a number as SQLite reads it from there (HAZARDS B11); a number of a document is written in one way.
  const decimal = new RegExp(bare ? `${id}(?![0-9.eE])` : `\\s*${sign}0*${digits}(?:\\.0+)?(?![0-9])`, 'y')
  const hex = new RegExp(`(?:0x)?0*${(id < 0n ? -id : id).toString(16)}(?![0-9a-f])`, 'iy')
  for (const written of bare ? [decimal] : [decimal, hex]) {
    written.lastIndex = at
    if (written.test(text)) return written.lastIndex
  }
  return -1
}

/** With any of its characters as a JSON string may write them. */
function endOfEscaped(text: string, at: number, id: string): number {
  const spelled = /\\u[0-9a-fA-F]{4}|\\.|[\s\S]/y
  let said = ''
  for (let end = at; said.length < id.length; ) {
    spelled.lastIndex = end
    const [piece] = spelled.exec(text) ?? []
    if (piece === undefined || piece === '"') return -1
    // Two halves of a surrogate pair only mean something together.
    const next = /^\\ud[89ab]/i.test(piece)
      ? (/^\\ud[c-f][0-9a-f]{2}/i.exec(text.slice(end + 6, end + 12))?.[0] ?? '')
      : ''
    said += piece.startsWith('\\') ? unescaped(piece + next) : piece
    end += piece.length + next.length
    if (!id.startsWith(said)) return -1
    if (said.length === id.length) return end
  }
  return -1
}

function unescaped(piece: string): string {
  try {
    return Buffer.from(JSON.parse(`"${piece}"`) as string).toString('latin1')
  } catch {
    return piece
  }
}
