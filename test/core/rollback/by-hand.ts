/**
 * What an undo has to come to, made without the engine: the same writes, done by hand to the same database that was
 * never migrated. Rows are spoken of by their column `n`, so that one text means the same row under either kind of id;
 * only a new row's own id has to be put in.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { RolledBackTarget } from '../../../src/core/documents.ts'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import type { Choices } from '../../../src/core/requests.ts'
import { undo } from '../../../src/core/rollback/undo.ts'
import {
  change,
  columnOf,
  contentOf,
  makeDatabase,
  quoted,
  type Row,
  rowsOf,
  type Value,
} from '../../support/database.ts'
import { settingsIn } from '../../support/engine.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { agreeing, type InProcess, inProcess } from '../../support/in-process.ts'

/** A statement that says the same before and after a migration, or one that names a row by an id of its own. */
export type Write = string | NewRow

export interface NewRow {
  readonly into: string
  /** What the row is known by afterwards. */
  readonly n: number
  /** The id as SQL; without one it is left to the table's default. */
  readonly id?: string
  readonly column?: string
  /** The other columns, as SQL. */
  readonly values?: Readonly<Record<string, string>>
  /** `UPDATE` gives the row `n` another id. */
  readonly verb?: 'INSERT' | 'INSERT OR IGNORE' | 'INSERT OR REPLACE' | 'UPDATE'
  readonly upsert?: string
}

/** A database on its way there and back, and its twin that never went. */
export class Twins {
  readonly path: string
  readonly #twin: string
  readonly #choices: Choices
  readonly #context: () => InProcess
  readonly #without: readonly string[]
  #pending: Write[] = []
  #lastUndo = ''

  /** `without` names tables whose bytes are SQLite's own affair: an index that was built anew. */
  constructor(sql: readonly string[], choices: Choices, without: readonly string[] = []) {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'target'))
    this.path = makeDatabase(join(folder, 'target', 'since.db'), ...sql)
    this.#twin = makeDatabase(join(folder, 'twin.db'), ...sql)
    this.#choices = { seed: '5eed', ...choices }
    this.#context = () => inProcess(settingsIn(folder))
    this.#without = without
  }

  /** Whether there was something to migrate. */
  async migrate(): Promise<boolean> {
    const agreed = await agreeing(this.path, this.#choices)
    const { status, outside } = await migrate(this.path, agreed, undefined, this.#context())
    expect(outside.checks.filter(check => !check.ok)).toEqual([])
    return status === 'succeeded'
  }

  /** Some other program writes to the migrated database. */
  write(...writes: readonly Write[]): void {
    change(this.path, ...writes.map(write => textOf(write, row => row.id)))
    this.#pending.push(...writes)
  }

  /** Some other program writes to both, while the old ids are there. */
  writeToBoth(...sql: readonly string[]): void {
    change(this.path, ...sql)
    change(this.#twin, ...sql)
  }

  /** Undoes; then the two must hold the same. */
  async undo(): Promise<RolledBackTarget> {
    const context = this.#context()
    const document = await undo(this.path, undefined, context)
    expect(document.proof.checks.filter(check => !check.ok)).toEqual([])
    this.#lastUndo = context.run
    // The ids that the undo gave stand in the file; that they are sensible is asked by whoever calls.
    const idOf = (row: NewRow) => this.#idByHand(row)
    change(this.#twin, ...this.#pending.map(write => textOf(write, idOf)))
    this.#pending = []
    expect(this.#contentOf(this.path)).toEqual(this.#contentOf(this.#twin))
    return document
  }

  /** Takes the last undo back. */
  async redo(): Promise<RolledBackTarget> {
    const document = await undo(this.path, this.#lastUndo, this.#context())
    expect(document.proof.checks.filter(check => !check.ok)).toEqual([])
    return document
  }

  idOf(table: string, n: number, column = 'id'): Value {
    return rowsOf(this.path, `SELECT ${quoted(column)} FROM ${quoted(table)} WHERE n = ${n}`)[0]?.[0] ?? null
  }

  /** `n` and id of each row. */
  idsOf(table: string, column = 'id'): readonly Row[] {
    return rowsOf(this.path, `SELECT n, ${quoted(column)} FROM ${quoted(table)} ORDER BY n`)
  }

  /** Ids of text stay as they were given, also in references to a row that is gone again; numbers stand in the file. */
  #idByHand({ into, n, id, column = 'id' }: NewRow): string {
    const now = this.idOf(into, n, column)
    const types = `SELECT type FROM pragma_table_info('${into.replaceAll("'", "''")}') WHERE name = '${column}'`
    if (id !== undefined && !columnOf<string>(this.path, types)[0]?.startsWith('INT')) return id
    return now === null ? String(-n) : literalOf(now)
  }

  #contentOf(path: string): readonly string[] {
    return contentOf(path).filter(line => !this.#without.some(name => line.startsWith(`${name}: `)))
  }
}

/** There, written to, and back again. */
export async function undoneAsByHand(
  sql: readonly string[],
  choices: Choices,
  writes: readonly Write[],
  without: readonly string[] = [],
): Promise<Twins & { readonly document: RolledBackTarget }> {
  const twins = new Twins(sql, choices, without)
  await twins.migrate()
  twins.write(...writes)
  return Object.assign(twins, { document: await twins.undo() })
}

/** The statement, with the id that `idOf` says; without one the column is left out. */
function textOf(write: Write, idOf: (row: NewRow) => string | undefined): string {
  if (typeof write === 'string') return write
  const { into, n, column = 'id', values = {}, verb = 'INSERT', upsert = '' } = write
  const id = idOf(write)
  if (verb === 'UPDATE') return `UPDATE ${quoted(into)} SET ${quoted(column)} = ${id} WHERE n = ${n}`
  const all = { ...(id === undefined ? {} : { [column]: id }), n: String(n), ...values }
  const [names, cells] = [Object.keys(all).map(quoted), Object.values(all)]
  return `${verb} INTO ${quoted(into)}(${names.join(', ')}) VALUES(${cells.join(', ')}) ${upsert}`
}

/** A value as SQL. */
function literalOf(value: string | number | bigint | Buffer): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`
  return Buffer.isBuffer(value) ? `x'${value.toString('hex')}'` : String(value)
}
