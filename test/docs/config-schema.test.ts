import { expect, test } from 'vitest'
import { z } from 'zod'
import { configSchema } from '../../src/core/config/schema.ts'

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
