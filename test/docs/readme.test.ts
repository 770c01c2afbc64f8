import { execFile } from 'node:child_process'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeSqliteDemo } from '../../src/core/systems/demo.ts'
import { countIn } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { cli } from '../support/program.ts'
import { blocks, page, section } from './pages.ts'

interface Ended {
  readonly exit: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the program as a shell would, in a folder of its own. */
function run(words: readonly string[], folder: string): Promise<Ended> {
  const argv = [cli, ...words]
  const env = { ...process.env, ULID_MIGRATE_STATE_DIR: join(folder, 'state') }
  return new Promise(resolve => {
    const child = execFile(process.execPath, argv, { cwd: folder, env }, (_, stdout, stderr) =>
      resolve({ exit: child.exitCode, stdout, stderr }),
    )
    child.stdin?.end()
  })
}

const ulids = 'SELECT count(*) FROM jobs WHERE length(job_id) = 26'

test('the headless example of the README works as written, from detect to rollback', async () => {
  const folder = temporaryFolder()
  const app = join(folder, 'app.db')
  writeSqliteDemo({ directory: join(folder, 'demo'), rows: 30 })
  copyFileSync(join(folder, 'demo/crackerjack/crackerjack.db'), app)
  const [example = ''] = blocks(section(page('README.md'), '## Headless'), 'sh')
  const lines = example.trim().split('\n')
  expect(lines.map(line => line.split(' ')[1])).toEqual([
    'detect',
    'dry-run',
    'migrate',
    'verify',
    'rollback',
  ])

  for (const line of lines) {
    const [, ...words] = line.split(' ')
    const { exit, stdout, stderr } = await run(words, folder)
    expect(exit, `${line}\n${stdout}${stderr}`).toBe(0)
    const migrated = ['migrate', 'verify'].includes(words[0] ?? '')
    expect(countIn(app, ulids), line).toBe(migrated ? 30 : 0)
  }
})

test('the two commands that set everything up are there, each as one line', () => {
  const [both = ''] = blocks(section(page('README.md'), '## Try it'), 'sh')
  expect(both.trim().split('\n')).toEqual(['npm ci && npm run demo', 'npm ci && npm test'])
})
