/**
 * How long it takes to trace one id through four databases, two of them replaced and two expanded.
 *
 *   npm run bench:trace [-- rows of each database, default 1000000, [ids, default 200]]
 *
 * Warm: one tracer that keeps them open. Cold: for each id a new process, after the system was asked to drop what it has of
 * the files from its cache; printed is the time from the call to the answer (opening included), and that since the process
 * began, which is Node's and its modules' for the most part. Half of the ids are ULIDs, half legacy ids, taken at random.
 * Where /tmp lies in memory, TMPDIR has to name a folder on a disk.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { type Answers, openTracer, runEngine, type Settings } from '../src/core/index.ts'
import { writeBenchDatabase } from './database.ts'

const rows = Number(process.argv[2] ?? 1_000_000)
const ids = Number(process.argv[3] ?? 200)
const folder = mkdtempSync(join(tmpdir(), 'ulid-migrate-bench-'))
const settings: Settings = {
  stateDir: join(folder, 'state'),
  snapshotDir: join(folder, 'snapshots'),
  waitSeconds: 10,
}
const strategies = ['replace', 'expand', 'replace', 'expand'] as const

try {
  const paths: string[] = []
  for (const strategy of strategies) paths.push(await makeTarget(strategy, paths.length))
  const bytes = paths.reduce((sum, path) => sum + statSync(path).size, 0)
  const number = (value: number) => value.toLocaleString('en')
  console.log(
    `4 databases of ${number(rows)} rows in 4 tables, ${(bytes / 1e6).toFixed(0)} MB; 2 replaced, 2 expanded; ${ids} random ids`,
  )
  const wanted = paths.flatMap((path, at) => someIds(path, strategies[at]!, Math.ceil(ids / paths.length)))
  const looked = wanted.slice(0, ids)
  tell('warm', await warm(paths, looked), 10)
  const isDropped = paths.every(dropCache)
  const runs = looked.map(id => cold(paths, id, isDropped))
  tell(
    'cold',
    runs.map(run => run.answered),
    100,
  )
  tell(
    '  with the process',
    runs.map(run => run.whole),
    null,
  )
  console.log(
    isDropped
      ? `  cold: a new process; ${left(paths)} of the files were left in the page cache when asked to drop them (dd iflag=nocache)`
      : '  cold: a new process only; the page cache could not be dropped here',
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function makeTarget(strategy: 'replace' | 'expand', at: number): Promise<string> {
  const path = join(folder, `target-${at}.db`)
  writeBenchDatabase(path, rows)
  const { outcome } = runEngine({
    operation: 'migrate',
    request: { target: path, choices: { strategy, only: ['jobs.job_id'] }, pace: { maxStall: 1000 } },
    settings,
    run: `01KEXWDFNRRMDJHG5GXSQG2QC${at}`,
  })
  const answer = await outcome
  if (answer.type === 'failed') throw new Error(`${answer.error.message} ${answer.error.why}`)
  rmSync(answer.value.snapshot)
  return path
}

/** Half of them ULIDs, half legacy ids. */
function someIds(path: string, strategy: 'replace' | 'expand', count: number): readonly string[] {
  const db = new Database(path, { readonly: true })
  try {
    const [ulids, legacies] =
      strategy === 'expand'
        ? ['SELECT job_ulid FROM jobs', 'SELECT job_id FROM jobs']
        : ['SELECT job_id FROM jobs', 'SELECT legacy FROM _ulid_migrate_map_1']
    const some = (sql: string, limit: number) =>
      db.prepare(`${sql} ORDER BY random() LIMIT ?`).pluck().all(limit) as string[]
    return [...some(ulids, Math.ceil(count / 2)), ...some(legacies, Math.floor(count / 2))]
  } finally {
    db.close()
  }
}

async function warm(paths: readonly string[], wanted: readonly string[]): Promise<readonly number[]> {
  const tracer = await openTracer(paths, settings)
  try {
    for (const id of wanted.slice(0, 20)) tracer.trace(id)
    return wanted.map(id => {
      const begun = performance.now()
      const answer = tracer.trace(id)
      const took = performance.now() - begun
      assertAnswer(answer, id)
      return took
    })
  } finally {
    tracer.close()
  }
}

function cold(paths: readonly string[], id: string, isDropped: boolean): { answered: number; whole: number } {
  if (isDropped) for (const path of paths) dropCache(path)
  const child = spawnSync(
    process.execPath,
    [join(import.meta.dirname, 'trace-once.mjs'), JSON.stringify({ paths, id, settings })],
    { encoding: 'utf8' },
  )
  if (child.status !== 0) throw new Error(child.stderr)
  const { answer, ...times } = JSON.parse(child.stdout) as {
    answer: Answers['trace']
    answered: number
    whole: number
  }
  assertAnswer(answer, id)
  return times
}

/** What is fast and wrong is worth nothing. */
function assertAnswer({ found, references, targets }: Answers['trace'], id: string): void {
  const isRight = found.length === 1 && [found[0]?.ulid, found[0]?.legacy].includes(id)
  if (!isRight || references.length === 0 || targets.some(each => each.error || each.readThrough.length > 0))
    throw new Error(`${id} was not traced as it should be: ${JSON.stringify({ found, references, targets })}`)
}

/** GNU dd asks the system to drop the file's pages; false where there is no such dd. */
function dropCache(path: string): boolean {
  return spawnSync('dd', [`if=${path}`, 'iflag=nocache', 'count=0'], { stdio: 'ignore' }).status === 0
}

/** How much of the files the system still keeps after that. */
function left(paths: readonly string[]): string {
  for (const path of paths) dropCache(path)
  const { status, stdout } = spawnSync('fincore', ['--bytes', '--noheadings', '--output', 'RES', ...paths], {
    encoding: 'utf8',
  })
  if (status !== 0) return 'an unknown part'
  const bytes = stdout.split('\n').reduce((sum, line) => sum + Number(line), 0)
  return `${(bytes / 1e6).toFixed(1)} MB`
}

function tell(name: string, times: readonly number[], target: number | null): void {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0
  const shown = [0.5, 0.95, 0.99].map(share => `p${share * 100} ${at(share).toFixed(1)} ms`)
  const against = target === null ? '' : ` (target: p99 < ${target} ms${at(0.99) < target ? '' : ', missed'})`
  console.log(`${name}: ${shown.join(', ')}${against}`)
}
