/** What a press of Tab asks for: names, and nothing that a key press in somebody else's folder should not do. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../support/folder.ts'
import { invoke } from '../world.ts'

const builtIn = ['crackerjack', 'session-buddy', 'akosha', 'mahavishnu']

async function systemsIn(folder: string, ...more: readonly string[]) {
  const done = await invoke({ argv: ['completions', '--systems', ...more], folder })
  expect(done).toMatchObject({ exit: 0, stderr: '', asked: [] })
  return done
}

const linesOf = ({ stdout }: { readonly stdout: string }) => stdout.trimEnd().split('\n')

test('systems are named one a line, those of a config file among them', async () => {
  const folder = temporaryFolder()
  const systems = { 'two words': { targets: ['x.db'] } }
  writeFileSync(join(folder, 'ulid-migrate.config.json'), JSON.stringify({ systems }))
  const named = [...builtIn, 'two words'].sort()
  expect([...linesOf(await systemsIn(folder))].sort()).toEqual(named)
  const { systems: documented } = (await systemsIn(folder, '--json')).json()
  expect([...(documented as string[])].sort()).toEqual(named)
})

test('a config file that is a program is not run', async () => {
  const folder = temporaryFolder()
  const mark = join(folder, 'was-run')
  writeFileSync(
    join(folder, 'ulid-migrate.config.mjs'),
    `import { writeFileSync } from 'node:fs'
     writeFileSync(${JSON.stringify(mark)}, '')
     export default { systems: { mine: { targets: ['x.db'] } } }`,
  )
  expect([...linesOf(await systemsIn(folder))].sort()).toEqual([...builtIn].sort())
  expect(existsSync(mark)).toBe(false)
})

test('a config file with a mistake is no reason to complain in the middle of a line', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'ulid-migrate.config.json'), '{ nonsense')
  expect(linesOf(await systemsIn(folder))).toContain('crackerjack')
})
