/** The whole way over several systems, with the program itself, real databases, and tests in Python. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { RunReport } from '../../../src/core/run-report.ts'
import { change, columnOf, contentHash, countIn } from '../../support/database.ts'
import { otherProgram } from '../../support/other-program.ts'
import { cli } from '../../support/program.ts'
import { makeSystems, type Systems } from '../../support/systems.ts'
import { longTest } from '../../support/whole.ts'

const ulids = "SELECT count(*) FROM jobs WHERE length(job_id) = 26 AND job_id NOT LIKE '%-%'"

function start({ folder }: Systems, words: readonly string[]): ChildProcess {
  const argv = [cli, 'run', ...words, '--state-dir', join(folder, 'state')]
  return spawn(process.execPath, argv, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
}

async function run(systems: Systems, ...words: readonly string[]) {
  const child = start(systems, words)
  const said = { stdout: '', stderr: '' }
  child.stdout?.on('data', text => (said.stdout += text))
  child.stderr?.on('data', text => (said.stderr += text))
  const [exit] = (await once(child, 'close')) as [number | null]
  return { exit, ...said }
}

/** The last report in the state folder. */
function report({ folder }: Systems): RunReport & { readonly markdown: string } {
  const reports = join(folder, 'state', 'reports')
  const last = join(reports, readdirSync(reports).sort().at(-1)!)
  return {
    ...(JSON.parse(readFileSync(join(last, 'report.json'), 'utf8')) as RunReport),
    markdown: readFileSync(join(last, 'report.md'), 'utf8'),
  }
}

const statuses = (of: RunReport) => of.systems.map(each => `${each.system} ${each.status}`)

function isThere(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await delay(50)
}

describe.concurrent('systems in one run', () => {
  test('they go in the configured order, stop at the first that fails its tests, and go on from there', async () => {
    const systems = makeSystems(['alpha', 'beta', 'gamma'], {}, true)
    systems.mood('beta', 'fail')
    const first = await run(systems, 'gamma', 'beta', 'alpha', '--yes')
    expect(first.exit, first.stderr).toBe(3)
    expect(first.stderr).toContain('The tests of BETA fail after the migration.  TESTS.FAILED')
    expect(first.stdout).toMatch(/report: .*report\.md\n {2}go on: ulid-migrate run gamma beta alpha --yes/)
    const stopped = report(systems)
    expect(statuses(stopped)).toEqual(['alpha done', 'beta failed', 'gamma waiting'])
    expect(stopped).toMatchObject({ status: 'failed', error: { code: 'TESTS.FAILED' } })
    expect(stopped.systems[1]?.tests.after).toMatchObject({
      status: 'failed',
      failures: ['test_ids (tests.Ids)'],
    })
    expect(stopped.next.slice(1)).toEqual(
      ['beta', 'alpha'].map(name => `ulid-migrate rollback ${systems.database(name)} --yes`),
    )
    expect(systems.testedBy('gamma')).toBe(0)
    expect(countIn(systems.database('gamma'), ulids)).toBe(0)
    const log = readFileSync(stopped.systems[1]!.tests.after!.log, 'utf8')
    expect(log).toContain('10 logs have their job')

    systems.mood('beta', 'pass')
    const after = Object.fromEntries(
      ['alpha', 'beta'].map(name => [name, contentHash(systems.database(name))]),
    )
    const second = await run(systems, 'alpha', 'beta', 'gamma', '--yes', '--json')
    expect(second.exit, second.stderr).toBe(0)
    const whole = report(systems)
    expect(JSON.parse(second.stdout)).toMatchObject({
      schema: 'ulid-migrate.run/1',
      run: whole.run,
      status: 'succeeded',
      targets: [{ system: 'alpha' }, { system: 'beta' }, { system: 'gamma', status: 'migrated' }],
    })
    expect(whole).toMatchObject({ status: 'succeeded', resumes: stopped.run, next: [] })
    expect(whole.systems.map(each => each.targets[0]?.status)).toEqual([
      'done-before',
      'done-before',
      'migrated',
    ])
    expect(whole.systems[0]?.targets[0]).toMatchObject({ run: stopped.run, identities: 1, references: 10 })
    // Alpha's tests were passed in the first part; beta's were not.
    const testLog = (of: RunReport, at: number) => of.systems[at]?.tests.after?.log
    expect(testLog(whole, 0)).toBe(testLog(stopped, 0))
    expect(testLog(whole, 1)).not.toBe(testLog(stopped, 1))
    for (const name of ['alpha', 'beta']) expect(contentHash(systems.database(name))).toBe(after[name])
    // They know each other's jobs, also across the two parts of the run.
    const jobs = systems.names.map(name => columnOf(systems.database(name), 'SELECT job_id FROM jobs'))
    expect(jobs[1]).toEqual(jobs[0])
    expect(jobs[2]).toEqual(jobs[0])
    const verdicts = Object.fromEntries(whole.criteria.map(each => [each.criterion, each]))
    expect(verdicts['Zero data loss: exact row counts']).toMatchObject({
      verdict: 'proved',
      by: expect.stringMatching(/^row-counts \([\d,]+ compared\) in 3 databases$/),
    })
    expect(verdicts["The systems' own tests pass"]?.verdict).toBe('proved')
    expect(verdicts['The rollback was tested before going live']?.verdict).toBe('proved')
    expect(verdicts['Ids can be traced across systems, by the old and the new id']?.verdict).toBe('proved')
    expect(whole.criteria.filter(each => each.verdict === 'failed')).toEqual([])
    expect(whole.criteria.every(each => each.by !== '')).toBe(true)
    for (const part of [
      '## What the documents ask for',
      '## How to go back',
      '## What is due',
      '### BETA: done',
    ])
      expect(whole.markdown).toContain(part)
    for (const name of systems.names)
      expect(whole.markdown).toContain(`ulid-migrate rollback ${systems.database(name)} --yes`)
  })

  longTest(
    'with --on-failure rollback-all everything is as it was, and tests that hang are ended',
    async () => {
      const test = { argv: ['python3', 'check.py'], limit: 1 }
      const systems = makeSystems(['alpha', 'beta'], { beta: { test } }, true)
      systems.mood('beta', 'hang')
      const before = systems.names.map(name => contentHash(systems.database(name)))
      const ended = await run(systems, 'alpha', 'beta', '--yes', '--on-failure', 'rollback-all')
      expect(ended.exit, ended.stderr).toBe(3)
      expect(systems.names.map(name => contentHash(systems.database(name)))).toEqual(before)
      const told = report(systems)
      expect(told).toMatchObject({ status: 'rolled-back', error: { code: 'TESTS.FAILED' } })
      expect(statuses(told)).toEqual(['alpha rolled-back', 'beta rolled-back'])
      expect(told.next).toHaveLength(1)
      expect(told.systems[1]?.tests.after?.status).toBe('timed-out')
      expect(isThere(systems.testedBy('beta'))).toBe(false)
    },
  )

  longTest('a rollback that one database is kept from is gone on with by the same command', async () => {
    const test = { argv: ['python3', 'check.py'], limit: 6 }
    const systems = makeSystems(['alpha', 'beta'], { beta: { test } })
    systems.mood('beta', 'hang')
    const before = systems.names.map(name => contentHash(systems.database(name)))
    const command = ['alpha', 'beta', '--yes', '--on-failure', 'rollback-all', '--wait', '0']
    const running = run(systems, ...command)
    await until(() => systems.testedBy('beta') > 0)
    const other = await otherProgram(systems.database('alpha'), "db.exec('BEGIN IMMEDIATE')")
    const failed = await running
    await other.kill()
    expect(failed.exit, failed.stderr).toBe(4)
    expect(report(systems)).toMatchObject({ status: 'failed', takesBack: ['alpha'] })

    const again = await run(systems, ...command)
    expect(again.exit, again.stderr).toBe(1)
    expect(again.stderr).toContain('It was being rolled back: alpha.')
    expect(report(systems)).toMatchObject({
      status: 'rolled-back',
      takesBack: [],
      error: { code: 'RUN.TAKEN_BACK' },
    })
    expect(systems.names.map(name => contentHash(systems.database(name)))).toEqual(before)
  })

  test('killed in the middle, the same command proves what is done, and does the rest', async () => {
    const systems = makeSystems(['alpha', 'beta'])
    systems.mood('alpha', 'hang')
    const child = start(systems, ['alpha', 'beta', '--yes'])
    await until(() => systems.testedBy('alpha') > 0 || child.exitCode !== null)
    child.kill('SIGKILL')
    await once(child, 'close')
    await until(() => !isThere(systems.testedBy('alpha'))) // their engine notices, and ends them
    const killed = report(systems)
    expect(killed).toMatchObject({ status: 'running', ended: '' })
    expect(countIn(systems.database('alpha'), ulids)).toBe(6)
    const migrated = contentHash(systems.database('alpha'))

    systems.mood('alpha', 'pass')
    const again = await run(systems, 'alpha', 'beta', '--yes')
    expect(again.exit, again.stderr).toBe(0)
    expect(again.stderr).toContain(`Goes on with the run ${killed.run}, which was killed.`)
    const whole = report(systems)
    expect(whole.systems.map(each => each.targets[0]?.status)).toEqual(['done-before', 'migrated'])
    expect(whole.systems[0]?.tests.after?.status).toBe('passed')
    expect(whole.systems[0]?.targets[0]?.queries.length).toBeGreaterThan(3)
    expect(contentHash(systems.database('alpha'))).toBe(migrated)
    expect(countIn(systems.database('beta'), ulids)).toBe(6)
  })

  test('Ctrl-C while tests run stops them and the run, exits 130, and says how to go on', async () => {
    const systems = makeSystems(['alpha', 'beta'])
    systems.mood('alpha', 'hang')
    const child = start(systems, ['alpha', 'beta', '--yes', '--on-failure', 'rollback-all'])
    await until(() => systems.testedBy('alpha') > 0 || child.exitCode !== null)
    child.kill('SIGINT')
    const [exit] = (await once(child, 'close')) as [number]
    expect(exit).toBe(130)
    expect(isThere(systems.testedBy('alpha'))).toBe(false)
    const told = report(systems)
    expect(told.status).toBe('stopped')
    expect(told.systems[0]?.targets[0]).toMatchObject({ status: 'migrated', ofThisRun: true })
    expect(countIn(systems.database('alpha'), ulids)).toBe(6) // a stop takes nothing back
    expect(countIn(systems.database('beta'), ulids)).toBe(0)
  })

  test('a second Ctrl-C does not wait for tests that ignore the first, and leaves nothing of them', async () => {
    const stubborn = `import os, signal, subprocess, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen(['sleep', '600'], start_new_session=True)
open('pids', 'w').write(f'{os.getpid()} {child.pid}')
time.sleep(600)`
    const systems = makeSystems(['alpha'], { alpha: { test: { argv: ['python3', '-c', stubborn] } } })
    const file = join(systems.folder, 'alpha', 'pids')
    const child = start(systems, ['alpha', '--yes'])
    let said = ''
    child.stderr?.on('data', text => (said += text))
    await until(() => (existsSync(file) && readFileSync(file, 'utf8') !== '') || child.exitCode !== null)
    child.kill('SIGINT')
    await until(() => said.includes('again') || child.exitCode !== null)
    child.kill('SIGINT')
    const [exit] = (await once(child, 'close')) as [number]
    expect(exit, said).toBe(130)
    const pids = readFileSync(file, 'utf8').split(' ').map(Number)
    await until(() => !pids.some(isThere)) // who was beside the engine ends them
    expect(report(systems).status).toBe('stopped')
  })

  longTest(
    'databases of one system that follow each other go one after the other, the others at once',
    async () => {
      const systems = makeSystems(['alpha'], { alpha: { targets: ['links.db', 'data.db', 'other.db'] } })
      const folder = join(systems.folder, 'alpha')
      const ids = `ATTACH '${systems.database('alpha')}' AS jobs`
      change(
        join(folder, 'links.db'),
        ids,
        'CREATE TABLE links(n INTEGER PRIMARY KEY, job_id TEXT); INSERT INTO links(job_id) SELECT job_id FROM jobs.jobs',
      )
      change(
        join(folder, 'other.db'),
        "CREATE TABLE things(id TEXT PRIMARY KEY); INSERT INTO things VALUES ('0f8fad5b-d9cb-469f-a165-70867728950e')",
      )
      const ended = await run(systems, 'alpha', '--yes', '--jobs', '3')
      expect(ended.exit, ended.stderr).toBe(0)
      expect(report(systems).systems[0]?.targets.map(each => each.status)).toEqual([
        'migrated',
        'migrated',
        'migrated',
      ])
      expect(countIn(systems.database('alpha'), ulids)).toBe(6)
      const linked = join(folder, 'linked.db')
      change(
        linked,
        `ATTACH '${join(folder, 'links.db')}' AS l; ATTACH '${systems.database('alpha')}' AS d;
      CREATE TABLE n AS SELECT count(*) AS n FROM l.links JOIN d.jobs USING (job_id)`,
      )
      expect(countIn(linked, 'SELECT n FROM n')).toBe(6)
    },
  )
})
