import { expect, it, test } from 'vitest'
import { spokenSymbols, symbolsFor } from '../../src/wizard/symbols.ts'
import { wantsPlain } from '../../src/wizard/wants-plain.ts'

test.each([
  [{ ULID_MIGRATE_PLAIN: '1' }, true],
  [{ ACCESSIBLE: '1' }, true],
  [{ INK_SCREEN_READER: 'true' }, true],
  [{ TERM: 'dumb' }, true],
  [{ ACCESSIBLE: '0', ULID_MIGRATE_PLAIN: 'no', INK_SCREEN_READER: 'False', TERM: 'xterm' }, false],
  [{ ULID_MIGRATE_PLAIN: '' }, false],
  [{}, false],
])('%j asks for questions line by line: %s', (environment, wanted) => {
  expect(wantsPlain(environment)).toBe(wanted)
})

it('signs are words then, and no sign is anything but ASCII', () => {
  expect(symbolsFor({ ULID_MIGRATE_PLAIN: '1' })).toBe(spokenSymbols)
  expect(Object.values(spokenSymbols).flat().join('')).toMatch(/^[\x20-\x7e]*$/)
})
