/** Everything that migrated targets know of one id, be it a ULID or a legacy id. Only looks, without a trace on any file. */
import { resolve } from 'node:path'
import type { MapRecord } from '../compile/run-record.ts'
import { type Context, Stopped } from '../context.ts'
import type { Looking } from '../detect/detect.ts'
import type { Trace, TracedRow, TracedTarget } from '../documents.ts'
import { columnNamed, tableNamed } from '../engines/sqlite/inspect.ts'
import { isUlid, ulidTime } from '../identifiers/index.ts'
import { recordedRuns, standingRuns } from '../journal/in-target.ts'
import { Ledger } from '../journal/ledger.ts'
import { Refusal } from '../message.ts'
import { lookAt } from '../migrate/prepare.ts'
import type { PlannedIdentity } from '../plan/plan.ts'
import type { Table } from '../schema/model.ts'
import { knownSchemaOf } from '../systems/recognise-schema.ts'
import { findIds } from './find-ids.ts'
import { idColumns } from './id-columns.ts'
import { textOf } from './query.ts'
import { referencesTo } from './referring.ts'
import { type Spellings, spellingsOf } from './spellings.ts'

/**
 * Traces `id` through `targets`, or all that the ledger knows. A target that can't be read is said, and stops nothing.
 *
 * @param everywhere through those that the ledger knows as well, where targets are named
 */
export async function trace(
  id: string,
  targets: readonly string[],
  context: Context,
  everywhere = false,
): Promise<Trace> {
  const wanted = spellingsOf(id)
  const traced: Traced[] = []
  const named = targets.map(target => resolve(target))
  for (const path of new Set([...named, ...(everywhere || named.length === 0 ? known(context) : [])])) {
    await context.breathe()
    traced.push(await traceIn(path, wanted, context))
  }
  return {
    id,
    time: timeIn(id),
    found: traced.flatMap(each => each.found),
    references: traced.flatMap(each => each.references),
    related: [],
    targets: traced.map(each => each.target),
  }
}

function known(context: Context): readonly string[] {
  const ledger = new Ledger(context.settings, () => context.now())
  try {
    return ledger.targets()
  } finally {
    ledger.close()
  }
}

interface Traced extends Pick<Trace, 'found' | 'references'> {
  readonly target: TracedTarget
}

async function traceIn(path: string, wanted: Spellings, context: Context): Promise<Traced> {
  try {
    return await lookAt(path, context, looking => lookFor(looking, path, wanted))
  } catch (error) {
    if (!(error instanceof Refusal) || error instanceof Stopped) throw error
    const { exit: _, ...message } = error.failure
    return { found: [], references: [], target: { target: path, identities: 0, error: message } }
  }
}

function lookFor({ db, schema }: Looking, path: string, wanted: Spellings): Traced {
  const system = knownSchemaOf(schema)?.system ?? null
  const places = standingRuns(recordedRuns(db))
    .flatMap(run => run.plan.identities.map((identity, at) => ({ identity, map: run.record.maps[at] })))
    .flatMap(({ identity, map }) => {
      const table = tableNamed(schema, identity.table)
      return table && map && stands(db, table, identity, map) ? [{ table, identity, map }] : []
    })
  const found = places.flatMap(({ table, identity, map }) =>
    findIds(db, table, identity, map, wanted).map(each => ({ identity, each })),
  )
  return {
    found: found.map(
      ({ identity, each }): TracedRow => ({
        system,
        target: path,
        table: identity.table,
        column: idColumns(identity).name,
        row: each.row,
        ulid: each.ulid,
        legacy: textOf(each.legacy),
        time: timeIn(each.ulid),
      }),
    ),
    references: found.flatMap(({ identity, each }) =>
      referencesTo(
        db,
        schema,
        path,
        identity,
        each,
        places.map(place => place.identity),
      ),
    ),
    target: { target: path, identities: places.length, error: null },
  }
}

/** Whether what the run left is there; what somebody has dropped or renamed since is not looked for. */
function stands(
  db: Looking['db'],
  table: Table,
  identity: PlannedIdentity,
  { map, orphans, live }: MapRecord,
): boolean {
  const { name, ulid } = idColumns(identity)
  const has = db.prepare('SELECT count(*) FROM main.sqlite_schema WHERE name = ?').pluck()
  return (
    [map, orphans, ...(live ? [live.waiting] : [])].every(own => has.get(own) === 1n) &&
    [name, ulid].every(each => columnNamed(table, each) !== undefined)
  )
}

function timeIn(id: string | null): string | null {
  return id !== null && isUlid(id) ? new Date(ulidTime(id)).toISOString() : null
}
