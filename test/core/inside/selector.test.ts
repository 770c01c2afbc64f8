import { expect, it } from 'vitest'
import { formatPath, parsePath } from '../../../src/core/inside/path.ts'
import { formatPattern, parsePattern } from '../../../src/core/inside/pattern.ts'
import { formatPlace, parsePlace } from '../../../src/core/inside/selector.ts'

it.each([
  '$',
  '$.job.id',
  '$.job_id',
  '$[0][*].ids[12]',
  '$.by_name.*.id',
  '$.by_job.*~',
  '$.*~',
  '$."a b"."q\\"\\\\"."*"[*]',
  '$."ünï"',
])('reads the path %s and writes it as it was', text => {
  expect(formatPath(parsePath(text))).toBe(text)
})

it.each(['', 'job', '$.', '$job', '$[x]', '$[-1]', '$[#-1]', '$.a.*~.b', '$."a', '$.a:b', '$."\\q"'])(
  'says that %s is no path',
  text => {
    expect(() => parsePath(text)).toThrow('is no path')
  },
)

it.each([
  '{id}',
  'metric_{id}_*',
  '{id}:*',
  '*:{id}',
  'INV-{id:06}',
  '0x{id:hex}',
  '{id:HEX8}',
  '{id},...',
  '{id}, ...',
  '[{id}|...]',
  '/files/{id}.json',
  'https://x/jobs/{id}?*',
  'test_{id:cj_#}_*',
  '\\$\\{{id}',
  'a\\*\\{b\\}\\\\{id}',
])('reads the pattern %s and writes it as it was', text => {
  expect(formatPattern(parsePattern(text))).toBe(text)
})

it.each([
  ['job', 'it has no {id}'],
  ['{id}:{id}', 'twice'],
  ['*{id}', 'leaves open where the id begins'],
  ['{id}*', 'leaves open where the id ends'],
  ['a{b}{id}', 'a plain { is written \\{'],
  ['{id}...', 'a separator'],
])('says what is wrong with the pattern %s', (text, why) => {
  expect(() => parsePattern(text)).toThrow(why)
})

it.each([
  ['events.data:$.job.id', { path: '$.job.id' }],
  ['metrics.id:metric_{id}_*', { pattern: 'metric_{id}_*' }],
  ['comments.commentable_id[commentable_type=Post]', { when: { column: 'commentable_type', is: ['Post'] } }],
  ['c.x[type=App\\Models\\Post|Photo]', { when: { column: 'type', is: ['App\\Models\\Post', 'Photo'] } }],
  ["c.x[\"my type\"='a|b'|'it''s'|'']", { when: { column: 'my type', is: ['a|b', "it's", ''] } }],
  ['events.data:$.ref:job-{id}', { path: '$.ref', pattern: 'job-{id}' }],
  ['events.data:$."a:b".c:x:{id}', { path: '$."a:b".c', pattern: 'x:{id}' }],
  ['events.data[kind=1]:$:{id},...', { when: { column: 'kind', is: ['1'] }, path: '$', pattern: '{id},...' }],
  ['jobs.parent', {}],
])('reads the place %s and writes it as it was', (text, place) => {
  const { table, column, place: read } = parsePlace(text)
  expect(read).toEqual(place)
  expect(formatPlace({ table, column }, read)).toBe(text)
})

it('takes quoted names, and brackets behind the column as its rows', () => {
  expect(parsePlace('"it em".[my id]:$.a')).toEqual({
    table: 'it em',
    column: 'my id',
    place: { path: '$.a' },
  })
  expect(formatPlace({ table: 'it em', column: 'my id' }, { path: '$.a' })).toBe('"it em"."my id":$.a')
})

it.each([
  'events',
  'events.data:',
  'events.data$.a',
  'c.x[type]',
  'c.x[type=]',
  'c.x[=a]',
  'c.x:$.a:b',
  'c.x:job',
])('refuses %s with a reason', text => {
  expect(() => parsePlace(text)).toThrow(RangeError)
})
