import { tableNamed } from '../../engines/sqlite/inspect.ts'
import { isSentinel } from '../../engines/sqlite/sentinels.ts'
import { quoteName as q } from '../../schema/names.ts'
import { type CheckDefinition, FAULTS, failed, number, passed, ranges } from '../check.ts'
import { beforeTable, type ComparedIdentity, type ComparedReference, sideBySide } from '../comparison.ts'

export const sameUlids: CheckDefinition = {
  id: 'same-ulids',
  claim:
    'After a contract every id is the very ULID that stood beside the legacy one, which stands in the same row where it is kept; its undo puts both back.',
  ofContract: true,
  async run(comparison, breathe) {
    const { db, identities, references, undone, strict } = comparison
    const faults: string[] = []
    let cells = 0
    let wrong = 0
    for (const place of [...identities, ...references]) {
      const table = tableNamed(comparison.before, place.table)
      if (!table || !place.contracted) continue
      const { from, on } = sideBySide(comparison, table)
      const differs = undone ? putBack(place) : merged(place)
      for await (const { where, parameters } of ranges(comparison, table, breathe)) {
        const [all, bad] = (
          db
            .prepare(
              `SELECT count(*), count(*) FILTER (WHERE ${differs}) FROM ${from} JOIN ${beforeTable(table.name)} o ON ${on} WHERE ${where}`,
            )
            .raw()
            .get(parameters) as bigint[]
        ).map(Number) as [number, number]
        cells += all
        wrong += bad
        if (bad > 0 && faults.length < FAULTS) faults.push(`${place.table}.${place.after}: ${number(bad)}`)
      }
    }
    if (!strict) return { ...passed(cells, `${number(cells)} compared`), changed: wrong }
    return wrong > 0
      ? failed(cells, `${number(wrong)} cells hold another id than before`, faults)
      : passed(cells, `${number(cells)} as they stood beside the legacy ids`)
  },
}

type Place = ComparedIdentity | ComparedReference

/** What stands for nothing had no ULID beside it; orphans looks at those. */
function merged({ before, after, contracted }: Place): string {
  const { ulid, legacy } = contracted!
  const [is, was] = [`n.${q(after)}`, `o.${q(ulid)}`]
  const other = `(${was} IS NOT NULL AND ${is} IS NOT ${was} COLLATE BINARY)`
  if (legacy === null) return other
  const [now, then] = [`n.${q(legacy)}`, `o.${q(before)}`]
  return `(${other} OR ${now} IS NOT ${then} COLLATE BINARY OR typeof(${now}) <> typeof(${then}))`
}

function putBack({ before, contracted }: Place): string {
  const [is, was] = [`n.${q(contracted!.ulid)}`, `o.${q(before)}`]
  return `${is} IS NOT CASE WHEN NOT ${isSentinel(was)} THEN ${was} END COLLATE BINARY`
}
