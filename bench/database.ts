/** The database that is measured: jobs and three tables that refer to them, named by random UUIDs. */
import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import Database from 'better-sqlite3'

const schema = `
  CREATE TABLE jobs(id INTEGER PRIMARY KEY AUTOINCREMENT, job_id TEXT NOT NULL UNIQUE, start_time TIMESTAMP NOT NULL, end_time TIMESTAMP,
    status TEXT NOT NULL, iterations INTEGER DEFAULT 0, error_message TEXT);
  CREATE TABLE errors(id INTEGER PRIMARY KEY AUTOINCREMENT, job_id TEXT REFERENCES jobs(job_id), timestamp TIMESTAMP NOT NULL,
    error_type TEXT NOT NULL, message TEXT, line INTEGER);
  CREATE TABLE hooks(id INTEGER PRIMARY KEY AUTOINCREMENT, job_id TEXT REFERENCES jobs(job_id), timestamp TIMESTAMP NOT NULL,
    hook_name TEXT NOT NULL, ms INTEGER, status TEXT);
  CREATE TABLE tests(id INTEGER PRIMARY KEY AUTOINCREMENT, job_id TEXT REFERENCES jobs(job_id), timestamp TIMESTAMP NOT NULL,
    total INTEGER, passed INTEGER, coverage REAL, note TEXT);
  CREATE INDEX errors_job ON errors(job_id);
  CREATE INDEX hooks_job ON hooks(job_id);
  CREATE INDEX tests_job ON tests(job_id);`

/** Writes a database of `rows` rows in all, a quarter of them jobs. */
export function writeBenchDatabase(path: string, rows: number): void {
  for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(path + suffix, { force: true })
  const db = new Database(path)
  db.pragma('synchronous = OFF')
  db.exec(schema)
  const jobs = Math.floor(rows / 4)
  const ids = Array.from({ length: jobs }, () => randomUUID())
  const time = (row: number) =>
    new Date(1_760_000_000_000 + row * 60_000).toISOString().replace('T', ' ').replace('Z', '123')
  const insert = {
    job: db.prepare(
      'INSERT INTO jobs(job_id, start_time, end_time, status, iterations, error_message) VALUES(?, ?, ?, ?, ?, ?)',
    ),
    error: db.prepare(
      'INSERT INTO errors(job_id, timestamp, error_type, message, line) VALUES(?, ?, ?, ?, ?)',
    ),
    hook: db.prepare('INSERT INTO hooks(job_id, timestamp, hook_name, ms, status) VALUES(?, ?, ?, ?, ?)'),
    test: db.prepare(
      'INSERT INTO tests(job_id, timestamp, total, passed, coverage, note) VALUES(?, ?, ?, ?, ?, ?)',
    ),
  }
  db.transaction(() => {
    for (let row = 0; row < jobs; row++)
      insert.job.run(
        ids[row],
        time(row),
        time(row + 1),
        'success',
        row % 7,
        row % 5 ? null : 'an error message of some length here',
      )
    for (let row = 0; row < jobs; row++) {
      insert.error.run(
        ids[(row * 7919) % jobs],
        time(row),
        'lint',
        `message of error number ${row}`,
        row % 1000,
      )
      insert.hook.run(ids[row], time(row), 'ruff-check', row % 999, 'passed')
      insert.test.run(ids[(row * 31) % jobs], time(row), row % 100, row % 99, row / 7, `note ${row}`)
    }
  })()
  db.close()
}
