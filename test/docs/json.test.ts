import { expect, test } from 'vitest'
import { planSchema } from '../../src/core/plan/plan-schema.ts'
import { commandNames } from './command-lines.ts'
import { blocks, code, page, section, tableRows } from './pages.ts'
import { eventTypes, interfaces } from './source.ts'

const text = page('docs/json.md')
const types = new Map(
  ['documents', 'message', 'run-report'].flatMap(name => [...interfaces(`src/core/${name}.ts`)]),
)
const internal = ['Failure'] // what commands print of it is a Message
const bare = (cell: string | undefined) => (cell ?? '').replace(/^`(.*)`$/, '$1')

test('docs/json.md describes every type of the documents', () => {
  const described = [...section(text, '## The types').matchAll(/^### (\w+)$/gm)].map(([, name]) => name ?? '')
  expect(described.sort()).toEqual([...types.keys()].filter(name => !internal.includes(name)).sort())
})

test.each([...types].filter(([name]) => !internal.includes(name)))(
  'the fields of %s are those of the source',
  (name, fields) => {
    const rows = tableRows(section(text, `### ${name}`)).map(([field, type]) => ({
      name: bare(field),
      type: bare(type),
    }))
    expect(rows).toEqual(fields)
  },
)

test('every command has its schema there, and so have events and plans', async () => {
  const schemas = code(text).flatMap(each => /^ulid-migrate\.([a-z-]+)\/1$/.exec(each)?.[1] ?? [])
  const expected = [...(await commandNames()), 'wizard', 'event', 'plan']
  expect([...new Set(schemas)].sort()).toEqual(expected.sort())
})

test('every event of the engine is described', () => {
  const described = tableRows(section(text, '## Events')).map(([type]) => bare(type))
  expect(eventTypes().length).toBeGreaterThan(4)
  expect(described.sort()).toEqual([...eventTypes(), 'note', 'failed'].sort())
})

test('the fields of a plan are those of its definition', () => {
  const described = tableRows(section(text, '## Plans')).map(([field]) => bare(field))
  expect(described).toEqual(Object.keys(planSchema.unwrap().shape))
})

test('the examples are JSON', () => {
  const examples = blocks(text, 'json')
  expect(examples.length).toBeGreaterThan(1)
  for (const example of examples) expect(JSON.parse(example)).toHaveProperty('schema')
})
