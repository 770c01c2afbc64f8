import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { shareOf } from '../support/whole.ts'
import { makeScene, type Scene } from './scenes.ts'
import { interrupt, interruptWizard, type Way } from './signals.ts'

/** A share of `npm run faults -- signals`. Linux only: it looks at /proc. */

describe.runIf(process.platform === 'linux')('while it migrates (needs /proc, so Linux only)', () => {
  let scene: Scene
  beforeAll(async () => {
    scene = await makeScene('migrate', 'DELETE', 2000)
  })
  afterAll(() => scene.drop())

  const ways: readonly (readonly [string, Way])[] = [
    ['map', 'SIGINT twice'],
    ['verify', 'terminal closed'],
    ['rewrite', 'suspended and back'],
  ]
  test.each(shareOf(ways, 2))(
    'at %s, %s: a whole file, the words and the exit code that fit, and the same command ends well',
    async (phase, way) => {
      expect(await interrupt(scene, phase, way)).toEqual([])
    },
  )

  test('the wizard whose terminal is closed leaves the old file, and no process', async () => {
    expect(await interruptWizard(scene, /● (new identifiers|rewrite)/, 'terminal closed')).toEqual([])
  })
})
