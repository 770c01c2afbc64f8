import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { codeRuns, undoCode } from '../../../src/core/code/code-runs.ts'
import { Refusal } from '../../../src/core/message.ts'
import { everythingIn } from '../../support/folder.ts'
import { committed, git, refused, sourceTree, standIn, update, updateRun } from './tree.ts'

const jobs = 'import uuid\n\n\ndef start():\n    job_id = str(uuid.uuid4())\n    return job_id\n'
const updatedJobs =
  'from dhruva import generate\n\n\ndef start():\n    job_id = generate()\n    return job_id\n'
const read = (path: string) => readFileSync(path, 'utf8')

test('a dry run leaves every file as it is, and its diff is a patch that git applies to the same end', async () => {
  const long = Array.from({ length: 40 }, (_, at) => `line_${at} = ${at}\n`).join('')
  const tree = committed({
    'dhruva.py': standIn,
    'app/jobs.py': `${jobs}${long}event_id = uuid.uuid4().hex`,
    'app/deep/runs.py': jobs,
  })
  const before = everythingIn(tree.path('app'))
  const { diff, changed, written } = await update(tree)
  expect(everythingIn(tree.path('app'))).toEqual(before)
  expect(git(tree.folder, 'status', '--porcelain')).toBe('')
  expect(written).toBe(false)
  expect(changed).toEqual(['app/deep/runs.py', 'app/jobs.py'])
  expect(diff).toMatch(/^@@ -1,8 \+1,8 @@ line 5: job_id is a UUID; a ULID also tells its time\.$/m)

  execFileSync('git', ['apply', '-'], { cwd: tree.folder, input: diff })
  const patched = ['app/jobs.py', 'app/deep/runs.py'].map(name => read(tree.path(name)))
  git(tree.folder, 'checkout', '-q', '.')
  await update(tree, { write: true })
  expect(['app/jobs.py', 'app/deep/runs.py'].map(name => read(tree.path(name)))).toEqual(patched)
  expect(patched[1]).toBe(updatedJobs)
})

test('what is written is undone, to the byte and with its mode; a second update finds nothing', async () => {
  const tree = committed({ 'dhruva.py': standIn, 'jobs.py': jobs })
  chmodSync(tree.path('jobs.py'), 0o755)
  git(tree.folder, 'commit', '-q', '-a', '-m', 'mode')
  const { run, document } = await updateRun(tree, { write: true })
  expect(document).toMatchObject({ written: true, changed: ['jobs.py'] })
  expect(read(tree.path('jobs.py'))).toBe(updatedJobs)
  expect(statSync(tree.path('jobs.py')).mode & 0o777).toBe(0o755)
  expect(codeRuns(tree.settings)).toMatchObject([{ run, status: 'written', files: [tree.path('jobs.py')] }])
  expect(await update(tree, { write: true })).toMatchObject({ written: false, changed: [], diff: '' })

  expect(undoCode({}, tree.settings)).toMatchObject({
    run,
    restored: [tree.path('jobs.py')],
    left: [],
  })
  expect(read(tree.path('jobs.py'))).toBe(jobs)
  expect(statSync(tree.path('jobs.py')).mode & 0o777).toBe(0o755)
  expect(codeRuns(tree.settings)).toMatchObject([{ run, status: 'undone' }])
  expect(git(tree.folder, 'status', '--porcelain')).toBe('')
  expect(() => undoCode({}, tree.settings)).toThrow(Refusal)
})

test('a file that changed since is not overwritten by the undo, and the run stays to be undone', async () => {
  const tree = sourceTree({ 'dhruva.py': standIn, 'a.py': jobs, 'b.py': jobs })
  await update(tree, { write: true })
  writeFileSync(tree.path('b.py'), '# mine\n')
  expect(undoCode({}, tree.settings)).toMatchObject({
    restored: [tree.path('a.py')],
    left: [tree.path('b.py')],
  })
  expect(read(tree.path('a.py'))).toBe(jobs)
  expect(read(tree.path('b.py'))).toBe('# mine\n')
  expect(codeRuns(tree.settings)).toMatchObject([{ status: 'written' }])
})

test('a run tells what changed since, and its undo can be rehearsed, also behind a later one', async () => {
  const tree = sourceTree({ 'dhruva.py': standIn, 'a.py': `${jobs}graph_id = f"{a}:{b}"\n`, 'b.py': jobs })
  const first = await updateRun(tree, { write: true, system: 'alpha' })
  const site = first.document.sites.find(each => each.verdict === 'ask')!
  const second = await updateRun(tree, { write: true, change: [`${site.file}:${site.line}`] })
  expect(codeRuns(tree.settings)).toMatchObject([
    { run: second.run, system: '', changedSince: [] },
    { run: first.run, system: 'alpha', changedSince: [tree.path('a.py')] },
  ])
  const text = read(tree.path('a.py'))
  const rehearsed = (without: readonly string[]) =>
    undoCode({ run: first.run, dryRun: true, without }, tree.settings)
  expect(rehearsed([])).toMatchObject({ rehearsed: true, left: [tree.path('a.py')] })
  expect(rehearsed([second.run])).toMatchObject({ left: [] })
  expect(read(tree.path('a.py'))).toBe(text)
  for (const run of [second.run, first.run])
    expect(undoCode({ run }, tree.settings)).toMatchObject({ left: [], rehearsed: false })
  expect(read(tree.path('b.py'))).toBe(jobs)
  expect(codeRuns(tree.settings)).toMatchObject([
    { status: 'undone', changedSince: [] },
    { status: 'undone' },
  ])
})

test('what makes ids with the generator already is found where it is asked for, and the generator tried for it', async () => {
  const tree = sourceTree({
    'pkg/__init__.py': '',
    'pkg/dhruva.py': standIn,
    'pkg/a.py': 'from pkg.dhruva import generate as new\n\nkey = new()\n',
    'pkg/b.py': 'from . import dhruva\n\nkey = dhruva.generate()\n',
    'pkg/c.py': '# of dhruva.generate it only speaks\n',
  })
  const generator = { module: 'pkg.dhruva', name: 'generate' }
  expect(await update(tree, { generator, trial: 'used' })).toMatchObject({
    using: ['pkg/a.py', 'pkg/b.py'],
    generators: [{ state: 'good', values: 1000 }],
  })
  expect(await update(tree, { generator })).toMatchObject({ using: [], generators: [] })
  const missing = sourceTree({ 'a.py': jobs })
  expect(await update(missing, { trial: 'never' })).toMatchObject({
    changed: ['a.py'],
    generators: [],
    findings: [],
  })
})

test('changes that are not committed keep the files from being written, unless told', async () => {
  const tree = committed({ 'dhruva.py': standIn, 'jobs.py': jobs, 'other.py': 'x = 1\n' })
  writeFileSync(tree.path('other.py'), 'x = 2\n')
  writeFileSync(tree.path('jobs.py'), `${jobs}# mine\n`)
  const failure = await refused(update(tree, { write: true }))
  expect(failure).toMatchObject({ code: 'CODE.UNCOMMITTED', object: tree.path('jobs.py'), exit: 4 })
  expect(read(tree.path('jobs.py'))).toBe(`${jobs}# mine\n`)
  expect(codeRuns(tree.settings)).toEqual([])

  git(tree.folder, 'commit', '-q', '-m', 'mine', 'jobs.py')
  expect(await update(tree, { write: true })).toMatchObject({ written: true })
  expect(git(tree.folder, 'status', '--porcelain')).toBe(' M jobs.py\n M other.py\n')
  undoCode({}, tree.settings)
  writeFileSync(tree.path('jobs.py'), `${jobs}# again\n`)
  expect(await update(tree, { write: true, allowDirty: true })).toMatchObject({ written: true })
})

test("a repository's own settings do not make a program run", async () => {
  const tree = committed({ 'dhruva.py': standIn, 'jobs.py': jobs })
  git(tree.folder, 'config', 'core.fsmonitor', `touch ${tree.path('ran')}`)
  await update(tree, { write: true })
  expect(() => statSync(tree.path('ran'))).toThrow()
})

test('links, environments, what a tool made, large files and other encodings are not touched', async () => {
  const tree = sourceTree({
    'dhruva.py': standIn,
    'jobs.py': jobs,
    'node_modules/a.py': jobs,
    '.git/a.py': jobs,
    'myenv/pyvenv.cfg': '',
    'myenv/a.py': jobs,
    'large.py': `${jobs}#${' '.repeat(2 * 1024 * 1024)}\n`,
    'latin.py': Buffer.from(`${jobs}# \xe9\n`, 'latin1'),
    'broken.py': `${jobs}def (:\n`,
  })
  const outside = join(tree.folder, '../outside')
  mkdirSync(outside)
  writeFileSync(join(outside, 'a.py'), jobs)
  symlinkSync(outside, tree.path('linked'))
  symlinkSync(join(outside, 'a.py'), tree.path('linked.py'))
  const { changed, findings } = await update(tree, { write: true })
  expect(changed).toEqual(['jobs.py'])
  expect(read(join(outside, 'a.py'))).toBe(jobs)
  expect(read(tree.path('broken.py'))).toBe(`${jobs}def (:\n`)
  expect(findings.map(({ code, object }) => `${code} ${object}`)).toEqual([
    'CODE.NOT_UNDERSTOOD broken.py',
    'CODE.NOT_READ large.py',
    'CODE.NOT_READ latin.py',
  ])
})

test('a site is changed or left as its owner says, by file and line', async () => {
  const tree = sourceTree({
    'dhruva.py': standIn,
    'a.py': 'import uuid\n\nlock_id = str(uuid.uuid4())\njob_id = str(uuid.uuid4())\n',
  })
  await update(tree, { write: true, change: ['a.py:3'], leave: ['a.py:4'] })
  expect(read(tree.path('a.py'))).toBe(
    'import uuid\nfrom dhruva import generate\n\nlock_id = generate()\njob_id = str(uuid.uuid4())\n',
  )
  expect(await refused(update(tree, { change: ['a.py:99'] }))).toMatchObject({
    code: 'CODE.NO_SITE',
    exit: 2,
  })
})

test('a place without source code is told, with where it was looked for', async () => {
  const tree = sourceTree({})
  const failure = await refused(update(tree, { paths: [tree.path('crackerjack')] }))
  expect(failure).toMatchObject({ code: 'CODE.NOT_FOUND', exit: 4 })
  expect(failure.why).toContain(tree.path('crackerjack'))
})

test('a file that can not be written keeps all of them as they were', async () => {
  const tree = sourceTree({ 'dhruva.py': standIn, 'a.py': jobs, 'b.py': jobs })
  writeFileSync(tree.path(`.b.py.${process.pid}.tmp`), 'in the way')
  expect(await refused(update(tree, { write: true }))).toMatchObject({
    code: 'CODE.NOT_WRITTEN',
    object: tree.path('b.py'),
  })
  expect([read(tree.path('a.py')), read(tree.path('b.py'))]).toEqual([jobs, jobs])
  expect(codeRuns(tree.settings)).toMatchObject([{ status: 'undone' }])
})

test('what the generator makes is up to date; what other generators make, and pieces of ULIDs, are found', async () => {
  const tree = sourceTree({
    'a.py':
      'from ulid import ULID\nfrom dhruva import generate\nfrom mine import make_ulid\n\njob_id = str(ULID())\nrun_id = generate()[:16]\nrow_id = make_ulid()\n',
  })
  const generator = { module: 'ulid', name: 'ULID' }
  const verdictsOf = async (options: Parameters<typeof update>[1]) =>
    (await update(tree, options)).sites.map(({ line, rule, verdict }) => `${line} ${rule} ${verdict}`)
  expect(await verdictsOf({ generator })).toEqual(['6 cut-ulid change', '7 own-generator ask'])
  expect(await verdictsOf({})).toEqual(['5 other-ulid change', '6 cut-ulid change', '7 own-generator ask'])
})
