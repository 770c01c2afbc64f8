/** The last look before a run is begun: does the plan still fit what is in the file? */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { change, makeDatabase, numbers } from '../../support/database.ts'
import { answerOf, refusalOf, settingsIn } from '../../support/engine.ts'
import { everythingIn, temporaryFolder } from '../../support/folder.ts'

/** A rehearsed plan, and the look at its target. */
async function rehearsed() {
  const all = temporaryFolder()
  const folder = join(all, 'target')
  mkdirSync(folder)
  const target = makeDatabase(
    join(folder, 'jobs.db'),
    `CREATE TABLE jobs(job_id TEXT PRIMARY KEY, at TEXT);
     CREATE TABLE logs(n INTEGER PRIMARY KEY, job_id TEXT REFERENCES jobs(job_id));
     CREATE TRIGGER logs_ai AFTER INSERT ON logs BEGIN UPDATE jobs SET at = 'now' WHERE job_id = new.job_id; END;
     INSERT INTO jobs SELECT printf('%08x-1234-4abc-8def-%012x', value * 7919, value), NULL FROM ${numbers(20)};
     INSERT INTO logs(job_id) SELECT job_id FROM jobs`,
  )
  const settings = settingsIn(all)
  const { plan, print } = await answerOf(settings, 'dry-run', { target, choices: {} })
  return { folder, target, settings, request: { target, plan, print } }
}

it('says that it does, whatever rows came since, and leaves every byte and every time', async () => {
  const { folder, target, settings, request } = await rehearsed()
  change(target, "INSERT INTO logs(job_id) VALUES ('of nobody')")
  const before = everythingIn(folder)
  expect(await answerOf(settings, 'check-plan', request)).toEqual({ fingerprint: request.plan.fingerprint })
  expect(everythingIn(folder)).toEqual(before)
})

it('names what another program has made, dropped or altered meanwhile', async () => {
  const { folder, target, settings, request } = await rehearsed()
  change(
    target,
    'CREATE INDEX logs_by_job ON logs(job_id)',
    'ALTER TABLE jobs ADD COLUMN note TEXT',
    'DROP TRIGGER logs_ai',
  )
  const before = everythingIn(folder)
  expect(await refusalOf(settings, 'check-plan', request)).toMatchObject({
    code: 'PLAN.OTHER_SCHEMA',
    object: target,
    why: 'Since then: index logs_by_job is new, trigger logs_ai is gone, table jobs has another text.',
    exit: 4,
  })
  expect(everythingIn(folder)).toEqual(before)
})

it('takes no plan that was altered after it was made', async () => {
  const { settings, request } = await rehearsed()
  const plan = { ...request.plan, seed: '0'.repeat(64) }
  expect(await refusalOf(settings, 'check-plan', { ...request, plan })).toMatchObject({
    code: 'PLAN.ALTERED',
  })
})
