/**
 * Sequences that fill a key of numbers. While it held ULIDs nobody asked them; the rows written since then get the numbers
 * behind the greatest when it holds numbers again, and the next INSERT must not be given one of those.
 */
import { quoteName as q, quoteText, unquote } from '../../../schema/names.ts'
import type { Catalog, DuckColumn, DuckObject } from '../catalog.ts'
import type { Store } from '../connect.ts'
import { pieces, sameDuckName } from '../sql-text.ts'
import { changes, sqlName, type TablePlan } from './table-plan.ts'

/** Moves them past the numbers that rows have now; answers with those that were moved, as they are then. */
export async function advanceSequences(
  store: Store,
  catalog: Catalog,
  plans: readonly TablePlan[],
): Promise<readonly DuckObject[]> {
  const moved = new Map<DuckObject, DuckObject>()
  for (const plan of plans)
    for (const column of plan.to.columns) {
      const sequence = sequenceOf(catalog, column)
      const planned = plan.columns.find(({ name }) => sameDuckName(name, column.name))
      if (sequence === undefined || planned === undefined || !changes(planned)) continue
      const next = await advance(store, moved.get(sequence) ?? sequence, plan, column)
      if (next !== null) moved.set(sequence, next)
    }
  return [...moved.values()]
}

/** The sequence whose numbers a column gets as they are. */
function sequenceOf(catalog: Catalog, { default: expression, fullType }: DuckColumn): DuckObject | undefined {
  const [, text] = /^nextval\('((?:[^']|'')+)'\)$/.exec(expression ?? '') ?? []
  if (text === undefined || !/^U?(TINY|SMALL|BIG|HUGE)INT$|^U?INTEGER$/.test(fullType)) return undefined
  const names = pieces(text.replaceAll("''", "'")).filter(({ kind }) => kind === 'word' || kind === 'quoted')
  const [name = '', schema = 'main'] = names.map(piece => unquote(piece.text)).reverse()
  return catalog.objects.find(
    each => each.kind === 'sequence' && sameDuckName(each.name, name) && sameDuckName(each.schema, schema),
  )
}

const STANDS = / INCREMENT BY (-?\d+) MINVALUE (-?\d+) MAXVALUE (-?\d+) START (-?\d+) (?:NO )?CYCLE;$/

/** The sequence behind the run of taken numbers that it stands before; null where its next one is free. */
async function advance(
  store: Store,
  sequence: DuckObject,
  { to }: TablePlan,
  column: DuckColumn,
): Promise<DuckObject | null> {
  const [, step, least, most, next] = (STANDS.exec(sequence.sql) ?? []).map(Number)
  if (step === undefined || next === undefined) return null // it has come to its end, which is for its owner to settle
  const id = `CAST(${q(column.name)} AS HUGEINT)`
  const place = `(${id} - ${next}) // ${step}`
  const [[taken] = []] = await store.all(
    `SELECT count(*) FROM (SELECT ${place} AS place, row_number() OVER (ORDER BY ${place}) - 1 AS number FROM ${sqlName(to)}
     WHERE (${id} - ${next}) % ${step} = 0 AND ${place} >= 0) WHERE place = number`,
  )
  const left = Math.floor(((step > 0 ? most! : least!) - next) / step)
  const times = Math.min(Number(taken), left)
  if (times === 0) return null
  await store.run(`SELECT count(nextval(${quoteText(sqlName(sequence))})) FROM range(${times})`)
  return { ...sequence, sql: sequence.sql.replace(/ START -?\d+ /, ` START ${next + times * step} `) }
}
