import type { TestRun } from '../run-report.ts'

/** What the tests prove of a migration, where they also ran before it. */
export function judgeTests(
  before: TestRun | null,
  after: TestRun,
): { readonly verdict: 'passed' | 'as-before' | 'failed'; readonly why: string } {
  if (after.status === 'passed') return { verdict: 'passed', why: '' }
  if (before === null || before.status === 'passed') return { verdict: 'failed', why: after.why }
  const more = after.failures.filter(name => !before.failures.includes(name))
  if (more.length > 0) return { verdict: 'failed', why: `${after.why} Not before: ${more.join(', ')}.` }
  if (after.status !== before.status || after.exit !== before.exit)
    return { verdict: 'failed', why: `${after.why} Before: ${before.why}` }
  const names = after.failures.length > 0 ? `: ${after.failures.join(', ')}` : ''
  return { verdict: 'as-before', why: `They failed before as well, in the same way${names}.` }
}
