/** Runs the checks and gathers the proof. */
import type { Context } from '../context.ts'
import type { Check, Proof } from '../documents.ts'
import type { CheckDefinition, Finding } from './check.ts'
import { across } from './checks/across.ts'
import { bookkeeping } from './checks/bookkeeping.ts'
import { foreignKeys } from './checks/foreign-keys.ts'
import { inStep } from './checks/in-step.ts'
import { inside } from './checks/inside.ts'
import { integrity } from './checks/integrity.ts'
import { legacyIds } from './checks/legacy-ids.ts'
import { maps } from './checks/maps.ts'
import { orphans } from './checks/orphans.ts'
import { pragmas } from './checks/pragmas.ts'
import { prepares } from './checks/prepares.ts'
import { references } from './checks/references.ts'
import { rowCounts } from './checks/row-counts.ts'
import { sameUlids } from './checks/same-ulids.ts'
import { schemaDifference } from './checks/schema.ts'
import { trials } from './checks/trial-writes.ts'
import { ulidFormat } from './checks/ulid-format.ts'
import { ulidOrder } from './checks/ulid-order.ts'
import { ulidTimes } from './checks/ulid-time.ts'
import { untouchedCells } from './checks/untouched-cells.ts'
import type { Comparison } from './comparison.ts'

/** Every check, in the order they run: cheap ones that explain the others' failures come first. */
export const checks: readonly CheckDefinition[] = [
  schemaDifference,
  rowCounts,
  ulidFormat,
  ulidTimes,
  ulidOrder,
  legacyIds,
  references,
  orphans,
  inside,
  maps,
  across,
  inStep,
  sameUlids,
  untouchedCells,
  foreignKeys,
  prepares,
  bookkeeping,
  trials,
  pragmas,
  integrity,
]

/** What a snapshot is checked with before anything is written: that it is the target, cell by cell. */
export const sameContent: readonly CheckDefinition[] = [schemaDifference, rowCounts, untouchedCells, pragmas]

/** All of `which`, each told as it ends. A check that can't run at all has failed, and says why. */
export async function prove(comparison: Comparison, context: Context, which = checks): Promise<Proof> {
  const results: Check[] = []
  const asked = which.filter(
    check =>
      (comparison.plan !== null || !check.ofUlids) &&
      (comparison.expanded.length > 0 || !check.ofExpansion) &&
      (comparison.identities.some(each => each.contracted !== null) || !check.ofContract) &&
      (comparison.inside.length > 0 || !check.ofInside) &&
      (comparison.undone !== null || !check.ofUndo) &&
      (followsOthers(comparison) || !check.ofFollowers),
  )
  for (const check of asked) {
    await context.breathe()
    const begun = performance.now()
    const finding = await attempt(check, comparison, context)
    const result = { id: check.id, ...finding, seconds: (performance.now() - begun) / 1000 }
    results.push(result)
    context.emit({ type: 'check', check: result })
    context.emit({
      type: 'progress',
      phase: 'verify',
      object: check.id,
      unit: 'checks',
      done: results.length,
      total: asked.length,
    })
  }
  return { ok: results.every(result => result.ok), checks: results }
}

/** Whether ids of other targets are among those that were changed. */
function followsOthers({ identities, references, inside }: Comparison): boolean {
  return (
    identities.some(each => each.leaders !== null) ||
    references.some(each => each.identity.foreign !== null) ||
    inside.some(({ places }) => places.some(each => each.identity.foreign !== null))
  )
}

async function attempt(check: CheckDefinition, comparison: Comparison, context: Context): Promise<Finding> {
  try {
    return await check.run(comparison, () => context.breathe())
  } catch (error) {
    // A stop unwinds; anything SQLite says means that this could not be proved.
    if (error instanceof Error && error.constructor.name === 'SqliteError')
      return {
        ok: false,
        count: 0,
        detail: `could not be checked: ${error.message}`,
        faults: [error.message],
      }
    throw error
  }
}

/** A proof, and what was checked while the change was published. */
export function withChecks(proof: Proof, checks: readonly Check[]): Proof {
  return { ok: proof.ok && checks.every(check => check.ok), checks: [...proof.checks, ...checks] }
}
