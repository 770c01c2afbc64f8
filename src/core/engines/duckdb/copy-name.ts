import { foldName } from '../../schema/names.ts'
import type { DuckTable } from './catalog.ts'

/**
 * The one name that a table of DuckDB has in the working copy: `t`, or `s.t` where it is of another schema than main, or
 * has a name that SQLite keeps for its own tables.
 */
export function copyName({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return schema === 'main' && !/^sqlite_/i.test(name) ? name : `${schema}.${name}`
}

/** What an index is called in the working copy where a table has its name already. */
export function longIndexName(index: { readonly name: string }, table: DuckTable): string {
  return `${copyName(table)}.${index.name}`
}

/** A map by names, which are compared as both kinds of database compare them: without case. */
export function byName<T>(all: readonly T[], nameOf: (one: T) => string): ReadonlyMap<string, T> {
  return new Map(all.map(one => [foldName(nameOf(one)), one]))
}
