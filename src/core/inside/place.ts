/**
 * Where an id stands when it is not the whole value of a column: at a path of a JSON document, inside a longer text, or
 * only in rows whose other column says so. One value may hold ids of several identities, each at its own place.
 */

export interface Place {
  /**
   * Into a JSON document (text, BLOB or JSONB): `$.job.id`, `$.ids[*]`, `$.by_name.*.id` for any key, `$.by_job.*~` for
   * the keys of an object themselves. Names that are not plain are quoted: `$."a b"`.
   */
  readonly path?: string
  /**
   * How an id is written within a longer text, or within the text at `path`: `metric_{id}_*`, where `*` is any text;
   * `{id:hex}`, `{id:06}` for numbers that are written so; `{id},...` for a list with that separator.
   */
  readonly pattern?: string
  /** The value is an id only in rows where this other column is one of these, compared as text. */
  readonly when?: { readonly column: string; readonly is: readonly string[] }
}

/** The place that something speaks of, where what is not said may be undefined. */
export function pickPlace({ path, pattern, when }: LoosePlace): Place {
  return {
    ...(path === undefined ? {} : { path }),
    ...(pattern === undefined ? {} : { pattern }),
    ...(when === undefined ? {} : { when }),
  }
}

export type LoosePlace = { readonly [K in keyof Place]?: Place[K] | undefined }

/** Whether both are one place in the values of a column. */
export function sameSpot(a: LoosePlace, b: LoosePlace): boolean {
  const when = ({ when: said }: LoosePlace) =>
    said && [said.column.toLowerCase(), ...[...said.is].sort()].join('\n')
  return a.path === b.path && a.pattern === b.pattern && when(a) === when(b)
}
