/** What a database holds, whichever engine it is of: read by content.ts or duckdb-content.ts, which know nothing of ours. */

import {
  columnsOf,
  duckContentOf,
  duckContentOfColumns,
  duckTablesOf,
  named,
} from '../support/duck-content.ts'
import { readingDuck } from '../support/duck-rows.ts'
import {
  type Content,
  contentOfColumns,
  contentOf as sqliteContentOf,
  untouchedBy as sqliteUntouchedBy,
} from './content.ts'
import { isDuckDB } from './folder.ts'

type Planned = readonly { readonly table: string; readonly column: string }[]

/** Everything but the program's own tables. */
export async function contentOf(path: string): Promise<Content> {
  return isDuckDB(path) ? duckContentOf(path) : sqliteContentOf(path)
}

/** What no plan for these columns may change, as `original` has it, and as each of the paths holds it. */
export async function untouchedIn(
  planned: Planned,
  original: string,
  ...paths: readonly string[]
): Promise<readonly Content[]> {
  if (!isDuckDB(original)) {
    const untouched = sqliteUntouchedBy(planned, original)
    return paths.map(path => contentOfColumns(path, untouched))
  }
  const isPlanned = (table: string, column: string) =>
    planned.some(each => each.table === table && each.column === column)
  const untouched = await readingDuck(original, async duck => {
    const tables = await duckTablesOf(duck)
    return Promise.all(
      tables.map(async table => ({
        table,
        columns: (await columnsOf(duck, table, 'stored')).filter(column => !isPlanned(named(table), column)),
      })),
    )
  })
  return Promise.all(paths.map(path => duckContentOfColumns(path, untouched)))
}
