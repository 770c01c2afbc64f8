import { existsSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { finalize } from '../../../src/core/rollback/finalize.ts'
import { undo } from '../../../src/core/rollback/undo.ts'
import { listSnapshots } from '../../../src/core/snapshot/list.ts'
import { pruneSnapshots } from '../../../src/core/snapshot/prune.ts'
import { status } from '../../../src/core/status/status.ts'
import { change, columnOf, contentHash, countIn } from '../../support/database.ts'
import { refusalOf } from '../../support/engine.ts'
import { everythingIn } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'
import { makeJobs, migratedJobs } from '../../support/jobs.ts'

const own = "SELECT name FROM sqlite_schema WHERE substr(name, 1, 14) = '_ulid_migrate_'"

describe('finalize', () => {
  test('takes every table of ours out, changes nothing else, and ends undo', async () => {
    const { path, settings, run } = await migratedJobs()
    const before = contentHash(path)
    const done = await finalize(path, { confirm: 'jobs.db', dryRun: false }, inProcess(settings))
    expect(done).toMatchObject({ runs: [run], proof: { ok: true }, rehearsed: false })
    expect(done.tables.map(table => table.name)).toContain('_ulid_migrate_map_1')
    expect(columnOf(path, own)).toEqual([])
    expect(contentHash(path)).toBe(before)
    await expect(undo(path, undefined, inProcess(settings))).rejects.toThrow('UNDO.NOTHING')
    const [known] = await status([path], inProcess(settings))
    expect(known!.runs.map(each => `${each.what} ${each.status}`)).toContain('migrate finalized')
  })

  test('leaves the snapshot, from which a restore still brings everything back', async () => {
    const jobs = await migratedJobs()
    await finalize(jobs.path, { confirm: 'jobs.db', dryRun: false }, inProcess(jobs.settings))
    const request = { target: jobs.path, mode: 'restore', dryRun: false } as const
    expect(await refusalOf(jobs.settings, 'rollback', request)).toMatchObject({ code: 'RESTORE.UNCONFIRMED' })
    const { restore } = await import('../../../src/core/rollback/restore.ts')
    await restore(jobs.path, { confirm: 'jobs.db', dryRun: false }, inProcess(jobs.settings))
    expect(contentHash(jobs.path)).toBe(contentHash(makeJobs().path))
  })

  test.each([undefined, 'other.db', ''])('confirmed by %j is refused, and touches nothing', async confirm => {
    const { path, folder, settings } = await migratedJobs()
    const before = everythingIn(folder)
    const options = { dryRun: false, ...(confirm === undefined ? {} : { confirm }) }
    await expect(finalize(path, options, inProcess(settings))).rejects.toThrow('FINALIZE.UNCONFIRMED')
    expect(everythingIn(folder)).toEqual(before)
  })

  test('as a dry run says what it would drop, and touches nothing', async () => {
    const { path, folder, settings } = await migratedJobs()
    const before = everythingIn(folder)
    const would = await finalize(path, { dryRun: true }, inProcess(settings))
    expect(would).toMatchObject({ rehearsed: true, snapshot: '' })
    expect(would.tables.find(table => table.name === '_ulid_migrate_map_1')).toMatchObject({ rows: 6 })
    expect(everythingIn(folder)).toEqual(before)
  })

  test('of a database without any of ours has nothing to do', async () => {
    const { path, settings } = makeJobs()
    expect(await finalize(path, { dryRun: false }, inProcess(settings))).toMatchObject({ tables: [] })
  })
})

describe('an undo taken back', () => {
  test('gives every row the ULID that it had, again and again, and keeps what was written in between', async () => {
    const { path, settings } = await migratedJobs()
    const migrated = contentHash(path)
    const back = inProcess(settings)
    await undo(path, undefined, back)
    const legacy = contentHash(path)
    await undo(path, back.run, inProcess(settings))
    expect(contentHash(path)).toBe(migrated)
    change(path, "INSERT INTO logs(n, line) VALUES(77, 'in between')")
    const again = inProcess(settings)
    expect(await undo(path, undefined, again)).toMatchObject({ rowsKept: 1 })
    expect(await undo(path, again.run, inProcess(settings))).toMatchObject({ proof: { ok: true } })
    expect(countIn(path, "SELECT count(*) FROM logs WHERE line = 'in between'")).toBe(1)
    await undo(path, undefined, inProcess(settings))
    change(path, 'DELETE FROM logs WHERE n = 77')
    expect(contentHash(path)).toBe(legacy)
  })
})

describe('snapshots', () => {
  test('are listed with age and size, and judged by checksum and content', async () => {
    const { path, settings, run, snapshot } = await migratedJobs()
    const [listed] = await listSnapshots([], false, inProcess(settings))
    expect(listed).toMatchObject({
      target: path,
      snapshots: [{ run, what: 'migrate', path: snapshot, wayBack: true, state: 'kept' }],
    })
    expect(listed!.snapshots[0]!.bytes).toBeGreaterThan(4096)
    const judged = async () =>
      (await listSnapshots([path], true, inProcess(settings)))[0]!.snapshots[0]!.state
    expect(await judged()).toBe('sound')
    change(snapshot, "UPDATE logs SET line = 'forged' WHERE n = 1")
    expect(await judged()).toBe('altered')
    writeFileSync(snapshot, 'gone')
    expect(await judged()).toBe('altered')
  })

  test('are deleted only by name of a run or by age, confirmed by name; restore then says that one is missing', async () => {
    const { path, settings, run, snapshot } = await migratedJobs()
    const context = inProcess(settings)
    const none = await pruneSnapshots(path, { runs: [], olderThanDays: 1, dryRun: false }, context)
    expect(none.pruned).toEqual([])
    await expect(pruneSnapshots(path, { runs: [run], dryRun: false }, context)).rejects.toThrow(
      'SNAPSHOT.UNCONFIRMED',
    )
    await expect(
      pruneSnapshots(path, { runs: ['nobody'], dryRun: false, confirm: 'jobs.db' }, context),
    ).rejects.toThrow('SNAPSHOT.NONE')
    expect(existsSync(snapshot)).toBe(true)
    const done = await pruneSnapshots(path, { runs: [run], dryRun: false, confirm: 'jobs.db' }, context)
    expect(done.pruned).toMatchObject([{ run, wayBack: true }])
    expect(existsSync(snapshot)).toBe(false)
    const request = { target: path, mode: 'restore', dryRun: false, confirm: 'jobs.db' } as const
    expect(await refusalOf(settings, 'rollback', request)).toMatchObject({ code: 'SNAPSHOT.MISSING' })
  })
})
