/**
 * One database of the corpus, expanded with every identity it offers, while its program goes on by the legacy ids: the
 * same writes go to a twin that never was expanded. They must do there what they do here, leave both sides in step, and
 * once the expansion is collapsed nothing may tell the two databases apart.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { planContract } from '../../src/core/contract/contract-plan.ts'
import { Refusal } from '../../src/core/message.ts'
import { migrate } from '../../src/core/migrate/migrate.ts'
import type { Plan } from '../../src/core/plan/plan.ts'
import type { ContractChoices, Settings } from '../../src/core/requests.ts'
import { undo } from '../../src/core/rollback/undo.ts'
import { verifyPastRun } from '../../src/core/verify/past-run.ts'
import { columnOf, quoted } from '../support/database.ts'
import { type Content, contentOf, differences } from './content.ts'
import { corpusContext } from './context.ts'
import { copyDatabase } from './folder.ts'
import { frozen } from './journey.ts'

export interface BothIds {
  /** Rows that the program wrote, and statements of it that SQLite refused, on both sides alike. */
  readonly written: number
  readonly refused: number
  /** Ways in which it was contracted and taken back to the expansion it was, out of four. */
  readonly contracts: number
  readonly end: 'as it should' | 'nothing-to-do' | 'refused' | 'failed'
  readonly why: string
}

/** Takes a copy of `original` there and back, with writes in between. Never throws. */
export async function expandAndWrite(original: string): Promise<BothIds> {
  const folder = mkdtempSync(join(tmpdir(), 'ulid-migrate-corpus-'))
  const settings = { stateDir: join(folder, 'state'), snapshotDir: join(folder, 'snapshots'), waitSeconds: 1 }
  const done = { written: 0, refused: 0, contracts: 0 }
  try {
    const target = copyDatabase(original, join(folder, 'target.db'))
    const twin = copyDatabase(original, join(folder, 'twin.db'))
    const choices = { all: true, strategy: 'expand', ...frozen } as const
    const run = await migrate(target, choices, undefined, corpusContext(settings))
    if (run.status === 'nothing-to-do') return { ...done, end: 'nothing-to-do', why: '' }

    for (const sql of writesOf(twin)) {
      const [here, there] = [outcomeOf(target, sql), outcomeOf(twin, sql)]
      must(here === there, `${sql}: ${here}, and without the expansion ${there}`)
      if (Number.isNaN(Number(here))) done.refused += 1
      else done.written += Number(here)
    }
    const { proof } = await verifyPastRun(target, undefined, corpusContext(settings))
    const failed = proof.checks.filter(check => !check.ok)
    must(
      failed.length === 0 && proof.checks.some(check => check.id === 'in-step'),
      failed.map(check => `${check.id}: ${check.detail} ${check.faults?.join('; ') ?? ''}`).join('\n'),
    )

    const contracts = await contractEachWay(target, settings)

    must((await undo(target, undefined, corpusContext(settings))).proof.ok, 'the collapse is not proved')
    const off = differences(withoutDerived(twin), withoutDerived(target))
    must(off.length === 0, `these differ from the twin: ${off.slice(0, 5).join(', ')}`)
    return { ...done, contracts, end: 'as it should', why: '' }
  } catch (error) {
    const why =
      error instanceof Refusal ? `${error.message} ${error.failure.why}` : String((error as Error).message)
    const refused = error instanceof Refusal && error.failure.exit === 4 && done.written === 0
    return { ...done, end: refused ? 'refused' : 'failed', why }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** All but full-text indexes: nobody here tells them of writes, and whoever makes their table anew brings them up to date. */
function withoutDerived(path: string): Content {
  const derived = columnOf<string>(
    path,
    "SELECT name FROM pragma_table_list WHERE type IN ('shadow', 'virtual')",
  )
  return new Map([...contentOf(path)].filter(([name]) => !derived.some(each => name.endsWith(` of ${each}`))))
}

const ways: readonly ContractChoices[] = [
  {},
  { takeNames: true },
  { keepLegacy: true },
  { takeNames: true, keepLegacy: true },
]

/** The expansion brought to its end in every form, proved, and taken back; each time it is what it was. */
async function contractEachWay(target: string, settings: Settings): Promise<number> {
  const expanded = withoutDerived(target)
  let done = 0
  for (const way of ways) {
    const planned = await agreedPlan(target, { ...way, early: true }, settings)
    if (planned === null) continue
    const run = await migrate(target, {}, planned, corpusContext(settings))
    const failed = [...run.proof.checks, ...run.outside.checks].filter(check => !check.ok)
    must(failed.length === 0, `contract ${JSON.stringify(way)}: ${failed.map(check => check.id).join()}`)
    const left = columnOf<string>(
      target,
      "SELECT name FROM sqlite_schema WHERE name LIKE 'ulid^_sync^_%' ESCAPE '^'",
    )
    must(left.length === 0, `triggers are left: ${left.join()}`)
    const { proof } = await undo(target, undefined, corpusContext(settings))
    must(
      proof.ok && proof.checks.some(check => check.id === 'in-step'),
      'the undo of the contract is not proved',
    )
    const off = differences(expanded, withoutDerived(target))
    must(
      off.length === 0,
      `after the contract ${JSON.stringify(way)} and back: ${off.slice(0, 5).join(', ')}`,
    )
    done += 1
  }
  return done
}

/** The plan of an operator who agrees to all that can be agreed to; null where something can't. */
async function agreedPlan(target: string, way: ContractChoices, settings: Settings): Promise<Plan | null> {
  const accept: string[] = []
  for (;;) {
    try {
      return (await planContract(target, { ...way, accept }, corpusContext(settings))).plan
    } catch (error) {
      if (!(error instanceof Refusal) || error.failure.exit !== 4) throw error
      const { object, next, code } = error.failure
      if (!next.includes('--accept') || accept.includes(object)) {
        if (process.env.SHOW_REFUSED)
          console.log('      refused', JSON.stringify(way), code, object, error.failure.message)
        return null
      }
      accept.push(object)
    }
  }
}

/** What the owner's program does in each table, by the columns that it knows; not where a trigger writes down the time. */
function writesOf(path: string): readonly string[] {
  const db = new Database(path, { readonly: true })
  try {
    const tables = db
      .prepare(
        `SELECT l.name FROM pragma_table_list l WHERE l.schema = 'main' AND l.type = 'table' AND l.wr = 0 AND substr(l.name, 1, 7) <> 'sqlite_'
         AND NOT EXISTS (SELECT 1 FROM sqlite_schema s WHERE s.type = 'trigger' AND s.tbl_name = l.name COLLATE NOCASE AND s.sql LIKE '%now%')`,
      )
      .pluck()
      .all() as string[]
    return tables.flatMap(table => writesTo(db, table))
  } finally {
    db.close()
  }
}

function writesTo(db: Database.Database, table: string): readonly string[] {
  const t = quoted(table)
  const columns = db
    .prepare('SELECT name, type, pk FROM pragma_table_xinfo(?) WHERE hidden = 0')
    .all(table) as { readonly name: string; readonly type: string; readonly pk: number }[]
  const keys = columns.filter(column => column.pk > 0)
  const integerKey = keys.length === 1 && /^integer$/i.test(keys[0]!.type) ? keys[0]!.name : null
  const given = columns.map(column => column.name).filter(name => name !== integerKey)
  if (given.length === 0) return []
  const alone = db
    .prepare(
      'SELECT min(i.name) FROM pragma_index_list(?) l JOIN pragma_index_info(l.name) i WHERE l."unique" GROUP BY l.name HAVING count(*) = 1',
    )
    .pluck()
    .all(table) as (string | null)[]
  const referring = db.prepare('SELECT "from" FROM pragma_foreign_key_list(?)').pluck().all(table) as string[]
  const note = given.find(name => !alone.includes(name) && !referring.includes(name)) ?? given[0]!
  const value = (name: string) => (alone.includes(name) ? `'since ' || ${quoted(name)}` : quoted(name))
  const row = (at: number) => `(SELECT rowid FROM ${t} ORDER BY rowid LIMIT 1 OFFSET ${at})`
  const all = columns.map(column => quoted(column.name)).join(', ')
  return [
    `INSERT INTO ${t}(${given.map(quoted).join(', ')}) SELECT ${given.map(value).join(', ')} FROM ${t} ORDER BY rowid LIMIT 1`,
    `INSERT OR REPLACE INTO ${t}(${all}) SELECT ${all} FROM ${t} WHERE rowid = ${row(2)}`,
    `UPDATE ${t} SET ${quoted(note)} = 'changed since' WHERE rowid = ${row(1)}`,
    ...referring.map(
      name =>
        `UPDATE ${t} SET ${quoted(name)} = (SELECT ${quoted(name)} FROM ${t} ORDER BY rowid DESC LIMIT 1) WHERE rowid = ${row(0)}`,
    ),
    ...alone.flatMap(name =>
      name === null ? [] : [`UPDATE ${t} SET ${quoted(name)} = 'named anew' WHERE rowid = ${row(4)}`],
    ),
    `DELETE FROM ${t} WHERE rowid = ${row(3)}`,
  ]
}

/** How many rows it changed, or what SQLite says. */
function outcomeOf(path: string, sql: string): string {
  const db = new Database(path)
  try {
    db.pragma('foreign_keys = OFF')
    db.pragma('synchronous = OFF')
    return String(db.prepare(sql).run().changes)
  } catch (error) {
    return (error as Error).message
  } finally {
    db.close()
  }
}

function must(holds: boolean, why: string): void {
  if (!holds) throw new Error(why)
}
