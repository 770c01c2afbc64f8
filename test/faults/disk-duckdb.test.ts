import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Context } from '../../src/core/context.ts'
import { Refusal } from '../../src/core/message.ts'
import { migrate } from '../../src/core/migrate/migrate.ts'
import type { Settings } from '../../src/core/requests.ts'
import { duckContentOf } from '../support/duck-content.ts'
import { inDuck } from '../support/duck-files.ts'
import { settingsIn } from '../support/engine.ts'
import { temporaryFolder } from '../support/folder.ts'
import { inProcess } from '../support/in-process.ts'
import { mayMount, onSmallDisk } from '../support/small-disk.ts'
import { shareOf } from '../support/whole.ts'
import { filling } from './filling.ts'

/** The same as disk.test.ts, for DuckDB: its own temporary files and the working copy need room as well. */

const jobs = [
  'CREATE TABLE jobs(id UUID PRIMARY KEY, note VARCHAR)',
  'CREATE TABLE logs(job_id UUID REFERENCES jobs(id), line VARCHAR)',
  "INSERT INTO jobs SELECT printf('%08x-1234-4abc-8def-%012x', r, r)::UUID, md5(r::VARCHAR) FROM range(20000) t(r)",
  'INSERT INTO logs SELECT id, note FROM jobs',
]

/** Refused with the old content, nothing half made is left; and done once there is room. */
async function refusedFor(
  path: string,
  settings: Settings,
  filler: string,
  { context, wasFilled }: ReturnType<typeof filling>,
): Promise<Refusal['failure']> {
  const before = await duckContentOf(path)
  const run = (by: Context) => migrate(path, {}, undefined, by)
  const refused = await run(context).catch(error => error as unknown)
  expect(wasFilled()).toBe(true)
  expect(refused).toBeInstanceOf(Refusal)
  expect(await duckContentOf(path)).toEqual(before)
  expect(readdirSync(settings.snapshotDir)).toEqual([])
  rmSync(join(filler, 'filler'), { force: true })
  await run(inProcess(settings))
  expect(await duckContentOf(path)).not.toEqual(before)
  return (refused as Refusal).failure
}

describe.skipIf(!mayMount())('a full disk (skipped where no file system can be mounted)', () => {
  test.each(shareOf([0, 65_536], 2))(
    'under the file, with %i bytes left when it is to be changed',
    async left => {
      await onSmallDisk(60_000, async folder => {
        const path = await inDuck(join(folder, 'a.duckdb'), ...jobs)
        const settings = settingsIn(temporaryFolder())
        const failure = await refusedFor(
          path,
          settings,
          folder,
          filling(settings, 'commit started', folder, left),
        )
        expect(failure).toMatchObject({ code: 'DISK.FULL', exit: 4 })
      })
    },
  )

  test('under the snapshots', async () => {
    await onSmallDisk(8000, async folder => {
      const all = temporaryFolder()
      const path = await inDuck(join(all, 'a.duckdb'), ...jobs)
      const settings = { ...settingsIn(all), snapshotDir: join(folder, 'snapshots') }
      const at = filling(settings, 'snapshot started', folder, 65_536)
      expect(await refusedFor(path, settings, folder, at)).toMatchObject({ code: 'DISK.FULL', exit: 4 })
    })
  })

  test('under the working copy', async () => {
    await onSmallDisk(60_000, async folder => {
      const all = temporaryFolder()
      mkdirSync(join(all, 'target'))
      const path = await inDuck(join(all, 'target', 'a.duckdb'), ...jobs)
      const settings = { ...settingsIn(all), stateDir: join(folder, 'state') }
      const at = filling(settings, 'check-snapshot done', folder, 65_536)
      expect(await refusedFor(path, settings, folder, at)).toMatchObject({ code: 'DISK.FULL', exit: 4 })
    })
  })
})
