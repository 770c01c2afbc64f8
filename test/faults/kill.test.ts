import { describe, expect, test } from 'vitest'
import { programAtHand } from './engine-at-hand.ts'
import { type Attack, strike } from './kill.ts'
import { type Journal, makeScene, type SceneName } from './scenes.ts'
import { killCommand, killWizard } from './screens.ts'

/** A share of `npm run faults -- kills`, on the sources. Linux only: it looks at /proc. */

const program = await programAtHand('sources')
const rows = 4000

const blows: readonly (readonly [SceneName, Journal, string, Attack['victims']])[] = [
  ['migrate', 'DELETE', 'rewrite moving', 'engine'],
  ['migrate', 'WAL', 'commit started', 'all'],
  ['integers', 'WAL', 'verify started', 'engine'],
  ['expand', 'DELETE', 'verify-outside started', 'all'],
  ['undo', 'DELETE', 'commit started', 'engine'],
  ['restore', 'WAL', 'restore started', 'all'],
  ['dry-run', 'DELETE', 'rewrite started', 'all'],
]

describe.runIf(process.platform === 'linux')('killed with SIGKILL (needs /proc, so Linux only)', () => {
  test.each(blows)(
    '%s, in %s mode, at "%s", %s: old or new, said so, and done by the next try',
    async (name, journal, at, victims) => {
      const scene = await makeScene(program, name, journal, rows)
      try {
        const struck = await strike(program, scene, { when: { at }, victims })
        expect(struck.violations).toEqual([])
        expect(struck.hit).toBe(true)
      } finally {
        scene.drop()
      }
    },
    120_000,
  )

  test('the command that shows a run is killed: the engine rolls back and ends', async () => {
    const scene = await makeScene(program, 'migrate', 'WAL', rows)
    try {
      expect((await killCommand(program, scene, { at: 'rewrite' })).violations).toEqual([])
    } finally {
      scene.drop()
    }
  }, 120_000)

  test('the wizard is killed in a live run: the engine rolls back and ends', async () => {
    const scene = await makeScene(program, 'migrate', 'DELETE', rows)
    try {
      const phase = /● (snapshot|check the snapshot|new identifiers|rewrite|verify before commit)/
      expect((await killWizard(program, scene, phase)).violations).toEqual([])
    } finally {
      scene.drop()
    }
  }, 120_000)
})
