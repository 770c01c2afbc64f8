import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Config, configSchema, knownKeys } from '../../src/core/config/schema.ts'
import { builtInSystems } from '../../src/core/systems/built-in.ts'
import { blocks, page, section, table, tableRows, withPart } from './pages.ts'

const text = page('docs/systems.md')

test('docs/systems.md lists every place where a known system is looked for', async () => {
  const rows = builtInSystems.flatMap(({ name, folders, places }) =>
    places.map(([path, what], index) => [
      index === 0 ? `\`${name}\`` : '',
      index === 0 ? folders.map(each => `\`${each}\``).join(', ') : '',
      `\`${path}\``,
      what,
    ]),
  )
  const places = table(['system', 'source tree', 'looked for', 'it holds'], rows)
  await expect(withPart('docs/systems.md', 'systems', `\n${places}\n`)).toMatchFileSnapshot(
    '../../docs/systems.md',
  )
})

test('it explains every key of a system', () => {
  // What a target may have as well is explained there.
  const ownKeys = knownKeys(['systems', 'x']).filter(key => !knownKeys(['targets', 'x']).includes(key))
  const explained = tableRows(section(text, '## How do I describe my own?')).map(([key]) => key)
  expect(explained).toEqual(ownKeys.map(key => `\`${key}\``))
  for (const part of ['initialize', 'test'])
    for (const key of knownKeys(['systems', 'x', part])) expect(text).toContain(`\`${key}\``)
})

test('its example is one', () => {
  const [example = ''] = blocks(text, 'yaml')
  const config: Config = configSchema.parse(parse(example))
  expect(Object.keys(config.systems ?? {})).toEqual(['crackerjack', 'ledger'])
})
