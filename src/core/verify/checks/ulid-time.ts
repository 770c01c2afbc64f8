import { tableNamed } from '../../engines/sqlite/inspect.ts'
import { idTime, isUlid, kindOf, parseTime, ulidTime } from '../../identifiers/index.ts'
import { isPlausibleRowTime } from '../../identifiers/row-plausible.ts'
import type { Plan, PlannedIdentity } from '../../plan/plan.ts'
import { quoteName as q } from '../../schema/names.ts'
import { type CheckDefinition, FAULTS, failed, number, passed } from '../check.ts'
import { beforeTable, type Comparison, leadersOf, sideBySide } from '../comparison.ts'

export const ulidTimes: CheckDefinition = {
  id: 'ulid-time',
  claim: 'The time in every ULID is the time of its row, to the millisecond.',
  ofUlids: true,
  async run(comparison, breathe) {
    const faults: string[] = []
    let rows = 0
    let own = 0
    for (const identity of comparison.plan?.identities ?? []) {
      if (identity.contracted) continue // those were made by the expansion, or given by programs since
      const tally = await compareTimes(comparison, identity, breathe)
      rows += tally.rows
      own += tally.own
      faults.push(...tally.faults)
    }
    if (faults.length > 0) return failed(rows, 'ULIDs with another time than their row', faults)
    return passed(rows, `${number(own)} rows by their own time, ${number(rows - own)} by their predecessor's`)
  },
}

interface Tally {
  readonly rows: number
  readonly own: number
  readonly faults: readonly string[]
}

const BATCH = 20_000

async function compareTimes(
  comparison: Comparison,
  identity: PlannedIdentity,
  breathe: () => Promise<void>,
): Promise<Tally> {
  const { db, plan, zone } = comparison
  const table = tableNamed(comparison.before, identity.table)
  if (!plan || !table) return { rows: 0, own: 0, faults: [] }
  const { from, on } = sideBySide(comparison, table)
  const column = identity.time.from === 'order' ? undefined : identity.time.column
  // In an expansion others may have deleted a row, and given its number to another one; that is not theirs to answer for.
  const others = !comparison.strict && identity.beside !== null
  const ulid = `n.${q(identity.beside ?? identity.column)}`
  const same = [identity.column, ...(column === undefined ? [] : [column])].map(
    each => ` AND n.${q(each)} IS o.${q(each)}`,
  )
  const select = (order: string) =>
    db
      .prepare(
        `SELECT ${ulid}, o.${q(identity.column)} AS legacy, ${column === undefined ? 'NULL' : `o.${q(column)}`}, ${others ? `${ulid} IS NOT NULL${same.join('')}` : '1'}
         FROM ${beforeTable(identity.table)} o ${others ? 'LEFT ' : ''}JOIN ${from} ON ${on} ${order}`,
      )
      .raw()
      .iterate() as IterableIterator<[string | null, Id | null, Id | null, bigint]>
  const timeOf = (id: Id | null, value: Id | null) => rowTime(plan, identity, id, value, zone)

  const judge = (ulid: string | null, id: Id | null, time: number): string | null => {
    const stays = typeof id === 'string' && isUlid(id) && kindOf(id) !== 'text'
    const right = stays
      ? ulid?.toUpperCase() === id.toUpperCase()
      : ulid !== null && isUlid(ulid) && ulidTime(ulid) === time
    if (right || (identity.beside !== null && stoodBefore(comparison, identity, ulid))) return null
    if (isFollowed(comparison, identity, ulid)) return null
    return `${identity.table}.${identity.column} ${String(id)} has ${ulid}, its time is ${new Date(time).toISOString()}`
  }
  const faults: string[] = []
  let rows = 0
  let missing = 0
  for (const [made, id, value, stands] of select('')) {
    rows += 1
    const time = timeOf(id, value)
    const fault = time === null || stands === 0n ? null : judge(made, id, time)
    if (time === null) missing += 1
    else if (fault !== null && faults.length < FAULTS) faults.push(fault)
    if (rows % BATCH === 0) await breathe()
  }
  if (missing > 0) faults.push(...(await comparePredecessors(select, timeOf, judge, plan.baseTime)))
  return { rows, own: rows - missing, faults }
}

/** Rows without a time have their predecessor's in legacy order; the first ones that of the first row with one. */
async function comparePredecessors(
  select: (order: string) => IterableIterator<[string | null, Id | null, Id | null, bigint]>,
  timeOf: (id: Id | null, value: Id | null) => number | null,
  judge: (ulid: string | null, id: Id | null, time: number) => string | null,
  base: number,
): Promise<string[]> {
  let previous: number | null = null
  const before: [string | null, Id | null][] = []
  const faults: string[] = []
  const add = (fault: string | null) => fault !== null && faults.length < FAULTS && faults.push(fault)
  for (const [ulid, id, value, stands] of select('ORDER BY legacy')) {
    const time = timeOf(id, value)
    if (time !== null && previous === null)
      for (const [ulid_, id_] of before.splice(0)) add(judge(ulid_, id_, time))
    previous = time ?? previous
    if (time !== null || stands === 0n) continue
    if (previous === null) before.push([ulid, id])
    else add(judge(ulid, id, previous))
  }
  for (const [ulid, id] of before) add(judge(ulid, id, base))
  return faults
}

type Id = string | bigint | number | Buffer

/** The row's own time as detection and the operator decided; null where it has none, or an absurd one. */
function rowTime(
  plan: Plan,
  identity: PlannedIdentity,
  id: Id | null,
  value: Id | null,
  zone: Comparison['zone'],
): number | null {
  if (identity.time.from === 'order') return plan.baseTime
  const inId = identity.time.from === 'id' && id !== null ? idTime(id, zone) : null
  const time = inId ?? (Buffer.isBuffer(value) ? null : parseTime(value, zone))
  return isPlausibleRowTime(time, plan.baseTime) ? time : null
}

/** A ULID that another target gave has the time that the row has there; `across` looks at those. */
function isFollowed(comparison: Comparison, identity: PlannedIdentity, ulid: string | null): boolean {
  const leaders = leadersOf(comparison, identity)
  if (leaders === null) return false
  return (
    comparison.db
      .prepare(`SELECT EXISTS (SELECT 1 FROM main.${q(leaders.followed)} WHERE ulid = ?)`)
      .pluck()
      .get(ulid) === 1n
  )
}

/** A ULID that stood beside the id before the run keeps its own time. */
function stoodBefore(comparison: Comparison, identity: PlannedIdentity, ulid: string | null): boolean {
  const table = tableNamed(comparison.before, identity.table)
  if (!table?.columns.some(column => column.name === identity.beside)) return false
  return (
    comparison.db
      .prepare(
        `SELECT EXISTS (SELECT 1 FROM ${beforeTable(identity.table)} WHERE upper(${q(identity.beside!)}) = upper(?))`,
      )
      .pluck()
      .get(ulid) === 1n
  )
}
