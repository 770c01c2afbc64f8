/** The examples of docs/library.md are run, each by a program of its own that has the package installed. */
import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/folder.ts'
import { packagesIn, printsLoaded } from '../support/loaded-packages.ts'
import { compiled } from '../support/program.ts'
import { page } from './pages.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const text = page('docs/library.md')
const examples = [
  ...text.matchAll(/## ([^\n]+)\n(?:(?!\n## )[\s\S])*?```js\n([\s\S]*?)```(?:\n\n```text\n([\s\S]*?)```)?/g),
].map(([, title = '', code = '', prints]) => ({ title, code, prints }))

/** A folder in which the package is installed, as npm would: what is built, and what it depends on. */
function installed(): string {
  const folder = temporaryFolder()
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, 'ulid-migrate'), { recursive: true })
  copyFileSync(join(root, 'package.json'), join(modules, 'ulid-migrate', 'package.json'))
  symlinkSync(dirname(compiled('src/cli.ts')), join(modules, 'ulid-migrate', 'dist'))
  symlinkSync(join(root, 'node_modules', 'better-sqlite3'), join(modules, 'better-sqlite3'))
  return folder
}

async function run(code: string): Promise<string> {
  const folder = installed()
  writeFileSync(join(folder, 'example.mjs'), code)
  const { stdout } = await promisify(execFile)(process.execPath, ['example.mjs'], { cwd: folder })
  return stdout
}

test('there is an example for each part of the library', () => {
  expect(examples.map(each => each.title)).toEqual([
    'ULIDs',
    'What an id is',
    'Detect, rehearse, migrate, prove, undo',
    'The registry',
    'Where an id is',
    'Records of runs',
  ])
})

test.each(examples)('$title: it runs, and prints what the page says', async ({ code, prints }) => {
  const printed = await run(code)
  if (prints === undefined)
    expect(printed.trim().split('\n')).toEqual([
      expect.stringMatching(/^jobs id/),
      ...[
        'inspect',
        'preconditions',
        'snapshot',
        'check-snapshot',
        'map',
        'rewrite',
        'verify',
        'commit',
        'verify-outside',
      ],
      'result succeeded',
      'result true',
    ])
  else expect(printed).toBe(prints)
})

test('importing the library loads no screen, no React and no SQLite', async () => {
  const packages = packagesIn(await run(printsLoaded('ulid-migrate')))
  expect(packages).toContain('ulid')
  for (const heavy of ['ink', 'react', 'better-sqlite3', 'zod', 'commander'])
    expect(packages).not.toContain(heavy)
})
