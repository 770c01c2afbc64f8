/** The success criteria of the systems' own documents (SYSTEMS 5), each with what proves it here, or why nothing can. */

import type { Check } from '../documents.ts'
import type { Criterion, RunReport, TargetReport } from '../run-report.ts'
import { withCommas } from '../with-commas.ts'
import { newIds } from './new-ids.ts'

type Judged = Pick<Criterion, 'verdict' | 'by'>

export function criteriaOf({ systems }: Pick<RunReport, 'systems'>): readonly Criterion[] {
  const targets = systems.flatMap(each => each.targets).filter(isProved)
  const fresh = targets.filter(each => each.rehearsal !== null)
  const line = (criterion: string, judged: Judged): Criterion => ({ criterion, ...judged })
  return [
    line(
      'All records, new and legacy, have ULIDs, 100 % of them valid and none twice',
      byChecks(targets, ['ulid-format']),
    ),
    line('Zero data loss: exact row counts', byChecks(targets, ['row-counts'])),
    line(
      'Nothing else has changed: every other cell, every view, trigger and index',
      byChecks(targets, ['untouched-cells', 'schema', 'prepares']),
    ),
    line(
      'Keys are intact: every reference names the same row as before',
      byChecks(targets, ['references', 'foreign-keys']),
    ),
    line('No new orphans', byChecks(targets, ['orphans'])),
    line('No corruption', byChecks(targets, ['integrity'])),
    line('Every database was backed up first, and the backup was checked', backedUp(targets)),
    line('The rollback was tested before going live', undoRehearsed(fresh)),
    line(
      'Both ids are live where an expansion was asked for, lookup by either',
      byChecks(
        targets.filter(each => each.strategy === 'expand'),
        ['in-step'],
        'No target was expanded.',
      ),
    ),
    line('Ids can be traced across systems, by the old and the new id', traced(targets)),
    line("The systems' own tests pass", tests(systems)),
    line('Performance within 10 % of before, and no index lost', performance(targets)),
    line('Lookups take less than 10 ms (the strictest of the documents)', lookups(targets)),
    line('The backfill makes 10,000 ids in less than a minute', backfill(targets)),
    line('All new ids are made by the configured generator', newIds(systems)),
    line(
      'Registration and resolution rates, monitoring',
      notHere(
        'They are about a registry service; this program keeps its maps in the databases. docs/performance.md has its own measurements.',
      ),
    ),
    line(
      'Test coverage above 80 %',
      notHere("The systems' own test commands do not report it in a form that all share."),
    ),
  ]
}

/** Targets about which something can be said. */
function isProved({ status, outside }: TargetReport): boolean {
  return outside !== null && (status === 'migrated' || status === 'done-before' || status === 'failed')
}

function notHere(by: string): Judged {
  return { verdict: 'not-applicable', by }
}

const none = 'No target was migrated.'

function byChecks(targets: readonly TargetReport[], ids: readonly string[], otherwise = none): Judged {
  const asked = targets.flatMap(target => checksOf(target, ids))
  if (asked.length === 0) return notHere(otherwise)
  const failed = asked.filter(({ check }) => !check.ok)
  if (failed.length > 0)
    return {
      verdict: 'failed',
      by: failed.map(({ target, check }) => `${check.id} of ${target}: ${check.detail}`).join('; '),
    }
  const counts = ids.flatMap(id => {
    const of = asked.filter(({ check }) => check.id === id)
    const total = of.reduce((sum, { check }) => sum + check.count, 0)
    return of.length > 0 ? [`${id} (${withCommas(total)} compared)`] : []
  })
  const many = new Set(asked.map(({ target }) => target)).size
  return { verdict: 'proved', by: `${counts.join(', ')} in ${many} ${many === 1 ? 'database' : 'databases'}` }
}

function checksOf({ target, proof, outside }: TargetReport, ids: readonly string[]) {
  return ids.flatMap(id => {
    // The last word is that of the other process; what only the run itself can ask is its own.
    const check: Check | undefined =
      outside?.checks.find(each => each.id === id) ?? proof?.checks.find(each => each.id === id)
    return check === undefined ? [] : [{ target, check }]
  })
}

function backedUp(targets: readonly TargetReport[]): Judged {
  if (targets.length === 0) return notHere(none)
  const without = targets.filter(each => each.snapshot === '')
  return without.length > 0
    ? { verdict: 'failed', by: `No snapshot is known of ${without.map(each => each.target).join(', ')}` }
    : {
        verdict: 'proved',
        by: `${targets.length} snapshots, each opened and compared by another process before the first write`,
      }
}

function undoRehearsed(targets: readonly TargetReport[]): Judged {
  const rehearsed = targets.flatMap(each =>
    each.rehearsal && each.rehearsal.undo.checks.length > 0 ? [each] : [],
  )
  if (rehearsed.length === 0) return notHere('No target was rehearsed in this run.')
  const failed = rehearsed.filter(each => !each.rehearsal!.undo.ok)
  return failed.length > 0
    ? { verdict: 'failed', by: failed.map(each => each.target).join(', ') }
    : {
        verdict: 'proved',
        by: `the undo of ${rehearsed.length} was carried out on a copy, ${rehearsed.reduce((sum, each) => sum + each.rehearsal!.undo.checks.length, 0)} checks passed`,
      }
}

function traced(targets: readonly TargetReport[]): Judged {
  const found = targets.reduce((sum, each) => sum + Math.max(0, each.traced), 0)
  const lost = targets.filter(each => each.traced < 0)
  if (lost.length > 0)
    return { verdict: 'failed', by: `An id was not found again: ${lost.map(each => each.target).join(', ')}` }
  if (found === 0) return notHere('No id was traced in this run.')
  return { verdict: 'proved', by: `${found} sampled ids were found by their ULID, with their legacy id` }
}

function tests(systems: RunReport['systems']): Judged {
  const judged = systems.flatMap(({ system, checks, tests }) =>
    checks
      .filter(each => each.id === 'system-tests')
      .map(check => ({ system, check, passed: tests.after?.status === 'passed' })),
  )
  if (judged.length === 0)
    return notHere(
      'No system that was migrated names a test command, its source folder was not found, or they were not asked for.',
    )
  const say = (of: typeof judged) => of.map(({ system, check }) => `${system}: ${check.detail}`).join('; ')
  const failed = judged.filter(({ check }) => !check.ok)
  if (failed.length > 0) return { verdict: 'failed', by: say(failed) }
  const asBefore = judged.filter(each => !each.passed)
  return asBefore.length > 0
    ? notHere(say(asBefore))
    : { verdict: 'proved', by: `system-tests, ${say(judged)}` }
}

function performance(targets: readonly TargetReport[]): Judged {
  const queries = targets.flatMap(({ target, queries }) => queries.map(query => ({ target, query })))
  if (queries.length === 0) return notHere('No query was timed.')
  const compared = queries.filter(({ query }) => query.verdict !== 'other-rows')
  if (compared.length === 0) return notHere('No query that was timed answers with as many rows as before.')
  const bad = compared.filter(({ query }) => query.verdict !== 'as-before')
  return bad.length > 0
    ? {
        verdict: 'failed',
        by: bad.map(({ target, query }) => `${query.name} (${target}): ${query.why}`).join('; '),
      }
    : { verdict: 'proved', by: `${compared.length} queries, each timed against the snapshot, medians` }
}

function lookups(targets: readonly TargetReport[]): Judged {
  const timed = targets
    .flatMap(each => each.queries)
    .flatMap(({ name, values, after }) =>
      values > 0 && after ? [{ name, ms: after.microseconds / 1000 }] : [],
    )
  const slowest = timed.sort((a, b) => b.ms - a.ms)[0]
  if (slowest === undefined) return notHere('No lookup was timed.')
  return {
    verdict: slowest.ms < 10 ? 'proved' : 'failed',
    by: `the slowest of ${timed.length}, ${slowest.name}, takes ${slowest.ms.toFixed(3)} ms`,
  }
}

function backfill(targets: readonly TargetReport[]): Judged {
  const timed = targets.filter(each => each.seconds > 0 && each.identifiers > 0)
  const ids = timed.reduce((sum, each) => sum + each.identifiers, 0)
  const seconds = timed.reduce((sum, each) => sum + each.seconds, 0)
  if (ids === 0) return notHere('Nothing was migrated in this run.')
  const minute = (10_000 / ids) * seconds
  // The time of a few ids is that of starting and proving, not of making them.
  if (ids < 1000 && minute >= 60) return notHere(`${ids} ids are too few to tell.`)
  return {
    verdict: minute < 60 ? 'proved' : 'failed',
    by: `${withCommas(ids)} ids in ${seconds.toFixed(1)} s, proofs included`,
  }
}
