import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isText, readKeys } from '../../src/wizard/read-keys.ts'

const whole = (text: string) => readKeys(text, true).keys

describe('reading keys', () => {
  it('finds the Enter in a chunk that Ink would hand over as one text', () => {
    expect(whole('yes\r')).toEqual(['y', 'e', 's', 'enter'])
    expect(whole('jjj')).toEqual(['j', 'j', 'j'])
  })

  it('takes CR, LF and both together for one Enter each', () => {
    expect(whole('\r\n')).toEqual(['enter'])
    expect(whole('\r\r')).toEqual(['enter', 'enter'])
    expect(whole('\n')).toEqual(['enter'])
  })

  it('drops the marks of a paste and keeps what is between them', () => {
    expect(whole('\x1b[200~metrics\x1b[201~')).toEqual([...'metrics'])
  })

  it('knows both bytes for Backspace, and arrows in both spellings', () => {
    expect(whole('\x7f\b\x1b[3~')).toEqual(['backspace', 'backspace', 'backspace'])
    expect(whole('\x1b[A\x1bOB\x1b[5~')).toEqual(['up', 'down', 'page-up'])
  })

  it('names control characters', () => {
    expect(whole('\x03\x1a\x0c\t')).toEqual(['ctrl-c', 'ctrl-z', 'ctrl-l', 'tab'])
  })

  it('waits for the rest of a sequence, and takes a lone escape for Esc when none comes', () => {
    expect(readKeys('a\x1b', false)).toEqual({ keys: ['a'], pending: '\x1b' })
    expect(readKeys('\x1b[', false)).toEqual({ keys: [], pending: '\x1b[' })
    expect(readKeys('\x1b', true)).toEqual({ keys: ['esc'], pending: '' })
    expect(whole('\x1b\x1b')).toEqual(['esc', 'esc'])
  })

  it('ignores sequences it does not know, whole', () => {
    expect(whole('\x1b[I\x1b[1;5Cx')).toEqual(['x'])
  })

  it('takes Esc and an impatient key behind it for the two', () => {
    expect(whole('\x1bj')).toEqual(['esc', 'j'])
  })

  it('keeps what looks like one letter as one key', () => {
    expect(whole('e\u0301👩‍👩‍👧')).toEqual(['e\u0301', '👩‍👩‍👧'])
  })

  it('gives the same keys byte by byte as in one chunk', () => {
    const piece = fc.constantFrom(
      'a',
      'Z',
      '?',
      ' ',
      '\r',
      '\x7f',
      '\x03',
      '\x1b[A',
      '\x1bOB',
      '\x1b[200~',
      '\x1b[6~',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
        const text = pieces.join('')
        const keys: string[] = []
        let pending = ''
        for (const byte of text) {
          const read = readKeys(pending + byte, false)
          keys.push(...read.keys)
          pending = read.pending
        }
        expect([...keys, ...readKeys(pending, true).keys]).toEqual(whole(text))
      }),
    )
  })
})

it('a name of a key is not text, and a single grapheme is', () => {
  expect(['a', ' ', '?', 'é', '👩‍👩‍👧'].map(isText)).toEqual([true, true, true, true, true])
  expect(['enter', 'up', 'ctrl-c', 'f1', ''].map(isText)).toEqual([false, false, false, false, false])
})
