import { expect, test } from 'vitest'
import { commandLines, commandNames, helpOf } from './command-lines.ts'
import { code, page, pages, prose, withPart } from './pages.ts'

const fence = '```'

test('docs/commands.md holds the help of every command, as the program prints it', async () => {
  const commands = await commandNames()
  expect(commands).toContain('migrate')
  const parts = await Promise.all(
    ['wizard', ...commands].map(async name => {
      const title = name === 'wizard' ? 'the wizard' : name
      return `\n## ${title}\n\n${fence}text\n${await helpOf(name)}\n${fence}`
    }),
  )
  await expect(withPart('docs/commands.md', 'commands', `${parts.join('\n')}\n`)).toMatchFileSnapshot(
    '../../docs/commands.md',
  )
})

test('every command and flag that the docs call the program with exists', async () => {
  const commands = await commandNames()
  const lines = commandLines()
  expect(lines.length).toBeGreaterThan(10)
  for (const { page: path, words } of lines) {
    const [first = ''] = words
    const line = `${path}: ulid-migrate ${words.join(' ')}`
    if (first === 'COMMAND' || first.startsWith('--')) continue
    expect(commands, line).toContain(first)
    const help = await helpOf(first)
    for (const flag of words.filter(word => /^--?[a-z]/.test(word))) expect(help, line).toContain(flag)
  }
})

test('every flag that the docs name belongs to some command', async () => {
  const helps = await Promise.all(['wizard', ...(await commandNames())].map(helpOf))
  const known = new Set(helps.join('\n').match(/--[a-z][a-z-]+/g))
  for (const path of pages) {
    const named = code(prose(page(path)))
      .filter(each => /^(?:--|ulid-migrate)/.test(each))
      .flatMap(each => each.match(/--[a-z][a-z-]+/g) ?? [])
    for (const flag of named) expect(known, `${path} names ${flag}`).toContain(flag)
  }
})
