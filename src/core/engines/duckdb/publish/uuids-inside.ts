/** ULIDs inside of a JSON document, at the places where a type of DuckDB wants UUIDs, as the UUIDs of the same bits. */
import { parseUlid } from '../../../identifiers/index.ts'
import { bracketed, leadingName, sameDuckName, splitAtCommas } from '../sql-text.ts'

/** A string, a sign, or a word or number; white space stays what is between them. */
const token = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g

/** The document, changed at those places only. */
export function withUuids(json: string, type: string): string {
  const tokens = [...json.matchAll(token)]
  const written: string[] = []
  let copied = 0
  let next = 0
  walk(type)
  return [...written, json.slice(copied)].join('')

  function walk(of: string | null): void {
    const opening = tokens[next]?.[0]
    if (opening === '[') each(']', () => walk(of?.replace(/\s*\[\d*\]$/, '') ?? null))
    else if (opening === '{')
      each('}', () => {
        const key = tokens[next]!
        scalar(keyType(of))
        next++ // the colon
        walk(valueType(of, key[0]))
      })
    else scalar(of)
  }

  function each(closing: string, one: () => void): void {
    next++
    while (next < tokens.length && tokens[next]![0] !== closing) {
      one()
      if (tokens[next]?.[0] === ',') next++
    }
    next++
  }

  function scalar(of: string | null): void {
    const found = tokens[next++]
    const uuid = of === 'UUID' && found !== undefined ? parseUlid(found[0].slice(1, -1))?.uuid : undefined
    if (uuid === undefined) return
    written.push(json.slice(copied, found!.index), `"${uuid}"`)
    copied = found!.index + ULID_TOKEN
  }
}

/** A ULID in its quotes. */
const ULID_TOKEN = 28

function membersOf(type: string | null): { readonly word: string; readonly members: readonly string[] } {
  const group = type === null ? null : bracketed(type)
  return group === null
    ? { word: '', members: [] }
    : { word: group.before.trim(), members: splitAtCommas(group.inside) }
}

function keyType(type: string | null): string | null {
  const { word, members } = membersOf(type)
  return word === 'MAP' ? members[0]! : null
}

/** The type under a key, which is given as JSON writes it. */
function valueType(type: string | null, key: string): string | null {
  const { word, members } = membersOf(type)
  if (word === 'MAP') return members[1]!
  const name = JSON.parse(key) as string
  for (const member of members) {
    const field = leadingName(member)
    if (field !== null && sameDuckName(field.name, name)) return field.rest.trim()
  }
  return null
}
