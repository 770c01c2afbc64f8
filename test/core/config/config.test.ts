import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { configuredFor, configuredTargets, loadConfig } from '../../../src/core/config/config.ts'
import { temporaryFolder } from '../../support/folder.ts'

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

const json = 'ulid-migrate.config.json'

async function filesIn(folder: string, inside = '.', named?: string) {
  const loaded = await loadConfig({
    folder: join(folder, inside),
    userFolder: join(folder, 'user'),
    ...(named === undefined ? {} : { named: join(folder, named) }),
  })
  if (loaded.type === 'failed') throw new Error(`${loaded.error.code}: ${loaded.error.why}`)
  return loaded.files
}

async function failureIn(folder: string, inside = '.') {
  const loaded = await loadConfig({ folder: join(folder, inside), userFolder: join(folder, 'user') })
  if (loaded.type === 'loaded') throw new Error('It was read.')
  return loaded.error
}

const pure = JSON.stringify({ defaults: { form: 'pure' } })

describe('which file holds', () => {
  test('the nearest one, from the current folder upwards', async () => {
    const folder = folderWith({ [json]: '{}', [`a/${json}`]: pure, 'a/b/c/x': '' })
    const [found, ...others] = await filesIn(folder, 'a/b/c')
    expect(found).toEqual({ file: join(folder, 'a', json), config: { defaults: { form: 'pure' } } })
    expect(others).toEqual([])
  })

  test("the user's lies under it, and holds where there is no other", async () => {
    const folder = folderWith({ [`user/${json}`]: pure, 'a/x': '' })
    expect((await filesIn(folder, 'a')).map(each => each.file)).toEqual([join(folder, 'user', json)])
    writeFileSync(join(folder, 'a', json), '{}')
    expect((await filesIn(folder, 'a')).map(each => each.file)).toEqual([
      join(folder, 'a', json),
      join(folder, 'user', json),
    ])
  })

  test("one that is named takes the place of the project's", async () => {
    const folder = folderWith({ [json]: '{}', 'other.json': pure })
    expect((await filesIn(folder, '.', 'other.json')).map(each => each.file)).toEqual([
      join(folder, 'other.json'),
    ])
  })

  test('none is nothing wrong', async () => {
    expect(await filesIn(folderWith({ 'a/x': '' }), 'a')).toEqual([])
  })

  test('two in one folder are refused, and named', async () => {
    const error = await failureIn(folderWith({ [json]: '{}', 'ulid-migrate.config.yaml': '' }))
    expect(error).toMatchObject({ code: 'CONFIG.AMBIGUOUS', exit: 2 })
    expect(error.why).toMatch(/config\.json, .*config\.yaml/)
  })

  test.skipIf(process.getuid?.() !== 0)(
    "a program of somebody else's is not run unless it is named",
    async () => {
      const script = 'ulid-migrate.config.mjs'
      const folder = folderWith({ [script]: 'export default {}', 'a/x': '' })
      chownSync(join(folder, script), 12_345, 12_345)
      expect(await failureIn(folder, 'a')).toMatchObject({
        code: 'CONFIG.FOREIGN',
        object: join(folder, script),
        exit: 2,
      })
      expect(await filesIn(folder, 'a', script)).toHaveLength(1)
    },
  )
})

describe('forms', () => {
  const wanted = { defaults: { wait: 30 }, targets: { 'a.db': { only: ['jobs.job_id'] } } }

  test.each([
    ['json', JSON.stringify(wanted)],
    ['yaml', '# mine\ndefaults:\n  wait: 30\ntargets:\n  a.db:\n    only: [jobs.job_id]\n'],
    ['yml', 'defaults: { wait: 30 }\ntargets: { a.db: { only: [jobs.job_id] } }\n'],
    ['mjs', `export default ${JSON.stringify(wanted)}`],
    ['json', `\uFEFF${JSON.stringify(wanted)}`],
    ['mjs', `export default Promise.resolve(${JSON.stringify(wanted)})`],
  ])('%s says the same', async (extension, text) => {
    const [found] = await filesIn(folderWith({ [`ulid-migrate.config.${extension}`]: text }))
    expect(found?.config).toEqual(wanted)
  })

  test('a YAML file of comments says nothing', async () => {
    expect((await filesIn(folderWith({ 'ulid-migrate.config.yaml': '# later\n' })))[0]?.config).toEqual({})
  })

  test.each([
    ['json', '{ "defaults": ', /JSON/],
    ['json', '{ "defaults": {},\n"defaults": {} }', /^line 2: "defaults" is said twice/],
    ['json', '{"systems":{"a":{"title":"{\\"title\\":",\n"title":"x"}}}', /^line 2: "title" is said twice/],
    ['yaml', 'defaults: { wait: 1', /line 1/],
    ['yaml', 'defaults: {}\ndefaults: {}\n', /unique/],
    ['mjs', 'export const config = {}', /no default export/],
    ['mjs', 'throw new Error("not today")', /not today/],
  ])('%s that can not be read is a failure with the reason: %s', async (extension, text, why) => {
    const file = `ulid-migrate.config.${extension}`
    const folder = folderWith({ [file]: text })
    const error = await failureIn(folder)
    expect(error).toMatchObject({ code: 'CONFIG.UNREADABLE', object: join(folder, file), exit: 2 })
    expect(error.why).toMatch(why)
  })

  test.skipIf(process.getuid?.() === 0)('one without permission is a failure, too', async () => {
    const folder = folderWith({ [json]: '{}' })
    chmodSync(join(folder, json), 0)
    expect(await failureIn(folder)).toMatchObject({ code: 'CONFIG.UNREADABLE' })
  })
})

describe('what is not known is refused with file, place and reason', () => {
  test.each([
    [
      { defaults: { strategy: 'magic' } },
      'defaults.strategy: Invalid option: expected one of "replace"|"expand"',
    ],
    [
      { targets: { 'a.db': { onyl: [] } } },
      'targets["a.db"]: Unrecognized key: "onyl" (known are strategy, form,',
    ],
    [{ target: {} }, 'Unrecognized key: "target" (known are defaults, targets, projects, order, systems)'],
    [{ defaults: { only: ['a.b'] } }, 'defaults: Unrecognized key: "only" (known are strategy, form,'],
    [{ targets: { 'a.db': { skip: ['jobs'] } } }, 'targets["a.db"].skip[0]: jobs is not table.column'],
    [
      { targets: { 'a.db': { references: ['a.b'] } } },
      'targets["a.db"].references[0]: Expected CHILD.COLUMN=PARENT',
    ],
    [{ defaults: { timezone: 'Mars' } }, 'defaults.timezone: Not a time zone: "Mars"'],
    [{ defaults: { wait: -1 } }, 'defaults.wait: Too small'],
    [{ targets: { 'data/*.db': {} } }, 'targets["data/*.db"]: Expected a path; patterns, '],
    [
      { targets: { '$HOME/a.db': {} } },
      'targets["$HOME/a.db"]: Expected a path; patterns, variables ($HOME)',
    ],
    [{ projects: '~other/projects' }, 'projects: Expected a path; '],
    [
      { systems: { x: { schema: 'crackerjac' } } },
      'systems.x.schema: Invalid option: expected one of "crackerjack"|',
    ],
    [
      { systems: { x: { test: { argv: ['a', 'b\0c'] } } } },
      'systems.x.test.argv[1]: Expected a text without zero bytes',
    ],
    [
      { systems: { x: { test: { argv: ['a'], environment: { 'A=B': '' } } } } },
      'systems.x.test.environment["A=B"]: Expected a name without "="',
    ],
    [[], 'Invalid input: expected object'],
  ])('%j', async (content, why) => {
    const folder = folderWith({ [json]: JSON.stringify(content) })
    const error = await failureIn(folder)
    expect(error).toMatchObject({ code: 'CONFIG.INVALID', object: join(folder, json), exit: 2 })
    expect(error.why).toContain(why)
  })

  test('all that is wrong is said at once', async () => {
    const error = await failureIn(folderWith({ [json]: '{"defaults":{"wait":"soon","case":"UPPER"}}' }))
    expect(error.why.split('\n')).toHaveLength(2)
  })

  test('one database under two names, with the lines of both', async () => {
    const error = await failureIn(folderWith({ [json]: '{"targets":{"a.db":{},\n"./a.db":{}}}' }))
    expect(error.why).toContain('"a.db" (line 1) and "./a.db" (line 2) are the same file')
  })

  test.each([
    ['akasha', 'an unknown', /"akasha" \(line 2\); the systems are .*akosha.*, mine\./],
    ['mine', 'the same', /"mine" \(line 2\)/],
  ])('an order that names %s, %s system', async (name, _, why) => {
    const error = await failureIn(
      folderWith({ [json]: `{"systems":{"mine":{}},"order":["mine",\n"${name}"]}` }),
    )
    expect(error).toMatchObject({ code: 'CONFIG.INVALID', exit: 2 })
    expect(error.why).toMatch(why)
  })

  test('an order may name what another file describes', async () => {
    const folder = folderWith({ [json]: '{"order":["mine"]}', [`user/${json}`]: '{"systems":{"mine":{}}}' })
    expect(await filesIn(folder)).toHaveLength(2)
  })
})

describe('what is wrong in a file is told with its line', () => {
  const yaml = 'ulid-migrate.config.yaml'

  test.each([
    [json, '{\n  "defaults": {\n    "wait": 5,\n    "form": "odd"\n  }\n}', /^line 4: defaults\.form: /],
    [
      json,
      '{\n\t"targets": {\n\t\t"a.db": {\n\t\t\t"onyl": []\n\t\t}\n\t}\n}',
      /^line 4: targets\["a\.db"\]: Unr/,
    ],
    [json, '{"targets":{\n"data/*.db":{}}}', /^line 2: targets\["data\/\*\.db"\]: Expected a path/],
    [json, '{"targets":{"a.db":{"skip":["a.b",\n\n"jobs"]}}}', /^line 3: targets\["a\.db"\]\.skip\[1\]/],
    [json, '{"systems":{\n"x":{"initialize":{\n"argv":[]}}}}', /^line 3: systems\.x\.initialize\.argv: /],
    [
      json,
      '{"systems":{"x":{"generator":{"module":"m","name":"n",\n"from":1}}}}',
      /^line 2: .*\(known are module, name\)/,
    ],
    [yaml, '# first\n\ndefaults:\n  # then\n  case: UPPER\n', /^line 5: defaults\.case: /],
    [
      yaml,
      'defaults: &d\n  wait: -1\ntargets:\n  a.db: *d\n',
      /^line 2: defaults\.wait.*\nline 2: targets\["a\.db"\]\.wait/,
    ],
    [
      yaml,
      'systems:\n  x:\n    title: X\n    schema: odd\n    skip: [jobs]\n',
      /^line 4: systems\.x\.schema: .*\nline 5: systems\.x\.skip\[0\]/,
    ],
    [yaml, '- a\n', /^line 1: Invalid input: expected object/],
  ])('%s %j', async (name, text, why) => {
    const error = await failureIn(folderWith({ [name]: text }))
    expect(error).toMatchObject({ code: 'CONFIG.INVALID', exit: 2 })
    expect(error.why).toMatch(why)
  })

  test('each unknown name on its own', async () => {
    const error = await failureIn(folderWith({ [json]: '{\n"a": 1,\n"b": 2}' }))
    expect(error.why).toMatch(/^line 2: Unrecognized key: "a" .*\nline 3: Unrecognized key: "b" /)
  })

  test('a program has none', async () => {
    const error = await failureIn(folderWith({ 'ulid-migrate.config.mjs': 'export default { x: 1 }' }))
    expect(error.why).toMatch(/^Unrecognized key: "x"/)
  })

  test.each([
    ['{\n"a": 1,\n"b": }', 3],
    ['{\n"a": tru,\n"b": 1}', 2],
    ['{\n"a": 1\n"b": 2}', 3],
    ['{\n"a": 1,\n\n', 4],
    ['{"a": "x\ny"}', 1],
    ['{"a": 1}\n\nx', 3],
    ['{"a": [1,\n2,]\n}', 2],
  ])('what is no JSON: %j', async (text, line) => {
    const error = await failureIn(folderWith({ [json]: text }))
    expect(error).toMatchObject({ code: 'CONFIG.UNREADABLE', exit: 2 })
    expect(error.why).toMatch(new RegExp(`^line ${line}: |\\(line ${line} column`))
  })
})

describe('what holds for a target', () => {
  const project = {
    defaults: { form: 'pure', wait: 5 },
    targets: { 'data/a.db': { strategy: 'expand', form: 'keep-integer', only: ['jobs.job_id'] } },
  }
  const user = { defaults: { strategy: 'replace', case: 'lower', wait: 60, timezone: 'Europe/Zurich' } }

  test("what stands under it beats its file's defaults, and the project's file the user's", async () => {
    const folder = folderWith({
      [json]: JSON.stringify(project),
      [`user/${json}`]: JSON.stringify(user),
      'data/a.db': '',
    })
    const files = await filesIn(folder, 'data')
    expect(configuredFor(files, join(folder, 'data/a.db'))).toEqual({
      choices: {
        strategy: 'expand',
        form: 'keep-integer',
        only: ['jobs.job_id'],
        case: 'lower',
        timezone: 'Europe/Zurich',
      },
      waitSeconds: 5,
      verificationDays: null,
      files: [join(folder, json), join(folder, 'user', json)],
    })
    expect(configuredFor(files, join(folder, 'data/b.db'))).toMatchObject({
      choices: { strategy: 'replace', form: 'pure', case: 'lower' },
      waitSeconds: 5,
      verificationDays: null,
    })
  })

  test('what stands under its system comes between: under the target, over the defaults', async () => {
    const folder = folderWith({
      [json]: JSON.stringify({
        defaults: { form: 'pure', case: 'lower', wait: 5, timezone: 'UTC' },
        targets: { 'data/a.db': { case: 'upper', skip: ['logs.id'] } },
        systems: {
          ledger: {
            targets: ['a.db'],
            strategy: 'expand',
            case: 'lower',
            form: 'keep-integer',
            wait: 7,
            skip: ['jobs.id', 'tests.id'],
            times: ['jobs.job_id=at'],
          },
        },
      }),
      [`user/${json}`]: JSON.stringify({ systems: { ledger: { strategy: 'replace', sentinels: 'null' } } }),
    })
    const files = await filesIn(folder)
    expect(configuredFor(files, join(folder, 'data/a.db'), 'ledger')).toMatchObject({
      choices: {
        strategy: 'expand',
        case: 'upper',
        form: 'keep-integer',
        timezone: 'UTC',
        sentinels: 'null',
        skip: ['jobs.id', 'tests.id', 'logs.id'],
        times: ['jobs.job_id=at'],
        whereThere: ['jobs.id', 'tests.id', 'jobs.job_id=at'],
      },
      waitSeconds: 7,
    })
    expect(configuredFor(files, join(folder, 'data/a.db')).choices).toEqual({
      form: 'pure',
      case: 'upper',
      timezone: 'UTC',
      skip: ['logs.id'],
    })
  })

  test('whose ids a column holds in another database, by a path that counts from the file', async () => {
    const references = [
      'a.x=../b.db::b.id',
      'a.data:$.x=../b.db::b.id',
      'a.text:x::{id}=../b.db::b.id',
      'a.text:x={id}=b.id',
    ]
    const folder = folderWith({ [json]: JSON.stringify({ targets: { 'a.db': { references } } }), 'a.db': '' })
    const { choices } = configuredFor(await filesIn(folder), join(folder, 'a.db'))
    const b = join(folder, '../b.db')
    expect(choices.references).toEqual([
      `a.x=${b}::b.id`,
      `a.data:$.x=${b}::b.id`,
      `a.text:x::{id}=${b}::b.id`,
      'a.text:x={id}=b.id',
    ])
  })

  test('nothing is said where there is no file', () => {
    expect(configuredFor([], '/a.db')).toEqual({
      choices: {},
      waitSeconds: null,
      verificationDays: null,
      files: [],
    })
  })

  test('paths start at the file, or at the home folder, and follow links', async () => {
    const folder = folderWith({
      [json]: '{"targets":{"data/a.db":{"all":true},"~/b.db":{"all":true}}}',
      'data/a.db': '',
    })
    symlinkSync(join(folder, 'data/a.db'), join(folder, 'link.db'))
    const files = await filesIn(folder)
    expect(configuredFor(files, join(folder, 'link.db')).choices).toEqual({ all: true })
    expect(configuredFor(files, join(homedir(), 'b.db')).choices).toEqual({ all: true })
    expect(configuredTargets(files[0]!)).toEqual([join(folder, 'data/a.db'), join(homedir(), 'b.db')])
  })
})
