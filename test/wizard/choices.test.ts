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

describe('choices of references', () => {
  const [, inferred, offered] = jobs.references
  const inside = { ...offered!, table: 'events', column: 'data', path: '$.job.id', kind: 'json' as const }

  it('refuse by name what detection accepted itself, and take that back', () => {
    const choices = toggleReference({}, {}, jobs, inferred!)
    expect(choices).toEqual({ noReferences: ['agent_executions.job_id'] })
    expect(toggleReference(choices, {}, jobs, { ...inferred!, choice: 'offered' })).toEqual({})
  })

  it('accept by name what detection offered or only mentioned, and take that back', () => {
    const choices = toggleReference({}, {}, jobs, { ...offered!, choice: 'mentioned' })
    expect(choices).toEqual({ references: ['decisions.subject=jobs.job_id'] })
    expect(toggleReference(choices, {}, jobs, { ...offered!, choice: 'accepted' })).toEqual({})
  })

  it('tell two places in one column apart, in the words of the flag', () => {
    const first = toggleReference({}, {}, jobs, inside)
    const both = toggleReference(first, {}, jobs, { ...inside, path: '$.jobs[*]' })
    expect(both).toEqual({
      references: ['events.data:$.job.id=jobs.job_id', 'events.data:$.jobs[*]=jobs.job_id'],
    })
    expect(toggleReference(both, {}, jobs, { ...inside, choice: 'accepted' })).toEqual({
      references: ['events.data:$.jobs[*]=jobs.job_id'],
    })
  })

  it('name the rows and the pattern that a reference is meant for', () => {
    const rows = { ...offered!, when: { column: 'of', is: ['Job', 'a job'] } }
    expect(toggleReference({}, {}, jobs, rows).references).toEqual([
      "decisions.subject[of=Job|'a job']=jobs.job_id",
    ])
    const pattern = { ...inside, pattern: 'job-{id}', choice: 'accepted' as const }
    expect(toggleReference({}, {}, jobs, pattern).noReferences).toEqual(['events.data:$.job.id:job-{id}'])
  })

  it('contradict what flags or the config file say, instead of forgetting it', () => {
    const given = { references: ['[decisions].subject=jobs.job_id'] }
    expect(toggleReference(given, given, jobs, { ...offered!, choice: 'accepted' })).toEqual({
      noReferences: ['decisions.subject'],
    })
    const refused = { noReferences: ['"agent_executions".job_id'] }
    expect(toggleReference(refused, refused, jobs, { ...inferred!, choice: 'offered' })).toEqual({
      references: ['agent_executions.job_id=jobs.job_id'],
    })
  })
})
