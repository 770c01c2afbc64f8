import { expect, test } from 'vitest'
import { readChoices } from '../../../src/core/detect/choices.ts'
import { lookAt } from '../../../src/core/migrate/prepare.ts'
import type { Choices } from '../../../src/core/requests.ts'
import { inProcess } from '../../support/in-process.ts'
import { made } from './planned.ts'

const schema = `CREATE TABLE jobs(job_id TEXT PRIMARY KEY);
  CREATE TABLE "ev ents"(n INTEGER PRIMARY KEY, data TEXT, "of=type" TEXT, of_id, shown TEXT AS (data));
  CREATE TABLE keyed(a TEXT PRIMARY KEY) WITHOUT ROWID;`

function read(choices: Choices) {
  const { path, settings } = made(schema)
  return lookAt(path, inProcess(settings), looking => readChoices(choices, looking.schema))
}

test.each([
  ['"ev ents".DATA:$.job.id', 'data', { path: '$.job.id' }],
  ['"ev ents".data:$."a=b"[*]', 'data', { path: '$."a=b"[*]' }],
  ['"ev ents".data:x={id}=*', 'data', { pattern: 'x={id}=*' }],
  ['"ev ents".data:$.ref:job-{id}', 'data', { path: '$.ref', pattern: 'job-{id}' }],
  [`"ev ents".of_id["OF=TYPE"=Job|'a b']`, 'of_id', { when: { column: 'of=type', is: ['Job', 'a b'] } }],
])('%s is a place that a reference can be at', async (text, column, place) => {
  const { places, references } = await read({ references: [`${text}=jobs.job_id`], noReferences: [text] })
  expect(places).toEqual({
    added: [{ table: 'ev ents', column, place, parentTable: 'jobs', parentColumn: 'job_id' }],
    removed: [{ table: 'ev ents', column, place }],
  })
  expect(references).toEqual({ added: [], removed: [] })
})

test('a column without a place is the whole of it', async () => {
  const { places, references } = await read({
    references: ['"ev ents".of_id=jobs.job_id'],
    noReferences: ['"ev ents".data'],
  })
  expect(places).toEqual({ added: [], removed: [] })
  expect(references).toEqual({
    added: [{ table: 'ev ents', column: 'of_id', parentTable: 'jobs', parentColumn: 'job_id' }],
    removed: [{ table: 'ev ents', column: 'data' }],
  })
})

test.each([
  ['"ev ents".data:$.', 'CHOICE.NOT_A_COLUMN'],
  ['"ev ents".data:no id', 'CHOICE.NOT_A_COLUMN'],
  ['"ev ents".data?', 'CHOICE.NOT_A_COLUMN'],
  ['nothing.data:$.id', 'CHOICE.UNKNOWN_TABLE'],
  ['"ev ents".nothing:$.id', 'CHOICE.UNKNOWN_COLUMN'],
  ['"ev ents".of_id[nothing=Job]', 'CHOICE.UNKNOWN_COLUMN'],
  ['"ev ents".n[of_id=Job]', 'CHOICE.INSIDE_KEY'],
  ['"ev ents".shown:$.id', 'CHOICE.INSIDE_KEY'],
  ['keyed.a:x-{id}', 'CHOICE.INSIDE_KEY'],
])('%s is refused: %s', async (text, code) => {
  await expect(read({ references: [`${text}=jobs.job_id`] })).rejects.toMatchObject({
    failure: { code, exit: 2 },
  })
})
