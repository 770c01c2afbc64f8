/**
 * Writes what an operation has changed in the working copy into the DuckDB file: one transaction in the file itself, proved
 * there against the snapshot before it is committed.
 */
import { randomUUID } from 'node:crypto'
import Database from 'better-sqlite3'
import type { Check, Proof } from '../../../documents.ts'
import type { LetterCase } from '../../../identifiers/crockford.ts'
import { exitCodes, Refusal } from '../../../message.ts'
import { foldName, quoteName as q, sameName, quoteText as t } from '../../../schema/names.ts'
import { verificationFailed } from '../../../verification-failed.ts'
import { OWN_PREFIX } from '../../sqlite/inspect.ts'
import type { Connection } from '../../sqlite/open.ts'
import type { Catalog } from '../catalog.ts'
import type { Store } from '../connect.ts'
import { byName, copyName } from '../copy-name.ts'
import {
  COPY,
  type CopyObject,
  type CopyRecord,
  hashOfTable,
  type Remembered,
  readCopyRecord,
  writeCopyRecord,
} from '../copy-record.ts'
import { describeDuckDB } from '../describe.ts'
import { hasChanged, noteOf, ownTables, publishOwn } from '../own-tables.ts'
import { POSITIONS, readPositions, SHIFT } from '../positions.ts'
import { readCatalog } from '../read-catalog.ts'
import { BEFORE, differencesOf, type TableChange } from './differences.ts'
import { planTables } from './plan-tables.ts'
import type { IdentityColumn, Successor } from './planning.ts'
import { proveStore } from './prove-store.ts'
import { rewrite } from './rewrite.ts'
import { advanceSequences } from './sequences.ts'
import { recording, type StoreChanges, schemaOf, stagesOf } from './store-changes.ts'
import { sqlName, type TablePlan } from './table-plan.ts'
import { answeringViews, assertAnswering } from './views.ts'

export interface PublishRequest {
  /** The DuckDB file, as messages name it. */
  readonly path: string
  /** The same file, open for writing, by nobody else. */
  readonly store: Store
  /** The working copy before the operation and after it: files that nobody has open for writing. */
  readonly before: string
  readonly after: string
  /** A copy of the DuckDB file as it is now. */
  readonly snapshot: string
  /** Columns of the working copy that name the rows of their tables, and hold ULIDs of their own now. */
  readonly identities: readonly IdentityColumn[]
  readonly letterCase: LetterCase
  /** Whether a run is taken back: a table whose text in the copy is that of before becomes what it was then. */
  readonly back?: boolean
  /** Columns that go, and the one that takes the place of each. */
  readonly successors?: readonly Successor[]
  emit(done: number, total: number, object: string): void
  /** Lets messages in, and throws where the operation is to stop; the file then stays as it was. */
  breathe(): Promise<void>
  /** Tests only: strikes between rewrite and proof, to show that the proof notices. */
  readonly sabotage?: (store: Store) => Promise<void>
}

export interface Published {
  readonly proof: Proof
  /** The tables that were made anew, as the working copy calls them. */
  readonly rebuilt: readonly string[]
  readonly changes: StoreChanges
}

const SNAPSHOT = `${OWN_PREFIX}snapshot`

/** Publishes; throws a refusal where anything is in the way, and leaves the file as it was. */
export async function publish(request: PublishRequest): Promise<Published> {
  const { store, path } = request
  const db = new Database(request.after, { readonly: true, fileMustExist: true })
  try {
    db.defaultSafeIntegers(true)
    db.exec(`ATTACH ${t(request.before)} AS ${BEFORE}`)
    await store.run(`ATTACH ${t(request.snapshot)} AS ${q(SNAPSHOT)} (READ_ONLY)`)
    return await publishInto(request, db)
  } catch (error) {
    throw describeDuckDB(error, path)
  } finally {
    db.close()
    await clear(store)
  }
}

/**
 * A COMMIT then ends with a checkpoint, and leaves no .wal: tables that are dropped and made anew in one transaction give
 * one that DuckDB can not always take in again, should this process be killed before it closes the file.
 */
async function commitsIntoTheFile(store: Store): Promise<void> {
  await store.run('SET auto_checkpoint_skip_wal_threshold = 0')
  await store.run("SET checkpoint_threshold = '1KB'")
}

/** Takes away what only this publish needed: temporary tables, and the snapshot's name. */
async function clear(store: Store): Promise<void> {
  try {
    const temporary = await store.all(
      `SELECT table_name FROM duckdb_tables() WHERE database_name = 'temp' AND starts_with(table_name, ${t(OWN_PREFIX)})`,
    )
    for (const [name] of temporary) await store.run(`DROP TABLE temp.${q(String(name))}`)
    await store.run(`DETACH DATABASE IF EXISTS ${q(SNAPSHOT)}`)
  } catch {
    // Then it goes when the file is closed, and what came first is what counts.
  }
}

async function publishInto(request: PublishRequest, db: Connection): Promise<Published> {
  const { store, path } = request
  await store.run('SET preserve_insertion_order = true') // the order of rows is what they are known by
  await commitsIntoTheFile(store)
  const database = String((await store.all('SELECT current_database()'))[0]![0])
  const catalog = await readCatalog(store)
  const record = await readCopyRecord(store)
  const positions = await readPositions(store, database)
  const filled = async (rows: number, of: number, table: string) => {
    request.emit(rows, of, table)
    await request.breathe()
  }
  const changes = await differencesOf(db, path, request.breathe)
  const { identities, letterCase, back = false, successors = [] } = request
  const how = { identities, letterCase, back, successors }
  const planning = { store, db, path, catalog, record, positions, ...how, filled }
  const plans = await planTables(planning, changes)
  const views = await answeringViews(store, catalog)

  return inTransaction(store, path, async () => {
    const statements = [...stagesOf(plans)]
    const told = recording(store, statements)
    const rebuilt = await rewrite({ store: told, path, positions, done: request.breathe }, plans)
    await assertAnswering(store, path, views)
    const sequences = await advanceSequences(told, catalog, plans)
    const own = await writeOwn({ ...request, store: told }, db, catalog, filled)
    const marker = own.length === 0 ? null : randomUUID()
    if (marker === null) await told.run(`DROP TABLE IF EXISTS main.${q(COPY)}`)
    else {
      const was = remember(record, plans, changes, back)
      await writeCopyRecord(told, path, recordOf(db, await readCatalog(store), own, was, marker))
      statements.push(`-- tables ${OWN_PREFIX}*: what undo and verify live on, row by row`)
    }
    await request.sabotage?.(store)
    const checks = await proveStore({
      store,
      db,
      snapshot: SNAPSHOT,
      before: catalog,
      plans,
      rebuilt,
      positions,
      sequences,
      own: own.map(({ name }) => name),
      breathe: request.breathe,
    })
    assertProved(path, checks)
    const proof = { ok: true, checks }
    return {
      result: {
        proof,
        rebuilt: rebuilt.map(({ plan }) => copyName(plan.table)),
        changes: { ...schemaOf(catalog, plans), statements },
      },
      marker,
    }
  })
}

function assertProved(path: string, checks: readonly Check[]): void {
  const proof = { ok: checks.every(({ ok }) => ok), checks }
  if (!proof.ok)
    throw verificationFailed(path, proof, 'This should not happen: please report it with its lines.')
}

/** One transaction, with the file as it was where anything fails (HAZARDS F5): the first error ends it. */
async function inTransaction<T>(
  store: Store,
  path: string,
  work: () => Promise<{ readonly result: T; readonly marker: string | null }>,
): Promise<T> {
  await store.run('BEGIN TRANSACTION')
  let done: { readonly result: T; readonly marker: string | null }
  try {
    done = await work()
    await store.run('COMMIT')
  } catch (error) {
    await rollBack(store)
    throw error
  }
  const written = await readCopyRecord(store)
  if ((written?.marker ?? null) === done.marker) return done.result
  throw new Refusal({
    code: 'DUCKDB.NOT_COMMITTED',
    object: path,
    message: 'DuckDB said that it had committed, and has not.',
    why: 'What was written last is not in the file.',
    next: 'The file is as it was. Please report it.',
    exit: exitCodes.failed,
  })
}

async function rollBack(store: Store): Promise<void> {
  try {
    await store.run('ROLLBACK')
  } catch {
    // A COMMIT that failed has ended the transaction already; any other one ends when the file is closed. The first error is
    // what counts: after some (a disk that is full at the COMMIT) DuckDB does nothing more with a file until it is opened anew.
  }
}

interface Own {
  readonly name: string
  readonly note: string
}

/** Our own tables: those that differ are written, those that are gone dropped. */
async function writeOwn(
  { store, path }: PublishRequest,
  db: Connection,
  catalog: Catalog,
  filled: (rows: number, of: number, table: string) => Promise<void>,
): Promise<readonly Own[]> {
  const tables = ownTables(db)
  const there = catalog.tables.filter(({ schema, name }) => schema === 'main' && name.startsWith(OWN_PREFIX))
  const kept = new Set([COPY, ...(tables.length === 0 ? [] : [POSITIONS, SHIFT])])
  for (const table of there)
    if (!kept.has(table.name) && !tables.some(({ name }) => name === table.name))
      await store.run(`DROP TABLE ${sqlName(table)}`)
  for (const name of [POSITIONS, SHIFT]) await dropIfEmpty(store, name, tables.length === 0)
  const own: Own[] = []
  for (const table of tables) {
    const note = noteOf(db, table)
    own.push({ name: table.name, note })
    if (there.some(({ name }) => name === table.name) && !hasChanged(db, table, BEFORE)) continue
    const total = Number(
      db
        .prepare(`SELECT count(*) FROM main.${q(table.name)}`)
        .pluck()
        .get(),
    )
    await publishOwn(store, db, path, table, note, rows => filled(rows, total, table.name))
  }
  return own
}

async function dropIfEmpty(store: Store, name: string, whateverIsIn: boolean): Promise<void> {
  const there = await store.all(
    `SELECT estimated_size FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = 'main' AND table_name = ${t(name)}`,
  )
  if (there.length === 0) return
  const [row] = whateverIsIn ? [] : await store.all(`SELECT 1 FROM main.${q(name)} LIMIT 1`)
  if (row === undefined) await store.run(`DROP TABLE main.${q(name)}`)
}

/**
 * What DuckDB had under each text of the working copy: the way back leads through it. A text may come again with something
 * else behind it (a contract can end with the text that the expansion began with), so they are kept in their order, and
 * whoever goes back forgets what came after.
 */
function remember(
  record: CopyRecord | null,
  plans: readonly TablePlan[],
  changes: readonly TableChange[],
  back: boolean,
): readonly Remembered[] {
  const was = record?.was ?? []
  const of = (table: string) => was.filter(each => sameName(each.table, table))
  if (back) {
    const later = changes.flatMap(({ name, after }) => {
      const own = of(name)
      const at = own.findLastIndex(({ sql }) => sql === after.sql)
      return at < 0 ? [] : own.slice(at + 1)
    })
    return was.filter(each => !later.includes(each))
  }
  const now = changes.flatMap(({ name, before }): Remembered[] => {
    const plan = plans.find(({ change }) => change?.name === name)
    const last = of(name).at(-1)
    const isKnown =
      last?.sql === before.sql && plan && hashOfTable(last.definition) === hashOfTable(plan.table)
    return plan === undefined || isKnown ? [] : [{ table: name, sql: before.sql, definition: plan.table }]
  })
  return [...was, ...now]
}

function recordOf(
  db: Connection,
  after: Catalog,
  own: readonly Own[],
  was: readonly Remembered[],
  marker: string,
): CopyRecord {
  const tables = byName(after.tables, copyName)
  const objects = db
    .prepare('SELECT type, name, tbl_name, sql FROM main.sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid')
    .all() as { type: CopyObject['kind']; name: string; tbl_name: string; sql: string }[]
  const rows = objects
    .filter(({ name }) => !name.startsWith('sqlite_'))
    .map(({ type, name, tbl_name, sql }): CopyObject => {
      const table = tbl_name.startsWith(OWN_PREFIX) ? undefined : tables.get(foldName(tbl_name))
      return {
        kind: type,
        name,
        table: tbl_name,
        sql,
        duckdb: table === undefined ? '' : hashOfTable(table),
        note: own.find(each => type === 'table' && each.name === name)?.note ?? '',
      }
    })
  return { rows, was, marker }
}
