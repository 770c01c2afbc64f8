/**
 * Looks into the values of one column, one by one: SQLite gives the bytes, the ids in them are found and looked up in the
 * maps, which stay in SQLite. Never more than one value is held, however many rows there are.
 */
import type { Note, Scan, Splice, ValuesInside } from '../compile/program.ts'
import type { Context } from '../context.ts'
import type { IdKind } from '../documents.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { type TextBytes, textBytes } from '../engines/sqlite/text-bytes.ts'
import { kindOf } from '../identifiers/index.ts'
import { type CompiledPlace, compilePlaces, type Hit, hitsIn, type IsId } from '../inside/hits.ts'
import { splice } from '../inside/splice.ts'

const CHUNK = 1000

/** Notes the ids in values that name no row. */
export async function scan(db: Connection, step: Scan, context: Context): Promise<void> {
  const bytes = textBytes(db)
  const notes = step.notes.map(({ sql }) => (sql === null ? null : db.prepare(sql)))
  const isAlike = step.notes.map(note => likeness(db, note))
  const maybe: IsId = (place, id) => isAlike[place]!(id)
  await eachValue(db, step, bytes, maybe, context, ({ hits, time }) => {
    for (const { place, id } of hits)
      if (maybe(place, id)) notes[place]?.run({ id: bytes.encodeId(id), ms: time })
  })
}

type Id = Hit['id']

/** Whether an id that names no row may be one. */
function likeness(db: Connection, { alike }: Note): (id: Id) => boolean {
  if (alike === null) return () => true
  const kind = usualKind(db.prepare(alike).pluck().all() as (string | bigint | Buffer)[])
  return id => kindOfId(id) === kind
}

/** The kind that most of these ids are of; they stand as text inside of values, so digits are numbers. */
function usualKind(ids: readonly (string | bigint | Buffer)[]): IdKind | null {
  const counts = new Map<IdKind, number>()
  for (const id of ids) {
    const kind = kindOfId(typeof id === 'string' ? Buffer.from(id) : id)
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null
}

function kindOfId(id: Id): IdKind {
  if (typeof id === 'bigint') return kindOf(id)
  const text = id.toString('utf8')
  return /^-?\d{1,18}$/.test(text) ? kindOf(BigInt(text)) : kindOf(text)
}

/** Sets each value that becomes another one aside. */
export async function spliceValues(db: Connection, step: Splice, context: Context): Promise<void> {
  const bytes = textBytes(db)
  const finds = step.finds.map(sql => db.prepare(sql).pluck())
  const write = db.prepare(step.write)
  const find = (place: number, id: Id) => finds[place]!.get({ id: bytes.encodeId(id) }) as Id | null
  const maybe: IsId = (place, id) => find(place, id) !== null
  await eachValue(db, step, bytes, maybe, context, ({ n, isText, value, hits }) => {
    const ids = hits.map(({ place, id }) => {
      const found = find(place, id)
      const other = found === null ? null : bytes.decodeId(found)
      return other === null || isSame(other, id) ? null : other // what is called so already keeps its spelling
    })
    if (ids.every(id => id === null)) return
    const fresh = splice(value, hits, ids)
    // A number in whose place an id stands is a text from then on.
    const text = isText || (typeof value === 'bigint' && typeof fresh !== 'bigint')
    write.run({
      n,
      text: text ? 1n : 0n,
      value: text && typeof fresh !== 'bigint' ? bytes.encode(fresh) : fresh,
    })
  })
}

function isSame(a: Id, b: Id): boolean {
  return typeof a === 'bigint' || typeof b === 'bigint' ? a === b : a.equals(b)
}

interface Value {
  readonly n: bigint
  readonly time: bigint | null
  readonly isText: boolean
  readonly value: Buffer | bigint
  readonly hits: readonly Hit[]
}

/**
 * The ids of a value. Where a text can be read in several ways, rows are found before orphans, which are whatever `maybe`
 * takes for one.
 */
function idsOf(read: (isId: IsId) => readonly Hit[], known: IsId, maybe: IsId): readonly Hit[] {
  const isKnown = ({ place, id }: Hit) => known(place, id)
  const first = read(known)
  const certain = first.filter(isKnown)
  if (certain.length === first.length) return first
  const others = read((place, id) => known(place, id) || maybe(place, id)).filter(
    hit => !certain.some(each => hit.start < each.end && each.start < hit.end),
  )
  return [...certain, ...others].sort((a, b) => a.start - b.start)
}

/** Calls `use` for each value that has ids in it. */
export async function eachValue(
  db: Connection,
  { phase, object, values }: Pick<Scan, 'phase' | 'object'> & { readonly values: ValuesInside },
  bytes: TextBytes,
  maybe: IsId,
  context: Context,
  use: (value: Value) => void,
): Promise<void> {
  const total = Number(db.prepare(values.total).pluck().get())
  const chunk = db.prepare(values.chunk).pluck()
  const row = db.prepare(values.row).raw()
  const known = values.known.map(sql => db.prepare(sql).pluck())
  const isKnown: IsId = (place, id) => known[place]!.get({ id: bytes.encodeId(id) }) === 1n
  const placesIn = placesOf(values)
  let from = -9223372036854775808n
  for (let done = 0; done < total; ) {
    const numbers = chunk.all({ from, limit: CHUNK }) as bigint[]
    for (const n of numbers) {
      const [time, type, stored, ...applies] = row.get({ n }) as [
        bigint | null,
        Type,
        Buffer | bigint,
        ...bigint[],
      ]
      const { places, index, open, written } = placesIn(applies)
      if (places.length === 0) continue
      // A list of one, in a column that makes numbers of what looks like one.
      const asText = type === 'integer' && written
      const isText = type === 'text' || asText
      const value = asText ? Buffer.from(String(stored)) : isText ? bytes.decode(stored as Buffer) : stored
      const read = (isId?: IsId) =>
        hitsIn(value, asText ? 'text' : type, places, isId && ((place, id) => isId(index[place]!, id))).map(
          hit => ({ ...hit, place: index[hit.place]! }),
        )
      const hits = open ? idsOf(read, isKnown, maybe) : read()
      if (hits.length === 0) continue
      use({
        n,
        time,
        isText,
        value,
        hits,
      })
    }
    const last = numbers.at(-1)
    if (last === undefined) return
    done += numbers.length
    context.emit({ type: 'progress', phase, object, unit: 'rows', done: Math.min(done, total), total })
    await context.breathe()
    if (last === 9223372036854775807n) return
    from = last + 1n
  }
}

type Type = 'text' | 'blob' | 'integer'

interface PlacesInRow {
  readonly places: readonly CompiledPlace[]
  /** What each is among all of the column. */
  readonly index: readonly number[]
  /** Whether a text may be read in several ways, so that it has to be asked which of them are ids. */
  readonly open: boolean
  /** Whether ids are written within the value's own text. */
  readonly written: boolean
}

/** The places that count in a row, by what it says of each; there are few different answers. */
function placesOf({ places }: ValuesInside) {
  const known = new Map<string, PlacesInRow>()
  return (applies: readonly bigint[]) => {
    const key = applies.join('')
    let found = known.get(key)
    if (!found) {
      const index = places.flatMap((_, at) => (applies[at] === 1n ? [at] : []))
      const here = index.map(at => places[at]!)
      const open = here.length > 1 || here.some(({ pattern }) => pattern !== undefined)
      const written = here.some(({ path, pattern }) => path === undefined && pattern !== undefined)
      found = { places: compilePlaces(here), index, open, written }
      known.set(key, found)
    }
    return found
  }
}
