import { expect, test } from 'vitest'
import { namesTarget, splitTarget } from '../../../src/core/detect/target-column.ts'

test.each([
  ['links.session_id', null, 'links.session_id'],
  ['links.db::links.session_id', 'links.db', 'links.session_id'],
  ['/a::b/links.db::links.session_id', '/a::b/links.db', 'links.session_id'],
  ['links.db::"a::b".c', 'links.db', '"a::b".c'],
  ['"a::b".c', null, '"a::b".c'],
  ['links.db::links.data:$.session', 'links.db', 'links.data:$.session'],
  ['links.data:$."a::b"', null, 'links.data:$."a::b"'],
  ['links.text:user::{id}', null, 'links.text:user::{id}'],
  ['links.db::links.text:user::{id}', 'links.db', 'links.text:user::{id}'],
  ['links.db::links.of_id[of_type=session]', 'links.db', 'links.of_id[of_type=session]'],
])('%s', (text, target, column) => {
  expect(splitTarget(text)).toEqual({ target, column })
  expect(namesTarget(text)).toBe(target !== null)
})

test.each([
  ['links.session_id=sessions.db::sessions.id', true],
  ['links.db::links.session_id=sessions.id', true],
  ['links.text:user::{id}=users.id', false],
  ['links.text:?session={id}=sessions.id', false],
  ['links.text:user::{id}=users.db::users.id', true],
  ['links.of_id[of_type=session]=sessions.db::sessions.id', true],
])('%s names another target: %s', (text, names) => {
  expect(namesTarget(text)).toBe(names)
})
