import { describe, expect, test } from 'vitest'
import { commandNames, helpOf } from '../docs/command-lines.ts'
import { invoke } from './world.ts'

/** The lines of a help's examples that call the program, without its name. */
function examplesIn(help: string): readonly string[] {
  const [, block = ''] = /^Examples:\n([\s\S]*?)\n\n/.exec(help) ?? []
  return [...block.matchAll(/^ {2}(?:source <\()?ulid-migrate ?([^>)\n]*)/gm)].map(([, words = '']) =>
    words.trim(),
  )
}

describe.each(['', 'wizard', ...(await commandNames())])('the help of "%s"', command => {
  test('begins with examples that the program understands', async () => {
    const lines = examplesIn(await helpOf(command))
    expect(lines.length).toBeGreaterThan(1)
    for (const line of lines) {
      const words = line.split(/\s+/).filter(word => word !== '')
      // What is done then is the business of other tests: here nothing is there to be worked on.
      const { stderr } = await invoke({ argv: words })
      expect(stderr, line).not.toMatch(/COMMAND\./)
    }
  })

  test('fits 80 columns, and never takes more than 100', async () => {
    const argv = command === '' ? ['--help'] : [command, '--help']
    const widest = async (columns?: number) => {
      const { stdout } = await invoke(columns === undefined ? { argv } : { argv, columns })
      return Math.max(...stdout.split('\n').map(line => line.length))
    }
    expect(await widest()).toBeLessThanOrEqual(80)
    expect(await widest(80)).toBeLessThanOrEqual(80)
    expect(await widest(250)).toBeLessThanOrEqual(100)
  })
})
