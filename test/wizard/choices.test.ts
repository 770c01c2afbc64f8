import { describe, expect, it } from 'vitest'
import { columnPath, toggleIdentity, toggleReference } from '../../src/wizard/choices.ts'
import { detected, jobs, providers, tests } from './documents.ts'

it('a path is quoted as in SQL where a name is not a plain word', () => {
  expect(columnPath('jobs', 'job_id')).toBe('jobs.job_id')
  expect(columnPath('it em', 'a"b')).toBe('"it em"."a""b"')
  expect(columnPath('müsli', '1st')).toBe('müsli."1st"')
})

describe('choices of identities', () => {
  const shown = detected()

  it('keep the flags that the wizard was opened with', () => {
    const given = { skip: ['x.y'], timezone: 'UTC' }
    expect(toggleIdentity(given, given, shown, shown, providers)).toEqual({
      timezone: 'UTC',
      skip: ['x.y', 'providers.id'],
    })
  })

  it('replace the flags by names when more is wanted than they give', () => {
    const given = { all: true }
    expect(toggleIdentity(given, given, shown, shown, tests)).toEqual({
      only: ['jobs.job_id', 'providers.id', 'tests.test_id'],
    })
  })

  it('leave out everything by skip, since naming nothing would mean the default', () => {
    const one = { ...shown, identities: [jobs, { ...providers, migrate: false }, tests] }
    expect(toggleIdentity({ skip: ['providers.id'] }, {}, shown, one, jobs)).toEqual({
      skip: ['jobs.job_id', 'providers.id'],
    })
  })
})

it('an inferred reference that detection accepted itself is refused by name', () => {
  const inferred = jobs.references[1]!
  const choices = toggleReference({}, jobs, inferred)
  expect(choices).toEqual({ noReferences: ['agent_executions.job_id'] })
  expect(toggleReference(choices, jobs, { ...inferred, choice: 'offered' })).toEqual({})
})
