import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { configuredFor, loadConfig } from '../../../src/core/config/config.ts'
import { mayRemember, remember } from '../../../src/core/config/remember.ts'
import type { Choices } from '../../../src/core/requests.ts'
import { temporaryFolder } from '../../support/folder.ts'

let folder: string
beforeEach(() => {
  folder = temporaryFolder()
})

const json = 'ulid-migrate.config.json'
const yaml = 'ulid-migrate.config.yaml'

function write(text: string, name: string): string {
  const file = join(folder, name)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, text)
  return file
}

const read = (name: string) => readFileSync(join(folder, name), 'utf8')

/** The config as a command finds it in the folder, and what the operator wants of a target on top of that. */
async function wanted(
  choices: Choices,
  target = 'data/a.db',
  more: { waitSeconds?: number; system?: string } = {},
) {
  const loaded = await loadConfig({ folder, userFolder: join(folder, 'user') })
  if (loaded.type === 'failed') throw new Error(loaded.error.why)
  return { file: loaded.project, files: loaded.files, target: join(folder, target), choices, ...more }
}

async function kept(...args: Parameters<typeof wanted>) {
  const done = await remember(await wanted(...args))
  if (done.type === 'failed') throw new Error(`${done.error.code}: ${done.error.why}`)
  return done.kept
}

async function refused(...args: Parameters<typeof wanted>) {
  const done = await remember(await wanted(...args))
  if (done.type === 'kept') throw new Error('It was written.')
  return done.error
}

async function held(target = 'data/a.db'): Promise<Choices> {
  return configuredFor((await wanted({})).files, join(folder, target)).choices
}

const choices: Choices = { skip: ['tests.id'], references: ['events.data:$.job.id=jobs.id'], form: 'pure' }

describe('where there is no config file', () => {
  test('one is made in the current folder, and the next run goes by it', async () => {
    expect(await kept(choices)).toEqual({
      file: join(folder, json),
      target: 'data/a.db',
      entry: choices,
      changed: true,
    })
    expect(await held()).toEqual(choices)
    expect(read(json)).toMatch(/^\{\n {2}"targets": \{\n {4}"data\/a\.db": \{\n.*\n\}\n$/s)
  })

  test('a seed and a base time belong to one run and are not kept', async () => {
    expect((await kept({ ...choices, seed: 'ab', baseTime: '2026-01-01' })).entry).toEqual(choices)
  })

  test('nothing chosen is nothing to write', async () => {
    expect(await kept({})).toMatchObject({ changed: false })
    expect(existsSync(join(folder, json))).toBe(false)
  })
})

describe('a JSON file', () => {
  const text = `{
    "$schema": "./config.schema.json",
    "targets": {
        "z.db": { "accept": ["v"],   "only": ["a\\u0062.id"] },
        "data/a.db": { "wait": 5, "skip": ["old.id"] },
        "b.db": {}
    },
    "defaults": { "case": "lower" }
}`

  test('keeps every other character: indentation, order, spelling', async () => {
    write(text, json)
    await kept({ ...(await held()), form: 'pure' })
    expect(read(json)).toBe(
      text.replace(
        '{ "wait": 5, "skip": ["old.id"] }',
        `{
            "wait": 5,
            "skip": [
                "old.id"
            ],
            "form": "pure"
        }`,
      ),
    )
  })

  test('takes a new target behind the others', async () => {
    write(text, json)
    await kept({ case: 'lower', strategy: 'expand' }, 'new.db')
    expect(read(json)).toBe(
      text.replace(
        '"b.db": {}',
        '"b.db": {},\n        "new.db": {\n            "strategy": "expand"\n        }',
      ),
    )
  })

  test.each([
    ['{}\n', '{"targets":{"data/a.db":{"form":"pure"}}}\n'],
    ['{"targets":{}}', '{"targets":{"data/a.db":{"form":"pure"}}}'],
    ['{"defaults":{"all":true}}', '{"defaults":{"all":true},"targets":{"data/a.db":{"form":"pure"}}}'],
    [
      '{\r\n\t"defaults": { "all": true }\r\n}\r\n',
      '{\r\n\t"defaults": { "all": true },\r\n\t"targets": {\r\n\t\t"data/a.db": {\r\n\t\t\t"form": "pure"\r\n\t\t}\r\n\t}\r\n}\r\n',
    ],
    [
      '{\n  "targets": {}\n}\n',
      '{\n  "targets": {\n    "data/a.db": {\n      "form": "pure"\n    }\n  }\n}\n',
    ],
    [
      '{ "targets": { "x}{,\\"": {"accept": ["]"]} } }',
      '{ "targets": { "x}{,\\"": {"accept": ["]"]}, "data/a.db":{"form":"pure"} } }',
    ],
  ])('%j becomes %j', async (before, after) => {
    write(before, json)
    await kept({ form: 'pure', ...(before.includes('all') ? { all: true } : {}) })
    expect(read(json)).toBe(after)
  })
})

describe('a YAML file', () => {
  const text = `# Our databases.
defaults:
    timezone: Europe/Zurich # where we are

targets:
    # The old one.
    data/a.db:
        # Meant to stay.
        skip:
            - tests.test_id # a natural key
            - old.id
        form: 'pure'
    b.db: { only: [jobs.job_id], accept: ["x: y"] }
`

  test('keeps its comments, its quotes and the form of its lists', async () => {
    write(text, yaml)
    await kept({
      timezone: 'Europe/Zurich',
      skip: ['tests.test_id'],
      noReferences: ['events.data:$.job.id'],
      form: 'keep-integer',
    })
    expect(read(yaml)).toBe(
      text
        .replace('            - old.id\n', '')
        .replace(
          "form: 'pure'\n",
          "form: 'keep-integer'\n        noReferences:\n            - events.data:$.job.id\n",
        ),
    )
  })

  test.each(['', '# Nothing yet.\n', '# Nothing yet.\n\ntargets: {}\n'])(
    '%j gets its first target',
    async before => {
      write(before, yaml)
      await kept(choices)
      expect(await held()).toEqual(choices)
      expect(read(yaml)).toContain(before.split('\n')[0])
    },
  )

  test('that says one thing of several targets at once is not torn apart', async () => {
    write('targets:\n  data/a.db: &both\n    form: pure\n  b.db: *both\n', yaml)
    const error = await refused({ form: 'keep-integer' })
    expect(error).toMatchObject({ code: 'CONFIG.BY_HAND', exit: 2 })
    expect(error.next).toContain('"data/a.db": {"form":"keep-integer"}')
    expect(read(yaml)).toContain('form: pure')
  })

  test('a target that only repeats another gets words of its own', async () => {
    write('targets:\n  b.db: &both\n    form: pure\n  data/a.db: *both\n', yaml)
    await kept({ form: 'keep-integer' })
    expect(await held()).toEqual({ form: 'keep-integer' })
    expect(await held('b.db')).toEqual({ form: 'pure' })
  })
})

describe('what is written', () => {
  test('is what the defaults and the file of the user do not say already', async () => {
    write('{ "defaults": { "case": "lower" } }', json)
    write(
      `{ "targets": { "${join(folder, 'data/a.db')}": { "skip": ["x.id"], "form": "pure" } } }`,
      `user/${json}`,
    )
    const { entry } = await kept({ case: 'lower', form: 'keep-integer', skip: ['x.id', 'y.id'] })
    expect(entry).toEqual({ form: 'keep-integer', skip: ['y.id'] })
    expect(await held()).toEqual({ case: 'lower', form: 'keep-integer', skip: ['x.id', 'y.id'] })
  })

  test('is not what its system says of all its databases', async () => {
    write('{ "systems": { "ledger": { "form": "pure", "skip": ["x.id"] } } }', json)
    const held = { form: 'pure', skip: ['x.id', 'y.id'], whereThere: ['x.id'] } as const
    expect((await kept(held, 'data/a.db', { system: 'ledger' })).entry).toEqual({ skip: ['y.id'] })
  })

  test('a name that begins as a variable or a home does is written so that it is neither', async () => {
    expect((await kept(choices, '$HOME.db')).target).toBe('./$HOME.db')
    expect((await kept(choices, '~a.db')).target).toBe('./~a.db')
    expect(await held('~a.db')).toEqual(choices)
  })

  test('takes the place of what it contradicts', async () => {
    write('{ "targets": { "data/a.db": { "references": ["e.j=jobs.id", "f.j=jobs.id"] } } }', json)
    await kept({ references: ['f.j=jobs.id'], noReferences: ['e.j'] })
    expect(await held()).toEqual({ references: ['f.j=jobs.id'], noReferences: ['e.j'] })
  })

  test('stands under the name that the file has for the target, also through a symlink', async () => {
    write('', 'real/a.db')
    symlinkSync('real', join(folder, 'data'))
    write('{ "targets": { "./real/../real/a.db": { "verificationDays": 3 } } }', json)
    expect(await kept(choices)).toMatchObject({
      target: './real/../real/a.db',
      entry: { verificationDays: 3, ...choices },
    })
  })

  test('holds a time to wait where one was given', async () => {
    expect((await kept({}, 'data/a.db', { waitSeconds: 60 })).entry).toEqual({ wait: 60 })
  })

  test('said already, leaves the file untouched', async () => {
    const file = write('{"targets":{"data/a.db":{"form":"pure"}}}', json)
    const { ino } = statSync(file)
    expect(await kept({ form: 'pure' })).toMatchObject({ changed: false })
    expect(statSync(file).ino).toBe(ino)
  })
})

describe('a file that is not to be edited', () => {
  test('a program is left alone, and what to paste into it is said before anything is done', async () => {
    const text = 'export default { targets: { "data/a.db": { skip: ["x.id"] } } }\n'
    const file = write(text, 'ulid-migrate.config.mjs')
    const error = await mayRemember(await wanted({ skip: ['x.id'], form: 'pure' }))
    expect(error).toMatchObject({ code: 'CONFIG.BY_HAND', object: file, exit: 2 })
    expect(error?.why).toContain('a program')
    expect(error?.next).toContain('"data/a.db": {"skip":["x.id"],"form":"pure"}')
    expect(read('ulid-migrate.config.mjs')).toBe(text)
  })

  test('a target that can not be named in a config file is refused', async () => {
    expect(await refused({ form: 'pure' }, 'data/*.db')).toMatchObject({ code: 'CONFIG.INVALID', exit: 2 })
    expect(existsSync(join(folder, json))).toBe(false)
  })

  test('what the config would not understand is not written', async () => {
    write('{}', json)
    const error = await refused({ skip: ['no column'] })
    expect(error).toMatchObject({ code: 'CONFIG.INVALID' })
    expect(read(json)).toBe('{}')
  })
})

describe('the file', () => {
  test.skipIf(process.getuid?.() !== 0)('keeps its mode and its owner', async () => {
    const file = write('{}', json)
    chmodSync(file, 0o640)
    chownSync(file, 12_345, 12_346)
    await kept(choices)
    expect(statSync(file)).toMatchObject({ uid: 12_345, gid: 12_346 })
    expect(statSync(file).mode & 0o777).toBe(0o640)
  })

  test('behind a symlink is written where it lies, and the link stays', async () => {
    write('{}', 'elsewhere/own.json')
    symlinkSync('elsewhere/own.json', join(folder, json))
    expect(await kept(choices)).toMatchObject({ file: join(folder, 'elsewhere/own.json') })
    expect(readlinkSync(join(folder, json))).toBe('elsewhere/own.json')
    expect(await held()).toEqual(choices)
  })

  test('that can not be written stays, with the reason, and nothing is left beside it', async () => {
    symlinkSync('nowhere/own.json', join(folder, json))
    expect(await refused(choices)).toMatchObject({ code: 'CONFIG.NOT_WRITTEN', exit: 1 })
    expect(readdirSync(folder)).toEqual([json])
    expect(readlinkSync(join(folder, json))).toBe('nowhere/own.json')
  })

  test('is replaced as a whole: nothing is left beside it', async () => {
    write('{}', json)
    await kept(choices)
    expect(readdirSync(folder)).toEqual([json])
  })
})
