/**
 * One database after its migration: its owner's program inserts, updates and deletes rows; the undo must keep all of
 * that and give everything else back as it was. Then a restore must bring back the very original, and a run that was
 * stopped half-way must leave nothing to undo and nothing to restore.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { type Context, Stopped } from '../../src/core/context.ts'
import { Refusal } from '../../src/core/message.ts'
import { migrate } from '../../src/core/migrate/migrate.ts'
import { lookAt } from '../../src/core/migrate/prepare.ts'
import type { Choices, Settings } from '../../src/core/requests.ts'
import { restore } from '../../src/core/rollback/restore.ts'
import { undo } from '../../src/core/rollback/undo.ts'
import { newRun } from '../support/engine.ts'
import { corpusContext } from './context.ts'
import { copyDatabase, isDuckDB } from './folder.ts'
import { choicesOf, frozen, type Mode } from './journey.ts'
import { duckdbSide } from './since-duckdb.ts'
import { sqliteSide } from './since-sqlite.ts'
import type { Wrote } from './wrote.ts'

export interface Since extends Wrote {
  readonly end: 'as it should' | 'nothing-to-do' | 'refused' | 'failed'
  readonly why: string
}

const nothing: Wrote = { inserted: 0, updated: 0, deleted: 0, refused: [] }

/** Takes a copy of `original` there, lets somebody write, and takes it back both ways. Never throws. */
export async function writeAndUndo(original: string, mode: Mode, accept: readonly string[]): Promise<Since> {
  const folder = mkdtempSync(join(tmpdir(), 'ulid-migrate-corpus-'))
  let wrote = nothing
  try {
    const { contentOf, contentHash, derivedTables, writeInto } = isDuckDB(original) ? duckdbSide : sqliteSide
    const target = copyDatabase(original, join(folder, 'target', basename(original)))
    const confirm = basename(target)
    const settings = {
      stateDir: join(folder, 'state'),
      snapshotDir: join(folder, 'snapshots'),
      waitSeconds: 1,
    }
    const choices = { ...choicesOf[mode], ...frozen, accept }
    await lookAt(target, corpusContext(settings), () => {}) // refuses what is no database
    const before = await contentOf(target)
    const hash = await contentHash(target)
    const derived = derivedTables(target)

    await stopHalfWay(target, settings, choices)
    must((await contentHash(target)) === hash, 'a run that was stopped half-way has changed something')
    await mustRefuse('UNDO.NOTHING', undo(target, undefined, corpusContext(settings)))
    const unasked = restore(target, { dryRun: false, confirm }, corpusContext(settings))
    await mustRefuse('SNAPSHOT.NONE', unasked)

    const done = await migrate(target, choices, undefined, corpusContext(settings))
    if (done.status === 'nothing-to-do') return { ...wrote, end: 'nothing-to-do', why: '' }
    const migrated = await contentOf(target)
    wrote = await writeInto(target)
    const changed = countsOf(migrated, await contentOf(target), derived)

    const undone = await undo(target, undefined, corpusContext(settings))
    must(undone.proof.ok, 'the undo is not proved')
    const kept = countsOf(before, await contentOf(target), derived)
    must(
      JSON.stringify(kept) === JSON.stringify(changed),
      `the program changed ${say(changed)}; after the undo ${say(kept)} differ from the original`,
    )

    await mustRefuse('RESTORE.UNCONFIRMED', restore(target, { dryRun: false }, corpusContext(settings)))
    await restore(target, { dryRun: false, confirm }, corpusContext(settings))
    must((await contentHash(target)) === hash, 'the restore did not bring the original back')
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
