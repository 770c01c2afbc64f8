import { inspect, tableNamed } from '../../engines/sqlite/inspect.ts'
import { quoteName as q } from '../../schema/names.ts'
import { type CheckDefinition, FAULTS, failed, number, passed, ranges } from '../check.ts'
import { BEFORE, beforeTable, ORIGIN, sideBySide } from '../comparison.ts'

export const legacyIds: CheckDefinition = {
  id: 'legacy-ids',
  claim:
    "Where a cell held the run's ULID, it holds again the very value, by type and bytes, that it held before the run.",
  ofUndo: true,
  async run(comparison, breathe) {
    const { db, undone } = comparison
    if (!undone?.origin) return passed(0, "the run's snapshot is gone; compared with the maps only")
    const origin = inspect(db, ORIGIN)
    const faults: string[] = []
    let restored = 0
    let wrong = 0
    for (const { table: name, column, then: named, maps } of undone.columns) {
      const table = tableNamed(origin, name)
      if (!table || maps.length === 0) continue
      const { from, on } = sideBySide(comparison, table)
      const then = `x.${q(column)}`
      const now = `n.${q(column)}`
      const same = `(${now} IS ${then} COLLATE BINARY AND typeof(${now}) = typeof(${then}) AND CAST(${now} AS BLOB) IS CAST(${then} AS BLOB))`
      // The snapshot that the undo took still has the maps: they say which ULIDs are the run's, not what they mean here.
      const ofRun = maps
        .map(
          map =>
            `EXISTS (SELECT 1 FROM ${q(BEFORE)}.${q(map)} m WHERE m.ulid = o.${q(named)} AND m.legacy IS +${then})`,
        )
        .join(' OR ')
      for await (const { where, parameters } of ranges(comparison, table, breathe)) {
        const [all, bad] = (
          db
            .prepare(
              `SELECT count(*) FILTER (WHERE ${same}), count(*) FILTER (WHERE NOT ${same} AND (${ofRun})) FROM ${from}
               JOIN ${beforeTable(name)} o ON ${on} JOIN ${q(ORIGIN)}.${q(name)} x ON ${sideBySide({ before: origin, after: comparison.after, identities: [], references: [], undone: null }, table, { now: 'n', then: 'x' }).on} WHERE ${where}`,
            )
            .raw()
            .get(parameters) as bigint[]
        ).map(Number) as [number, number]
        restored += all
        wrong += bad
        if (bad > 0 && faults.length < FAULTS) faults.push(`${name}.${column}: ${number(bad)} cells`)
      }
    }
    return wrong > 0
      ? failed(restored, `${number(wrong)} cells did not get their value back`, faults)
      : passed(restored, `${number(restored)} cells as before the run`)
  },
}
