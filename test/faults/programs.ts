/**
 * Another program reads and writes all the time while ours detects, rehearses, migrates, proves and undoes: nothing that
 * it has committed may be lost, doubled or changed back, and nothing but "busy" may happen to it.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Answers, Operation, Requests, Settings } from '../../src/core/requests.ts'
import { makeDatabase, numbers, rowsOf } from '../support/database.ts'
import { duckRows } from '../support/duck-rows.ts'
import { type MediumName, media, mediumOf } from './media.ts'
import type { Attacked } from './report.ts'
import { mustRun } from './scenes.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What differs between kinds of files: how the program and we get at it. */
interface Beside {
  make(path: string): Promise<unknown>
  /** Source of `attempt(...statements)`: one transaction, false where somebody else has the file, else how many rows the last one changed. */
  attempt(path: string): string
  rows(path: string, sql: string): Promise<readonly (readonly unknown[])[]>
}

const rows = 4000

const sqlite = (journal: 'DELETE' | 'WAL'): Beside => ({
  make: async path =>
    makeDatabase(
      path,
      `PRAGMA journal_mode = ${journal};
      CREATE TABLE jobs(id TEXT PRIMARY KEY, tag TEXT UNIQUE, note TEXT);
      CREATE TABLE logs(n INTEGER PRIMARY KEY, job_id TEXT REFERENCES jobs, tag TEXT);
      INSERT INTO jobs SELECT printf('%08x-1234-4abc-8def-%012x', value, value), 'old' || value, 'old' FROM ${numbers(rows)};
      INSERT INTO logs(job_id, tag) SELECT id, tag FROM jobs;`,
    ),
  attempt: path => `
    const Database = require('better-sqlite3')
    const db = new Database(${JSON.stringify(path)}, { timeout: 0 })
    db.pragma('foreign_keys = OFF')
    const attempt = async (...statements) => {
      try {
        return db.transaction(() => {
          let changes = 0
          for (const sql of statements) changes = db.prepare(sql).run().changes
          return changes
        }).immediate()
      } catch (error) {
        if (!/BUSY|LOCKED/.test(error.code)) say('error ' + error.code + ' ' + error.message)
        return false
      }
    }`,
  rows: async (path, sql) => rowsOf(path, sql),
})

/** A program that has the file open only while it writes: as long as it has, nobody else comes in. */
const duckdb: Beside = {
  make: path =>
    mediumOf('DuckDB').change(
      path,
      `CREATE SEQUENCE numbers;
      CREATE TABLE jobs(id UUID PRIMARY KEY, tag VARCHAR UNIQUE, note VARCHAR);
      CREATE TABLE logs(n INTEGER PRIMARY KEY DEFAULT nextval('numbers'), job_id UUID, tag VARCHAR);
      INSERT INTO jobs SELECT printf('%08x-1234-4abc-8def-%012x', r, r)::UUID, 'old' || r, 'old' FROM range(1, ${rows + 1}) t(r);
      INSERT INTO logs(job_id, tag) SELECT id, tag FROM jobs`,
    ),
  attempt: path => `
    const { DuckDBInstance } = require('@duckdb/node-api')
    const attempt = async (...statements) => {
      let instance
      try {
        instance = await DuckDBInstance.create(${JSON.stringify(path)}, { threads: '1' })
        const connection = await instance.connect()
        await connection.run('BEGIN')
        let changes = 0
        for (const sql of statements) changes = (await connection.run(sql)).rowsChanged
        await connection.run('COMMIT')
        connection.closeSync()
        return changes
      } catch (error) {
        if (!/Could not set lock|Conflicting lock/.test(error.message)) say('error ' + error.message.replaceAll('\\n', ' '))
        return false
      } finally {
        if (instance) instance.closeSync()
      }
    }`,
  rows: duckRows,
}

const kinds: Readonly<Record<MediumName, Beside>> = {
  DELETE: sqlite('DELETE'),
  WAL: sqlite('WAL'),
  DuckDB: duckdb,
}

/** Writes rows that it knows by `tag`, and says each change once it is committed. Its own ids are no business of ours. */
const busy = (attempt: string, pause: number) => `
  const say = line => process.stdout.write(line + '\\n')
  let stop = false
  process.stdin.on('data', () => { stop = true })
  ${attempt}
  const run = async () => {
    for (let n = 1; !stop; n++) {
      const tag = 't' + n
      const id = require('crypto').randomUUID()
      if (await attempt(
        "INSERT INTO jobs(id, tag, note) VALUES('" + id + "', '" + tag + "', 'new')",
        "INSERT INTO logs(job_id, tag) VALUES('" + id + "', '" + tag + "')",
      )) say('+ ' + tag)
      if (n % 3 === 0) { const at = 't' + (n - 2); if (await attempt("UPDATE jobs SET note = 'changed' WHERE tag = '" + at + "'")) say('~ ' + at) }
      if (n % 7 === 0) { const at = 't' + (n - 6); if (await attempt("DELETE FROM logs WHERE tag = '" + at + "'", "DELETE FROM jobs WHERE tag = '" + at + "'")) say('- ' + at) }
      await new Promise(go => setTimeout(go, ${pause}))
    }
    say('end')
    process.exit(0)
  }
  say('ready')
  run()`

/** @returns how many rows the other program had written, and what was wrong with them afterwards */
export async function besideABusyProgram(
  kind: MediumName,
): Promise<{ readonly rows: number; readonly violations: readonly string[] }> {
  const all = mkdtempSync(join(tmpdir(), 'ulid-migrate-faults-'))
  mkdirSync(join(all, 'data'))
  const beside = kinds[kind]
  const target = join(all, 'data', 'a.db')
  await beside.make(target)
  const settings = { stateDir: join(all, 'state'), snapshotDir: join(all, 'snapshots'), waitSeconds: 120 }
  const other = spawn(process.execPath, ['-e', busy(beside.attempt(target), kind === 'DuckDB' ? 50 : 2)], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(other, 'exit')
  let told = ''
  other.stdout.setEncoding('utf8').on('data', (text: string) => {
    told += text
  })
  try {
    await once(other.stdout, 'data')
    await letIn(settings, 'detect', { target, choices: {} })
    await letIn(settings, 'dry-run', { target, choices: {} })
    const migrated = await letIn(settings, 'migrate', { target, choices: {} })
    const verified = await letIn(settings, 'verify', { target })
    const undone = await letIn(settings, 'rollback', { target, mode: 'undo', dryRun: false })
    other.stdin.write('stop')
    await ended
    const lines = told.trim().split('\n')
    const proofs = [migrated.proof, migrated.outside, verified.proof, undone.proof]
    return {
      rows: lines.filter(line => /^[+~-] /.test(line)).length,
      violations: [
        ...proofs.flatMap(proof =>
          proof.checks.filter(check => !check.ok).map(check => `${check.id}: ${check.detail}`),
        ),
        ...(await compared(beside, target, lines)),
      ],
    }
  } finally {
    other.kill('SIGKILL')
    rmSync(all, { recursive: true, force: true })
  }
}

/**
 * Runs an operation that must succeed, or be refused because of the other program: into a DuckDB file that one may get between
 * our looking and our writing. What it finds then tells whether anything was changed all the same.
 */
async function letIn<O extends Operation>(
  settings: Settings,
  operation: O,
  request: Requests[O],
): Promise<Answers[O]> {
  for (let tries = 1; ; tries++)
    try {
      return await mustRun(settings, operation, request)
    } catch (error) {
      if (tries === 10 || !(error as Error).message.includes('LOCK.HELD')) throw error
    }
}

/** What is in the file beside what the program was told to have committed. */
async function compared(
  beside: Beside,
  target: string,
  lines: readonly string[],
): Promise<readonly string[]> {
  const shall = new Map<string, string>()
  for (const line of lines) {
    const [what, tag = ''] = line.split(' ')
    if (what === '+') shall.set(tag, 'new')
    if (what === '~') shall.set(tag, 'changed')
    if (what === '-') shall.delete(tag)
  }
  const is = new Map(
    (await beside.rows(target, "SELECT tag, note FROM jobs WHERE note <> 'old'")) as [string, string][],
  )
  const [old] = await beside.rows(
    target,
    "SELECT count(*), count(*) FILTER (WHERE length(CAST(id AS VARCHAR)) = 36) FROM jobs WHERE note = 'old'",
  )
  const [lost] = await beside.rows(
    target,
    'SELECT count(*) FROM logs LEFT JOIN jobs ON jobs.id = logs.job_id WHERE jobs.tag IS DISTINCT FROM logs.tag',
  )
  return [
    ...[...shall]
      .filter(([tag, note]) => is.get(tag) !== note)
      .map(([tag, note]) => `${tag} is ${is.get(tag)}, not ${note}`),
    ...[...is.keys()].filter(tag => !shall.has(tag)).map(tag => `${tag} is there, and was never told`),
    ...(String(old) === `${rows},${rows}`
      ? []
      : [`of ${rows} old rows with old ids there are ${String(old)}`]),
    ...(String(lost) === '0' ? [] : [`${String(lost)} logs name another job, or none`]),
    ...lines.filter(line => line.startsWith('error')),
  ]
}

export async function attackWithPrograms(
  rounds: number,
  say: (line: string) => void,
  on: readonly MediumName[] = media,
): Promise<Attacked> {
  const violations: string[] = []
  let changes = 0
  for (let round = 0; round < rounds; round++)
    for (const kind of on) {
      const done = await besideABusyProgram(kind)
      changes += done.rows
      violations.push(...done.violations.map(each => `${kind}: ${each}`))
      say(
        `  ${kind}: ${done.rows} changes committed by the other program, ${done.violations.length} violations`,
      )
    }
  return {
    line: `${changes} changes committed by another program during ${rounds * on.length} whole ways there and back, ${violations.length} lost or wrong`,
    violations,
  }
}
