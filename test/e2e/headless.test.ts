import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { contentHash, countIn } from '../support/database.ts'
import { everythingIn, temporaryFolder } from '../support/folder.ts'
import { cli } from '../support/program.ts'

/** The program as a script meets it: processes, one JSON document each on stdout, and exit codes. */

const root = fileURLToPath(new URL('../..', import.meta.url))

interface Ended {
  readonly exit: number | null
  readonly stdout: string
  readonly stderr: string
}

interface Script {
  readonly folder: string
  run(...words: readonly string[]): Promise<Ended>
  /** The one document of a command that must end with this code. */
  document(exit: number, ...words: readonly string[]): Promise<Record<string, unknown>>
}

function script(): Script {
  const folder = temporaryFolder()
  const run = (...words: readonly string[]) =>
    new Promise<Ended>(resolve => {
      const child = execFile(
        process.execPath,
        [cli, ...words],
        { cwd: root, env: { ...process.env, XDG_STATE_HOME: join(folder, 'state') }, maxBuffer: 1 << 26 },
        (_, stdout, stderr) => resolve({ exit: child.exitCode, stdout, stderr }),
      )
      child.stdin?.end()
    })
  return {
    folder,
    run,
    async document(exit, ...words) {
      const ended = await run(...words, '--json', '-q')
      expect([ended.exit, ended.stdout.trim().split('\n').length], ended.stderr).toEqual([exit, 1])
      const document = JSON.parse(ended.stdout) as Record<string, unknown>
      expect(document.schema).toBe(`ulid-migrate.${words[0]}/1`)
      return document
    },
  }
}

const proved = {
  ok: true,
  checks: expect.arrayContaining([
    expect.objectContaining({
      id: 'row-counts',
      ok: true,
      count: expect.any(Number),
      detail: expect.any(String),
    }),
  ]) as unknown,
}

describe.concurrent('without a terminal', () => {
  test('a script makes a demo, detects, rehearses, migrates by the plan, proves and undoes', async () => {
    const { folder, run, document } = script()
    const demo = join(folder, 'demo')
    expect((await run('demo', demo, '--rows', '60')).exit).toBe(0)
    const target = join(demo, 'crackerjack', 'metrics.db')
    const plan = join(folder, 'plan.json')
    const before = contentHash(target)
    const print = everythingIn(join(demo, 'crackerjack'))

    expect(await document(0, 'detect', target)).toMatchObject({
      targets: [
        {
          target,
          engine: 'sqlite',
          state: 'legacy',
          tables: expect.arrayContaining([{ name: 'jobs', rows: 60 }]),
          identities: expect.arrayContaining([
            expect.objectContaining({
              table: 'jobs',
              column: 'job_id',
              rows: 60,
              nulls: 0,
              duplicates: 0,
              migrate: true,
              time: { from: 'id', column: 'start_time' },
            }),
          ]),
          findings: expect.arrayContaining([
            expect.objectContaining({ code: 'REFERENCE.ORPHANS', severity: 'info' }),
          ]),
        },
      ],
    })

    const rehearsal = await document(0, 'dry-run', target, '--out', plan)
    const hash = (JSON.parse(readFileSync(plan, 'utf8')) as { hash: string }).hash
    expect(rehearsal).toMatchObject({
      targets: [{ target, plan: { hash, file: plan }, proof: proved, undo: { ok: true } }],
    })
    expect(everythingIn(join(demo, 'crackerjack'))).toEqual(print)

    const migrated = await document(0, 'migrate', plan, '--yes')
    expect(migrated).toMatchObject({
      status: 'succeeded',
      run: expect.stringMatching(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/),
      targets: [{ target, plan: hash, proof: proved, outside: { ok: true }, timings: expect.any(Array) }],
    })
    expect(countIn(target, 'SELECT COUNT(*) FROM jobs WHERE LENGTH(job_id) = 26')).toBe(60)

    expect(await document(0, 'verify', target)).toMatchObject({
      targets: [{ target, run: migrated.run, proof: proved, changedSince: null }],
    })
    expect(await document(0, 'status', target)).toMatchObject({
      targets: [{ target, runs: [{ run: migrated.run, what: 'migrate', status: 'succeeded' }], due: [] }],
    })
    expect(await document(0, 'migrate', target, '--yes')).toMatchObject({ status: 'nothing-to-do' })
    expect(await document(0, 'rollback', target, '--yes')).toMatchObject({
      targets: [
        { target, run: migrated.run, mode: 'undo', rowsKept: 0, rowsDiscarded: 0, proof: { ok: true } },
      ],
    })
    expect(contentHash(target)).toBe(before)
  })

  test('refusals are documents with an error, and the exit code says of what kind', async () => {
    const { folder, document } = script()
    const missing = join(folder, 'nothing.db')
    expect(await document(4, 'detect', missing)).toMatchObject({
      targets: [],
      error: {
        code: 'TARGET.MISSING',
        severity: 'blocker',
        object: missing,
        message: expect.any(String),
        why: expect.any(String),
        next: expect.any(String),
      },
    })
    expect(existsSync(missing)).toBe(false)
    const garbage = join(folder, 'garbage.db')
    writeFileSync(garbage, 'neither this nor that, and long enough to be something')
    expect(await document(4, 'migrate', garbage, '--yes')).toMatchObject({
      status: 'failed',
      error: { code: 'TARGET.NOT_A_DATABASE' },
    })
  })

  test('nobody is asked: a migration without --yes is a usage error that names the flag', async () => {
    const { folder, run, document } = script()
    await run('demo', join(folder, 'demo'), '--rows', '10')
    const target = join(folder, 'demo', 'crackerjack', 'crackerjack.db')
    const before = everythingIn(join(folder, 'demo', 'crackerjack'))
    const refusal = (await document(2, 'migrate', target)) as { readonly error: { readonly message: string } }
    expect(refusal.error.message).toContain('--yes')
    expect(everythingIn(join(folder, 'demo', 'crackerjack'))).toEqual(before)
  })

  test('an empty file is a database without tables: detect 0, migrate 4', async () => {
    const { folder, document } = script()
    mkdirSync(join(folder, 'fresh'))
    const target = join(folder, 'fresh', 'crackerjack.db')
    writeFileSync(target, '')
    expect(await document(0, 'detect', target)).toMatchObject({ targets: [{ state: 'empty' }] })
    expect(await document(4, 'migrate', target, '--yes')).toMatchObject({
      error: { code: 'TARGET.NO_TABLES', next: `ulid-migrate initialize ${target}` },
    })
  })

  test('an altered plan file is refused with 4, and one that is no plan as well', async () => {
    const { folder, run, document } = script()
    await run('demo', join(folder, 'demo'), '--rows', '10')
    const target = join(folder, 'demo', 'session-buddy', 'session_buddy.db')
    const plan = join(folder, 'plan.json')
    await document(0, 'dry-run', target, '--out', plan)
    const before = everythingIn(join(folder, 'demo', 'session-buddy'))
    const altered = { ...(JSON.parse(readFileSync(plan, 'utf8')) as object), seed: 'f'.repeat(64) }
    writeFileSync(plan, JSON.stringify(altered))
    expect(await document(4, 'migrate', plan, '--yes')).toMatchObject({ error: { code: 'PLAN.ALTERED' } })
    writeFileSync(plan, '{"schema": "something else"}')
    expect(await document(4, 'migrate', plan, '--yes')).toMatchObject({
      error: { code: 'PLAN.BROKEN', object: plan },
    })
    expect(everythingIn(join(folder, 'demo', 'session-buddy'))).toEqual(before)
  })

  test('--sql prints statements only, which name every table that changes', async () => {
    const { folder, run } = script()
    await run('demo', join(folder, 'demo'), '--rows', '10')
    const { exit, stdout } = await run(
      'dry-run',
      join(folder, 'demo', 'crackerjack', 'crackerjack.db'),
      '--sql',
      '-q',
    )
    expect(exit).toBe(0)
    for (const table of ['jobs', 'errors', 'hook_executions', 'test_executions'])
      expect(stdout).toContain(`CREATE TABLE ${table} (`)
    expect(stdout.trimEnd()).toMatch(/;$/)
  })

  test('--events tells the run as one JSON document a line on stderr', async () => {
    const { folder, run } = script()
    await run('demo', join(folder, 'demo'), '--rows', '10')
    const { exit, stderr } = await run(
      'migrate',
      join(folder, 'demo', 'crackerjack', 'crackerjack.db'),
      '--yes',
      '--events',
      '--json',
    )
    expect(exit).toBe(0)
    const events = stderr
      .trim()
      .split('\n')
      .map(
        line =>
          JSON.parse(line) as {
            readonly schema: string
            readonly type: string
            readonly phase?: string
            readonly at: string
          },
      )
    expect(new Set(events.map(event => event.schema))).toEqual(new Set(['ulid-migrate.event/1']))
    expect(events.map(event => event.at)).toEqual(events.map(event => event.at).toSorted())
    expect(events.filter(event => event.type === 'phase').map(event => event.phase)).toEqual(
      expect.arrayContaining(['snapshot', 'rewrite', 'verify', 'commit']),
    )
  })
})
