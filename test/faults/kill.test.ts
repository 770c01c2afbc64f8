import { describe, expect, test } from 'vitest'
import { type Attack, strike } from './kill.ts'
import { type Journal, makeScene, type SceneName } from './scenes.ts'
import { killCommand, killWizard } from './screens.ts'

/** A share of `npm run faults -- kills`, on the sources. Linux only: it looks at /proc. */

const rows = 2000

const blows: readonly (readonly [SceneName, Journal, string, Attack['victims']])[] = [
  ['migrate', 'WAL', 'commit started', 'all'],
  ['integers', 'WAL', 'verify started', 'engine'],
  ['undo', 'DELETE', 'commit started', 'engine'],
  ['restore', 'WAL', 'restore started', 'all'],
  ['dry-run', 'DELETE', 'rewrite started', 'all'],
]

describe.runIf(process.platform === 'linux')('killed with SIGKILL (needs /proc, so Linux only)', () => {
  test.each(blows)(
    '%s, in %s mode, at "%s", %s: old or new, said so, and done by the next try',
    async (name, journal, at, victims) => {
      const scene = await makeScene(name, journal, rows)
      try {
        const struck = await strike(scene, { when: { at }, victims })
        expect(struck.violations).toEqual([])
        expect(struck.hit).toBe(true)
      } finally {
        scene.drop()
      }
    },
    120_000,
  )

  test('the command that shows a run is killed: the engine rolls back and ends', async () => {
    const scene = await makeScene('migrate', 'WAL', rows)
    try {
      expect((await killCommand(scene, { at: 'rewrite' })).violations).toEqual([])
    } finally {
      scene.drop()
    }
  }, 120_000)

  test('the wizard is killed in a live run: the engine rolls back and ends', async () => {
    const scene = await makeScene('migrate', 'DELETE', rows)
    try {
      const phase = /● (snapshot|check the snapshot|new identifiers|rewrite|verify before commit)/
      expect((await killWizard(scene, phase)).violations).toEqual([])
    } finally {
      scene.drop()
    }
  }, 120_000)
})
