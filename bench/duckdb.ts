/**
 * Measures the migration of a DuckDB file against `COPY FROM DATABASE` into a fresh file: conversations with embeddings of
 * 384 floats, and two tables that refer to them without saying so.
 *
 *   npx tsx bench/duckdb.ts [conversations, default 1000000] [memory for DuckDB, default 1GB]
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createStore, openStore, type Store } from '../src/core/engines/duckdb/connect.ts'
import type { EngineEvent } from '../src/core/events.ts'
import { runEngine } from '../src/core/host.ts'
import { withCommas } from '../src/core/with-commas.ts'

const rows = Number(process.argv[2] ?? 1_000_000)
const memory = process.argv[3] ?? '1GB'
const folder = mkdtempSync(join(tmpdir(), 'ulid-migrate-bench-'))
const path = join(folder, 'reflection.duckdb')
const limits = { memory, threads: 2, temporary: folder }
const settings = {
  stateDir: join(folder, 'state'),
  snapshotDir: join(folder, 'snapshots'),
  waitSeconds: 0,
  duckdbMemory: memory,
}

try {
  await using(await createStore(path, limits), write)
  const megabytes = (statSync(path).size / 1e6).toFixed(0)
  console.log(
    `${withCommas(rows)} conversations with FLOAT[384], ${withCommas(rows)} reflections, ${withCommas(2 * rows)} tags; ${megabytes} MB; DuckDB may take ${memory}`,
  )
  const copying = await seconds(() => using(copyTarget, store => copyAll(store)))
  console.log(`COPY FROM DATABASE ${copying.toFixed(1)} s`)

  const phases: string[] = []
  const engine = runEngine({
    operation: 'migrate',
    request: { target: path, choices: { seed: '0'.repeat(64) } },
    settings,
    run: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  })
  const told = (async () => {
    for await (const event of engine.events as AsyncIterable<EngineEvent>)
      if (event.type === 'phase' && event.status === 'done')
        phases.push(`${event.phase} ${event.seconds.toFixed(1)} s`)
  })()
  const memoryOf = peakMemory(engine.pid)
  const begun = performance.now()
  const outcome = await engine.outcome
  await told
  const whole = (performance.now() - begun) / 1000
  if (outcome.type === 'failed') throw new Error(`${outcome.error.message} ${outcome.error.why}`)
  const { identifiers, references, outside } = outcome.value
  console.log(phases.join(', '))
  console.log(
    `migrate, snapshot and both proofs ${whole.toFixed(1)} s, ${(whole / copying).toFixed(1)}x; ${withCommas(identifiers)} identifiers, ${withCommas(references)} references, proof ${outside.ok ? 'passed' : 'FAILED'}`,
  )
  console.log(memoryOf())
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function using<T>(
  opened: Store | (() => Promise<Store>),
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const store = typeof opened === 'function' ? await opened() : opened
  try {
    return await work(store)
  } finally {
    store.close()
  }
}

async function write(store: Store): Promise<void> {
  const when = "TIMESTAMP '2026-01-01' + INTERVAL (i) SECOND"
  await store.run(`CREATE TABLE conversations(id VARCHAR PRIMARY KEY, content VARCHAR NOT NULL, embedding FLOAT[384], project VARCHAR, "timestamp" TIMESTAMP);
CREATE TABLE reflections(id VARCHAR PRIMARY KEY, conversation_id VARCHAR, content VARCHAR NOT NULL, "timestamp" TIMESTAMP);
CREATE TABLE reflection_tags(reflection_id VARCHAR, tag VARCHAR, PRIMARY KEY(reflection_id, tag));`)
  const batch = 100_000
  for (let from = 0; from < rows; from += batch) {
    const range = `range(${from}, ${Math.min(rows, from + batch)}) t(i)`
    await store.run(
      `INSERT INTO conversations SELECT md5('c' || i), 'what was said ' || i, list_transform(range(384), x -> hash(i * 384 + x) / 18446744073709551615.0)::FLOAT[384], 'p' || (i % 7), ${when} FROM ${range}`,
    )
    await store.run(
      `INSERT INTO reflections SELECT md5('r' || i), md5('c' || i), 'what it means ' || i, ${when} FROM ${range}`,
    )
    await store.run(
      `INSERT INTO reflection_tags SELECT md5('r' || i), unnest(['a' || (i % 5), 'b']) FROM ${range}`,
    )
  }
}

async function copyTarget(): Promise<Store> {
  return openStore(path, 'write', limits) // a reader may not make the other file
}

async function copyAll(store: Store): Promise<void> {
  await store.run(`ATTACH '${join(folder, 'copy.duckdb')}' AS fresh`)
  await store.run('COPY FROM DATABASE reflection TO fresh')
  await store.run('DETACH fresh')
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return (performance.now() - begun) / 1000
}

/** Watches the engine's process and what it starts; the answer says the most they held together. Linux only: it reads /proc. */
function peakMemory(pid: number | undefined): () => string {
  let peak = 0
  const look = () => {
    peak = Math.max(peak, held(pid))
  }
  const watch = setInterval(look, 50)
  return () => {
    clearInterval(watch)
    return peak ? `peak memory of the engine ${(peak / 1024).toFixed(0)} MB` : 'memory is not measured here'
  }
}

/** Kilobytes that a process and its children hold; 0 for one that is gone, or where there is no /proc. */
function held(pid: number | undefined): number {
  try {
    const own = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
    return children.reduce((sum, child) => sum + held(Number(child)), own)
  } catch {
    return 0
  }
}
