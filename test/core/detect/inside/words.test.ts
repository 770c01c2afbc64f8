import { expect, it } from 'vitest'
import { isTypeOf } from '../../../../src/core/detect/inside/type-names.ts'
import { agreement } from '../../../../src/core/detect/inside/words.ts'
import type { KeyColumn } from '../../../../src/core/detect/keys.ts'
import { singularOf, wordsOf } from '../../../../src/core/detect/references/words.ts'

/** Only names matter here. */
const key = (table: string, column: string) =>
  ({ table: { name: table }, column: { name: column } }) as KeyColumn

it.each([
  ['job_id', 'job id'],
  ['jobIds', 'job ids'],
  ['JobID', 'job id'],
  ['HTTPRequestId', 'http request id'],
  ['blog-posts', 'blog posts'],
  ['größe', 'größe'],
])('divides %s into words', (name, words) => {
  expect(wordsOf(name).join(' ')).toBe(words)
})

it.each([
  ['jobs', 'job'],
  ['categories', 'category'],
  ['addresses', 'address'],
  ['boxes', 'box'],
  ['status', 'status'],
  ['statuses', 'status'],
  ['people', 'person'],
  ['news', 'news'],
])('says %s in the singular', (plural, one) => {
  expect(singularOf(plural)).toBe(one)
})

it.each([
  ['id', 'jobs', 'id', ['job_id']],
  ['id', 'jobs', 'id', ['parentJobId']],
  ['id', 'jobs', 'id', ['id', 'job']],
  ['id', 'jobs', 'id', ['ids', 'jobs']],
  ['id', 'jobs', 'id', ['jobid']],
  ['id', 'tbl_users', 'id', ['user_id']],
  ['id', 'events', 'session_id', ['session_id']],
  ['id', 'blog_posts', 'id', ['blog_post_id']],
  ['bare', 'jobs', 'id', ['job']],
  ['bare', 'jobs', 'id', ['related_jobs']],
  [null, 'jobs', 'id', ['id']],
  [null, 'jobs', 'id', ['id', 'data']],
  [null, 'jobs', 'id', ['job_count']],
  [null, 'jobs', 'id', ['jobs_done']],
  [null, 'jobs', 'id', ['client_id']],
  [null, 'jobs', 'id', ['paid']],
  [null, 'pa', 'id', ['pa_x']],
  [null, 'jobs', 'id', ['count', 'job']],
] as const)('agrees by %s: %s.%s with %j', (expected, table, column, names) => {
  expect(agreement(key(table, column), names)).toBe(expected)
})

it.each([
  ['owner_type', 'owner_id', true],
  ['commentableType', 'commentableId', true],
  ['entity', 'entity_id', true],
  ['content_type_id', 'object_id', true],
  ['actor_content_type_id', 'actor_object_id', true],
  ['source_table', 'source_id', true],
  ['subject_class', 'subject_uuid', true],
  ['owner_type', 'subject_id', false],
  ['type', 'id', false],
  ['owner', 'owner', false],
  ['owner_name', 'owner_id', false],
  ['entity_id', 'entity_id', false],
])('says of %s and %s whether one is the type of the other: %s', (type, id, expected) => {
  expect(isTypeOf(type, id)).toBe(expected)
})
