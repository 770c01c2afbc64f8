/**
 * The ledger of all runs, in the state folder: what was done to which target, in which phases, with which snapshot. It
 * makes the rollback menu and `status`. Its three tables are the guide's models: a workflow execution is a run, a pool
 * execution one target within it, a workflow checkpoint a finished phase.
 */
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { z } from 'zod'
import type { RunRecord } from '../documents.ts'
import { createUlidFactory, isUlid } from '../identifiers/index.ts'
import { precondition } from '../message.ts'
import type { Strategy } from '../plan/plan.ts'
import { isRunning, markOf, type ProcessMark } from '../processes.ts'
import type { Settings } from '../requests.ts'
import { inShell } from '../shell.ts'
import {
  insertRecord,
  ledgerDdl,
  type ModelTable,
  poolExecutions,
  readRecords,
  workflowCheckpoints,
  workflowExecutions,
} from './ledger-tables.ts'
import { claimOwnFile } from './own-file.ts'

export type Operation = RunRecord['what']

/** What the ledger keeps about one target within a run, beside its phases. */
export interface Facts {
  readonly strategy?: Strategy
  readonly identifiers?: number
  /** An expansion that has begun: its snapshot is needed to go on with it. */
  readonly begun?: true
  readonly snapshot?: string
  readonly snapshotBytes?: number
  /** When its file was last written, as it was left: ms since 1970. */
  readonly snapshotTime?: number
  readonly snapshotSha256?: string
  /** What the file looked like when the run was over: see signature.ts. */
  readonly signature?: string
  /** Mode and owner of the file when the snapshot was taken, which a restore puts back. */
  readonly file?: FileOwner
  /** Of a committed migration or undo: what the proof by another process said, once it was made. */
  readonly proved?: 'pending' | 'passed' | 'failed'
  /** Other targets whose ULIDs a migration has taken over. */
  readonly follows?: readonly string[]
  /** The run that an undo or restore took back, or that was finalized. */
  readonly of?: string
  readonly error?: string
}

export interface FileOwner {
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

/** A run that says it is under way, though its process is gone. */
export interface Abandoned {
  readonly run: string
  readonly what: Operation
  readonly facts: Facts
  settle(status: 'succeeded' | 'stopped', facts?: Facts): void
}

/** One target's entry in one run, while it is under way. */
export interface Entry {
  phase(name: string, status: 'succeeded' | 'failed', detail: string): void
  facts(facts: Facts): void
  /** From now on the run that this entry took back, or finalized, says so. */
  marks(run: string, as: 'undone' | 'finalized'): void
  end(status: 'succeeded' | 'failed' | 'stopped'): void
}

/** The entries of this process that are under way: only it can say so of itself, also when their end could not be written. */
const underWay = new Set<string>()

export class Ledger {
  readonly #db: Database.Database
  readonly #now: () => number
  readonly #id = createUlidFactory()

  /** Throws a refusal (exit 4) where the ledger can't be opened or is no ledger. */
  constructor(settings: Settings, now: () => number) {
    this.#now = now
    const path = join(settings.stateDir, 'ledger.sqlite')
    try {
      claimOwnFile(path)
      this.#db = new Database(path, { timeout: 5000 })
      this.#db.exec(ledgerDdl)
    } catch (error) {
      throw unusable(path, error)
    }
  }

  /**
   * Begins the entry of `target` in `run`, which several targets may share. Throws a refusal (exit 4) while another run
   * is at work on the same file, under whatever name. With `again` the run goes on that was begun before, in its own entry.
   */
  begin(run: string, target: string, operation: Operation, again = false): Entry {
    if (!isUlid(run)) throw new RangeError(`A run is named by a ULID, not by ${JSON.stringify(run)}`)
    let id = this.#id()
    const at = this.#time()
    const real = realOf(target)
    // One transaction: of two that begin at once, the second sees the first.
    this.#db
      .transaction(() => {
        const other = this.#running(real).find(isUnderWay)
        if (other) throw inProgress(target, other)
        insertRecord(
          this.#db,
          workflowExecutions,
          { execution_id: run, workflow_name: operation, status: 'running', start_time: at },
          `ON CONFLICT DO UPDATE SET status = 'running'`,
        )
        const earlier = again ? this.#earlier(run, target, operation) : undefined
        if (earlier !== undefined) {
          id = earlier
          this.#note(id, { ...markOf(process.pid), error: null })
          this.#db
            .prepare(`UPDATE pool_execution SET status = 'running', end_time = NULL WHERE execution_id = ?`)
            .run(id)
          return
        }
        insertRecord(this.#db, poolExecutions, {
          execution_id: id,
          pool_id: run,
          worker_id: target,
          operation,
          status: 'running',
          start_time: at,
          metadata: { ...markOf(process.pid), real },
        })
      })
      .immediate()
    underWay.add(id)
    return {
      phase: (name, status, detail) => {
        insertRecord(this.#db, workflowCheckpoints, {
          checkpoint_id: this.#id(),
          workflow_execution_id: id,
          stage_name: name,
          status,
          result_data: { detail },
          timestamp: this.#time(),
        })
      },
      facts: facts => this.#note(id, facts),
      marks: (marked, as) => {
        this.#db
          .prepare(
            `UPDATE pool_execution SET status = ? WHERE pool_id = ? AND worker_id = ? AND operation IN ('migrate', 'undo')`,
          )
          .run(as, marked, target)
      },
      end: status => {
        underWay.delete(id)
        this.#end(id, run, status)
      },
    }
  }

  #earlier(run: string, target: string, operation: Operation): string | undefined {
    return this.#db
      .prepare(
        `SELECT execution_id FROM pool_execution WHERE pool_id = ? AND worker_id = ? AND operation = ? ORDER BY execution_id DESC`,
      )
      .pluck()
      .get(run, target, operation) as string | undefined
  }

  /** Runs over the same file, under whatever name, that never came to their end. Of no use while one may be alive. */
  abandoned(target: string): readonly Abandoned[] {
    return this.#running(realOf(target))
      .filter(row => !isUnderWay(row))
      .map(({ id, run, what, facts }) => ({
        run,
        what,
        facts,
        settle: (status, more = {}) => {
          this.#note(id, more)
          this.#end(id, run, status)
        },
      }))
  }

  /** Notes what came of a proof that was made after the run. */
  proved(target: string, run: string, proved: 'passed' | 'failed'): void {
    this.#db
      .prepare(
        `UPDATE pool_execution SET metadata = json_patch(metadata, ?) WHERE pool_id = ? AND worker_id = ? AND operation = 'migrate'`,
      )
      .run(JSON.stringify({ proved }), run, target)
  }

  #running(real: string) {
    const rows = this.#db
      .prepare(
        `SELECT execution_id AS id, pool_id AS run, operation AS what, start_time AS at, metadata FROM pool_execution
         WHERE status = 'running' AND coalesce(metadata ->> '$.real', worker_id) = ?`,
      )
      .all(real) as { id: string; run: string; what: Operation; at: string; metadata: string }[]
    return rows.map(({ metadata, ...row }) => {
      const {
        pid,
        started = '',
        ...facts
      } = JSON.parse(metadata) as Facts & { pid: number; started?: string }
      return { ...row, mark: { pid, started }, facts: facts as Facts }
    })
  }

  #note(id: string, facts: Facts | (ProcessMark & { readonly error: null })): void {
    this.#db
      .prepare(`UPDATE pool_execution SET metadata = json_patch(metadata, ?) WHERE execution_id = ?`)
      .run(JSON.stringify(facts), id)
  }

  #end(id: string, run: string, status: string): void {
    const end = this.#time()
    this.#db
      .prepare(`UPDATE pool_execution SET status = ?, end_time = ? WHERE execution_id = ?`)
      .run(status, end, id)
    this.#db
      .prepare(`UPDATE workflow_execution SET status = ?, end_time = ? WHERE execution_id = ?`)
      .run(status, end, run)
  }

  /** Every run over `target`, the newest first. */
  runs(target: string): readonly (RunRecord & { readonly mark: ProcessMark; readonly facts: Facts })[] {
    const rows = this.#read(poolExecutions, 'WHERE worker_id = ? ORDER BY execution_id DESC', target)
    return rows.map(row => {
      const facts = row.metadata as unknown as Facts & { pid: number; started?: string }
      return {
        run: row.pool_id,
        what: row.operation as Operation,
        at: row.start_time,
        status: row.status as RunRecord['status'],
        strategy: facts.strategy ?? '',
        identifiers: facts.identifiers ?? 0,
        phases: this.#phases(row.execution_id),
        snapshot: facts.snapshot ?? '',
        snapshotBytes: facts.snapshotBytes ?? 0,
        snapshotState: facts.snapshot ? 'kept' : 'none',
        rowsSince: null,
        mark: { pid: facts.pid, started: facts.started ?? '' },
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
    return this.#read(
      workflowCheckpoints,
      'WHERE workflow_execution_id = ? ORDER BY checkpoint_id',
      execution,
    ).map(({ stage_name: name, status, timestamp: at }) => ({
      name,
      status: status as RunRecord['phases'][number]['status'],
      at,
    }))
  }

  /** What is there and is no record of its model was not written by us. */
  #read<S extends z.ZodObject>(table: ModelTable<S>, clause: string, value: string): readonly z.output<S>[] {
    try {
      return readRecords(this.#db, table, clause, value)
    } catch (error) {
      throw unusable(this.#db.name, error)
    }
  }

  #time(): string {
    return new Date(this.#now()).toISOString()
  }
}

function isUnderWay({ id, mark }: { readonly id: string; readonly mark: ProcessMark }): boolean {
  return mark.pid === process.pid && isRunning(mark) ? underWay.has(id) : isRunning(mark)
}

/** One file has one name here, whatever links lead to it; what is gone goes by the name it is called by. */
function realOf(target: string): string {
  try {
    return realpathSync(target)
  } catch {
    return target
  }
}

function inProgress(
  target: string,
  { run, what, at, mark }: { run: string; what: Operation; at: string; mark: ProcessMark },
) {
  return precondition(
    'RUN.IN_PROGRESS',
    target,
    'Another run is at work on this database.',
    `It is the ${what} ${run}, begun ${at}, in process ${mark.pid}. Two at once would wait for each other's locks.`,
    inShell`Wait until it is over, or stop it; see how far it is: ulid-migrate status ${target}`,
  )
}

function unusable(path: string, error: unknown) {
  return precondition(
    'LEDGER.UNUSABLE',
    path,
    'The ledger of runs can not be used.',
    `${error instanceof Error ? error.message : String(error)}. Nothing is begun that could not be written down.`,
    inShell`Check the folder: ls -ld ${path}; keep the state elsewhere: --state-dir DIR; or move a damaged ledger away: what was committed stands in the databases themselves`,
  )
}
