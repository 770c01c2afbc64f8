import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Context } from '../../../src/core/context.ts'
import type { EngineEvent } from '../../../src/core/events.ts'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import { change, contentHash, makeDatabase, reading } from '../../support/database.ts'
import { ask, refusalOf, settingsIn } from '../../support/engine.ts'
import { everythingIn, sha256Of, temporaryFolder } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'
import { jobsSql, makeJobs } from '../../support/jobs.ts'

/** Invariant 1: a target is not written before its snapshot exists and another process has checked it. */

describe('the snapshot of a run', () => {
  test('holds the content of before, in WAL mode too, and only its owner may read it', async () => {
    const jobs = makeJobs('PRAGMA journal_mode = WAL')
    const before = contentHash(jobs.path)
    const { snapshot } = await migrate(jobs.path, {}, undefined, inProcess(jobs.settings))
    expect(statSync(snapshot).mode & 0o777).toBe(0o600)
    expect(statSync(jobs.settings.snapshotDir).mode & 0o777).toBe(0o700)
    expect(contentHash(snapshot)).toBe(before)
  })

  test.each(['page_size = 8192', "encoding = 'UTF-16be'", 'auto_vacuum = FULL', 'application_id = 42'])(
    'keeps PRAGMA %s, and so does the migrated file',
    async pragma => {
      const folder = temporaryFolder()
      const path = makeDatabase(join(folder, 'jobs.db'), `PRAGMA ${pragma}`, jobsSql)
      const name = pragma.split(' ')[0]!
      const pragmaOf = (file: string) => reading(file, db => db.pragma(name, { simple: true }))
      const before = pragmaOf(path)
      const { snapshot, proof } = await migrate(path, {}, undefined, inProcess(settingsIn(folder)))
      expect([pragmaOf(snapshot), pragmaOf(path), proof.ok]).toEqual([before, before, true])
    },
  )

  test('is asked about in another process before the first statement that changes anything', async () => {
    const { path, settings } = makeJobs()
    const order: string[] = []
    const context = inProcess(settings)
    const told: Context = {
      ...context,
      emit: (event: EngineEvent) => {
        if (event.type === 'phase') order.push(`${event.phase} ${event.status}`)
      },
      ask: (operation, request) => {
        if (operation === 'check-snapshot') order.push('asked')
        return context.ask(operation, request)
      },
    }
    await migrate(path, {}, undefined, told)
    expect(order.indexOf('snapshot done')).toBeLessThan(order.indexOf('asked'))
    expect(order.indexOf('asked')).toBeLessThan(order.indexOf('map started'))
    expect(order.indexOf('check-snapshot done')).toBeLessThan(order.indexOf('map started'))
  })

  test('that is not believed ends the run, with the file untouched and no snapshot left', async () => {
    const { path, folder, settings } = makeJobs()
    const before = everythingIn(folder)
    const context = inProcess(settings)
    const doubting: Context = {
      ...context,
      ask: async (operation, request) => {
        if (operation !== 'check-snapshot') return context.ask(operation, request)
        return {
          type: 'failed',
          error: {
            code: 'SNAPSHOT.DIFFERS',
            severity: 'blocker',
            object: 'it',
            message: 'no',
            why: 'no',
            next: 'no',
            exit: 4,
          },
        }
      },
    }
    await expect(migrate(path, {}, undefined, doubting)).rejects.toThrow('SNAPSHOT.DIFFERS')
    expect(everythingIn(folder)).toEqual(before)
    expect(readdirSync(settings.snapshotDir)).toEqual([])
  })
})

describe.concurrent('the check of a snapshot', () => {
  const copyOf = (path: string) => {
    const copy = join(temporaryFolder(), 'copy.db')
    writeFileSync(copy, readFileSync(path))
    return copy
  }

  test('passes an exact copy, and changes neither file', async () => {
    const { path, settings, folder } = makeJobs()
    const snapshot = copyOf(path)
    const [before, copied] = [everythingIn(folder), sha256Of(snapshot)]
    const { outcome } = await ask(settings, 'check-snapshot', { target: path, snapshot })
    expect(outcome).toMatchObject({ type: 'result' })
    expect([everythingIn(folder), sha256Of(snapshot)]).toEqual([before, copied])
  })

  test.each([
    ['a row is missing', 'DELETE FROM logs WHERE n = 1'],
    ['a cell has another type', 'UPDATE logs SET size = 1 WHERE n = 2'],
    ['an index is missing', 'DROP INDEX logs_by_job'],
  ])('refuses a copy in which %s', async (_, sql) => {
    const { path, settings } = makeJobs()
    const snapshot = copyOf(path)
    change(snapshot, sql)
    expect(await refusalOf(settings, 'check-snapshot', { target: path, snapshot })).toMatchObject({
      code: 'SNAPSHOT.DIFFERS',
      object: snapshot,
      exit: 4,
    })
  })

  test('refuses a copy that is damaged or gone', async () => {
    const { path, settings } = makeJobs()
    const snapshot = copyOf(path)
    writeFileSync(snapshot, readFileSync(snapshot).fill(0xa5, 4096 * 3, 4096 * 4))
    expect((await refusalOf(settings, 'check-snapshot', { target: path, snapshot })).exit).not.toBe(0)
    rmSync(snapshot)
    expect((await refusalOf(settings, 'check-snapshot', { target: path, snapshot })).exit).not.toBe(0)
  })
})
