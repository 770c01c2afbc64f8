/** Who refers to an id: by the ULID, and in an expansion by either column. */
import type { TracedReference } from '../documents.ts'
import { columnNamed, tableNamed } from '../engines/sqlite/inspect.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import type { PlannedIdentity } from '../plan/plan.ts'
import type { Schema } from '../schema/model.ts'
import { formatColumnPath, quoteName as q } from '../schema/names.ts'
import { type FoundId, ulidsOf } from './find-ids.ts'
import { idColumns } from './id-columns.ts'
import { rowColumns, rowsAmong, rowText } from './query.ts'

const SAMPLES = 3

/** The references of an identity that hold what was found, with the first few rows of each. */
export function referencesTo(
  db: Connection,
  schema: Schema,
  target: string,
  identity: PlannedIdentity,
  found: FoundId,
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
    const samples = rowsAmong(db, `SELECT ${rowColumns(table, 'c').join(', ')} ${from}`, holding, SAMPLES)
    return [
      {
        target,
        table: name,
        column: columns.name,
        to: formatColumnPath(identity.table, idColumns(identity).name),
        rows,
        samples: samples.map(rowText),
      },
    ]
  })
}
