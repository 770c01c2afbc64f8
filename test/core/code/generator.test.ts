import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { checkGenerator } from '../../../src/core/code/check-generator.ts'
import { undoCode } from '../../../src/core/code/code-runs.ts'
import { generatorModule } from '../../../src/core/code/put/generator-module.ts'
import { isUlid } from '../../../src/core/identifiers/index.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { refused, sourceTree, standIn, update } from './tree.ts'

const jobs = 'import uuid\n\njob_id = str(uuid.uuid4())\n'

function tried(
  module: string,
  extra: { readonly name?: string; readonly interpreter?: readonly string[] } = {},
) {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'dhruva.py'), module)
  return checkGenerator({
    module: 'dhruva',
    name: 'generate',
    language: 'python',
    interpreter: ['python3'],
    folder,
    ...extra,
  })
}

test('one that makes ULIDs of now, in order and all different, is good', async () => {
  expect(await tried(standIn)).toEqual({
    module: 'dhruva',
    name: 'generate',
    interpreter: 'python3',
    state: 'good',
    values: 1000,
    reasons: [],
    notes: [],
  })
})

test.each([
  [
    'sixteen zeros, as the fallbacks in use',
    'generate = lambda: "0" * 16',
    /no ULIDs, as "0000000000000000"/,
  ],
  ['one value again and again', 'generate = lambda: "01KEXWDFNRRMDJHG5GXSQG2QCQ"', /Only 1 of 1000/],
  [
    'a first digit above 7',
    'import itertools\nn = itertools.count(8 << 125)\ngenerate = lambda: "8" + "0" * 21 + f"{next(n) & 9999:04d}"',
    /no ULIDs/,
  ],
  ['the start of a hash', 'import uuid\ngenerate = lambda: uuid.uuid4().hex[:26]', /no ULIDs|not of now/],
  ['another time', standIn.replace('time.time_ns()', '(time.time_ns() - 10**15)'), /not of now/],
  [
    'a time that goes back',
    standIn.replace('last = max(last + 1, number)', 'last = number - ((last & 1023) << 85)'),
    /goes back|not of now/,
  ],
  ['bytes', `${standIn}made = generate\ngenerate = lambda: made().encode()`, /It makes bytes, and no str/],
  [
    'letters of both cases',
    `${standIn}made = generate\nimport random\ngenerate = lambda: made()[:10].lower() + made()[10:]`,
    /mixed|different|lower/,
  ],
])('one that makes %s is wrong, with the reason', async (_, module, reason) => {
  const { state, reasons } = await tried(module)
  expect(state).toBe('wrong')
  expect(reasons.join('\n')).toMatch(reason)
})

test('one that is not there is missing: no module, no such name, no interpreter', async () => {
  expect(await tried('')).toMatchObject({
    state: 'missing',
    reasons: [/cannot import name/].map(each => expect.stringMatching(each)),
  })
  expect(
    (
      await checkGenerator({
        module: 'dhruva',
        name: 'generate',
        language: 'python',
        interpreter: ['python3'],
        folder: temporaryFolder(),
      })
    ).state,
  ).toBe('missing')
  expect(await tried(standIn, { interpreter: ['no-such-python'] })).toMatchObject({
    state: 'missing',
    reasons: ['The interpreter no-such-python is not there.'],
  })
})

test('what sorts only by the millisecond is good, and told', async () => {
  const { state, notes } = await tried(standIn.replace('last = max(last + 1, number)', 'last = number'))
  expect(state).toBe('good')
  expect(notes.join()).toMatch(/within a millisecond they do not sort/)
})

test('no code is written while the generator is missing, unless told', async () => {
  const tree = sourceTree({ 'jobs.py': jobs })
  const dry = await update(tree)
  expect(dry.generators[0]).toMatchObject({ state: 'missing' })
  expect(dry.diff).toContain('+job_id = generate()')
  const failure = await refused(update(tree, { write: true }))
  expect(failure).toMatchObject({ code: 'CODE.GENERATOR', object: 'dhruva:generate', exit: 4 })
  expect(readFileSync(tree.path('jobs.py'), 'utf8')).toBe(jobs)
  expect(await update(tree, { write: true, accept: ['dhruva:generate'] })).toMatchObject({ written: true })
})

test('a module of ours is put in its place, found there again, used everywhere, and taken away by the undo', async () => {
  const tree = sourceTree({
    'pkg/__init__.py': '',
    'pkg/jobs.py': jobs,
    'pkg/deep/__init__.py': '',
    'pkg/deep/runs.py': jobs,
  })
  const options = { paths: [tree.path('pkg')], write: true }
  const first = await update(tree, { ...options, putGenerator: true })
  expect(first).toMatchObject({
    made: ['pkg/ulid_generate.py'],
    changed: ['pkg/deep/runs.py', 'pkg/jobs.py'],
    generators: [{ state: 'good', module: 'pkg.ulid_generate' }],
  })
  const text = readFileSync(tree.path('pkg/jobs.py'), 'utf8')
  expect(text).toBe('from pkg.ulid_generate import generate\n\njob_id = generate()\n')
  const made = execFileSync('python3', ['-c', 'from pkg.jobs import job_id; print(job_id)'], {
    cwd: tree.folder,
    encoding: 'utf8',
  })
  expect(isUlid(made.trim())).toBe(true)

  writeFileSync(tree.path('pkg/later.py'), jobs)
  const second = await update(tree, options)
  expect(second).toMatchObject({
    made: [],
    changed: ['pkg/later.py'],
    generators: [{ state: 'good', module: 'pkg.ulid_generate' }],
  })
  undoCode({}, tree.settings)
  undoCode({}, tree.settings)
  expect(existsSync(tree.path('pkg/ulid_generate.py'))).toBe(false)
  expect(readFileSync(tree.path('pkg/jobs.py'), 'utf8')).toBe(jobs)
})

test.each([
  ['in the folder of a script', 'from jobs import job_id', ['app/main.py'], 'ulid_generate'],
  [
    'in a folder without __init__.py that modules are named after',
    'from app.jobs import job_id',
    ['-m', 'app.main'],
    'app.ulid_generate',
  ],
])(
  '%s it is imported as its neighbours are, and the program still runs',
  async (_, imports, words, module) => {
    const tree = sourceTree({ 'app/jobs.py': jobs, 'app/main.py': `${imports}\nprint(job_id)\n` })
    const options = { paths: [tree.path('app')], write: true }
    const put = await update(tree, { ...options, putGenerator: true })
    expect(put.generators).toMatchObject([{ state: 'good', module }])
    const made = execFileSync('python3', ['-B', ...words], { cwd: tree.folder, encoding: 'utf8' })
    expect(isUlid(made.trim())).toBe(true)
    writeFileSync(tree.path('app/later.py'), jobs)
    expect(await update(tree, options)).toMatchObject({
      changed: ['app/later.py'],
      generators: [{ state: 'good', module }],
    })
  },
)

test('a module of somebody else is not written over', async () => {
  const tree = sourceTree({ 'jobs.py': jobs, 'ulid_generate.py': 'x = 1\n' })
  expect(await refused(update(tree, { write: true, putGenerator: true }))).toMatchObject({
    code: 'CODE.MODULE_TAKEN',
  })
})

function python(script: string): string {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'ulid_generate.py'), generatorModule('upper'))
  return execFileSync('python3', ['-c', script], { cwd: folder, encoding: 'utf8' }).trim()
}

test('the module, by Python itself: 10,000 values in order, of many threads all different, also after a fork', () => {
  expect(
    python(`
import os, re, threading, time
from ulid_generate import generate
digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
began = time.time_ns() // 1000000
values = [generate() for _ in range(10000)]
ended = time.time_ns() // 1000000
assert all(re.fullmatch("[0-7][0-9A-HJKMNP-TV-Z]{25}", value) for value in values)
assert values == sorted(values) and len(set(values)) == 10000
def at(value):
    number = 0
    for digit in value[:10]:
        number = number * 32 + digits.index(digit)
    return number
assert began <= at(values[0]) and at(values[-1]) <= ended
made = []
def work():
    own = [generate() for _ in range(2000)]
    assert own == sorted(own)
    made.extend(own)
threads = [threading.Thread(target=work) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
assert len(set(made)) == 16000
out, into = os.pipe()
import ulid_generate
ulid_generate.time.time_ns = lambda: (ended + 1000) * 1000000
generate()
child = os.fork()
if child == 0:
    os.write(into, generate().encode())
    os._exit(0)
os.waitpid(child, 0)
assert os.read(out, 26).decode() != generate()
print("good")
`),
  ).toBe('good')
})

test('the module goes on when the clock goes back, and says when a millisecond or time itself has no ULID left', () => {
  expect(
    python(`
import ulid_generate as module
first = module.generate()
module.time.time_ns = lambda: 0
assert module.generate() > first
module._last_random = (1 << 80) - 1
for say in ("left in millisecond", "holds the time"):
    try:
        module.generate()
        raise SystemExit("made one all the same")
    except OverflowError as error:
        assert say in str(error), error
    module.time.time_ns = lambda: (1 << 48) * 1000000
print("good")
`),
  ).toBe('good')
  expect(generatorModule('lower')).toContain('_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"')
})

test('JavaScript imports the ulid package, which is tried in the folder of the code', async () => {
  const tree = sourceTree({ 'jobs.mjs': 'export const jobId = crypto.randomUUID()\n' })
  expect((await update(tree)).generators).toMatchObject([{ module: 'ulid', state: 'missing' }])
  mkdirSync(tree.path('node_modules'))
  symlinkSync(
    fileURLToPath(new URL('../../../node_modules/ulid', import.meta.url)),
    tree.path('node_modules/ulid'),
  )
  expect(await update(tree, { write: true })).toMatchObject({
    generators: [{ state: 'good' }],
    written: true,
  })
  expect(readFileSync(tree.path('jobs.mjs'), 'utf8')).toBe(
    "import { ulid } from 'ulid'\n\nexport const jobId = ulid()\n",
  )
})
