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
import { makeDatabase, numbers, rowsOf } from '../support/database.ts'
import type { Attacked } from './report.ts'
import { mustRun } from './scenes.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Writes rows that it knows by `tag`, and says each change once it is committed. Its own ids are no business of ours. */
const busy = (path: string) => `
  const Database = require('better-sqlite3')
  const db = new Database(${JSON.stringify(path)}, { timeout: 0 })
  db.pragma('foreign_keys = OFF')
  let n = 0, stop = false
  process.stdin.on('data', () => { stop = true })
  const say = line => process.stdout.write(line + '\\n')
  const attempt = work => {
    try { return work() }
    catch (error) { if (!/BUSY|LOCKED/.test(error.code)) say('error ' + error.code + ' ' + error.message); else busy++ ; return false }
  }
  let busy = 0
  const go = () => {
    if (stop) { say('end ' + busy); db.close(); process.exit(0) }
    n++
    const tag = 't' + n
    const id = require('crypto').randomUUID()
    if (attempt(() => { db.transaction(() => {
      db.prepare('INSERT INTO jobs(id, tag, note) VALUES(?, ?, ?)').run(id, tag, 'new')
      db.prepare('INSERT INTO logs(job_id, tag) VALUES((SELECT id FROM jobs WHERE tag = ?), ?)').run(tag, tag)
    }).immediate(); return true })) say('+ ' + tag)
    if (n % 3 === 0) { const at = 't' + (n - 2); if (attempt(() => db.prepare('UPDATE jobs SET note = ? WHERE tag = ?').run('changed', at).changes)) say('~ ' + at) }
    if (n % 7 === 0) { const at = 't' + (n - 6); if (attempt(() => { let c = 0; db.transaction(() => { db.prepare('DELETE FROM logs WHERE tag = ?').run(at); c = db.prepare('DELETE FROM jobs WHERE tag = ?').run(at).changes }).immediate(); return c })) say('- ' + at) }
    attempt(() => db.prepare('SELECT count(*) FROM jobs JOIN logs ON logs.job_id = jobs.id').get())
    setTimeout(go, 2)
  }
  say('ready'); go()`

const sql = `
  CREATE TABLE jobs(id TEXT PRIMARY KEY, tag TEXT UNIQUE, note TEXT);
  CREATE TABLE logs(n INTEGER PRIMARY KEY, job_id TEXT REFERENCES jobs, tag TEXT);
  INSERT INTO jobs SELECT printf('%08x-1234-4abc-8def-%012x', value, value), 'old' || value, 'old' FROM ${numbers(8000)};
  INSERT INTO logs(job_id, tag) SELECT id, tag FROM jobs;`

/** @returns how many rows the other program had written, and what was wrong with them afterwards */
export async function besideABusyProgram(
  journal: string,
): Promise<{ readonly rows: number; readonly violations: readonly string[] }> {
  const all = mkdtempSync(join(tmpdir(), 'ulid-migrate-faults-'))
  mkdirSync(join(all, 'data'))
  const target = makeDatabase(join(all, 'data', 'a.db'), `PRAGMA journal_mode = ${journal}`, sql)
  const settings = { stateDir: join(all, 'state'), snapshotDir: join(all, 'snapshots'), waitSeconds: 120 }
  const other = spawn(process.execPath, ['-e', busy(target)], {
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
    await mustRun(settings, 'detect', { target, choices: {} })
    await mustRun(settings, 'dry-run', { target, choices: {} })
    const migrated = await mustRun(settings, 'migrate', { target, choices: {} })
    const verified = await mustRun(settings, 'verify', { target })
    const undone = await mustRun(settings, 'rollback', { target, mode: 'undo', dryRun: false })
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
        ...compared(target, lines),
      ],
    }
  } finally {
    other.kill('SIGKILL')
    rmSync(all, { recursive: true, force: true })
  }
}

/** What is in the file beside what the program was told to have committed. */
function compared(target: string, lines: readonly string[]): readonly string[] {
  const shall = new Map<string, string>()
  for (const line of lines) {
    const [what, tag = ''] = line.split(' ')
    if (what === '+') shall.set(tag, 'new')
    if (what === '~') shall.set(tag, 'changed')
    if (what === '-') shall.delete(tag)
  }
  const is = new Map(rowsOf(target, "SELECT tag, note FROM jobs WHERE note <> 'old'") as [string, string][])
  const [old] = rowsOf(
    target,
    "SELECT count(*), count(*) FILTER (WHERE length(id) = 36) FROM jobs WHERE note = 'old'",
  )
  const [lost] = rowsOf(
    target,
    'SELECT count(*) FROM logs LEFT JOIN jobs ON jobs.id = logs.job_id WHERE jobs.tag IS NOT logs.tag',
  )
  return [
    ...[...shall]
      .filter(([tag, note]) => is.get(tag) !== note)
      .map(([tag, note]) => `${tag} is ${is.get(tag)}, not ${note}`),
    ...[...is.keys()].filter(tag => !shall.has(tag)).map(tag => `${tag} is there, and was never told`),
    ...(String(old) === '8000,8000' ? [] : [`of 8,000 old rows with old ids there are ${String(old)}`]),
    ...(String(lost) === '0' ? [] : [`${String(lost)} logs name another job, or none`]),
    ...lines.filter(line => line.startsWith('error')),
  ]
}

export async function attackWithPrograms(rounds: number, say: (line: string) => void): Promise<Attacked> {
  const violations: string[] = []
  let rows = 0
  for (let round = 0; round < rounds; round++)
    for (const journal of ['DELETE', 'WAL']) {
      const done = await besideABusyProgram(journal)
      rows += done.rows
      violations.push(...done.violations.map(each => `${journal}: ${each}`))
      say(
        `  ${journal}: ${done.rows} changes committed by the other program, ${done.violations.length} violations`,
      )
    }
  return {
    line: `${rows} changes committed by another program during ${rounds * 2} whole ways there and back, ${violations.length} lost or wrong`,
    violations,
  }
}
