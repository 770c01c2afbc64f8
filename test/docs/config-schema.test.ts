import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { configSchema, knownKeys } from '../../src/core/config/schema.ts'
import { blocks, page } from './pages.ts'

// Short lists in one line, as the formatter of this project has them.
const compact = (json: string) =>
  json.replaceAll(
    /\[\n\s+([^[\]{}]*?)\n\s+\]/g,
    (_, items: string) => `[${items.replaceAll(/,\n\s+/g, ', ')}]`,
  )

test('docs/config.schema.json is what the program checks config files by', async () => {
  const schema = z.toJSONSchema(configSchema, {
    io: 'input',
    // Read-only is what the program makes of it; the file is there to be written.
    override: ({ jsonSchema }) => {
      delete jsonSchema.readOnly
    },
  })
  const described = { $schema: schema.$schema, title: 'ulid-migrate.config', ...schema }
  await expect(`${compact(JSON.stringify(described, null, 2))}\n`).toMatchFileSnapshot(
    '../../docs/config.schema.json',
  )
})

test('the build puts it into dist, for editors, and dist is in the package', () => {
  const { scripts, files } = JSON.parse(page('package.json')) as {
    scripts: Record<string, string>
    files: string[]
  }
  expect(scripts.build).toContain('cp docs/config.schema.json dist/')
  expect(files).toContain('dist')
})

test('the example of docs/configuration.md is one', () => {
  const [example = ''] = blocks(page('docs/configuration.md'), 'yaml')
  expect(Object.keys(configSchema.parse(parse(example)))).toEqual(['defaults', 'targets'])
})

test('docs/configuration.md names every key', () => {
  const text = page('docs/configuration.md')
  for (const key of [...knownKeys(['defaults']), ...knownKeys(['targets'])])
    expect(text).toContain(`\`${key}\``)
})
