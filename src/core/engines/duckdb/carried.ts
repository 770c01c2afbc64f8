/**
 * How a DuckDB column is carried into the working copy: under which declared type, and by which expression. What can hold
 * no id (embeddings, geometries) is not carried at all; what is made of parts comes as JSON.
 */
import { quoteName as q } from '../../schema/names.ts'
import type { DuckColumn } from './catalog.ts'
import { isNested } from './type-text.ts'

export interface Carried {
  /** A declared type for SQLite; never `INTEGER`, under which a primary key would be the row number (HAZARDS B1). */
  readonly declared: string
  /** DuckDB SQL over the table as `t` that yields text, a BIGINT, a DOUBLE or a BLOB; null where nothing is carried. */
  readonly read: string | null
}

const integers: Readonly<Record<string, string>> = {
  TINYINT: 'TINYINT',
  SMALLINT: 'SMALLINT',
  INTEGER: 'INT',
  BIGINT: 'BIGINT',
  UTINYINT: 'TINYINT',
  USMALLINT: 'SMALLINT',
  UINTEGER: 'BIGINT',
}

/** Numbers that may be greater than SQLite's; `fits` says whether those that are there are not. */
export const wideIntegers = new Set(['UBIGINT', 'HUGEINT', 'UHUGEINT'])

export function carry(column: DuckColumn, fits: boolean): Carried {
  const name = `t.${q(column.name)}`
  const type = column.fullType
  const asText = (declared: string): Carried => ({ declared, read: `CAST(${name} AS VARCHAR)` })
  const integer = integers[type]
  if (integer !== undefined) return { declared: integer, read: `CAST(${name} AS BIGINT)` }
  if (/^DECIMAL\(\d+,[1-9]/.test(type)) return { declared: 'DOUBLE', read: `CAST(${name} AS DOUBLE)` }
  if (wideIntegers.has(type) || /^DECIMAL\(\d+,0\)$/.test(type))
    return fits ? { declared: 'BIGINT', read: `CAST(${name} AS BIGINT)` } : asText('TEXT')
  if (type === 'BOOLEAN') return { declared: 'BOOLEAN', read: `CAST(${name} AS BIGINT)` }
  if (type === 'FLOAT' || type === 'DOUBLE') return { declared: 'DOUBLE', read: `CAST(${name} AS DOUBLE)` }
  if (type === 'BLOB') return { declared: 'BLOB', read: name }
  // Under its own name, so that a rewrite tells the column that held UUIDs from one of text.
  if (type === 'UUID') return asText('UUID COLLATE NOCASE')
  if (type === 'DATE') return asText('DATE')
  if (holdsIds(type)) return { declared: 'TEXT', read: `CAST(to_json(${name}) AS VARCHAR)` }
  if (isNested(type)) return { declared: 'BLOB', read: null }
  if (type.startsWith('TIMESTAMP')) return { declared: 'TIMESTAMP', read: moment(name, type) }
  if (!known.test(type)) return { declared: 'BLOB', read: null }
  return asText(
    type.startsWith('VARCHAR') && column.collation?.toUpperCase().includes('NOCASE')
      ? 'TEXT COLLATE NOCASE'
      : 'TEXT',
  )
}

/** DuckDB knows moments that it can not write down. */
function moment(name: string, type: string): string {
  const text = `CAST(${name} AS VARCHAR)`
  const written =
    type === 'TIMESTAMP WITH TIME ZONE'
      ? `CASE WHEN isfinite(${name}) THEN strftime(${name} AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S.%f+00:00') ELSE ${text} END`
      : text
  return `CASE WHEN ${name} IS NOT NULL THEN coalesce(TRY(${written}), 'out of range') END`
}

const known = /^(VARCHAR|JSON|UUID|ENUM\(|TIME|INTERVAL|BIT$|DECIMAL)/

const numbers =
  'TINYINT|SMALLINT|INTEGER|BIGINT|UTINYINT|USMALLINT|UINTEGER|UBIGINT|HUGEINT|UHUGEINT|FLOAT|DOUBLE'
const embedding = new RegExp(String.raw`^(${numbers})\[\d+\]$`)
const idLike = /\b(VARCHAR|UUID|JSON|U?INTEGER|U?BIGINT|U?HUGEINT)\b/

/** Whether the parts of a value may be ids. An array of so many numbers, no more and no less, is an embedding. */
export function holdsIds(type: string): boolean {
  if (!isNested(type) || embedding.test(type)) return false
  return idLike.test(type.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, ''))
}
