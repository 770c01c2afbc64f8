import { expect, test } from 'vitest'
import { bindings, keyTable, places } from '../../src/wizard/keys.ts'
import { page, section, table, tableRows, withPart } from './pages.ts'

test('docs/keys.md is the key table of the wizard', async () => {
  const parts = places.map(place => {
    const rows = keyTable()
      .filter(row => row.place === place)
      .map(row => [row.label, row.long])
    return `\n## ${place}\n\n${table(['key', 'does'], rows)}`
  })
  await expect(withPart('docs/keys.md', 'keys', `${parts.join('\n')}\n`)).toMatchFileSnapshot(
    '../../docs/keys.md',
  )
})

test("the keys of README's table are keys of the wizard", () => {
  const labels = new Set(keyTable().map(row => row.label))
  const rows = tableRows(section(page('README.md'), '## Keys'))
  expect(rows.length).toBeGreaterThan(8)
  for (const label of rows.flatMap(([keys = '']) => keys.split(', '))) expect(labels).toContain(label)
})

test("the footer of README's picture offers keys that the screen has", () => {
  expect(page('README.md')).toContain('](docs/pictures/dry-run.svg)')
  const picture = page('docs/pictures/dry-run.txt')
  const footer = picture.trimEnd().split('\n').at(-1) ?? ''
  const offered = bindings['dry-run'].filter(binding => binding.footer).map(binding => binding.label)
  const shown = footer.trim().split(/ {3}/)
  expect(shown.length).toBeGreaterThan(4)
  for (const item of shown) expect(offered).toContain(item.split(' ')[0])
})
