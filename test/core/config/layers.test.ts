import { expect, test } from 'vitest'
import { layered, unsaid } from '../../../src/core/config/layers.ts'

test('what the upper layer says beats what the lower one says', () => {
  expect(layered({ strategy: 'replace', case: 'lower' }, { strategy: 'expand', timezone: '+02:00' })).toEqual(
    {
      strategy: 'replace',
      case: 'lower',
      timezone: '+02:00',
    },
  )
})

test('which identities is one question: --all or --only above replaces both below', () => {
  expect(layered({ all: true }, { only: ['a.id'] })).toEqual({ all: true })
  expect(layered({ only: ['b.id'] }, { all: true, only: ['a.id'] })).toEqual({ only: ['b.id'] })
  expect(layered({}, { only: ['a.id'] })).toEqual({ only: ['a.id'] })
})

test('lists about single columns add up', () => {
  expect(
    layered(
      { skip: ['b.id'], references: ['c.x=a.id'], accept: ['t2'] },
      { skip: ['a.id'], references: ['d.x=a.id'], accept: ['t1', 't2'] },
    ),
  ).toEqual({ skip: ['a.id', 'b.id'], references: ['d.x=a.id', 'c.x=a.id'], accept: ['t1', 't2'] })
})

test('what is said above of a column silences the contrary below, however the name is written', () => {
  expect(layered({ only: ['"Jobs".ID'] }, { skip: ['jobs.id', 'tests.id'] })).toEqual({
    only: ['"Jobs".ID'],
    skip: ['tests.id'],
  })
  expect(
    layered({ noReferences: ['errors.job'] }, { references: ['[errors].job=jobs.id', 'e.j=jobs.id'] }),
  ).toEqual({
    noReferences: ['errors.job'],
    references: ['e.j=jobs.id'],
  })
  expect(layered({ references: ['errors.job=jobs.id'] }, { noReferences: ['errors.job'] })).toEqual({
    references: ['errors.job=jobs.id'],
  })
})

test('a source of time, or a name, above takes the place of the one below for the same column, also where a name holds a "="', () => {
  expect(layered({ ulidColumns: ['jobs.job_id=x'] }, { ulidColumns: ['"Jobs".job_id=y', 'a.id=z'] })).toEqual(
    { ulidColumns: ['a.id=z', 'jobs.job_id=x'] },
  )
  expect(
    layered({ times: ['"a=b".id=order'] }, { times: ['"a=b".id=made', 'jobs.job_id=start_time'] }),
  ).toEqual({ times: ['jobs.job_id=start_time', '"a=b".id=order'] })
})

test('two places in one column are two references; the column as a whole is all of them', () => {
  const below = { references: ['e.data:$.a=jobs.id', 'e.data:$.b=jobs.id', "c.of[t='x']=jobs.id"] }
  expect(layered({ noReferences: ['[e].data:$."a"', 'c.of[t=y]'] }, below)).toEqual({
    references: ['e.data:$.b=jobs.id', "c.of[t='x']=jobs.id"],
    noReferences: ['[e].data:$."a"', 'c.of[t=y]'],
  })
  expect(layered({ noReferences: ['e.data'] }, below)).toEqual({
    references: ["c.of[t='x']=jobs.id"],
    noReferences: ['e.data'],
  })
})

test('what is unsaid of a reference is neither wanted nor refused any longer', () => {
  const said = {
    references: ['e.data:$.a=jobs.id', 'e.j=jobs.id'],
    noReferences: ['"E".j'],
    form: 'pure' as const,
  }
  expect(unsaid(said, 'e.j')).toEqual({ references: ['e.data:$.a=jobs.id'], form: 'pure' })
  expect(unsaid(said, 'e.data')).toEqual(said)
})
