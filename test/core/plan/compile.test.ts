import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compile } from '../../../src/core/compile/compile.ts'
import { type Program, sqlText } from '../../../src/core/compile/program.ts'
import { prepare } from '../../../src/core/migrate/prepare.ts'
import { hashOf } from '../../../src/core/plan/make-plan.ts'
import type { Plan } from '../../../src/core/plan/plan.ts'
import type { Choices } from '../../../src/core/requests.ts'
import { makeDatabase } from '../../support/database.ts'
import { settingsIn } from '../../support/engine.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'

const first = '11111111-1234-4abc-8def-111111111111'
const seed = 'ab'.repeat(32)

/** Jobs and their logs, with a trigger and indexes that a rebuild has to bring back. */
function jobs(): string {
  return makeDatabase(
    join(temporaryFolder(), 'jobs.db'),
    `CREATE TABLE jobs(id TEXT PRIMARY KEY, created_at TEXT);
     CREATE TABLE logs(n INTEGER PRIMARY KEY, job_id UUID REFERENCES jobs(id), line TEXT);
     CREATE TABLE other(x);
     CREATE INDEX logs_by_job ON logs(job_id);
     CREATE TRIGGER logged AFTER INSERT ON logs BEGIN INSERT INTO other VALUES(new.n); END;
     INSERT INTO jobs VALUES('${first}', '2026-02-11T07:25:00Z');
     INSERT INTO logs(job_id) VALUES('${first}');`,
  )
}

async function planned(path: string, choices: Choices = {}) {
  const { plan, schema } = await prepare(
    path,
    { seed, baseTime: '2026-03-01T00:00:00Z', ...choices },
    undefined,
    inProcess(settingsIn(temporaryFolder())),
  )
  return { plan, schema, program: compile(plan, schema, { firstMap: 1 }) }
}

/** The statements that change the operator's own tables, without layout: our own are ours to change. */
function rewrite(program: Program): readonly string[] {
  return program.steps
    .filter(step => step.phase === 'rewrite')
    .flatMap(step => ('sql' in step ? [step.sql.replaceAll(/\s+/g, ' ')] : []))
}

describe('the statements of a plan', () => {
  test('replace: table by table away, made anew from its own text, copied by key range, and everything around it put back', async () => {
    expect(rewrite((await planned(jobs())).program)).toMatchInlineSnapshot(`
      [
        "DROP TRIGGER "logged"",
        "ALTER TABLE "jobs" RENAME TO "_ulid_migrate_old"",
        "CREATE TABLE jobs(id TEXT PRIMARY KEY, created_at TEXT)",
        "INSERT INTO "jobs"(rowid, "id", "created_at") SELECT o.rowid, (SELECT m.ulid FROM "_ulid_migrate_map_1" m WHERE m.pos = o.rowid), o."created_at" FROM "_ulid_migrate_old" o WHERE o.rowid >= @from ORDER BY o.rowid LIMIT @limit",
        "DROP TABLE "_ulid_migrate_old"",
        "CREATE TABLE "_ulid_migrate_kept_1_1"(pos INTEGER PRIMARY KEY, value BLOB, ulid TEXT)",
        "INSERT INTO "_ulid_migrate_kept_1_1" SELECT t."n", t."job_id", coalesce((SELECT m.ulid FROM "_ulid_migrate_map_1" m WHERE m.legacy = +t."job_id"), (SELECT m.ulid FROM "_ulid_migrate_orphans_1" m WHERE m.legacy = +t."job_id"), t."job_id") FROM "logs" t WHERE t."job_id" IS NOT NULL AND coalesce((SELECT m.ulid FROM "_ulid_migrate_map_1" m WHERE m.legacy = +t."job_id"), (SELECT m.ulid FROM "_ulid_migrate_orphans_1" m WHERE m.legacy = +t."job_id"), t."job_id") IS NOT t."job_id" AND ((SELECT m.legacy FROM "_ulid_migrate_map_1" m WHERE m.legacy = +t."job_id" AND typeof(m.legacy) = typeof(t."job_id") AND CAST(m.legacy AS BLOB) IS CAST(t."job_id" AS BLOB)) IS NULL AND (SELECT m.legacy FROM "_ulid_migrate_orphans_1" m WHERE m.legacy = +t."job_id" AND typeof(m.legacy) = typeof(t."job_id") AND CAST(m.legacy AS BLOB) IS CAST(t."job_id" AS BLOB)) IS NULL)",
        "DROP INDEX "logs_by_job"",
        "ALTER TABLE "logs" RENAME TO "_ulid_migrate_old"",
        "CREATE TABLE logs(n INTEGER PRIMARY KEY, job_id TEXT REFERENCES jobs(id), line TEXT)",
        "INSERT INTO "logs"("n", "job_id", "line") SELECT o."n", coalesce((SELECT m.ulid FROM "_ulid_migrate_map_1" m WHERE m.legacy = +o."job_id"), (SELECT m.ulid FROM "_ulid_migrate_orphans_1" m WHERE m.legacy = +o."job_id"), o."job_id"), o."line" FROM "_ulid_migrate_old" o WHERE o."n" >= @from ORDER BY o."n" LIMIT @limit",
        "DROP TABLE "_ulid_migrate_old"",
        "CREATE INDEX logs_by_job ON logs(job_id)",
        "CREATE TRIGGER logged AFTER INSERT ON logs BEGIN INSERT INTO other VALUES(new.n); END",
      ]
    `)
  })

  test('expand: a column beside each id, its index while it is empty, then filled', async () => {
    const all = rewrite((await planned(jobs(), { strategy: 'expand' })).program)
    // What keeps both sides in step afterwards has tests of its own: test/core/expand.
    expect(
      all.filter(sql => !/ulid_sync_|_ulid_migrate_(waiting|held|fresh)_/.test(sql)),
    ).toMatchInlineSnapshot(`
      [
        "DROP TRIGGER "logged"",
        "ALTER TABLE "jobs" ADD COLUMN "job_ulid" TEXT",
        "CREATE UNIQUE INDEX "jobs_job_ulid" ON "jobs"("job_ulid")",
        "UPDATE "jobs" AS t SET "job_ulid" = (SELECT m.ulid FROM "_ulid_migrate_map_1" m WHERE m.pos = t.rowid) WHERE t.rowid IN (SELECT rowid AS p FROM "jobs" WHERE rowid >= @from ORDER BY rowid LIMIT @limit)",
        "ALTER TABLE "logs" ADD COLUMN "job_ulid" TEXT",
        "CREATE INDEX "logs_job_ulid" ON "logs"("job_ulid")",
        "UPDATE "logs" AS t SET "job_ulid" = coalesce((SELECT m.ulid FROM "_ulid_migrate_map_1" m WHERE m.legacy = +t."job_id"), (SELECT m.ulid FROM "_ulid_migrate_orphans_1" m WHERE m.legacy = +t."job_id")) WHERE t."n" IN (SELECT "n" AS p FROM "logs" WHERE "n" >= @from ORDER BY "n" LIMIT @limit)",
        "CREATE TRIGGER logged AFTER INSERT ON logs BEGIN INSERT INTO other VALUES(new.n); END",
      ]
    `)
  })

  test('a table that the plan does not name has no statement', async () => {
    for (const strategy of ['replace', 'expand'] as const)
      for (const sql of rewrite((await planned(jobs(), { strategy })).program))
        if (!sql.startsWith('CREATE TRIGGER')) expect(sql).not.toMatch(/\bother\b/)
  })

  test('a reference under a type name that would make numbers of ULIDs becomes TEXT, and nothing else of its text changes', async () => {
    const { program } = await planned(jobs())
    expect(program.objects.find(object => object.name === 'logs')!.sql).toBe(
      'CREATE TABLE logs(n INTEGER PRIMARY KEY, job_id TEXT REFERENCES jobs(id), line TEXT)',
    )
    expect(program.objects.find(object => object.name === 'jobs')!.sql).toBe(
      'CREATE TABLE jobs(id TEXT PRIMARY KEY, created_at TEXT)',
    )
  })

  test('are the same each time they are compiled, and so is their text', async () => {
    const path = jobs()
    const { plan, schema } = await planned(path)
    expect(sqlText(compile(plan, schema, { firstMap: 1 }))).toEqual(
      sqlText(compile(plan, schema, { firstMap: 1 })),
    )
  })

  test('no statement holds the seed or an id: values are bound, never written into text', async () => {
    for (const sql of sqlText((await planned(jobs())).program)) {
      expect(sql).not.toContain(seed)
      expect(sql).not.toContain(first)
    }
  })
})

describe('the hash of a plan', async () => {
  const path = jobs()
  const { plan } = await planned(path)
  const altered = (by: Partial<Plan>) => hashOf({ ...plan, ...by })

  test('is that of its content', async () => {
    expect(hashOf(plan)).toBe(plan.hash)
  })

  test.each([
    ['the seed', { seed: 'cd'.repeat(32) }],
    ['the base time', { baseTime: plan.baseTime + 1 }],
    ['the schema', { fingerprint: '0'.repeat(64) }],
    ['the target', { target: '/elsewhere.db' }],
    ['the zone', { timezone: 'Europe/Berlin' }],
    ['what becomes of sentinels', { sentinels: 'null' as const }],
    ['the identities', { identities: [] }],
  ])('covers %s', (_, by) => {
    expect(altered(by)).not.toBe(plan.hash)
  })

  test('does not depend on the order in which its parts are written down', async () => {
    const turned = Object.fromEntries(Object.entries(plan).reverse()) as Plan
    expect(hashOf(turned)).toBe(plan.hash)
  })

  test('is the same for the same choices, and another one without a seed', async () => {
    expect((await planned(path)).plan.hash).toBe(plan.hash)
    const random = () => prepare(path, {}, undefined, inProcess(settingsIn(temporaryFolder())))
    expect((await random()).plan.seed).not.toBe((await random()).plan.seed)
  })
})

describe('the seed', () => {
  test.each([
    ['12', '12'.padStart(64, '0')],
    ['AB', 'ab'.padStart(64, '0')],
  ])('%s is filled up to %s', async (given, seed_) => {
    expect((await planned(jobs(), { seed: given })).plan.seed).toBe(seed_)
  })

  test.each(['xyz', '', 'a'.repeat(65)])('%j is none', async given => {
    await expect(planned(jobs(), { seed: given })).rejects.toThrow('CHOICE.SEED')
  })
})
