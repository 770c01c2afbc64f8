/**
 * Measures detection against reading the whole file twice over: a full scan of every table, which looks at each value once
 * (`SELECT max(a), max(b) ...`), and `quick_check`. The database has ten tables and declares no key, so that every reference
 * has to be found.
 *
 *   npx tsx bench/detect.ts [rows, default 1000000] [repeats, default 3]
 */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Context } from '../src/core/context.ts'
import { detect } from '../src/core/detect/detect.ts'
import { lookAt } from '../src/core/migrate/prepare.ts'
import { Pause } from '../src/core/pause.ts'

const rows = Number(process.argv[2] ?? 1_000_000)
const repeats = Number(process.argv[3] ?? 3)
const folder = mkdtempSync(join(tmpdir(), 'ulid-migrate-bench-'))
const path = join(folder, 'original.db')
const context: Context = {
  run: 'bench',
  settings: { stateDir: folder, snapshotDir: folder, waitSeconds: 0 },
  now: Date.now,
  pause: new Pause(),
  emit: () => {},
  breathe: () => Promise.resolve(),
  ask: () => Promise.reject(new Error('detection asks nobody')),
}

try {
  write(path, Math.floor(rows / 10))
  console.log(
    `${rows.toLocaleString('en')} rows in 10 tables, ${(statSync(path).size / 1e6).toFixed(0)} MB; median of ${repeats}, in turn`,
  )
  const scans: number[] = []
  const detections: number[] = []
  let found = ''
  for (let turn = 0; turn < repeats; turn++) {
    scans.push(await seconds(() => scan(path)))
    detections.push(
      await seconds(async () => {
        found = await look(path)
      }),
    )
  }
  const [scanned, detected] = [median(scans), median(detections)]
  console.log(`full scan and quick_check ${scanned.toFixed(2)} s`)
  console.log(`detection ${detected.toFixed(2)} s, ${(detected / scanned).toFixed(2)}x; ${found}`)
  console.log(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function seconds(work: () => unknown): Promise<number> {
  const begun = performance.now()
  await work()
  return (performance.now() - begun) / 1000
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)]!
}

function scan(file: string): void {
  const db = new Database(file, { readonly: true })
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all() as string[]
  for (const table of tables) {
    const columns = db.prepare(`SELECT name FROM pragma_table_info(?)`).pluck().all(table) as string[]
    // (NOT INDEXED: nothing is to be answered by an index alone.)
    db.prepare(`SELECT ${columns.map(name => `max("${name}")`).join(', ')} FROM "${table}" NOT INDEXED`).get()
  }
  db.pragma('quick_check')
  db.close()
}

async function look(file: string): Promise<string> {
  const { document } = await lookAt(file, context, looking => detect(looking, {}, () => Promise.resolve()))
  const references = document.identities.flatMap(identity => identity.references)
  const of = (choice: string) => references.filter(reference => reference.choice === choice).length
  return `${of('accepted')} references accepted, ${of('offered')} offered`
}

/** Users, and what they do: integer keys, UUIDs, JSON that holds ids, and columns that look like references and are none. */
function write(file: string, each: number): void {
  const db = new Database(file)
  db.pragma('synchronous = OFF')
  db.exec(`
    CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT, email TEXT, age INTEGER, created_at TEXT);
    CREATE TABLE projects(id INTEGER PRIMARY KEY, owner_id INTEGER, title TEXT, priority INTEGER, created_at TEXT);
    CREATE TABLE jobs(job_id TEXT PRIMARY KEY, project_id INTEGER, status TEXT, started_at TEXT, retries INTEGER);
    CREATE TABLE steps(id INTEGER PRIMARY KEY, job_id TEXT, parent_id INTEGER, position INTEGER, ms INTEGER);
    CREATE TABLE errors(id INTEGER PRIMARY KEY, job_id TEXT, line INTEGER, message TEXT, at TEXT);
    CREATE TABLE events(id TEXT PRIMARY KEY, user_id INTEGER, data TEXT, at TEXT);
    CREATE TABLE files(id INTEGER PRIMARY KEY, project_id INTEGER, path TEXT, bytes INTEGER, sha TEXT);
    CREATE TABLE comments(id INTEGER PRIMARY KEY, author_id INTEGER, subject_type TEXT, subject_id INTEGER, body TEXT);
    CREATE TABLE tags(id INTEGER PRIMARY KEY, name TEXT, color INTEGER, uses INTEGER);
    CREATE TABLE taggings(tag_id INTEGER, job_id TEXT, PRIMARY KEY(tag_id, job_id)) WITHOUT ROWID;`)
  const jobs = Array.from({ length: each }, () => randomUUID())
  const at = (row: number) => new Date(1_760_000_000_000 + row * 60_000).toISOString()
  const insert = (table: string, columns: number) =>
    db.prepare(`INSERT INTO ${table} VALUES(${Array.from({ length: columns }, () => '?').join(', ')})`)
  const to = {
    ...{ users: insert('users', 5), projects: insert('projects', 5), jobs: insert('jobs', 5) },
    ...{ steps: insert('steps', 5), errors: insert('errors', 5), events: insert('events', 4) },
    ...{ files: insert('files', 5), comments: insert('comments', 5), tags: insert('tags', 4) },
    taggings: insert('taggings', 2),
  }
  db.transaction(() => {
    for (let row = 0; row < each; row++) {
      const [n, job] = [row + 1, jobs[(row * 7919) % each]!]
      to.users.run(n, `name ${n}`, `u${n}@example.org`, 18 + (n % 60), at(row))
      to.projects.run(n, ((row * 31) % each) + 1, `title ${n}`, n % 5, at(row))
      to.jobs.run(jobs[row], ((row * 17) % each) + 1, n % 3 ? 'done' : 'failed', at(row), n % 4)
      to.steps.run(n, job, n > 10 ? n - 7 : null, n % 20, n % 999)
      to.errors.run(n, job, n % 1000, `message of error number ${n}`, at(row))
      to.events.run(
        randomUUID(),
        ((row * 13) % each) + 1,
        JSON.stringify({ job, step: n, tags: ['a', 'b'], took: n % 99 }),
        at(row),
      )
      to.files.run(n, ((row * 3) % each) + 1, `/home/u/${n}.txt`, n * 100, randomUUID().replaceAll('-', ''))
      to.comments.run(
        n,
        ((row * 11) % each) + 1,
        n % 2 ? 'Project' : 'User',
        ((row * 5) % each) + 1,
        `body ${n}`,
      )
      to.tags.run(n, `tag ${n}`, n % 16, n % 100)
      to.taggings.run(((row * 23) % each) + 1, job)
    }
  })()
  db.close()
}
