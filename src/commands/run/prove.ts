/** After the migration of a system: its queries against what they were, an id of each database traced, its own tests. */
import { join } from 'node:path'
import {
  type ComparedQuery,
  commandLine,
  exitCodes,
  type Failure,
  type Message,
  queriesOf,
  queryFindings,
  type System,
  type TestRun,
  testsPage,
} from '../../core/index.ts'
import type { Target } from '../each-target.ts'
import { failure } from '../failure.ts'
import { marks } from '../reports/marks.ts'
import { worseQueries } from './queries.ts'
import type { Rehearsed } from './rehearse.ts'
import { choicesFor, type Run } from './run.ts'
import { stopped } from './stopped.ts'

/** The first failure; null where all is proved. */
export async function proveSystem(
  run: Run,
  system: System,
  targets: readonly Target[],
  rehearsed: readonly Rehearsed[],
): Promise<Failure | null> {
  for (const target of targets) {
    const failed =
      stopped(run.session) ??
      (await proveQueries(run, system, target)) ??
      (await proveTraced(
        run,
        target,
        rehearsed.find(each => each.target.path === target.path),
      ))
    if (failed) return failed
  }
  noteElsewhere(run, system)
  return stopped(run.session) ?? (await proveTests(run, system))
}

async function proveQueries(run: Run, system: System, { path, name }: Target): Promise<Failure | null> {
  const { session, book } = run
  const { snapshot, findings } = book.target(path)
  if (snapshot === '') return null
  const outcome = await session.ask(
    'compare-queries',
    { target: path, before: snapshot, queries: queriesOf(system) },
    { name, findings: false },
  )
  if (outcome.type === 'failed') return outcome.error
  const queries: readonly ComparedQuery[] = outcome.value
  const told = queryFindings(queries, path, 'migrated')
  session.note(...told.map(each => `! ${each.message}: ${each.why}`))
  const before = findings.filter(each => !each.code.startsWith('QUERY.')) // what the rehearsal said of them is past
  book.noteTarget(path, { queries, findings: [...before, ...told] })
  return worseQueries(queries, choicesFor(run, path).accept ?? [], path, 'migrated', session.context.argv)
}

/** A ULID that the rehearsal showed has to be found where it said, with the legacy id it had. */
async function proveTraced(
  { session, book }: Run,
  { path, name }: Target,
  rehearsed: Rehearsed | undefined,
): Promise<Failure | null> {
  const sample = rehearsed?.document.samples[0]
  if (sample === undefined) return null
  const targets = book.report.systems
    .flatMap(each => each.targets)
    .filter(each => each.status === 'migrated' || each.status === 'done-before')
  const outcome = await session.ask(
    'trace',
    { id: sample.after, targets: targets.map(each => each.target), brief: true },
    { name, findings: false },
  )
  if (outcome.type === 'failed') return outcome.error
  const found = outcome.value.found.some(row => row.target === path && row.legacy === sample.before)
  book.noteTarget(path, { traced: found ? 1 : -1 })
  return null
}

/** A query that fits none of the databases proves nothing, and looks as if it did. */
function noteElsewhere({ book }: Run, system: System): void {
  const { targets, findings } = book.system(system.name)
  const timed = targets.flatMap(each => each.queries.map(query => query.name))
  if (timed.length === 0) return
  const without = queriesOf(system).filter(({ name }) => !timed.includes(name))
  const told = without.map(
    ({ name }): Message => ({
      code: 'QUERY.FITS_NOWHERE',
      severity: 'info',
      object: system.name,
      message: `None of the databases understands this query: ${name}`,
      why: 'It was timed nowhere.',
      next: 'See its queries in the config file.',
    }),
  )
  book.note(system.name, {
    findings: [...findings.filter(each => each.code !== 'QUERY.FITS_NOWHERE'), ...told],
  })
}

/** The tests as they are before the migration, so that what fails already is told apart. */
export async function testBefore(run: Run, system: System): Promise<Failure | null> {
  const { book } = run
  const { tests, targets } = book.system(system.name)
  // With one of its databases migrated it is no longer as it was.
  if (run.tests !== 'both' || tests.before !== null || targets.some(each => each.ofThisRun)) return null
  const ran = await runTests(run, system, 'before')
  if (ran === null) return null
  if ('code' in ran) return ran
  book.note(system.name, { tests: { ...tests, before: ran } })
  return null
}

async function proveTests(run: Run, system: System): Promise<Failure | null> {
  if (run.tests === 'none') return null
  const { session, book } = run
  const ran = await runTests(run, system, 'after')
  if (ran === null) return null
  if ('code' in ran) return ran
  const { tests, checks, findings } = book.system(system.name)
  const { check, why, findings: asBefore } = testsPage(system, tests.before, ran)
  book.note(system.name, {
    tests: { ...tests, after: ran },
    checks: [...checks.filter(each => each.id !== check.id), check],
    findings: [...findings, ...asBefore],
  })
  session.note(`${check.ok ? marks.good : marks.bad} ${system.name}  ${check.id}  ${check.detail}`)
  if (check.ok) return null
  return failure(exitCodes.verification, 'TESTS.FAILED', {
    object: system.name,
    message: `The tests of ${system.title} fail after the migration.`,
    why: [why, ...ran.tail].join('\n'),
    next: `Read ${ran.log}; whether they failed before as well, tells a run with --tests both; to go back: ${commandLine(
      'rollback',
      ...book
        .system(system.name)
        .targets.filter(each => each.ofThisRun)
        .map(each => each.target),
    )}`,
  })
}

/** Null where there is nothing to run, which the report says. */
async function runTests(
  { session, book }: Run,
  system: System,
  when: 'before' | 'after',
): Promise<TestRun | Failure | null> {
  if (system.test === null || system.folder === null) return null
  session.note(`${system.name}  its own tests, ${when} the migration: ${system.test.argv.join(' ')}`)
  const outcome = await session.ask(
    'system-tests',
    {
      target: system.folder,
      command: system.test,
      log: join(book.folder, `${fileName(system.name)}-tests-${when}.log`),
    },
    { name: system.name, findings: false },
  )
  return outcome.type === 'failed' ? outcome.error : outcome.value
}

function fileName(name: string): string {
  return name.replaceAll(/[^\w.-]/g, '_')
}
