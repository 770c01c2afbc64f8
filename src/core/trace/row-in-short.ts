/** A row in a few words: what a person needs to recognise it, and nothing that should not be on a screen. */
import type { ShortCell } from '../documents.ts'
import { quoteName as q, sameName } from '../schema/names.ts'
import type { FoundId } from './find-ids.ts'
import type { IdPlace } from './places.ts'
import { rowColumns } from './query.ts'
import type { Reader } from './reader.ts'

const CELLS = 6
/** Of a wide table, the columns that are looked at. */
const COLUMNS = 40
const LONGEST = 48
const KEPT_OF_AN_END = Math.floor((LONGEST - 1) / 2)

/** Up to six cells that hold something, in the table's order; without its number, its key and its ids, which are known. */
export function rowInShort(reader: Reader, place: IdPlace, { key }: FoundId): readonly ShortCell[] {
  const { table } = place
  const keys = rowColumns(table, 't')
  if (key === null || keys.length === 0) return []
  const ids = [place.column, place.ulid, place.legacy, ...table.primaryKey].filter(name => name !== null)
  const columns = table.columns
    .filter(({ name }) => !ids.some(id => sameName(id, name)) && !isSecret(name))
    .slice(0, COLUMNS)
  if (columns.length === 0) return []
  const [row] = reader.all(
    `SELECT ${columns.map(({ name }) => shortened(`t.${q(name)}`)).join(', ')} FROM main.${q(table.name)} t WHERE ${keys.map(each => `${each} = ?`).join(' AND ')}`,
    key,
  )
  return columns
    .flatMap(({ name }, at) => {
      const value = row?.[at]
      return value === null || value === undefined ? [] : [{ column: name, value: String(value) }]
    })
    .slice(0, CELLS)
}

/** Whether a name says that what stands there is nobody else's business. */
export function isSecret(name: string): boolean {
  return /passw|passphrase|pwd|secret|token|credential|api_?key|private_?key|cookie|authori[sz]ation|signature|nonce|(^|_)(pin|salt|otp|auth|jwt)($|_)/i.test(
    name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2'),
  )
}

/** SQL: no blob, no document and no long text leaves SQLite as a whole. */
function shortened(value: string): string {
  return `CASE typeof(${value})
    WHEN 'blob' THEN 'blob, ' || length(${value}) || ' bytes'
    WHEN 'text' THEN CASE
      WHEN substr(ltrim(${value}), 1, 1) IN ('{', '[') AND json_valid(${value}, 2) THEN 'document, ' || length(${value}) || ' characters'
      WHEN length(${value}) > ${LONGEST} THEN substr(${value}, 1, ${KEPT_OF_AN_END}) || '…' || substr(${value}, -${KEPT_OF_AN_END})
      ELSE ${value} END
    ELSE ${value} END`
}
