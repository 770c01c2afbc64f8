/**
 * References that no database of a system holds: which system knows a ULID, as what, and under which id of before. It lasts,
 * it is found by either id, and several processes may use it at once.
 */
import type Database from 'better-sqlite3'
import { createUlidFactory, isUlid, ulidsBetween, ulidTime } from '../identifiers/index.ts'
import type { Refusal } from '../message.ts'
import {
  canonical,
  checked,
  conflict,
  jsonOf,
  type NewRegistration,
  nameOf,
  type Registration,
} from './registration.ts'
import { prepare, type Row, type Statements } from './statements.ts'
import { unusedUlid } from './unused-ulid.ts'

export interface RegistryStatistics {
  readonly registrations: number
  readonly ids: number
  readonly places: readonly {
    readonly system: string
    readonly kind: string
    readonly registrations: number
  }[]
  /** Times inside the first and the last ULID, ISO 8601; null where there is none. */
  readonly earliest: string | null
  readonly latest: string | null
  /** New ULIDs that were there already, of all that were made here; each was made again. */
  readonly made: number
  readonly collisions: number
  readonly bytes: number
}

export interface RegistryOptions {
  /** Makes ULIDs for things that are named here first. */
  readonly newUlid?: () => string
  /** How many answers are kept in memory, each as long as nobody writes; 0 for none. */
  readonly answers?: number
}

/** What is found is cut off there unless more is asked for. */
const usualLimit = 100
const usualAnswers = 250_000

type Place = Pick<Registration, 'system' | 'kind'>

export class Registry {
  readonly #db: Database.Database
  readonly #newUlid: () => string
  readonly #places = new Map<number, Place>()
  readonly #numbers = new Map<string, number>()
  readonly #counts = { made: 0, collisions: 0 }
  readonly #statements: Statements
  /** What {@link resolve} has said since anybody last wrote. */
  readonly #answers = new Map<string, readonly Registration[]>()
  readonly #mostAnswers: number
  #version = -1
  #reading = false

  constructor(db: Database.Database, options: RegistryOptions = {}) {
    this.#db = db
    this.#newUlid = options.newUlid ?? createUlidFactory()
    this.#mostAnswers = options.answers ?? usualAnswers
    this.#statements = prepare(db)
  }

  get path(): string {
    return this.#db.name
  }

  /** Registers one; see {@link registerAll}. */
  register(registration: NewRegistration): 'registered' | 'known' {
    return this.registerAll([registration]).registered === 1 ? 'registered' : 'known'
  }

  /**
   * Registers all of them or none, in one transaction. What is there in the same system and kind stays; where its metadata
   * are others, they are replaced.
   *
   * Throws a {@link Refusal}: `REGISTRY.NOT_A_ULID`, `REGISTRY.INVALID` (exit 2), or `REGISTRY.CONFLICT` (exit 4) with both
   * sides, where an id of before already has another ULID there, or the ULID another id of before.
   */
  registerAll(registrations: Iterable<NewRegistration>): {
    readonly registered: number
    readonly known: number
  } {
    return this.#write(() => {
      const done = { registered: 0, known: 0 }
      for (const registration of registrations) {
        if (this.#insert(checked(registration))) done.registered++
        else done.known++
      }
      return done
    })
  }

  /**
   * The ULID of something that is called `legacy` there; made and registered now where it has none. Two processes that ask at
   * once get the same one. Throws a {@link Refusal} `ULID.COLLISION` (exit 1) where every ULID that is made is there already.
   */
  ulidFor(system: string, kind: string, legacy: string): string {
    const known = this.resolve(legacy).find(each => each.system === system && each.kind === kind)
    if (known) return known.ulid
    return this.#write(() => {
      const since = this.#find(legacy).find(each => each.system === system && each.kind === kind)
      return since?.ulid ?? this.#make({ system, kind, legacy })
    })
  }

  /** Registers something under a ULID that is made for it, and returns that. */
  create(wanted: Omit<NewRegistration, 'ulid'>): string {
    return this.#write(() => this.#make(wanted))
  }

  /** Everything that is registered under an id, be it a ULID in either letter case or an id of before. */
  resolve(id: string): readonly Registration[] {
    this.#read()
    const known = this.#answers.get(id)
    if (known !== undefined) return known
    const answer = this.#find(id)
    if (this.#answers.size < this.#mostAnswers) this.#answers.set(id, answer)
    return answer
  }

  /** Those of a system, in the order of their ULIDs. `after`: the last ULID of the page before. */
  find(
    system: string,
    options: { readonly kind?: string; readonly after?: string; readonly limit?: number } = {},
  ): readonly Registration[] {
    this.#read()
    const { kind, after, limit = usualLimit } = options
    const { placesOf, inPlace } = this.#statements
    const places = placesOf.all({ system, kind: kind ?? null }) as number[]
    const from = after === undefined ? '' : canonical(after)
    // Each place has its rows in order; a sort of all of them would read them all.
    return places
      .flatMap(place => inPlace.all({ place, after: from, limit }) as Row[])
      .sort((a, b) => (a[3] < b[3] ? -1 : a[3] > b[3] ? 1 : a[0] - b[0]))
      .slice(0, limit)
      .map(row => this.#registration(row))
  }

  /** Those whose time lies within `window` milliseconds before or after `time` (since 1970), in the order of time. */
  near(time: number, window = 60_000, limit = usualLimit): readonly Registration[] {
    this.#read()
    const span = ulidsBetween(Math.floor(time - window), Math.ceil(time + window))
    return (this.#statements.near.all({ ...span, limit }) as Row[]).map(row => this.#registration(row))
  }

  /** All of them, in the order of their ULIDs; read piece by piece. */
  *export(): Generator<Registration> {
    let last: Row | undefined
    for (;;) {
      this.#read()
      const page = this.#statements.page.all({ ulid: last?.[3] ?? '', place: last?.[0] ?? 0 }) as Row[]
      if (page.length === 0) return
      for (const row of page) yield this.#registration(row)
      last = page.at(-1)
    }
  }

  statistics(): RegistryStatistics {
    this.#read()
    const { totals, byPlace, counters, pages } = this.#statements
    const [registrations, ids, first, last] = totals.get() as [number, number, string | null, string | null]
    const counted = Object.fromEntries(counters.all() as [string, number][])
    const timeOf = (ulid: string | null) => (ulid === null ? null : new Date(ulidTime(ulid)).toISOString())
    return {
      registrations,
      ids,
      places: (byPlace.all() as [string, string, number][]).map(([system, kind, some]) => ({
        system,
        kind,
        registrations: some,
      })),
      earliest: timeOf(first),
      latest: timeOf(last),
      made: counted.made ?? 0,
      collisions: counted.collisions ?? 0,
      bytes: pages.get() as number,
    }
  }

  close(): void {
    this.#endReading()
    this.#db.close()
  }

  #find(id: string): readonly Registration[] {
    const { byUlid, byLegacy } = this.#statements
    const ulid = isUlid(id) ? canonical(id) : null
    const rows = ulid === null ? [] : (byUlid.all(ulid) as Row[])
    if (ulid !== null && rows.length > 0) return rows.map(row => this.#registration(row, ulid))
    // What something was called before may have the form of a ULID.
    return (byLegacy.all(id) as Row[]).map(row => this.#registration(row))
  }

  #make(wanted: Omit<NewRegistration, 'ulid'>): string {
    return unusedUlid(
      this.#newUlid,
      ulid => {
        this.#counts.made++
        const [there] = this.#find(ulid)
        if (there !== undefined) {
          this.#counts.collisions++
          return nameOf(there)
        }
        this.#insert(checked({ ...wanted, ulid }))
        return null
      },
      nameOf({ legacy: null, ...wanted }),
    )
  }

  /** False where it is there already. */
  #insert({ ulid, system, kind, legacy, metadata }: Registration): boolean {
    const { insert, one, replace } = this.#statements
    const place = this.#placeOf(system, kind)
    const text = Object.keys(metadata).length === 0 ? null : jsonOf(ulid, metadata)
    if (insert.run(ulid, place, legacy, text).changes === 1) return true
    const there = one.get(ulid, legacy, place, ulid) as Row
    if (there[3] !== ulid || there[1] !== legacy)
      throw conflict({ ulid, system, kind, legacy }, { ulid: there[3], legacy: there[1] })
    if (there[2] !== text) replace.run(text, ulid, place)
    return false
  }

  #placeOf(system: string, kind: string): number {
    const name = JSON.stringify([system, kind])
    let place = this.#numbers.get(name)
    if (place === undefined) {
      const { placesOf, insertPlace } = this.#statements
      place =
        (placesOf.get({ system, kind }) as number | undefined) ??
        Number(insertPlace.run(system, kind).lastInsertRowid)
      this.#numbers.set(name, place)
    }
    return place
  }

  #registration([place, legacy, metadata, ...rest]: Row, ulid: string = rest[0]): Registration {
    let known = this.#places.get(place)
    if (known === undefined) {
      known = this.#statements.place.get(place) as Place
      this.#places.set(place, known)
    }
    const { system, kind } = known
    return {
      ulid,
      system,
      kind,
      legacy,
      metadata: metadata === null ? {} : (JSON.parse(metadata) as Registration['metadata']),
    }
  }

  /**
   * What is asked within one turn of the event loop sees one state: taking and giving back the lock for every answer would
   * cost as much as the answer. The next turn sees what other processes have written since.
   */
  #read(): void {
    if (this.#reading || this.#db.inTransaction) return
    this.#statements.begin.run()
    this.#reading = true
    setImmediate(() => this.#endReading())
    const version = this.#statements.version.get() as number
    if (version === this.#version && this.#answers.size < this.#mostAnswers) return
    this.#version = version
    this.#answers.clear()
  }

  #endReading(): void {
    if (this.#reading && this.#db.open) this.#statements.commit.run()
    this.#reading = false
  }

  #write<T>(work: () => T): T {
    this.#endReading()
    this.#answers.clear() // one's own writes do not change the version that one sees
    try {
      return this.#db.transaction(work).immediate()
    } catch (error) {
      this.#numbers.clear() // places that were made in it are gone
      throw error
    } finally {
      this.#count()
    }
  }

  /** Also of what was rolled back: that random numbers repeat is known from then on. */
  #count(): void {
    for (const name of ['made', 'collisions'] as const)
      if (this.#counts[name] > 0) {
        this.#statements.count.run(name, this.#counts[name])
        this.#counts[name] = 0
      }
  }
}
