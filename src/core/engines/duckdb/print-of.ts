import { createHash } from 'node:crypto'
import { OWN_PREFIX } from '../sqlite/inspect.ts'
import type { Catalog } from './catalog.ts'

/**
 * Equal for two catalogs exactly if their tables, indexes, views, macros and types have the same texts. Where a sequence
 * stands is no part of it, nor are comments and our own tables.
 */
export function printOf({ tables, objects }: Catalog): string {
  const texts = [
    ...tables
      .filter(({ name }) => !name.startsWith(OWN_PREFIX))
      .flatMap(({ schema, name, sql, indexes }) => [
        ['table', schema, name, sql],
        ...indexes.map(index => ['index', index.schema, index.name, index.sql]),
      ]),
    ...objects
      .filter(({ kind }) => kind !== 'sequence')
      .map(({ kind, schema, name, sql }) => [kind, schema, name, sql]),
  ]
  const lines = texts.map(text => JSON.stringify(text)).sort()
  return createHash('sha256').update(lines.join('\n')).digest('hex')
}
