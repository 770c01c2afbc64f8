import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Context } from '../../src/core/context.ts'
import type { EngineEvent } from '../../src/core/events.ts'
import { Refusal } from '../../src/core/message.ts'
import { migrate } from '../../src/core/migrate/migrate.ts'
import type { Settings } from '../../src/core/requests.ts'
import { undo } from '../../src/core/rollback/undo.ts'
import { change, contentHash, makeDatabase, numbers } from '../support/database.ts'
import { settingsIn } from '../support/engine.ts'
import { temporaryFolder } from '../support/folder.ts'
import { inProcess } from '../support/in-process.ts'
import { mayMount, onSmallDisk } from '../support/small-disk.ts'
import { filling } from './filling.ts'

/** A disk that somebody else fills after the run has looked whether there is room (HAZARDS E9). */

const canMount = mayMount()
const sql = `
  CREATE TABLE jobs(id TEXT PRIMARY KEY, note TEXT); CREATE TABLE logs(job_id TEXT REFERENCES jobs, line TEXT);
  INSERT INTO jobs SELECT printf('%08x-1234-4abc-8def-%012x', value, value), 'row ' || value FROM ${numbers(6000)};
  INSERT INTO logs SELECT id, note FROM jobs;`

/** Either refused with the old content, or come through with the new one; then, with room again, done. */
async function survives(
  path: string,
  settings: Settings,
  filler: string,
  work: (context: Context) => Promise<unknown>,
  { context, wasFilled }: ReturnType<typeof filling>,
): Promise<'refused' | 'came through'> {
  const before = contentHash(path)
  let end: 'refused' | 'came through' = 'came through'
  try {
    await work(context)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    end = 'refused'
    expect(error.failure).toMatchObject({ code: 'DISK.FULL', exit: 4 })
    expect(contentHash(path)).toBe(before)
    rmSync(join(filler, 'filler'), { force: true })
    change(path, 'CREATE TABLE another(x); DROP TABLE another') // nobody holds a lock
    const partials = readdirSync(settings.snapshotDir).filter(name => name.endsWith('.partial'))
    expect(partials).toEqual([])
    await work(inProcess(settings))
  }
  expect(wasFilled()).toBe(true)
  expect(contentHash(path)).not.toBe(before)
  return end
}

describe.skipIf(!canMount)('a full disk (skipped where no file system can be mounted)', () => {
  test.each([
    ['DELETE', 'map started', 4096],
    ['DELETE', 'rewrite started', 65_536],
    ['DELETE', 'commit started', 0],
    ['WAL', 'map started', 65_536],
    ['WAL', 'rewrite started', 262_144],
    ['WAL', 'verify started', 0],
    ['WAL', 'commit started', 0],
  ] as const)(
    'in %s mode, filled at "%s" with %i bytes left: the old content, or the complete new one',
    async (mode, at, left) => {
      await onSmallDisk(40_000, async folder => {
        const path = makeDatabase(join(folder, 'a.db'), `PRAGMA journal_mode = ${mode}`, sql)
        const settings = settingsIn(temporaryFolder())
        const run = (context: Context) => migrate(path, {}, undefined, context)
        const end = await survives(path, settings, folder, run, filling(settings, at, folder, left))
        // Where the file still has to grow there is no way through.
        if (at === 'map started' || at === 'rewrite started') expect(end).toBe('refused')
      })
    },
  )

  test('under the snapshots: refused, with no half a snapshot left', async () => {
    await onSmallDisk(4000, async folder => {
      const all = temporaryFolder()
      const path = makeDatabase(join(all, 'a.db'), sql)
      const settings = { ...settingsIn(all), snapshotDir: join(folder, 'snapshots') }
      const run = (context: Context) => migrate(path, {}, undefined, context)
      expect(
        await survives(path, settings, folder, run, filling(settings, 'snapshot started', folder, 65_536)),
      ).toBe('refused')
    })
  })

  test('under an undo: still migrated, and undone once there is room', async () => {
    await onSmallDisk(40_000, async folder => {
      const path = makeDatabase(join(folder, 'a.db'), sql)
      const settings = settingsIn(temporaryFolder())
      const original = contentHash(path)
      await migrate(path, {}, undefined, inProcess(settings))
      // Free pages of the migration would do for the undo.
      change(path, 'VACUUM')
      const back = (context: Context) => undo(path, undefined, context)
      expect(
        await survives(path, settings, folder, back, filling(settings, 'undo started', folder, 4096)),
      ).toBe('refused')
      expect(contentHash(path)).toBe(original)
    })
  })

  test('under the ledger: what began goes on, and says that the ledger is behind', async () => {
    await onSmallDisk(2000, async folder => {
      const all = temporaryFolder()
      mkdirSync(join(all, 'target'))
      const path = makeDatabase(join(all, 'target', 'a.db'), sql)
      const settings = { ...settingsIn(all), stateDir: join(folder, 'state') }
      const { context } = filling(settings, 'check-snapshot done', folder, 0)
      const told: string[] = []
      const done = await migrate(path, {}, undefined, {
        ...context,
        emit: (event: EngineEvent) => {
          context.emit(event)
          if (event.type === 'finding') told.push(event.finding.code)
        },
      })
      expect(done.outside.ok).toBe(true)
      expect(told).toEqual(['LEDGER.NOT_WRITTEN'])
    })
  })
})
