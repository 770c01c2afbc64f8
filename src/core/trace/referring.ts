/** Who refers to an id: by the ULID, and in an expansion by either column. */
import type { TracedReference } from '../documents.ts'
import { columnNamed, tableNamed } from '../engines/sqlite/inspect.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import type { PlannedIdentity } from '../plan/plan.ts'
import type { Schema } from '../schema/model.ts'
import { formatColumnPath, quoteName as q } from '../schema/names.ts'
import { type FoundId, ulidsOf } from './find-ids.ts'
import { idColumns } from './id-columns.ts'
import { rowColumns, rowsAmong, rowText, textOf } from './query.ts'

const SAMPLES = 3

/**
 * The references of an identity that hold what was found, with the first few rows of each.
 *
 * @param identities those that stand in the target: by them the rows that refer are called themselves
 */
export function referencesTo(
  db: Connection,
  schema: Schema,
  target: string,
  identity: PlannedIdentity,
  found: FoundId,
  identities: readonly PlannedIdentity[] = [],
): readonly TracedReference[] {
  return identity.references.flatMap(reference => {
    const { table: name, beside } = reference
    const columns = idColumns(reference)
    const table = tableNamed(schema, name)
    // What somebody has dropped since refers to nothing.
    if (!table || ![columns.name, columns.ulid].every(each => columnNamed(table, each))) return []
    const holding = [
      { column: `c.${q(columns.ulid)}`, values: ulidsOf(found) },
      ...(beside === null || found.legacy === null
        ? []
        : [{ column: `c.${q(columns.name)}`, values: [found.legacy] }]),
    ]
    const from = `FROM main.${q(name)} c`
    const rows = Number(rowsAmong(db, `SELECT count(*) ${from}`, holding)[0]?.[0] ?? 0)
    if (rows === 0) return []
    const own = identities.find(each => each.table === name)
    const ownId = own === undefined ? 'NULL' : `c.${q(idColumns(own).ulid)}`
    const select = `SELECT ${[...rowColumns(table, 'c'), ownId].join(', ')} ${from}`
    const samples = rowsAmong(db, select, holding, SAMPLES)
    return [
      {
        target,
        table: name,
        column: columns.name,
        to: formatColumnPath(identity.table, idColumns(identity).name),
        rows,
        samples: samples.map(row => rowText(row.slice(0, -1))),
        ids: samples.map(row => textOf(row.at(-1))),
      },
    ]
  })
}
