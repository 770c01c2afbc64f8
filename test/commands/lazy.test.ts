import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { packagesIn, printsLoaded } from '../support/loaded-packages.ts'
import { compiled } from '../support/program.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Packages that are loaded by importing these modules, in a process of its own. */
async function packagesOf(...modules: readonly string[]): Promise<readonly string[]> {
  const script = `
    for (const module of ${JSON.stringify(modules)}) await import(module)
    const { createRequire } = await import('node:module')
    console.log(JSON.stringify(Object.keys(createRequire('${root}package.json').cache)))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: root,
    maxBuffer: 1 << 26,
  })
  const files = JSON.parse(stdout) as readonly string[]
  return [...new Set(files.flatMap(file => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []))]
}

test('neither commands nor the wizard wait for SQLite, nor for YAML, before they need them', async () => {
  const loaded = await packagesOf(compiled('src/commands/program.ts'), compiled('src/app.tsx'))
  expect(loaded).toContain('react')
  expect(loaded).not.toContain('better-sqlite3')
  expect(loaded).not.toContain('yaml')
})

test('commands start without the libraries that only some of them need', async () => {
  const script = printsLoaded(compiled('src/commands/program.ts'))
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: root,
    maxBuffer: 1 << 26,
  })
  const packages = packagesIn(stdout)
  expect(packages).toContain('@commander-js/extra-typings')
  for (const heavy of ['zod', 'execa', 'yaml', 'ink', '@inquirer/prompts', '@ast-grep/napi'])
    expect(packages).not.toContain(heavy)
})

test('the demo brings SQLite along', async () => {
  expect(await packagesOf(compiled('src/core/systems/demo.ts'))).toContain('better-sqlite3')
})
