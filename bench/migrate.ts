/**
 * Measures a migration against VACUUM INTO of the same file, on the same machine, in one run: the rewrite alone, and
 * the whole run up to the commit. Prints ratios, and where the time goes.
 *
 *   npx tsx bench/migrate.ts [rows, default 1000000] [repeats, default 3]
 */
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Context } from '../src/core/context.ts'
import { runEngine } from '../src/core/host.ts'
import { createUlidFactory } from '../src/core/identifiers/index.ts'
import { migrate } from '../src/core/migrate/migrate.ts'
import { Pause } from '../src/core/pause.ts'
import { writeBenchDatabase } from './database.ts'

const rows = Number(process.argv[2] ?? 1_000_000)
const repeats = Number(process.argv[3] ?? 3)
const folder = mkdtempSync(join(tmpdir(), 'ulid-migrate-bench-'))
const original = join(folder, 'original.db')

interface Measured {
  readonly vacuum: number
  readonly plainCopy: number
  readonly phases: ReadonlyMap<string, number>
  readonly checks: ReadonlyMap<string, number>
}

try {
  writeBenchDatabase(original, rows)
  console.log(
    `${rows.toLocaleString('en')} rows in 4 tables, ${(statSync(original).size / 1e6).toFixed(0)} MB; median of ${repeats}, in turn`,
  )
  const measured: Measured[] = []
  for (let turn = 0; turn < repeats; turn++) measured.push(await measure(turn))
  report(measured)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function measure(turn: number): Promise<Measured> {
  const vacuum = vacuumInto(join(folder, `vacuum-${turn}.db`))
  const plainCopy = copyRows(join(folder, `copy-${turn}.db`))
  const target = join(folder, `target-${turn}.db`)
  copyFileSync(original, target)
  const phases = new Map<string, number>()
  const checks = new Map<string, number>()
  const settings = {
    stateDir: join(folder, 'state'),
    snapshotDir: join(folder, 'snapshots'),
    waitSeconds: 10,
  }
  const run = createUlidFactory()()
  const context: Context = {
    run,
    settings,
    now: Date.now,
    pause: new Pause(),
    emit: event => {
      if (event.type === 'phase' && event.status === 'done')
        phases.set(event.phase, (phases.get(event.phase) ?? 0) + event.seconds)
      if (event.type === 'check') checks.set(event.check.id, event.check.seconds ?? 0)
    },
    breathe: async () => {},
    ask: (operation, request) => runEngine({ operation, request, settings, run }).outcome,
  }
  const result = await migrate(target, {}, undefined, context)
  if (!result.proof.ok || !result.outside.ok) throw new Error('not proved')
  rmSync(target)
  rmSync(result.snapshot)
  return { vacuum, plainCopy, phases, checks }
}

function vacuumInto(path: string): number {
  const db = new Database(original, { readonly: true })
  const begun = performance.now()
  db.prepare('VACUUM INTO ?').run(path)
  const seconds = (performance.now() - begun) / 1000
  db.close()
  rmSync(path)
  return seconds
}

/** The least that replacing tables costs: the same rebuild, by the same statements, without giving anybody a new id. */
function copyRows(path: string): number {
  copyFileSync(original, path)
  const db = new Database(path)
  db.pragma('foreign_keys = OFF')
  db.pragma('legacy_alter_table = ON')
  db.pragma('cache_size = -131072')
  const objects = db
    .prepare(
      "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%'",
    )
    .all() as {
    type: string
    name: string
    tbl_name: string
    sql: string
  }[]
  const begun = performance.now()
  db.exec('BEGIN IMMEDIATE')
  for (const table of objects.filter(object => object.type === 'table')) {
    const indexes = objects.filter(object => object.type === 'index' && object.tbl_name === table.name)
    for (const index of indexes) db.exec(`DROP INDEX ${index.name}`)
    db.exec(
      `ALTER TABLE ${table.name} RENAME TO old; ${table.sql}; INSERT INTO ${table.name} SELECT * FROM old ORDER BY id; DROP TABLE old`,
    )
    for (const index of indexes) db.exec(index.sql)
  }
  db.exec('COMMIT')
  const seconds = (performance.now() - begun) / 1000
  db.close()
  rmSync(path)
  return seconds
}

function report(measured: readonly Measured[]): void {
  const median = (of: (each: Measured) => number) =>
    measured.map(of).sort((a, b) => a - b)[Math.floor(measured.length / 2)]!
  const phase = (name: string) => (each: Measured) => each.phases.get(name) ?? 0
  const check = (name: string) => (each: Measured) => each.checks.get(name) ?? 0
  const rewrite = (each: Measured) => phase('map')(each) + phase('rewrite')(each) + phase('commit')(each)
  const whole = (each: Measured) =>
    rewrite(each) +
    phase('snapshot')(each) +
    phase('check-snapshot')(each) +
    phase('verify')(each) -
    check('integrity')(each)
  const line = (name: string, of: (each: Measured) => number, note = '') =>
    console.log(
      `  ${name.padEnd(34)}${median(of).toFixed(3).padStart(8)} s ${median(each => of(each) / each.vacuum)
        .toFixed(2)
        .padStart(7)} x  ${note}`,
    )
  line('VACUUM INTO', each => each.vacuum)
  line('plain rebuild, no new ids', each => each.plainCopy)
  line('rewrite only', rewrite, 'target <= 2 x')
  line('whole run', whole, 'target <= 4 x; without integrity_check and outside verification')
  console.log('where it goes')
  for (const name of ['snapshot', 'check-snapshot', 'map', 'rewrite', 'verify', 'commit'])
    line(`  ${name}`, phase(name))
  for (const name of measured[0]!.checks.keys()) line(`    check ${name}`, check(name))
  console.log('beside it')
  for (const name of ['inspect', 'preconditions', 'verify-outside']) line(`  ${name}`, phase(name))
}
