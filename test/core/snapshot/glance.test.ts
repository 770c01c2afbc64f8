import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { status } from '../../../src/core/status/status.ts'
import { inProcess } from '../../support/in-process.ts'
import { migratedJobs } from '../../support/jobs.ts'

/** What the status of a migrated file says of its snapshot, after something was done to that. */
async function stateAfter(harm: (snapshot: string) => void) {
  const { path, settings, snapshot } = await migratedJobs()
  harm(snapshot)
  const [target] = await status([path], inProcess(settings))
  return target!.runs[0]!.snapshotState
}

describe('at a glance, a snapshot', () => {
  it('is kept while nobody touches it, also where it was read', async () => {
    expect(await stateAfter(snapshot => readFileSync(snapshot))).toBe('kept')
  })

  it('is touched when it was written again, whatever it holds now', async () => {
    expect(await stateAfter(snapshot => writeFileSync(snapshot, readFileSync(snapshot)))).toBe('touched')
  })

  it('is altered when it has another size', async () => {
    expect(await stateAfter(snapshot => truncateSync(snapshot, 4096))).toBe('altered')
  })

  it('is missing when it is gone', async () => {
    expect(await stateAfter(snapshot => rmSync(snapshot))).toBe('missing')
  })
})
