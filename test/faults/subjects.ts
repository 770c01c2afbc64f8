/** What is made to fail: each kind of change of a small database, and a rehearsal. */
import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Context } from '../../src/core/context.ts'
import type { EngineEvent } from '../../src/core/events.ts'
import { migrate } from '../../src/core/migrate/migrate.ts'
import { Pause } from '../../src/core/pause.ts'
import { rehearse } from '../../src/core/rehearse/rehearse.ts'
import type { Choices, Settings } from '../../src/core/requests.ts'
import { finalize } from '../../src/core/rollback/finalize.ts'
import { restore } from '../../src/core/rollback/restore.ts'
import { undo } from '../../src/core/rollback/undo.ts'
import { sweepScratch } from '../../src/core/scratch.ts'
import { makeDatabase } from '../support/database.ts'
import { newRun } from '../support/engine.ts'
import { jobsSql } from '../support/jobs-sql.ts'
import { secondOpinion } from '../support/second-opinion.ts'
import type { Subject } from './in-line.ts'

const frozen: Choices = { seed: '5eed', baseTime: '2026-02-11T07:25:00Z' }

function contextFor(settings: Settings): Context & { readonly events: readonly EngineEvent[] } {
  const events: EngineEvent[] = []
  sweepScratch(settings)
  const context = {
    run: newRun(),
    settings,
    events,
    now: Date.now,
    emit: (event: EngineEvent) => void events.push(event),
    pause: new Pause(),
    breathe: () => Promise.resolve(),
    ask: (operation, request) => secondOpinion(operation, request, context),
  } as Context & { readonly events: readonly EngineEvent[] }
  return context
}

function fresh(): { path: string; settings: Settings } {
  const all = mkdtempSync(join(tmpdir(), 'ulid-migrate-faults-'))
  mkdirSync(join(all, 'target'))
  return {
    path: makeDatabase(join(all, 'target', 'jobs.db'), jobsSql),
    settings: { stateDir: join(all, 'state'), snapshotDir: join(all, 'snapshots'), waitSeconds: 0 },
  }
}

async function migrated() {
  const made = fresh()
  await migrate(made.path, frozen, undefined, contextFor(made.settings))
  return made
}

const subject = (
  name: string,
  make: Subject['make'],
  run: Subject['run'],
  doneAlready: readonly string[] = [],
): Subject => ({ name, make, run, doneAlready, contextFor })

export const subjects: readonly Subject[] = [
  subject(
    'migrate',
    () => Promise.resolve(fresh()),
    (path, context) => migrate(path, frozen, undefined, context),
  ),
  subject(
    'expand',
    () => Promise.resolve(fresh()),
    (path, context) => migrate(path, { ...frozen, strategy: 'expand' }, undefined, context),
  ),
  subject(
    'integer keys',
    () => Promise.resolve(fresh()),
    (path, context) => migrate(path, { ...frozen, all: true }, undefined, context),
  ),
  subject('undo', migrated, (path, context) => undo(path, undefined, context), ['UNDO.NOTHING']),
  subject('restore', migrated, (path, context) =>
    restore(path, { confirm: 'jobs.db', dryRun: false }, context),
  ),
  subject('finalize', migrated, (path, context) =>
    finalize(path, { confirm: 'jobs.db', dryRun: false }, context),
  ),
  subject(
    'dry-run',
    () => Promise.resolve(fresh()),
    (path, context) => rehearse(path, frozen, undefined, context),
  ),
]
