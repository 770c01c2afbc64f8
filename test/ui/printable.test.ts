import fc from 'fast-check'
import { expect, test } from 'vitest'
import { printable } from '../../src/ui/printable.ts'

test('ordinary text of any script stays as it is', () => {
  for (const text of ['jobs.job_id', 'größe', '日本語', 'می‌خواهم', '👩‍💻', 'a\\n'])
    expect(printable(text)).toBe(text)
})

test('what a terminal would obey is spelled out', () => {
  expect(printable('a\x1b[2J\n\r\t\0\x9b\x7f')).toBe('a\\x1b[2J\\n\\r\\t\\0\\x9b\\x7f')
  expect(printable('a\u202eb\u2066c\u2028\ufeff')).toBe('a\\u{202e}b\\u{2066}c\\u{2028}\\u{feff}')
  expect(printable('\ud800x')).toBe('\\u{d800}x')
})

test('any text becomes one line without controls, and doing it twice changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const shown = printable(text)
      expect(shown).not.toMatch(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u)
      expect(encodeURI(shown)).toBeTypeOf('string') // throws on a lone surrogate
      expect(printable(shown)).toBe(shown)
    }),
  )
})
