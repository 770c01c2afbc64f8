/**
 * Queries of an application, asked of a database as it was and as it is. What it was stands in the snapshot (or, in a
 * rehearsal, is the target itself, and what it will be is the copy), so both are timed side by side at one moment.
 */
import { type Context, inPhase } from '../context.ts'
import { openForReading } from '../engines/open.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { lastMigration, recordedRuns } from '../journal/in-target.ts'
import { precondition, type Refusal } from '../message.ts'
import type { BaselineQuery, Requests } from '../requests.ts'
import type { ComparedQuery, TimedQuery } from '../run-report.ts'
import { queriesOfPlan } from './queries-of-plan.ts'
import { indexNoLongerUsed, queryPlan } from './query-plan.ts'
import { parametersFor, timeInTurn } from './time-query.ts'

/** Slower by so much is told; less than so many microseconds at a go is noise. */
const SLOWER = 1.1
const NOISE = 20
/** A query that was slower is timed anew so often, and is called so when it was each time. */
const AGAIN = 2

/** Those of `queries`, and of the plan that the target records, that the database of before understands, with what came of them. */
export function compareQueries(
  request: Requests['compare-queries'],
  context: Context,
): Promise<readonly ComparedQuery[]> {
  return inPhase(
    context,
    'verify',
    () => compareAll(request, context),
    compared => `${compared.length} queries timed, as it was and as it is`,
  )
}

async function compareAll(
  { target, before, queries }: Requests['compare-queries'],
  context: Context,
): Promise<readonly ComparedQuery[]> {
  const was = await openForReading(before, context)
  try {
    const is = await openForReading(target, context)
    try {
      const compared: ComparedQuery[] = []
      const run = lastMigration(recordedRuns(is.db))
      const asked = [...queries, ...(run === undefined ? [] : queriesOfPlan(run.plan))]
      for (const [at, query] of asked.entries()) {
        await context.breathe()
        const { name } = query
        context.emit({
          type: 'progress',
          phase: 'verify',
          object: name,
          unit: 'checks',
          done: at,
          total: asked.length,
        })
        const refusal = refusalOf(was.db, query)
        if (refusal === null) compared.push(await compare(query, was.db, is.db, context))
        else if (!isOfOther(refusal)) throw refused(query, refusal)
      }
      return compared
    } finally {
      is.close()
    }
  } finally {
    was.close()
  }
}

/** Why it can't be asked there; null where it can. What writes is never asked. */
function refusalOf(db: Connection, { sql, values }: BaselineQuery): string | null {
  try {
    const statement = db.prepare(sql)
    if (!statement.reader || !statement.readonly) return 'It does not only read.'
    queryPlan(db, sql, values === undefined ? [] : [null])
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** It is about tables, or whatever else, that another database of the system may have. */
function isOfOther(refusal: string): boolean {
  return /^no such /i.test(refusal)
}

function refused({ name }: BaselineQuery, why: string): Refusal {
  return precondition(
    'QUERY.REFUSED',
    name,
    'This query can not be asked of any database.',
    `${why} It was not run.`,
    'Correct it among the queries of its system in the config file: one SELECT, without parameters.',
  )
}

async function compare(
  query: BaselineQuery,
  was: Connection,
  is: Connection,
  context: Context,
): Promise<ComparedQuery> {
  const { name, sql } = query
  const sides = [was, is].map(db => ({ db, parameters: parametersFor(db, query) }))
  const [old, now] = [sides[0]!, sides[1]!]
  const plan = (db: Connection) => queryPlan(db, sql, query.values === undefined ? [] : [null])
  const planBefore = plan(was)
  const base = { name, sql, values: query.values === undefined ? 0 : old.parameters.length }
  const refusal = refusalOf(is, query)
  if (refusal !== null) {
    const { times, before } = await timeInTurn(sql, old, old, () => context.breathe())
    return {
      ...base,
      times,
      before: { ...before, plan: planBefore },
      after: null,
      verdict: 'fails',
      why: refusal,
    }
  }
  const planAfter = plan(is)
  let measured = await timeInTurn(sql, old, now, () => context.breathe())
  for (let again = 0; again < AGAIN && isSlower(measured, now.parameters.length); again++) {
    const once = await timeInTurn(sql, old, now, () => context.breathe())
    // The kindest of them: what was slower each time, was so by at least this.
    if (ratio(once) < ratio(measured)) measured = once
  }
  const before: TimedQuery = { ...measured.before, plan: planBefore }
  const after: TimedQuery = { ...measured.after, plan: planAfter }
  const compared = { ...base, times: measured.times, before, after }
  const lost = indexNoLongerUsed(planBefore, planAfter)
  if (lost !== '') return { ...compared, verdict: 'no-index', why: lost }
  if (before.rows !== after.rows)
    return {
      ...compared,
      verdict: 'other-rows',
      why: `it answers with ${after.rows} rows, and did with ${before.rows}, so that its times can not be compared`,
    }
  if (isSlower(measured, now.parameters.length))
    return {
      ...compared,
      verdict: 'slower',
      why: `${micro(before)} before, ${micro(after)} now: ${Math.round((ratio(measured) - 1) * 100)} % slower, by the median of ${measured.times}, ${AGAIN + 1} times over`,
    }
  return { ...compared, verdict: 'as-before', why: `${micro(before)} before, ${micro(after)} now` }
}

type Measured = Awaited<ReturnType<typeof timeInTurn>>

function ratio({ before, after }: Measured): number {
  return before.microseconds > 0 ? after.microseconds / before.microseconds : 1
}

function isSlower(measured: Measured, values: number): boolean {
  const more = (measured.after.microseconds - measured.before.microseconds) * Math.max(1, values)
  return ratio(measured) > SLOWER && more > NOISE
}

function micro({ microseconds }: TimedQuery): string {
  return microseconds < 10_000 ? `${microseconds.toFixed(1)} µs` : `${(microseconds / 1000).toFixed(1)} ms`
}
