/**
 * The ledger of all runs, in the state folder: what was done to which target, in which phases, with which snapshot. It
 * makes the rollback menu and `status`. Its three tables are the guide's models: a workflow execution is a run, a pool
 * execution one target within it, a workflow checkpoint a finished phase.
 */
import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { RunRecord } from '../documents.ts'
import { createUlidFactory, isUlid } from '../identifiers/index.ts'
import type { Settings } from '../requests.ts'

const ulid = (column: string) => `CHECK(length(${column}) = 26)`
const ddl = `
  CREATE TABLE IF NOT EXISTS workflow_execution(
    execution_id TEXT PRIMARY KEY ${ulid('execution_id')}, workflow_name TEXT NOT NULL CHECK(length(workflow_name) BETWEEN 1 AND 100),
    status TEXT NOT NULL, start_time TEXT NOT NULL, end_time TEXT, iterations INTEGER NOT NULL DEFAULT 1 CHECK(iterations >= 1),
    metadata TEXT NOT NULL DEFAULT '{}' CHECK(json_valid(metadata))) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS pool_execution(
    execution_id TEXT PRIMARY KEY ${ulid('execution_id')}, pool_id TEXT NOT NULL REFERENCES workflow_execution, worker_id TEXT NOT NULL,
    operation TEXT NOT NULL, status TEXT NOT NULL, start_time TEXT NOT NULL, end_time TEXT, metadata TEXT NOT NULL CHECK(json_valid(metadata))) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS pool_execution_worker ON pool_execution(worker_id);
  CREATE TABLE IF NOT EXISTS workflow_checkpoint(
    checkpoint_id TEXT PRIMARY KEY ${ulid('checkpoint_id')}, workflow_execution_id TEXT NOT NULL REFERENCES pool_execution(execution_id),
    stage_name TEXT NOT NULL, status TEXT NOT NULL, result_data TEXT NOT NULL DEFAULT '{}', timestamp TEXT NOT NULL, error_message TEXT) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS workflow_checkpoint_execution ON workflow_checkpoint(workflow_execution_id);
`

export type Operation = 'migrate' | 'undo' | 'restore'

/** What the ledger keeps about one target within a run, beside its phases. */
export interface Facts {
  readonly strategy?: 'replace' | 'expand'
  readonly identifiers?: number
  readonly snapshot?: string
  readonly snapshotBytes?: number
  readonly snapshotSha256?: string
  /** What the file looked like when the run was over: see signature.ts. */
  readonly signature?: string
  /** The run that an undo or restore took back. */
  readonly of?: string
  readonly error?: string
}

/** One target's entry in one run, while it is under way. */
export interface Entry {
  phase(name: string, status: 'succeeded' | 'failed', detail: string): void
  facts(facts: Facts): void
  /** From now on the migration that this entry took back says so. */
  undoes(run: string): void
  end(status: 'succeeded' | 'failed' | 'stopped'): void
}

export class Ledger {
  readonly #db: Database.Database
  readonly #now: () => number
  readonly #id = createUlidFactory()

  constructor(settings: Settings, now: () => number) {
    mkdirSync(settings.stateDir, { recursive: true, mode: 0o700 })
    const path = join(settings.stateDir, 'ledger.sqlite')
    const fresh = !existsSync(path)
    this.#db = new Database(path, { timeout: 5000 })
    if (fresh) chmodSync(path, 0o600)
    this.#db.exec(ddl)
    this.#now = now
  }

  /** Begins the entry of `target` in `run`, which several targets may share. */
  begin(run: string, target: string, operation: Operation): Entry {
    if (!isUlid(run)) throw new RangeError(`A run is named by a ULID, not by ${JSON.stringify(run)}`)
    const id = this.#id()
    const at = this.#time()
    this.#db
      .prepare(
        `INSERT INTO workflow_execution(execution_id, workflow_name, status, start_time) VALUES(?, ?, 'running', ?) ON CONFLICT DO UPDATE SET status = 'running'`,
      )
      .run(run, operation, at)
    this.#db
      .prepare(
        `INSERT INTO pool_execution(execution_id, pool_id, worker_id, operation, status, start_time, metadata) VALUES(?, ?, ?, ?, 'running', ?, ?)`,
      )
      .run(id, run, target, operation, at, JSON.stringify({ pid: process.pid }))
    return {
      phase: (name, status, detail) => {
        this.#db
          .prepare(
            `INSERT INTO workflow_checkpoint(checkpoint_id, workflow_execution_id, stage_name, status, result_data, timestamp) VALUES(?, ?, ?, ?, ?, ?)`,
          )
          .run(this.#id(), id, name, status, JSON.stringify({ detail }), this.#time())
      },
      facts: facts => {
        this.#db
          .prepare(`UPDATE pool_execution SET metadata = json_patch(metadata, ?) WHERE execution_id = ?`)
          .run(JSON.stringify(facts), id)
      },
      undoes: migration => this.#markUndone(migration, target),
      end: status => {
        const end = this.#time()
        this.#db
          .prepare(`UPDATE pool_execution SET status = ?, end_time = ? WHERE execution_id = ?`)
          .run(status, end, id)
        this.#db
          .prepare(`UPDATE workflow_execution SET status = ?, end_time = ? WHERE execution_id = ?`)
          .run(status, end, run)
      },
    }
  }

  #markUndone(run: string, target: string): void {
    this.#db
      .prepare(
        `UPDATE pool_execution SET status = 'undone' WHERE pool_id = ? AND worker_id = ? AND operation = 'migrate'`,
      )
      .run(run, target)
  }

  /** Every run over `target`, the newest first. */
  runs(target: string): readonly (RunRecord & { readonly pid: number; readonly facts: Facts })[] {
    const rows = this.#db
      .prepare(`SELECT * FROM pool_execution WHERE worker_id = ? ORDER BY execution_id DESC`)
      .all(target) as {
      execution_id: string
      pool_id: string
      operation: Operation
      status: RunRecord['status']
      start_time: string
      metadata: string
    }[]
    return rows.map(row => {
      const facts = JSON.parse(row.metadata) as Facts & { pid: number }
      return {
        run: row.pool_id,
        what: row.operation,
        at: row.start_time,
        status: row.status,
        strategy: facts.strategy ?? '',
        identifiers: facts.identifiers ?? 0,
        phases: this.#phases(row.execution_id),
        snapshot: facts.snapshot ?? '',
        snapshotBytes: facts.snapshotBytes ?? 0,
        rowsSince: null,
        pid: facts.pid,
        facts,
      }
    })
  }

  targets(): readonly string[] {
    return this.#db
      .prepare(`SELECT worker_id FROM pool_execution GROUP BY worker_id ORDER BY max(execution_id) DESC`)
      .pluck()
      .all() as string[]
  }

  close(): void {
    this.#db.close()
  }

  #phases(execution: string): RunRecord['phases'] {
    return this.#db
      .prepare(
        `SELECT stage_name AS name, status, timestamp AS at FROM workflow_checkpoint WHERE workflow_execution_id = ? ORDER BY checkpoint_id`,
      )
      .all(execution) as unknown as RunRecord['phases']
  }

  #time(): string {
    return new Date(this.#now()).toISOString()
  }
}
