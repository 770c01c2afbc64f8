/** The expansions of a target become the plan of a contract: of both ids, the ULIDs stay. */
import { contractedIdentities } from '../compile/expansion.ts'
import type { Context } from '../context.ts'
import type { Looking } from '../detect/detect.ts'
import { columnNamed, tableNamed } from '../engines/sqlite/inspect.ts'
import { expandingRun, liveExpansions, type RecordedRun, recordedRuns } from '../journal/in-target.ts'
import { unfinished } from '../journal/unfinished.ts'
import { verificationEnd } from '../journal/verification-period.ts'
import { type Message, precondition } from '../message.ts'
import { assertInStep } from '../migrate/assert-in-step.ts'
import { assertNoBlockers, lookAt } from '../migrate/prepare.ts'
import { hashOf } from '../plan/make-plan.ts'
import { type Plan, type PlannedIdentity, plannedPlaces } from '../plan/plan.ts'
import type { ContractChoices } from '../requests.ts'
import type { Table } from '../schema/model.ts'
import { formatColumnPath } from '../schema/names.ts'
import { inShell } from '../shell.ts'
import { contractFindings } from './contract-findings.ts'

/**
 * Plans the contract of every expansion that stands in `target`. Throws a refusal (exit 4) where there is none, where
 * its verification period runs on and `early` is not said, where the two sides differ, or something stands in the way.
 */
export async function planContract(
  target: string,
  choices: ContractChoices,
  context: Context,
): Promise<{ readonly plan: Plan; readonly findings: readonly Message[] }> {
  return lookAt(target, context, async looking => {
    const runs = recordedRuns(looking.db)
    const begun = expandingRun(runs)
    if (begun) throw unfinished(looking.target, begun.run, 'Not every row has its ULID yet.')
    const expansions = liveExpansions(runs)
    if (expansions.length === 0) throw nothingToContract(looking.target)
    if (choices.early !== true) assertOver(looking, expansions, choices.verificationDays)
    assertColumns(looking, expansions)
    const plan = planOf(looking, expansions, choices)
    assertInStep(looking.db, contractedIdentities(plan), looking.target, plan.engine)
    const findings = await contractFindings(looking, plan, choices, context)
    assertNoBlockers(looking.target, findings, choices.accept ?? [])
    return { plan, findings }
  })
}

function nothingToContract(path: string) {
  return precondition(
    'EXPANSION.NONE',
    path,
    'There is no expansion to bring to its end.',
    'No run that put ULIDs beside its legacy ids stands in it.',
    inShell`See what is known: ulid-migrate status ${path}`,
  )
}

function assertOver({ target, now }: Looking, expansions: readonly RecordedRun[], days?: number): void {
  const until = Math.max(...expansions.map(run => verificationEnd(run, days)))
  if (now >= until) return
  const left = Math.ceil((until - now) / 86_400_000)
  throw precondition(
    'CONTRACT.EARLY',
    target,
    'The verification period is not over.',
    `It runs until ${new Date(until).toISOString()}, ${left} ${left === 1 ? 'day' : 'days'} from now: until then a program that still needs the legacy ids has its time to be noticed.`,
    inShell`Wait, or say that you have seen enough: ulid-migrate contract ${target} --early`,
  )
}

/** Somebody may have dropped a column of the expansion since. */
function assertColumns({ schema, target }: Looking, expansions: readonly RecordedRun[]): void {
  const gone = expansions
    .flatMap(({ plan }) => plannedPlaces(plan))
    .flatMap(({ table, column, beside }) => [
      { table, column },
      ...(beside === null ? [] : [{ table, column: beside }]),
    ])
    .find(({ table, column }) => {
      const found = tableNamed(schema, table)
      return !found || !columnNamed(found, column)
    })
  if (!gone) return
  throw precondition(
    'CONTRACT.COLUMN_GONE',
    target,
    `${formatColumnPath(gone.table, gone.column)} is gone.`,
    'It was part of the expansion, and was dropped or renamed since.',
    inShell`Make it again, or take the expansion back: ulid-migrate collapse ${target}`,
  )
}

function planOf(looking: Looking, expansions: readonly RecordedRun[], choices: ContractChoices): Plan {
  const { schema, target } = looking
  const last = expansions.at(-1)!.plan
  const recorded = <K extends 'objects' | 'edited'>(what: K) =>
    expansions.flatMap(({ record }) => record[what] as RecordedRun['record'][K][number][])
  const body = {
    schema: 'ulid-migrate.plan/1' as const,
    target,
    engine: looking.file.engine,
    fingerprint: schema.fingerprint,
    seed: last.seed,
    baseTime: last.baseTime,
    timezone: last.timezone,
    sentinels: last.sentinels,
    ...insideOf(looking, expansions),
    identities: expansions.flatMap(run =>
      run.plan.identities.map((identity, at) => contracted(looking, run, identity, at, choices)),
    ),
    contract: {
      runs: expansions.map(({ run }) => run),
      drops: recorded('objects').flatMap(({ type, name, table }) =>
        (type === 'index' || type === 'trigger') &&
        schema.objects.some(each => each.type === type && each.name === name && each.table === table)
          ? [{ type, name }]
          : [],
      ),
      // A trigger that somebody has changed since is theirs.
      restores: recorded('edited').flatMap(({ type, name, before, after }) =>
        type === 'trigger' &&
        schema.objects.some(each => each.type === type && each.name === name && each.sql === after)
          ? [{ name, sql: before }]
          : [],
      ),
    },
  }
  return Object.freeze({ ...body, hash: hashOf(body) })
}

/** Where ids stand inside of values, as the expansions found it: their columns are still there, or are nobody's affair. */
function insideOf({ schema }: Looking, expansions: readonly RecordedRun[]): Pick<Plan, 'inside'> {
  const all = expansions.flatMap(({ plan }) => plan.inside ?? [])
  const names = [...new Set(all.map(({ table, column }) => formatColumnPath(table, column)))]
  const inside = names
    .map(name => {
      const own = all.filter(({ table, column }) => formatColumnPath(table, column) === name)
      return { ...own[0]!, places: own.flatMap(({ places }) => places) }
    })
    .filter(({ table, column }) => {
      const found = tableNamed(schema, table)
      return found !== undefined && columnNamed(found, column) !== undefined
    })
  return inside.length === 0 ? {} : { inside }
}

function contracted(
  { schema }: Looking,
  run: RecordedRun,
  identity: PlannedIdentity,
  at: number,
  choices: ContractChoices,
): PlannedIdentity {
  const { live, orphans } = run.record.maps[at]!
  const place = <T extends PlannedIdentity | PlannedIdentity['references'][number]>(each: T) => {
    const table = tableNamed(schema, each.table)!
    return {
      ...each,
      beside: null,
      legacy: choices.keepLegacy === true ? legacyName(table, each.column) : null,
      contracted: {
        ulid: columnNamed(table, each.beside!)!.name,
        name: choices.takeNames === true ? each.column : columnNamed(table, each.beside!)!.name,
      },
    }
  }
  // When the ULIDs were made stays to be read, as a column like any other: nothing is filled in there from now on.
  const { generatedAt: _, ...own } = place(identity)
  return {
    ...own,
    strategy: 'contract',
    contracted: { ...own.contracted, live: { ...live!, orphans } },
    references: identity.references.filter(each => each.beside !== null).map(place),
  }
}

/** `legacy_id`, or the first free name like it. */
function legacyName(table: Table, column: string): string {
  const plain = `legacy_${column}`
  const names = [plain, ...Array.from({ length: 99 }, (_, n) => `${plain}_${n + 2}`)]
  return names.find(name => !columnNamed(table, name)) ?? plain
}
