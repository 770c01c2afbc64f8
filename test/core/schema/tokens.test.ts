import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { endsInLineComment, isSignificant, tokenize } from '../../../src/core/schema/tokens.ts'

const shown = (sql: string) => tokenize(sql).map(token => `${token.kind}:${token.text}`)
const only = (sql: string) => tokenize(sql).filter(isSignificant)

const pieces = [
  ...[
    '"',
    "'",
    '`',
    '[',
    ']',
    '--',
    '/*',
    '*/',
    '/',
    '*',
    '-',
    '>',
    '|',
    '=',
    '!',
    '<',
    '.',
    ',',
    '(',
    ')',
    ';',
  ],
  ...[
    '\n',
    ' ',
    '\t',
    '\v',
    '\r\n',
    '\ufeff',
    '\u0000',
    'x',
    "x'",
    'X',
    '0x',
    '0',
    '1_0',
    'e',
    '+',
    '$',
    '@',
    ':',
  ],
  ...['::', '?', '#', '_', 'id', 'É', '🙂', '\ud800', '\u00a0'],
]
const sqlLike = fc.array(fc.constantFrom(...pieces), { maxLength: 24 }).map(parts => parts.join(''))

describe('tokenize', () => {
  test('loses nothing of any text, and leaves no gap', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), sqlLike), sql => {
        const tokens = tokenize(sql)
        expect(tokens.map(token => token.text).join('')).toBe(sql)
        let position = 0
        for (const token of tokens) {
          expect(token.start).toBe(position)
          expect(token.text.length).toBeGreaterThan(0)
          expect(sql.slice(token.start, token.end)).toBe(token.text)
          position = token.end
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('finds the same tokens again when white space is put between them', () => {
    // A vertical tab is no token of its own behind a space.
    const withoutTab = sqlLike.map(sql => sql.replaceAll('\v', ''))
    fc.assert(
      fc.property(withoutTab, sql => {
        const tokens = only(sql).map(token => token.text)
        // What is open at the end takes in whatever follows, so only the last token may be.
        const again = only(tokens.join('\n')).map(token => token.text)
        expect(again).toEqual(tokens)
      }),
      { numRuns: 2000 },
    )
  })

  test('knows names in every kind of quotes, with the quote doubled inside', () => {
    expect(shown('"a""b"[c d]`e``f`')).toEqual(['quoted:"a""b"', 'quoted:[c d]', 'quoted:`e``f`'])
    expect(shown('[a[b]c]')).toEqual(['quoted:[a[b]', 'word:c', 'punctuation:]'])
  })

  test('tells a string from a name, and a blob from both', () => {
    expect(shown(`'it''s'`)).toEqual(["string:'it''s'"])
    expect(shown(`x'00fF'X''`)).toEqual([`blob:x'00fF'`, `blob:X''`])
    expect(shown(`xy'00'`)).toEqual(['word:xy', `string:'00'`])
  })

  test('ends a line comment before the line break, and a block comment at its first end', () => {
    expect(shown('a--b\nc')).toEqual(['word:a', 'comment:--b', 'space:\n', 'word:c'])
    expect(shown('a--b\rc')).toEqual(['word:a', 'comment:--b\rc'])
    expect(shown('/* a /* b */c')).toEqual(['comment:/* a /* b */', 'word:c'])
    expect(shown('/*/ a */b')).toEqual(['comment:/*/ a */', 'word:b'])
  })

  test('lets a comment or a quote stay open to the end', () => {
    expect(shown('a/* b')).toEqual(['word:a', 'comment:/* b'])
    expect(shown('a/*')).toEqual(['word:a', 'punctuation:/', 'punctuation:*'])
    expect(shown('a -- b')).toEqual(['word:a', 'space: ', 'comment:-- b'])
    expect(shown(`'a''`)).toEqual([`string:'a''`])
    expect(shown('"a (')).toEqual(['quoted:"a ('])
  })

  test.each(['1', '.5', '1.', '1.5e10', '1E-3', '0xFF', '1_000', '0x_', '12_3.4_5e+1_0'])(
    'takes %s for one number',
    text => {
      expect(shown(text)).toEqual([`number:${text}`])
    },
  )

  test('splits what only looks like one number', () => {
    expect(shown('1..5')).toEqual(['number:1.', 'number:.5'])
    expect(shown('1-2')).toEqual(['number:1', 'punctuation:-', 'number:2'])
  })

  test.each(['->', '->>', '||', '<=', '>=', '<>', '<<', '>>', '==', '!='])(
    'takes %s for one operator',
    operator => {
      expect(shown(`a${operator}b`)).toEqual(['word:a', `punctuation:${operator}`, 'word:b'])
    },
  )

  test('lets words hold $, digits, _ and anything beyond ASCII', () => {
    expect(shown('a$1_é🙂\u00a0b c')).toEqual(['word:a$1_é🙂\u00a0b', 'space: ', 'word:c'])
  })

  test('counts a byte order mark as space before a word, and as a letter within', () => {
    expect(shown('\ufeffa\ufeffb')).toEqual(['space:\ufeff', 'word:a\ufeffb'])
  })

  test('knows variables', () => {
    expect(only('?1:a @b $c::d(e)').map(token => `${token.kind}:${token.text}`)).toEqual([
      'variable:?1',
      'variable::a',
      'variable:@b',
      'variable:$c::d(e)',
    ])
  })
})

test('a text ends in a line comment only when that is its last token', () => {
  expect(endsInLineComment('a -- b')).toBe(true)
  expect(endsInLineComment('a -- b\n')).toBe(false)
  expect(endsInLineComment(`'-- b'`)).toBe(false)
  expect(endsInLineComment('/* -- */')).toBe(false)
})
