import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { git } from '../core/code/tree.ts'
import { temporaryFolder } from '../support/folder.ts'
import { cli } from '../support/program.ts'
import { invoke, type Script } from './world.ts'

const document = {
  target: '/data/crackerjack',
  system: 'crackerjack',
  files: 3,
  sites: [
    {
      file: 'a.py',
      line: 3,
      rule: 'uuid',
      subject: 'job_id',
      text: 'str(uuid.uuid4())',
      verdict: 'change',
      why: 'job_id is a UUID.',
    },
    {
      file: 'a.py',
      line: 9,
      rule: 'natural-key',
      subject: 'graph_id',
      text: 'f"{a}:{b}"',
      verdict: 'ask',
      why: 'A natural key.',
    },
    {
      file: 'b.py',
      line: 4,
      rule: 'uuid',
      subject: 'lock_id',
      text: 'uuid4().hex',
      verdict: 'leave',
      why: 'It names a lock.',
    },
  ],
  findings: [],
  changed: ['a.py'],
  made: [],
  diff: '--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@ line 1: why\n-\tx\u001b[2J\r\n+\ty\r\n',
  written: false,
  generators: [],
  using: [],
} as const

const script: Script = {
  code: () => ({ outcome: { type: 'result', value: document } }),
  'undo-code': ({ run = 'LAST' }) => ({
    outcome: {
      type: 'result',
      value: { target: '/data/x', run, restored: ['/data/x/a.py'], left: ['/data/x/b.py'], rehearsed: false },
    },
  }),
  'code-runs': () => ({
    outcome: {
      type: 'result',
      value: [
        {
          run: '01KEXWDFNRRMDJHG5GXSQG2QCQ',
          at: '2026-02-11T07:25:00.000Z',
          target: '/data/x',
          files: ['/data/x/a.py'],
          status: 'written',
          system: '',
          changedSince: [],
        },
      ],
    },
  }),
  status: () => ({ outcome: { type: 'result', value: [] } }),
}

function projects(): string {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'crackerjack/crackerjack'), { recursive: true })
  return folder
}

test('a system is found by name among the projects, with its sources, generator and interpreter', async () => {
  const folder = projects()
  const { exit, asked } = await invoke({
    argv: ['code', 'crackerjack', '--projects', folder],
    script,
    folder: '/',
  })
  expect(exit).toBe(0)
  expect(asked[0]?.request).toMatchObject({
    target: join(folder, 'crackerjack'),
    system: 'crackerjack',
    folder: join(folder, 'crackerjack'),
    paths: [join(folder, 'crackerjack/crackerjack')],
    generator: { module: 'dhruva', name: 'generate' },
    named: false,
    interpreter: ['python3'],
    write: false,
    case: 'upper',
  })
})

test('flags reach the engine, and a generator that is named comes before the others', async () => {
  const folder = projects()
  const flags = [
    '--write',
    '--allow-dirty',
    '--generator',
    'ulid:ULID',
    '--change',
    'a.py:9',
    '--leave',
    'a.py:3',
    '--accept',
    'ulid:ULID',
  ]
  const { asked } = await invoke({ argv: ['code', 'crackerjack', ...flags], script, folder })
  expect(asked[0]?.request).toMatchObject({
    generator: { module: 'ulid', name: 'ULID' },
    named: true,
    write: true,
    allowDirty: true,
    change: ['a.py:9'],
    leave: ['a.py:3'],
    accept: ['ulid:ULID'],
  })
})

test('the diff is safe to show and still a patch; then what stays, what is asked, and what to do next', async () => {
  const folder = projects()
  const { stdout } = await invoke({ argv: ['code', 'crackerjack'], script, folder })
  expect(stdout).toContain('-\tx\\x1b[2J\r\n+\ty\r\n')
  expect(stdout).toContain('3 places where ids are made: 1 to change, 1 for you to decide, 1 stay')
  expect(stdout).toMatch(/a\.py:9 +your choice +graph_id/)
  expect(stdout).toMatch(/b\.py:4 +stays +lock_id/)
  expect(stdout).toContain('next: ulid-migrate code crackerjack --write')
})

test('a system whose source is not there, and a word that is nothing, are refused with where was looked', async () => {
  const folder = temporaryFolder()
  const gone = await invoke({ argv: ['code', 'akosha', '--projects', folder], script })
  expect([gone.exit, gone.asked]).toEqual([2, []])
  expect(gone.stderr).toContain(`Looked for ${join(folder, 'akosha')}`)
  expect((await invoke({ argv: ['code', 'nothing'], script })).exit).toBe(2)
  expect((await invoke({ argv: ['code'], script })).stderr).toContain(
    'crackerjack, session-buddy, akosha, mahavishnu',
  )
  expect((await invoke({ argv: ['code', '.', '--generator', 'no'], script })).exit).toBe(2)
})

test('an undo says what it left, and status lists the runs with the command that undoes them', async () => {
  const { exit, asked, stdout } = await invoke({
    argv: ['code', '--undo', '01KEXWDFNRRMDJHG5GXSQG2QCQ'],
    script,
  })
  expect([exit, asked[0]?.request]).toEqual([0, { run: '01KEXWDFNRRMDJHG5GXSQG2QCQ' }])
  expect(stdout).toContain('left, for it changed since: /data/x/b.py')
  expect((await invoke({ argv: ['code', '--undo'], script })).asked[0]?.request).toEqual({})
  const status = await invoke({ argv: ['status'], script })
  expect(status.stdout).toContain('ulid-migrate code --undo 01KEXWDFNRRMDJHG5GXSQG2QCQ')
})

test('the program itself: put the generator, write, find nothing more, undo', () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'crackerjack/crackerjack'), { recursive: true })
  const file = join(folder, 'crackerjack/crackerjack/jobs.py')
  const text = 'import uuid\n\njob_id = str(uuid.uuid4())\n'
  writeFileSync(join(folder, 'crackerjack/crackerjack/__init__.py'), '')
  writeFileSync(file, text)
  git(folder, 'init', '-q')
  git(folder, 'add', '-A')
  git(folder, 'commit', '-q', '-m', 'as it was')
  const code = (...words: readonly string[]) => {
    const argv = [cli, 'code', ...words, '--json', '--state-dir', join(folder, 'state')]
    const stdout = execFileSync(process.execPath, argv, { cwd: folder, encoding: 'utf8' })
    return (JSON.parse(stdout) as { targets: Record<string, unknown>[] }).targets[0]!
  }
  expect(code('crackerjack', '--put-generator')).toMatchObject({
    written: false,
    changed: ['crackerjack/jobs.py'],
  })
  expect(readFileSync(file, 'utf8')).toBe(text)
  expect(code('crackerjack', '--put-generator', '--write')).toMatchObject({
    written: true,
    made: ['crackerjack/ulid_generate.py'],
  })
  expect(readFileSync(file, 'utf8')).toContain('from crackerjack.ulid_generate import generate')
  expect(code('crackerjack')).toMatchObject({ changed: [], diff: '' })
  expect(code('--undo')).toMatchObject({ left: [] })
  expect(git(folder, 'status', '--porcelain')).toBe('?? state/\n')
})
