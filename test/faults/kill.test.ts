import { describe, expect, test } from 'vitest'
import { whole } from '../support/whole.ts'
import { type Attack, strike } from './kill.ts'
import type { MediumName } from './media.ts'
import { makeScene, type SceneName } from './scenes.ts'
import { killCommand, killWizard } from './screens.ts'

/** A share of `npm run faults -- kills`, on the sources. Linux only: it looks at /proc. */

const rows = 800

/** Each scene takes a while to make, so what can share one does. */
const blows: readonly (readonly [
  SceneName,
  MediumName,
  readonly (readonly [string, Attack['victims']])[],
])[] = [
  [
    'migrate',
    'WAL',
    [
      ['rewrite moving', 'engine'],
      ['commit started', 'all'],
    ],
  ],
  ['undo', 'DELETE', [['commit started', 'engine']]],
  [
    'migrate',
    'DuckDB',
    [
      ['snapshot started', 'all'],
      ['commit moving', 'engine'],
      ['commit done', 'engine'],
    ],
  ],
  ...(whole ? [['restore', 'DuckDB', [['restore moving', 'engine']]] as const] : []),
]

describe.runIf(process.platform === 'linux')('killed with SIGKILL (needs /proc, so Linux only)', () => {
  test.each(blows)(
    '%s, %s, at %j: old or new, said so, and done by the next try',
    async (name, kind, all) => {
      const scene = await makeScene(name, kind, rows)
      try {
        for (const [at, victims] of all)
          expect(await strike(scene, { when: { at }, victims })).toMatchObject({ violations: [], hit: true })
      } finally {
        scene.drop()
      }
    },
  )

  test('the command, or the wizard, that shows a run is killed: the engine rolls back and ends', async () => {
    const scene = await makeScene('migrate', 'DELETE', rows)
    try {
      expect((await killCommand(scene, { at: 'rewrite' })).violations).toEqual([])
      const phase = /● (snapshot|check the snapshot|new identifiers|rewrite|verify before commit)/
      expect((await killWizard(scene, phase)).violations).toEqual([])
    } finally {
      scene.drop()
    }
  })
})
