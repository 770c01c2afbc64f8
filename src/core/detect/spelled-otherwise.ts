/** UUIDs of an identity that a column holds in another spelling: as texts they are not the same, and would be left behind. */
import { columnNamed } from '../engines/sqlite/inspect.ts'
import { asking, encodingOf, type RawValue, rawOf, rawSql, spelledIn } from '../engines/sqlite/raw-value.ts'
import type { Message } from '../message.ts'
import { type ColumnPath, formatColumnPath, quoteName as q, samePlace } from '../schema/names.ts'
import { inShell } from '../shell.ts'
import type { Looking, Seen } from './detect.ts'
import { isInside } from './inside/inside-reference.ts'
import { type SampledTable, valuesOf } from './references/sample.ts'

/** So many different values of a column are looked up: one that is met is no accident. */
const LOOKED_UP = 200

/**
 * DuckDB compares a UUID with a text by casting it, so that such a column resolves in whatever spelling: there it blocks.
 * Elsewhere only the program that wrote it can have known.
 */
export function spelledOtherwise(
  { db, file }: Pick<Looking, 'db' | 'file'>,
  sampled: readonly SampledTable[],
  seen: readonly Seen[],
): Message[] {
  const keys = seen.filter(({ identity }) => identity.migrate && holdsUuids(identity.kinds))
  if (keys.length === 0) return []
  const encoding = encodingOf(db)
  const lookups = keys.map(each => ({ ...each, has: lookup(db, each.identity) }))
  // One that is followed, and has values that name no row, may have these for that reason.
  const followed = keys.flatMap(({ identity }) =>
    identity.references.filter(each => each.choice === 'accepted' && !isInside(each) && each.orphans === 0),
  )
  const findings: Message[] = []
  for (const { table, sample } of sampled)
    for (const column of table.columns) {
      const place = { table: table.name, column: column.name }
      if (column.generated !== 'no' || followed.some(each => samePlace(each, place))) continue
      const values = db
        .prepare(`SELECT ${rawSql('v')} FROM (${valuesOf(sample, column.name)}) LIMIT ${LOOKED_UP}`)
        .raw()
        .all() as unknown[][]
      const spelled = values.map(value => [...spelledIn(rawOf(value), encoding, encoding)])
      if (spelled.every(({ length }) => length < 2)) continue
      const own = keys.findIndex(({ identity }) => samePlace(identity, place))
      const met = lookups.flatMap(({ key, identity, has }, at) => {
        if (at === own || (own >= 0 && isBefore(keys, own, at))) return []
        const hits = spelled.filter(([as, ...others]) => !has(as!) && others.some(has)).length
        const types = [column.type, columnNamed(key.table, key.column.name)!.type]
        const casts = file.engine === 'duckdb' && types.includes('UUID')
        return hits === 0 ? [] : [{ identity, share: `${hits} of ${spelled.length}`, casts }]
      })
      const [first] = [...met.filter(({ casts }) => casts), ...met]
      if (first) findings.push(told(place, first.identity, first.share, first.casts, column.type === 'UUID'))
    }
  return findings
}

function holdsUuids(kinds: Seen['identity']['kinds']): boolean {
  return Object.keys(kinds).some(kind => /^(uuid\d|md5)$/.test(kind))
}

function lookup(db: Looking['db'], { table, column }: ColumnPath): (value: RawValue) => boolean {
  const ask = asking(db, value => `SELECT EXISTS (SELECT 1 FROM ${q(table)} WHERE ${q(column)} = ${value})`)
  return value => ask(value) === 1n
}

/** Of two identities that have the same UUIDs, the one that the other is told to be spelled like: the primary key, or the first. */
function isBefore(keys: readonly Seen[], a: number, b: number): boolean {
  const [one, other] = [keys[a]!.key.primary, keys[b]!.key.primary]
  return one === other ? a < b : one
}

function told(
  place: ColumnPath,
  key: ColumnPath,
  share: string,
  casts: boolean,
  holdsUuid: boolean,
): Message {
  const [at, of] = [formatColumnPath(place.table, place.column), formatColumnPath(key.table, key.column)]
  const text = holdsUuid ? key : place
  const [table, column] = [text.table.split('.').map(q).join('.'), q(text.column)]
  const rewrite = `UPDATE ${table} SET ${column} = CAST(CAST(${column} AS UUID) AS VARCHAR)`
  return {
    code: 'REFERENCE.SPELLED_OTHERWISE',
    severity: casts ? 'blocker' : 'warning',
    object: at,
    message: `${share} values that were looked up are ids of ${of} in another spelling, and would not get their ULIDs.`,
    why: casts
      ? 'DuckDB casts one side when it compares a UUID with a text; once both are texts, only equal ones meet.'
      : 'They are the same UUIDs, with other letters or without hyphens; as texts they do not meet, whoever wrote them may bring them together.',
    next: casts
      ? `Write them alike first: ${rewrite}; or go on, and they no longer meet: ${inShell`--accept ${at}`}`
      : `Write them as ${of} does, and look again; or leave them as they are.`,
  }
}
