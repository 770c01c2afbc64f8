import { expect, test } from 'vitest'
import { bindings, keyTable, places } from '../../src/wizard/keys.ts'
import { page, table, withPart } from './pages.ts'

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

/** The screens of the way, and those beside it that people ask for. */
const shown = [
  'targets',
  'detect',
  'dry-run',
  'confirm',
  'migrate',
  'verify',
  'rollback',
  'trace',
  'done',
] as const
const everywhere = ['?', 'f1', 'q', 'ctrl-c', 'esc']

test("README's table is the key table of the wizard in short", async () => {
  const rows = shown.map(screen => {
    const keys = bindings[screen].filter(each => each.footer && !everywhere.includes(each.label))
    const labels = [...new Set(keys.map(each => each.label))]
    const texts = labels.map(label => {
      const { long } = keys.find(each => each.label === label)!
      return `\`${label}\` ${long.split(';')[0]}`
    })
    return [screen, texts.join(' · ')]
  })
  await expect(withPart('README.md', 'keys', `\n${table(['screen', 'keys'], rows)}\n`)).toMatchFileSnapshot(
    '../../README.md',
  )
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
