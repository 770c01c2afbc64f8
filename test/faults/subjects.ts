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
import { mediumOf } from './media.ts'

const duckdb = mediumOf('DuckDB')

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

interface Made {
  readonly path: string
  readonly settings: Settings
}

type Make = () => Promise<Made>

async function inFolder(make: (path: string) => Promise<unknown>): Promise<Made> {
  const all = mkdtempSync(join(tmpdir(), 'ulid-migrate-faults-'))
  mkdirSync(join(all, 'target'))
  const path = join(all, 'target', 'jobs.db')
  await make(path)
  return {
    path,
    settings: { stateDir: join(all, 'state'), snapshotDir: join(all, 'snapshots'), waitSeconds: 0 },
  }
}

/** A small database of each kind; DuckDB's has a .wal beside it. */
const fresh: Readonly<Record<'SQLite' | 'DuckDB', Make>> = {
  SQLite: () => inFolder(async path => makeDatabase(path, jobsSql)),
  DuckDB: () =>
    inFolder(async path => {
      await duckdb.make(path, 'texts', 20)
      await duckdb.change(
        path,
        "PRAGMA disable_checkpoint_on_shutdown; INSERT INTO tags VALUES (NULL, 'since')",
      )
    }),
}

async function migrated(make: Make) {
  const made = await make()
  await migrate(made.path, frozen, undefined, contextFor(made.settings))
  return made
}

/** What is done, to which database, and the codes with which a second try may say that the first one did come through. */
const operations: readonly (readonly [
  name: string,
  make: (fresh: Make) => Promise<Made>,
  run: Subject['run'],
  doneAlready?: readonly string[],
])[] = [
  ['migrate', make => make(), (path, context) => migrate(path, frozen, undefined, context)],
  [
    'expand',
    make => make(),
    (path, context) => migrate(path, { ...frozen, strategy: 'expand' }, undefined, context),
  ],
  [
    'integer keys',
    make => make(),
    (path, context) => migrate(path, { ...frozen, all: true }, undefined, context),
  ],
  ['undo', migrated, (path, context) => undo(path, undefined, context), ['UNDO.NOTHING']],
  ['restore', migrated, (path, context) => restore(path, { confirm: 'jobs.db', dryRun: false }, context)],
  ['finalize', migrated, (path, context) => finalize(path, { confirm: 'jobs.db', dryRun: false }, context)],
  ['dry-run', make => make(), (path, context) => rehearse(path, frozen, undefined, context)],
]

export const subjects: readonly Subject[] = (['SQLite', 'DuckDB'] as const).flatMap(kind =>
  operations.map(([name, make, run, doneAlready = []]) => ({
    name: kind === 'SQLite' ? name : `${name}, DuckDB`,
    duckdb: kind === 'DuckDB',
    medium: kind === 'SQLite' ? mediumOf('DELETE') : duckdb,
    make: () => make(fresh[kind]),
    run,
    doneAlready,
    contextFor,
  })),
)
