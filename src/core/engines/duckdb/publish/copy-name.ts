import { foldName } from '../../../schema/names.ts'

/** The one name that a table of DuckDB has in the working copy: `t`, or `s.t` where it is of another schema than main. */
export function copyName({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return schema === 'main' ? name : `${schema}.${name}`
}

/** A map by names, which are compared as both kinds of database compare them: without case. */
export function byName<T>(all: readonly T[], nameOf: (one: T) => string): ReadonlyMap<string, T> {
  return new Map(all.map(one => [foldName(nameOf(one)), one]))
}
