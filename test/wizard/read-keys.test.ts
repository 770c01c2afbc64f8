import { StringDecoder } from 'node:string_decoder'
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
    expect(whole('\x1b[I\x1b[15;5~x')).toEqual(['x'])
  })

  it('drops the bytes of a mouse, and what a terminal answers to the questions of others', () => {
    expect(whole('\x1b[<0;10;20Ma\x1b[<0;10;20mb\x1b[M !!c')).toEqual(['a', 'b', 'c'])
    expect(whole('\x1b]11;rgb:ffff/ffff/ffff\x07a\x1bP>|xterm\x1b\\b')).toEqual(['a', 'b'])
  })

  it('knows keys of keyboards that a program before has left enhanced', () => {
    expect(whole('\x1b[99;5u\x1b[27;5;99~\x1b[13u\x1b[27u\x1b[9;2u\x1b[106;1:1u\x1b[106;1:3u')).toEqual([
      ...['ctrl-c', 'ctrl-c', 'enter', 'esc', 'shift-tab', 'j'],
    ])
    expect(whole('\x1b[1;2A\x1b[1;5B\x1b[1;1:3B')).toEqual(['up', 'down'])
    expect(whole('\x1b[57441;2u')).toEqual([])
  })

  it('takes Esc and an impatient key behind it for the two', () => {
    expect(whole('\x1bj')).toEqual(['esc', 'j'])
  })

  it('keeps what looks like one letter as one key', () => {
    expect(whole('e\u0301👩‍👩‍👧')).toEqual(['e\u0301', '👩‍👩‍👧'])
  })

  it('gives the same keys byte by byte as in one chunk', () => {
    const piece = fc.constantFrom(
      ...['a', 'Z', '?', ' ', ']', 'P', '[', 'O', '\r', '\x7f', '\x03', 'é', '日', '🦀', '\u05d0'],
      ...['\x1b[A', '\x1bOB', '\x1b[200~', '\x1b[201~', '\x1b[6~', '\x1b[99;5u', '\x1b[1;2A'],
      ...['\x1b[<0;1;2M', '\x1b[M !!', '\x1b]11;rgb:0/0/0\x07'],
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
        const text = pieces.join('')
        const keys: string[] = []
        let pending = ''
        // As Ink reads: letters of several bytes come whole.
        const decoder = new StringDecoder('utf8')
        for (const byte of Buffer.from(text)) {
          const decoded = decoder.write(Buffer.of(byte))
          const read = readKeys(pending + decoded, false)
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
