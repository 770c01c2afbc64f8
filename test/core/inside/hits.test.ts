import Database from 'better-sqlite3'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { compilePlaces, hitsIn } from '../../../src/core/inside/hits.ts'
import { parsePath } from '../../../src/core/inside/path.ts'
import type { Place } from '../../../src/core/inside/place.ts'
import { splice } from '../../../src/core/inside/splice.ts'
import { documents, type Written } from './documents.ts'

const db = new Database(':memory:')
db.defaultSafeIntegers()
afterAll(() => db.close())

const one = (sql: string, ...values: unknown[]) => db.prepare(sql).pluck().get(values)
const jsonb = (text: string) => one('SELECT jsonb(?)', text) as Buffer

const text = (value: string) => Buffer.from(value)
const ids = (value: Buffer | bigint, places: readonly Place[], type: 'text' | 'blob' | 'integer' = 'text') =>
  hitsIn(value, type, compilePlaces(places)).map(({ id }) => (typeof id === 'bigint' ? id : id.toString()))

/** The value with each id that `to` knows made another. */
function replaced(
  value: Buffer | bigint,
  type: 'text' | 'blob' | 'integer',
  places: readonly Place[],
  to: (id: Buffer | bigint) => Buffer | bigint | null,
): Buffer | bigint {
  const hits = hitsIn(value, type, compilePlaces(places))
  return splice(
    value,
    hits,
    hits.map(({ id }) => to(id)),
  )
}

const changed = (value: string, places: readonly Place[], to: string | bigint | null = 'NEW') =>
  replaced(text(value), 'text', places, () => (typeof to === 'string' ? text(to) : to)).toString()

describe('a whole value', () => {
  it('is an id where nothing else is said, whatever its bytes are', () => {
    const bytes = Buffer.from([0xff, 0, 0x22])
    expect(hitsIn(bytes, 'blob', compilePlaces([{}]))[0]!.id).toEqual(bytes)
    expect(ids(9223372036854775807n, [{}], 'integer')).toEqual([9223372036854775807n])
    expect(replaced(17n, 'integer', [{}], () => text('NEW'))).toEqual(text('NEW'))
    expect(replaced(text('NEW'), 'text', [{}], () => 17n)).toBe(17n)
  })

  it('stays as it is where its hit gets no other id', () => {
    expect(replaced(17n, 'integer', [{}], () => null)).toBe(17n)
    expect(changed('{"id":"a"}', [{ path: '$.id' }], null)).toBe('{"id":"a"}')
  })

  it('is no integer with something inside of it', () => {
    expect(ids(17n, [{ path: '$' }, { pattern: '{id}' }], 'integer')).toEqual([])
  })
})

describe('a path', () => {
  it.each([
    ['{"id":"a"}', '$.id', ['a']],
    [' { "id" : 7 } ', '$.id', [7n]],
    ['{"\\u0069d":"\\u0061bc"}', '$.id', ['abc']],
    ['{"id":"a","id":"b"}', '$.id', ['a', 'b']],
    ['{"a":{"id":1},"id":2}', '$.a.id', [1n]],
    ['{"ids":["a",7,null,{"id":1},["b"]]}', '$.ids[*]', ['a', 7n]],
    ['{"ids":["a","b","c"]}', '$.ids[1]', ['b']],
    ['[[{"x":"a"}],[{"x":"b"},{"y":1}]]', '$[*][*].x', ['a', 'b']],
    ['{"k":{"a":{"id":1},"b":{"id":2}}}', '$.k.*.id', [1n, 2n]],
    ['{"k":{"a":{"a":1},"\\u0062":2}}', '$.k.*~', ['a', 'b']],
    ['"abc"', '$', ['abc']],
    ['17', '$', [17n]],
    ['\ufeff{"id":1}', '$.id', [1n]],
    ['{"a b":{"":{"*":"x"}}}', '$."a b".""."*"', ['x']],
    ['{"id":9223372036854775807}', '$.id', [9223372036854775807n]],
    ['{"id":"\\ud83d\\ude00"}', '$.id', ['😀']],
    ['{"id":{"id":1}}', '$.id', []],
    ['[1,2]', '$.id', []],
    ['{"0":1}', '$[0]', []],
  ])('in %s, %s leads to %s', (document, path, expected) => {
    expect(ids(text(document), [{ path }])).toEqual(expected)
    if (!document.startsWith('\ufeff')) expect(ids(jsonb(document), [{ path }], 'blob')).toEqual(expected)
    expect(ids(text(document), [{ path }], 'blob')).toEqual(expected)
  })

  it.each(['1.0', '1e3', '-0', '9223372036854775808', 'true', 'null'])(
    'does not take %s for an id',
    value => {
      expect(ids(text(`[${value}]`), [{ path: '$[*]' }])).toEqual([])
      expect(ids(jsonb(`[${value}]`), [{ path: '$[*]' }], 'blob')).toEqual([])
    },
  )

  it.each([
    '',
    ' ',
    '{',
    '["a",]',
    '["a"',
    '["a"]]',
    '["a"}',
    '{"x":"a",}',
    '{"x" "a"}',
    "['a']",
    '["a" "b"]',
    '["a", 01]',
    '["a", .5]',
    '["a", 1.]',
    '["a", +1]',
    '["a", 1e]',
    '["a", nul]',
    '["a", "\\x61"]',
    '["a", "\\u12"]',
    '["a", "\n"]',
    '["a"]x',
    '["a"] //',
    '["a"]\0',
    '["a", "',
  ])('finds nothing in %j, which is no JSON', document => {
    expect(ids(text(document), [{ path: '$[*]' }, { path: '$.x' }, { path: '$' }])).toEqual([])
  })

  it('is judged valid where SQLite judges so', () => {
    const piece = fc.constantFrom(
      '[',
      ']',
      '{',
      '}',
      ',',
      ':',
      '"',
      '"a"',
      '1',
      '-',
      '0',
      '.',
      'e',
      '\\',
      'u00e9',
      'null',
      ' ',
      '\n',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 9 }), pieces => {
        const document = pieces.join('')
        const valid = one('SELECT json_valid(?)', document) === 1n
        // Any leaf is under one of these, up to the depth that so few pieces can have.
        const places = ['$', '$.*', '$[*]', '$.*.*', '$[*][*]', '$.*[*]', '$[*].*'].map(path => ({ path }))
        if (!valid) expect(ids(text(document), places)).toEqual([])
        else if (/^\s*(1|"a")\s*$/.test(document)) expect(ids(text(document), places)).toHaveLength(1)
      }),
      { numRuns: 2000 },
    )
  })

  it('reaches 10,000 levels down, and reads megabytes', () => {
    const deep = `${'{"a":['.repeat(5000)}"x"${']}'.repeat(5000)}`
    const path = `$${'.a[0]'.repeat(5000)}`
    expect(changed(deep, [{ path }])).toBe(deep.replace('"x"', '"NEW"'))
    const long = `[${'{"id":"abc", "other":[1,2,3]},'.repeat(100_000)}{}]`
    expect(changed(long, [{ path: '$[*].id' }])).toBe(long.replaceAll('abc', 'NEW'))
  })

  it('leaves invalid UTF-8 as it is', () => {
    const document = Buffer.concat([text('{"x":"'), Buffer.from([0xff, 0xc3]), text('","id":"a"}')])
    const expected = Buffer.concat([document.subarray(0, -3), text('NEW"}')])
    expect(replaced(document, 'text', [{ path: '$.id' }], () => text('NEW'))).toEqual(expected)
    expect(hitsIn(document, 'text', compilePlaces([{ path: '$.x' }]))[0]!.id).toEqual(
      Buffer.from([0xff, 0xc3]),
    )
  })

  it('puts a number in quotes and takes them away again', () => {
    const there = changed('{ "id" : 7 }', [{ path: '$.id' }])
    expect(there).toBe('{ "id" : "NEW" }')
    expect(changed(there, [{ path: '$.id' }], 7n)).toBe('{ "id" : 7 }')
    expect(changed('{"7":0}', [{ path: '$.*~' }])).toBe('{"NEW":0}')
    expect(changed('{"NEW":0}', [{ path: '$.*~' }], 7n)).toBe('{"7":0}')
    expect(changed('{"a":0}', [{ path: '$.*~' }], 'q"\\\u0001')).toBe('{"q\\"\\\\\\u0001":0}')
  })
})

describe('a pattern', () => {
  it.each([
    ['metric_cj_1767225600000_coverage', 'metric_{id}_*', ['cj_1767225600000']],
    ['metric_cj_17_tests_passed', 'metric_{id}_*', ['cj_17_tests']],
    ['metric_cj_17_tests_passed', 'metric_{id:cj_#}_*', ['cj_17']],
    ['metric_01ARZ3NDEKTSV4RRFFQ69G5FAV_tests_passed', 'metric_{id:cj_#}_*', ['01ARZ3NDEKTSV4RRFFQ69G5FAV']],
    ['repo:with:abc', '{id}:*', ['repo:with']],
    ['repo:with:abc', '*:{id}', ['abc']],
    ['/files/17.json', '/files/{id}.json', ['17']],
    ['https://x/jobs/17?a=b?c', 'https://x/jobs/{id:#}?*', ['17']],
    ['INV-000123', 'INV-{id:06}', [123n]],
    ['INV-1234567', 'INV-{id:06}', [1234567n]],
    ['INV-0123', 'INV-{id:06}', []],
    ['INV-0001234', 'INV-{id:06}', []],
    ['x7bff', 'x{id:hex}', [0x7bffn]],
    ['x7BFF', 'x{id:hex}', []],
    ['x7BFF', 'x{id:HEX}', [0x7bffn]],
    ['x00007bff', 'x{id:hex8}', [0x7bffn]],
    ['xffffffffffffffff', 'x{id:hex}', []],
    ['a,b,,c,', '{id},...', ['a', 'b', 'c']],
    ['a, b', '{id}, ...', ['a', 'b']],
    ['[a|b]', '[{id}|...]', ['a', 'b']],
    ['a,b', '{id}|...', ['a,b']],
    ['', '{id},...', []],
    ['job-', 'job-{id}', []],
    ['xjob-1', 'job-{id}', []],
    ['jobs', '{id}:*', []],
    ['line\njob', '{id}', []],
    ['é-ü', 'é-{id}', ['ü']],
  ])('reads %s by %s as %s', (value, pattern, expected) => {
    expect(ids(text(value), [{ pattern }])).toEqual(expected)
  })

  it('puts numbers back as they are written there', () => {
    expect(changed('INV-000123', [{ pattern: 'INV-{id:06}' }], 45n)).toBe('INV-000045')
    expect(changed('x7bff', [{ pattern: 'x{id:hex8}' }], 45n)).toBe('x7bff')
    expect(changed('x00007bff', [{ pattern: 'x{id:hex8}' }], 0xabn)).toBe('x000000ab')
    expect(changed('XFF', [{ pattern: 'X{id:HEX}' }], 0xabn)).toBe('XAB')
    expect(changed('1,2', [{ pattern: '{id},...' }], 3n)).toBe('3,3')
  })

  it('finds a ULID where a number stood, so that the way back is found', () => {
    const ulid = '01ARZ3NDEKTSV4RRFFQ69G5FAV'
    expect(changed('INV-000123', [{ pattern: 'INV-{id:06}' }], ulid)).toBe(`INV-${ulid}`)
    expect(changed(`INV-${ulid}`, [{ pattern: 'INV-{id:06}' }], 123n)).toBe('INV-000123')
  })

  it('asks which reading is an id where there are several', () => {
    const read = (known: string) =>
      hitsIn(
        text('metric_cj_17_tests_passed'),
        'text',
        compilePlaces([{ pattern: 'metric_{id}_*' }]),
        (_, id) => id.toString() === known,
      )[0]!.id.toString()
    expect(read('cj_17')).toBe('cj_17')
    expect(read('nothing')).toBe('cj_17_tests')
  })

  it('holds ids of two identities in one text, each its own place', () => {
    const places = [{ pattern: '{id}:*' }, { pattern: '*:{id}' }]
    const hits = hitsIn(text('repo:commit'), 'text', compilePlaces(places))
    expect(hits.map(({ place, id }) => [place, id.toString()])).toEqual([
      [0, 'repo'],
      [1, 'commit'],
    ])
    expect(splice(text('repo:commit'), hits, [text('A'), null])).toEqual(text('A:commit'))
    expect(splice(text('repo:commit'), hits, [text('A'), text('B')])).toEqual(text('A:B'))
  })

  it('stands in the strings and keys of a document too', () => {
    const places = [
      { path: '$.ref', pattern: 'job-{id}' },
      { path: '$.*~', pattern: 'k-{id}' },
    ]
    expect(changed('{"ref":"job-\\u00e9x","k-1":0}', places)).toBe(
      '{"ref":"job-NEW","NEW":0}'.replace('"NEW"', '"k-NEW"'),
    )
    expect(changed('{"ref":"\\u006aob-x\\n"}', [{ path: '$.ref', pattern: 'job-{id}' }])).toBe(
      '{"ref":"\\u006aob-x\\n"}',
    )
    expect(changed('{"ref":"\\u006aob-x"}', [{ path: '$.ref', pattern: 'job-{id}' }])).toBe(
      '{"ref":"\\u006aob-NEW"}',
    )
    expect(changed('{"ref":"job-x"}', [{ path: '$.ref', pattern: 'job-{id}' }], 'a"b')).toBe(
      '{"ref":"job-a\\"b"}',
    )
  })

  it('gives one value to the identity that knows it, where it could be of several', () => {
    const of = (known: number) =>
      hitsIn(text('abc'), 'text', compilePlaces([{}, {}]), place => place === known).map(({ place }) => place)
    expect(of(0)).toEqual([0])
    expect(of(1)).toEqual([1])
    expect(of(2)).toEqual([0])
  })

  it('does not take long over a text that is made to be slow', () => {
    expect(ids(text('_'.repeat(1_000_000)), [{ pattern: '*_{id:#}_*' }])).toEqual([])
  })
})

describe('any document', () => {
  const places = (document: { leaves: readonly { path: string }[] }) =>
    document.leaves.map(({ path }) => ({ path }))

  it('has its leaves where SQLite has them', () => {
    fc.assert(
      fc.property(documents, document => {
        const found = ids(text(document.text), places(document))
        expect(found).toEqual(
          document.leaves.map(({ value }) => (typeof value === 'number' ? BigInt(value) : value)),
        )
        const sqlite = db
          .prepare(
            "SELECT atom FROM json_tree(?) WHERE type IN ('text', 'integer') AND atom IS NOT '-0' ORDER BY id",
          )
          .pluck()
          .all(document.text)
        // -0 is a zero to SQLite.
        expect(sqlite.filter(each => each !== 0n)).toEqual(found.filter(each => each !== 0n))
      }),
      { numRuns: 300 },
    )
  })

  it.each(['text', 'blob'] as const)('is the same when its ids are put where they are, as %s', type => {
    fc.assert(
      fc.property(documents, document => {
        const value = type === 'text' ? text(document.text) : jsonb(document.text)
        const hits = hitsIn(value, type, compilePlaces(places(document)))
        const back = splice(
          value,
          hits,
          hits.map(({ id }) => id),
        ) as Buffer
        // Escapes that nobody needs are not put back; the documents mean the same.
        expect(JSON.parse(one('SELECT json(?)', type === 'text' ? back.toString() : back) as string)).toEqual(
          JSON.parse(document.text),
        )
        if (type === 'text' && !document.text.includes('\\')) expect(back).toEqual(value)
      }),
      { numRuns: 300 },
    )
  })

  it.each(['text', 'blob'] as const)('changes there and back, and only where its ids are, as %s', type => {
    fc.assert(
      fc.property(documents, fc.string({ minLength: 1, maxLength: 300 }), (document, longer) => {
        const value = type === 'text' ? text(document.text) : jsonb(document.text)
        const compiled = compilePlaces(places(document))
        const hits = hitsIn(value, type, compiled)
        const numbered = hits.map((_, at) => text(`${longer}${at}`))
        const there = splice(value, hits, numbered) as Buffer
        const asText = type === 'text' ? there.toString() : (one('SELECT json(?)', there) as string)
        expect(JSON.parse(asText)).toEqual(withTexts(document, longer))
        if (type === 'blob') expect(one('SELECT json_valid(?, 8)', there)).toBe(1n)
        const again = hitsIn(there, type, compiled)
        expect(again.map(({ id }) => id)).toEqual(numbered)
        const back = splice(
          there,
          again,
          hits.map(({ id }) => id),
        )
        if (!document.text.includes('\\')) expect(back).toEqual(value)
      }),
      { numRuns: 300 },
    )
  })

  /** The document by JSON's own reader, with a new text wherever a path leads. */
  function withTexts({ text, leaves }: Written, by: string): unknown {
    const root = { $: JSON.parse(text) as unknown }
    leaves.forEach(({ path }, at) => {
      let inside: object = root
      let last: string | number = '$'
      for (const step of parsePath(path)) {
        inside = Object.getOwnPropertyDescriptor(inside, last)!.value as object
        last = step.kind === 'key' ? step.name : step.kind === 'item' ? step.index : ''
      }
      Object.defineProperty(inside, last, { value: `${by}${at}` })
    })
    return root.$
  }
})
