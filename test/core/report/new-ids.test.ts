import { expect, test } from 'vitest'
import type { CodeGenerator, CodeSite } from '../../../src/core/documents.ts'
import { newIds } from '../../../src/core/report/new-ids.ts'
import type { SourceReport, SystemReport } from '../../../src/core/run-report.ts'

const site = (file: string, line: number): CodeSite => ({
  file,
  line,
  rule: 'uuid',
  subject: 'job_id',
  text: 'str(uuid.uuid4())',
  verdict: 'change',
  why: '',
})

const good: CodeGenerator = {
  module: 'dhruva',
  name: 'generate',
  interpreter: 'python3',
  state: 'good',
  values: 1000,
  reasons: [],
  notes: [],
}

function system(name: string, source: Partial<SourceReport> | null, folder: string | null = '/src') {
  const none = { files: 3, old: [], undecided: [], using: [], unread: [], rejecting: 0, generators: [] }
  const report: SystemReport = {
    system: name,
    title: name,
    folder,
    status: 'done',
    places: [],
    targets: [],
    tests: { before: null, after: null },
    checks: [],
    source: source === null ? null : { ...none, error: null, ...source },
    findings: [],
    due: [],
  }
  return report
}

const using = { using: ['a.py'], generators: [good] }

test('it is proved where the source calls the generator, that one is good, and nothing else makes ids', () => {
  expect(newIds([system('alpha', { ...using, rejecting: 2 }), system('beta', {})])).toEqual({
    verdict: 'proved',
    by: 'alpha: 1 file with dhruva:generate, of which python3 made 1,000 good ULIDs; no place in 6 files makes other ids',
  })
})

test('places that were not updated are due, by file and line, with the command', () => {
  const old = [1, 2, 3, 4, 5, 6].map(line => site('a.py', line))
  expect(newIds([system('alpha', { ...using, old })])).toEqual({
    verdict: 'due',
    by: 'alpha: 6 places in the source still make old ids (a.py:1, a.py:2, a.py:3, a.py:4, a.py:5 and 1 more): ulid-migrate code alpha',
  })
})

test('what the operator has not decided, and files that can not be read, are no proof', () => {
  const judged = newIds([system('alpha', { ...using, undecided: [site('b.py', 7)], unread: ['c.py'] })])
  expect(judged.verdict).toBe('due')
  expect(judged.by).toContain(
    '1 place for you to decide (b.py:7): ulid-migrate code alpha --change FILE:LINE',
  )
  expect(judged.by).toContain('not read: c.py')
})

test('a generator that is not there fails it where code calls it already, and is told where it is yet to', () => {
  const missing = { ...good, state: 'missing', values: 0, reasons: ['No module named dhruva'] } as const
  const called = newIds([system('alpha', { using: ['a.py'], generators: [missing] })])
  expect(called).toEqual({
    verdict: 'failed',
    by: 'alpha: dhruva:generate is not there for python3 (No module named dhruva): ulid-migrate code alpha --put-generator',
  })
  expect(newIds([system('alpha', { old: [site('a.py', 1)], generators: [missing] })]).verdict).toBe('due')
})

test('one system whose source is not known keeps it from being proved for all', () => {
  const unknown = { ...system('beta', null, null), targets: [{}] as unknown as SystemReport['targets'] }
  expect(newIds([system('alpha', using), unknown])).toMatchObject({
    verdict: 'due',
    by: expect.stringContaining('beta: its source tree was not found'),
  })
})

test('it does not apply where no source tree is known, or none of it makes ids, and says why', () => {
  expect(newIds([system('alpha', null, null)])).toMatchObject({
    verdict: 'not-applicable',
    by: expect.stringContaining('--projects DIR'),
  })
  expect(newIds([system('alpha', {})])).toEqual({
    verdict: 'not-applicable',
    by: 'None of 3 source files makes ids.',
  })
})
