/**
 * One database after its migration: its owner's program inserts, updates and deletes rows; the undo must keep all of
 * that and give everything else back as it was. Then a restore must bring back the very original, and a run that was
 * stopped half-way must leave nothing to undo and nothing to restore.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { type Context, Stopped } from '../../src/core/context.ts'
import { Refusal } from '../../src/core/message.ts'
import { migrate } from '../../src/core/migrate/migrate.ts'
import { lookAt } from '../../src/core/migrate/prepare.ts'
import type { Choices, Settings } from '../../src/core/requests.ts'
import { restore } from '../../src/core/rollback/restore.ts'
import { undo } from '../../src/core/rollback/undo.ts'
import { columnOf, contentHash, contentOf, quoted } from '../support/database.ts'
import { newRun } from '../support/engine.ts'
import { corpusContext } from './context.ts'
import { copyDatabase } from './folder.ts'
import { choicesOf, frozen, type Mode } from './journey.ts'

export interface Since {
  readonly inserted: number
  readonly updated: number
  readonly deleted: number
  /** What SQLite would not take, and why. */
  readonly refused: readonly string[]
  readonly end: 'as it should' | 'nothing-to-do' | 'refused' | 'failed'
  readonly why: string
}

type Wrote = Pick<Since, 'inserted' | 'updated' | 'deleted' | 'refused'>
const nothing: Wrote = { inserted: 0, updated: 0, deleted: 0, refused: [] }

/** Takes a copy of `original` there, lets somebody write, and takes it back both ways. Never throws. */
export async function writeAndUndo(original: string, mode: Mode, accept: readonly string[]): Promise<Since> {
  const folder = mkdtempSync(join(tmpdir(), 'ulid-migrate-corpus-'))
  let wrote = nothing
  try {
    const target = copyDatabase(original, join(folder, 'a.db'))
    const settings = {
      stateDir: join(folder, 'state'),
      snapshotDir: join(folder, 'snapshots'),
      waitSeconds: 1,
    }
    const choices = { ...choicesOf[mode], ...frozen, accept }
    await lookAt(target, corpusContext(settings), () => {}) // refuses what is no SQLite database
    const before = contentOf(target)
    const hash = contentHash(target)
    const derived = derivedTables(target)

    await stopHalfWay(target, settings, choices)
    must(contentHash(target) === hash, 'a run that was stopped half-way has changed something')
    await mustRefuse('UNDO.NOTHING', undo(target, undefined, corpusContext(settings)))
    const unasked = restore(target, { dryRun: false, confirm: 'a.db' }, corpusContext(settings))
    await mustRefuse('SNAPSHOT.NONE', unasked)

    const done = await migrate(target, choices, undefined, corpusContext(settings))
    if (done.status === 'nothing-to-do') return { ...wrote, end: 'nothing-to-do', why: '' }
    const migrated = contentOf(target)
    wrote = writeInto(target)
    const changed = countsOf(migrated, contentOf(target), derived)

    const undone = await undo(target, undefined, corpusContext(settings))
    must(undone.proof.ok, 'the undo is not proved')
    const kept = countsOf(before, contentOf(target), derived)
    must(
      JSON.stringify(kept) === JSON.stringify(changed),
      `the program changed ${say(changed)}; after the undo ${say(kept)} differ from the original`,
    )

    await mustRefuse('RESTORE.UNCONFIRMED', restore(target, { dryRun: false }, corpusContext(settings)))
    await restore(target, { dryRun: false, confirm: 'a.db' }, corpusContext(settings))
    must(contentHash(target) === hash, 'the restore did not bring the original back')
    return { ...wrote, end: 'as it should', why: '' }
  } catch (error) {
    const why =
      error instanceof Refusal ? `${error.message} ${error.failure.why}` : String((error as Error).stack)
    const refused = error instanceof Refusal && error.failure.exit === 4 && wrote === nothing
    return { ...wrote, end: refused ? 'refused' : 'failed', why }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Stops the run at one of its breaths, deep in the rewrite where it gets that far. */
async function stopHalfWay(target: string, settings: Settings, choices: Choices): Promise<void> {
  let rewriting = false
  const plain = corpusContext(settings)
  const context: Context = {
    ...plain,
    run: newRun(),
    emit: event => {
      if ('phase' in event && event.phase === 'rewrite') rewriting = true
    },
    breathe: async () => {
      if (rewriting) throw new Stopped(target, 'It was asked to stop.')
    },
  }
  try {
    await migrate(target, choices, undefined, context)
  } catch (error) {
    if (!(error instanceof Stopped)) throw error
  }
}

/** In each table with ids and without triggers, which would write elsewhere: a new row, a changed one, a deleted one. */
function writeInto(path: string): Wrote {
  const db = new Database(path)
  db.pragma('foreign_keys = OFF')
  const wrote = { inserted: 0, updated: 0, deleted: 0, refused: [] as string[] }
  try {
    const tables = db
      .prepare(
        `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND substr(name, 1, 7) <> 'sqlite_' AND substr(name, 1, 14) <> '_ulid_migrate_'
         AND NOT EXISTS (SELECT 1 FROM sqlite_schema s WHERE s.type = 'trigger' AND s.tbl_name = name COLLATE NOCASE)`,
      )
      .pluck()
      .all() as string[]
    for (const table of tables) {
      const tried = (what: 'inserted' | 'updated' | 'deleted', sql: string, ...values: unknown[]) => {
        try {
          wrote[what] += db.prepare(sql).run(...values).changes
        } catch (error) {
          wrote.refused.push(`${table}: ${(error as Error).message}`)
        }
      }
      const { columns, ulids, integerKey } = shapeOf(db, table)
      const given = columns.filter(column => column !== integerKey)
      if (given.length === 0) continue
      const from = (column: string) => (ulids.includes(column) ? `'${newRun()}'` : quoted(column))
      tried(
        'inserted',
        `INSERT INTO ${quoted(table)}(${given.map(quoted).join(', ')}) SELECT ${given.map(from).join(', ')} FROM ${quoted(table)} LIMIT 1`,
      )
      const note = given.find(column => !ulids.includes(column))
      const row = `FROM ${quoted(table)} LIMIT 1 OFFSET 1`
      if (note)
        tried(
          'updated',
          `UPDATE ${quoted(table)} SET ${quoted(note)} = 'changed since' WHERE rowid = (SELECT rowid ${row})`,
        )
      tried(
        'deleted',
        `DELETE FROM ${quoted(table)} WHERE rowid = (SELECT rowid FROM ${quoted(table)} LIMIT 1 OFFSET 2)`,
      )
    }
    return wrote
  } finally {
    db.close()
  }
}

/** Columns one can write, the ones among them that name the row by a ULID, and an integer key that SQLite gives. */
function shapeOf(db: Database.Database, table: string) {
  const info = db.prepare('SELECT name, type, pk, hidden FROM pragma_table_xinfo(?)').all(table) as {
    readonly name: string
    readonly type: string
    readonly pk: number
    readonly hidden: number
  }[]
  const columns = info.filter(column => column.hidden === 0).map(column => column.name)
  const keys = info.filter(column => column.pk > 0)
  const integerKey = keys.length === 1 && /^integer$/i.test(keys[0]!.type) ? keys[0]!.name : null
  const unique = db
    .prepare(
      `SELECT i.name FROM pragma_index_list(?) l JOIN pragma_index_info(l.name) i WHERE l."unique" GROUP BY l.name HAVING count(*) = 1`,
    )
    .pluck()
    .all(table) as (string | null)[]
  const ulids = columns.filter(
    column =>
      unique.includes(column) &&
      db
        .prepare(
          `SELECT typeof(${quoted(column)}) = 'text' AND length(${quoted(column)}) = 26 FROM ${quoted(table)} LIMIT 1`,
        )
        .pluck()
        .get() === 1,
  )
  return { columns, ulids, integerKey }
}

/** Tables of full-text and spatial indexes: made anew from the rows they index, equal in meaning, not in bytes. */
function derivedTables(path: string): ReadonlySet<string> {
  const sql = "SELECT name FROM pragma_table_list WHERE type IN ('shadow', 'virtual')"
  return new Set(columnOf<string>(path, sql))
}

/** How many rows of each table are in one state and not in the other; the schema and SQLite's own tables are left out. */
function countsOf(
  before: readonly string[],
  after: readonly string[],
  without: ReadonlySet<string>,
): Readonly<Record<string, string>> {
  const lost = countByTable(before, new Set(after), without)
  const came = countByTable(after, new Set(before), without)
  const names = [...new Set([...lost.keys(), ...came.keys()])].sort()
  return Object.fromEntries(
    names.map(name => [name, `${came.get(name) ?? 0} new, ${lost.get(name) ?? 0} gone`]),
  )
}

function countByTable(
  lines: readonly string[],
  others: ReadonlySet<string>,
  without: ReadonlySet<string>,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const line of lines) {
    if (others.has(line) || line.startsWith('[') || line.startsWith('sqlite_')) continue
    const table = line.slice(0, line.indexOf(': '))
    if (without.has(table)) continue
    counts.set(table, (counts.get(table) ?? 0) + 1)
  }
  return counts
}

const say = (counts: Readonly<Record<string, string>>) =>
  Object.entries(counts)
    .map(([name, text]) => `${name} (${text})`)
    .join(', ') || 'nothing'

async function mustRefuse(code: string, work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (error instanceof Refusal && error.failure.code === code) return
    throw error
  }
  throw new Error(`It was not refused with ${code}`)
}

function must(holds: boolean, why: string): void {
  if (!holds) throw new Error(why)
}
