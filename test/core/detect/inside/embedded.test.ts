import { describe, expect, it } from 'vitest'
import { foundIn, hash, rows, uuid } from './found.ts'

const jobs = `CREATE TABLE jobs(job_id TEXT PRIMARY KEY, status TEXT); ${rows('jobs', 200, uuid('n'), "'done'")}`
const numbered = `CREATE TABLE jobs(id INTEGER PRIMARY KEY, status TEXT); ${rows('jobs', 200, 'n', "'done'")}`
const results = `CREATE TABLE results(id TEXT PRIMARY KEY); ${rows('results', 200, "'cj_' || (1767225600000 + n * 977)")}`
const cj = "'cj_' || (1767225600000 + n * 977)"
const notes = (value: string, count = 150) =>
  `CREATE TABLE notes(id INTEGER PRIMARY KEY, ref TEXT); ${rows('notes', count, 'n', value)}`

describe('a pattern', () => {
  it.each([
    [`'conv_' || ${uuid('n')}`, 'conv_{id}'],
    [`'job:' || ${uuid('n')} || ':' || (n * 7919)`, 'job:{id}:*'],
    [`(n * 7919) || '@' || ${uuid('n')}`, '*@{id}'],
    [
      `'https://ci.example.org/jobs/' || ${uuid('n')} || '?page=' || n`,
      'https://ci.example.org/jobs/{id}?page=*',
    ],
    [`'urn:uuid:' || ${uuid('n')}`, 'urn:uuid:{id}'],
    [`'<' || ${uuid('n')} || '@example.org>'`, '<{id}@example.org>'],
    [`'é*{' || ${uuid('n')} || '}'`, 'é\\*\\{{id}\\}'],
  ])('is found around the ids of %s', (value, pattern) => {
    const found = foundIn(jobs, notes(value))
    expect(found.chosen('accepted')).toEqual([`notes.ref:${pattern} -> jobs.job_id`])
    expect(found.the(`notes.ref:${pattern} -> jobs.job_id`)).toMatchObject({
      matched: 150,
      orphans: 0,
      kind: 'embedded',
    })
  })

  it('says the shape of an id where its end can not be told else', () => {
    const found = foundIn(
      results,
      `CREATE TABLE metrics(id TEXT PRIMARY KEY); ${rows('metrics', 150, `'metric_' || ${cj} || CASE n % 3 WHEN 0 THEN '_coverage' WHEN 1 THEN '_lines' ELSE '_tests_passed' END`)}`,
    )
    const reference = found.the('metrics.id:metric_{id:cj_#}_* -> results.id')
    expect(reference).toMatchObject({ choice: 'accepted', matched: 150 })
    expect(reference.why).toContain('it is a key itself and follows the ids in it')
    const plain = foundIn(results, notes(`'metric_' || ${cj} || '_coverage' || n`))
    expect(plain.chosen('accepted')).toEqual(['notes.ref:metric_{id}_* -> results.id'])
  })

  it('counts the orphans that are written so', () => {
    const found = foundIn(results, notes(`'progress_cj_' || (1767225600000 + n * 977 * 20)`))
    expect(found.the('notes.ref:progress_{id} -> results.id')).toMatchObject({
      matched: 10,
      orphans: 140,
      choice: 'accepted',
    })
  })

  it('is another for each prefix', () => {
    const found = foundIn(
      jobs,
      `CREATE TABLE reflections(id TEXT PRIMARY KEY); ${rows('reflections', 100, hash('n + 500'))}`,
      notes(`CASE WHEN n % 2 THEN 'conv_' || ${uuid('n')} ELSE 'refl_' || ${hash('n % 100 + 500')} END`),
    )
    expect(found.chosen('accepted')).toEqual([
      'notes.ref:conv_{id} -> jobs.job_id',
      'notes.ref:refl_{id} -> reflections.id',
    ])
  })

  it('of two identities in one text is two', () => {
    const found = foundIn(
      jobs,
      `CREATE TABLE commits(sha TEXT PRIMARY KEY); ${rows('commits', 100, hash('n + 500'))}`,
      notes(`${uuid('n')} || ':' || ${hash('n % 100 + 500')}`),
    )
    expect(found.chosen('accepted')).toEqual([
      'notes.ref:*:{id} -> commits.sha',
      'notes.ref:{id}:* -> jobs.job_id',
    ])
  })

  it('is found in the texts of a document', () => {
    const found = foundIn(
      jobs,
      notes(`json_object('links', json_array('/jobs?id=' || ${uuid('n')}), 'key', 'job:' || ${uuid('n')})`),
    )
    expect(found.chosen('accepted')).toContain('notes.ref:$.key:job:{id} -> jobs.job_id')
  })

  it('in a path is only offered: files keep their names', () => {
    const found = foundIn(jobs, notes(`'/files/' || ${uuid('n')} || '.json'`))
    expect(found.chosen('offered')).toEqual(['notes.ref:/files/{id}.json -> jobs.job_id'])
    expect(found.chosen('accepted')).toEqual([])
  })

  it('in a path tells what kind of files they are', () => {
    const found = foundIn(jobs, notes(`'/files/' || ${uuid('n')} || '/' || n || '.pdf'`))
    expect(found.chosen('offered')).toEqual(['notes.ref:/files/{id}/*.pdf -> jobs.job_id'])
  })

  it('with a number is only offered, and only where it is called what it is', () => {
    const found = foundIn(numbered, notes("'job-' || n"))
    expect([found.chosen('accepted'), found.chosen('offered')]).toEqual([
      [],
      ['notes.ref:job-{id:#} -> jobs.id'],
    ])
    const padded = foundIn(numbered, notes("printf('JOB-%06d', n)"))
    expect(padded.chosen('offered')).toEqual(['notes.ref:JOB-{id:06} -> jobs.id'])
    const other = foundIn(numbered, notes("'line ' || n"))
    expect(other.references).toEqual([])
  })
})

describe('a list', () => {
  it.each([
    [',', '{id},...'],
    [', ', '{id}, ...'],
    ['|', '{id}|...'],
    [' ', '{id} ...'],
  ])('of ids that a machine made is found with %j between them', (separator, pattern) => {
    const found = foundIn(
      jobs,
      notes(
        `CASE n % 3 WHEN 0 THEN ${uuid('n')} WHEN 1 THEN '' ELSE ${uuid('n')} || '${separator}' || ${uuid('n + 1')} END`,
      ),
    )
    expect(found.chosen('accepted')).toEqual([`notes.ref:${pattern} -> jobs.job_id`])
    expect(found.the(`notes.ref:${pattern} -> jobs.job_id`)).toMatchObject({ matched: 150 })
  })

  it('of numbers is found where the column is called so', () => {
    const table = (name: string) =>
      `CREATE TABLE notes(id INTEGER PRIMARY KEY, ${name} TEXT); ${rows('notes', 150, 'n', "n || ',' || (n + 1)")}`
    expect(foundIn(numbered, table('job_ids')).chosen('accepted')).toEqual([
      'notes.job_ids:{id},... -> jobs.id',
    ])
    expect(foundIn(numbered, table('sizes')).references).toEqual([])
  })
})

describe('what is no pattern', () => {
  it('is only mentioned: texts in which an id stands somewhere', () => {
    const found = foundIn(
      jobs,
      notes(
        `CASE n % 4 WHEN 0 THEN 'Started ' || ${uuid('n')} WHEN 1 THEN 'Job ' || ${uuid('n')} || ' has failed after ' || n WHEN 2 THEN 'nothing to do' ELSE n || ' warnings in ' || ${uuid('n')} || ', see above' END`,
      ),
    )
    expect(found.chosen('accepted')).toEqual([])
    expect(found.references.every(({ choice }) => choice !== 'accepted')).toBe(true)
    expect(found.references.length).toBeGreaterThan(0)
  })

  it.each([
    [
      'log lines',
      "'2026-01-0' || (n % 9 + 1) || ' 12:00:0' || (n % 10) || ' INFO worker-' || n || ' took ' || (n * 7) || ' ms'",
    ],
    ['addresses', "'user' || n || '@example.org'"],
    ['base64', 'hex(randomblob(40))'],
    ['UUIDs of something else', `'req-' || ${uuid('n + 9000')}`],
    ['hashes of content', hash('n + 9000')],
    ['versions', "'1.' || n || '.0'"],
    ['times', "'2026-01-01T00:' || printf('%02d', n % 60) || ':00Z'"],
    ['ranges', "n || '-' || (n + 5)"],
    ['invalid UTF-8', "CAST(x'ff' || CAST(n AS BLOB) || x'fe' AS TEXT)"],
  ])('is not even mentioned: %s', (_, value) => {
    const found = foundIn(jobs, numbered.replaceAll('jobs', 'runs'), notes(value))
    expect(found.references).toEqual([])
  })
})
