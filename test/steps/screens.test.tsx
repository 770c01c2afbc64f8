import { cleanup, render } from 'ink-testing-library'
import { afterEach, describe, expect, it } from 'vitest'
import { App } from '../../src/app.tsx'
import type { DetectedSystem } from '../../src/core/index.ts'
import { picture } from '../../src/steps/page.ts'
import { summaryLines } from '../../src/steps/summary.ts'
import { textOf } from '../../src/ui/line.ts'
import type { Wizard } from '../../src/wizard/state.ts'
import * as documents from '../wizard/documents.ts'
import { at, filling, paused, Walk } from '../wizard/walk.ts'

afterEach(cleanup)

const wide = { columns: 100, rows: 30 }
const narrow = { columns: 60, rows: 30 }

/** Draws a state with Ink, as the terminal would get it. */
function drawn(wizard: Wizard, size = wide): string {
  const store = { get: () => wizard, dispatch: () => {}, subscribe: () => () => {} }
  return render(<App store={store} size={size} />).lastFrame() ?? ''
}

/** Opened by the names of systems: with what is there of them, or nothing. */
function systems(bare: boolean): Walk {
  const missing = (system: string, title: string, path: string): DetectedSystem => ({
    ...{ system, title, folder: null, targets: [] },
    places: [{ path, what: '', found: 'nothing' }],
    findings: [
      {
        ...{ code: 'SYSTEM.NO_DATABASE', severity: 'warning', object: system, why: '', next: '' },
        message: `No database of ${title} is where it was looked for.`,
      },
    ],
  })
  if (bare)
    return new Walk([], {}, [], undefined, [
      missing('crackerjack', 'Crackerjack', '/p/crackerjack/metrics.db'),
    ])
  const crackerjack: DetectedSystem = {
    ...{ system: 'crackerjack', title: 'Crackerjack', folder: '/p', targets: [documents.metrics] },
    places: [],
    findings: [
      {
        ...{
          code: 'TARGET.NOT_A_DATABASE',
          severity: 'warning',
          object: '/p/learning.db',
          why: '',
          next: '',
        },
        message: 'This is a DuckDB database.',
      },
    ],
  }
  return new Walk([documents.metrics], {}, [], undefined, [
    crackerjack,
    missing('akosha', 'Akosha', '/p/akosha/warm.db'),
  ]).read()
}

const failed = { type: 'failed', error: documents.failure() } as const
const phase = (name: 'snapshot' | 'rewrite') => ({ type: 'phase', phase: name, status: 'started' }) as const

function migrating(): Walk {
  const walk = new Walk().toMigrate()
  const { job } = walk.last('migrate')
  const rows = {
    type: 'progress',
    phase: 'rewrite',
    object: 'errors',
    unit: 'rows',
    done: 9_110,
    total: 18_220,
  } as const
  const events = [
    phase('snapshot'),
    { type: 'phase', phase: 'snapshot', status: 'done', seconds: 0.4, detail: '155 MB, reopened' },
    phase('rewrite'),
    { ...rows, object: 'jobs', done: 41_020, total: 41_020 },
    rows,
  ] as const
  events.forEach((event, index) => {
    walk.send({ type: 'event', job, event, at: at + index * 1000 })
  })
  return walk
}

const bug = { type: 'failed', error: documents.failure({ code: 'ENGINE.BUG', exit: 1 }) } as const

const journey = () => new Walk(documents.several).ownedBy(documents.systemWithTests).read().press('a')

/** On a journey, with the first target migrated. */
function secondMigrating(): Walk {
  const walk = journey().carryOut('a.db').press('enter', 'enter').answer('dry-run')
  return walk.press('enter').type('b.db').press('enter')
}

const takingBack = () =>
  journey().carryOut('a.db').press('enter').carryOut('b.db', documents.badProof).press('b', 'y')

const application = () => journey().carryOut('a.db').press('enter').carryOut('b.db').press('enter')

function tested(change: Parameters<typeof documents.tested>[0] = {}): Walk {
  const walk = application().press('enter').answer('compare-queries').answer('compare-queries')
  for (const target of documents.several.slice(0, 2)) {
    const { request } = walk.last('trace')
    walk.answer('trace', { type: 'result', value: documents.traced(request.id, target) })
  }
  return walk.answer('system-tests', { type: 'result', value: documents.tested(change) })
}

function snapshotIs(snapshotState: 'missing' | 'altered' | 'touched'): Walk {
  const value = [documents.status(documents.metrics, [documents.record({ snapshotState })])]
  return new Walk([documents.metrics]).read().press('r').answer('status', { type: 'result', value })
}

const withSystem = () => new Walk([documents.fresh]).ownedBy(documents.system).toDetect()

const posts = {
  ...documents.jobs,
  table: 'posts',
  column: 'id',
  kinds: { integer: 3 },
  integerKey: true,
} as const
const moved = {
  code: 'SCHEMA.MOVED',
  severity: 'blocker',
  object: 'posts_ai',
  message: 'This trigger has to change with the ids.',
  why: 'It hands the key to a virtual table as a rowid.',
  next: 'Agree to it: --accept posts_ai',
} as const

/** A target with an integer key, and a trigger that has to change with it. */
function blocked(): Walk {
  const document = documents.detected(documents.metrics, { identities: [posts], findings: [moved] })
  return new Walk([documents.metrics]).answer('detect', { type: 'result', value: document })
}

function accepted(): Walk {
  const walk = blocked().press('enter', 'f', ' ', 'enter')
  const identity = { ...documents.plan.identities[0]!, table: 'posts', column: 'id', legacy: 'legacy_id' }
  const value = {
    print: [],
    document: documents.rehearsed(documents.metrics, { findings: [moved] }),
    plan: { ...documents.plan, identities: [identity] },
  }
  return walk.answer('dry-run', { type: 'result', value })
}

/** Stopped after the commit, while the proof from outside was made. */
function stoppedLate(): Walk {
  const walk = new Walk().toMigrate()
  const { job } = walk.last('migrate')
  const commit = { type: 'phase', phase: 'commit', status: 'done', seconds: 0.1, detail: '' } as const
  for (const event of [{ type: 'phase', phase: 'commit', status: 'started' } as const, commit])
    walk.send({ type: 'event', job, event, at })
  return walk.press('ctrl-c')
}

const screens: Readonly<Record<string, readonly [walk: () => Walk, ...patterns: readonly RegExp[]]>> = {
  'targets, none given': [() => new Walk([]), /no database/, /ulid-migrate demo \.\/demo/],
  'targets, systems without any': [
    () => systems(true),
    /no database/,
    /! No database of Crackerjack is where it was looked for\. Looked for\s+\/p\/crackerjack/,
  ],
  'targets, of systems': [
    () => systems(false),
    /Crackerjack +metrics\.db .*ready, 2/,
    /! Crackerjack: \/p\/learning\.db is left out\. This is a DuckDB database\./,
    /! No database of Akosha is where it was looked for\. Looked for\s+\/p\/akosha\/warm\.db/,
  ],
  'targets, busy': [() => new Walk(), /metrics\.db +.*reading/, /skills\.db +.*reading/],
  'targets, one failed': [
    () => new Walk().answerCall(new Walk().started('detect')[0]!, failed),
    /metrics\.db .*The file is in use/,
    /skills\.db .*reading/,
  ],
  targets: [
    () => new Walk().read(),
    /metrics\.db .*ready, 2/,
    /crackerjack\.db .*no tables yet/,
    /all ULIDs/,
  ],
  'detect, busy': [() => new Walk().press('enter'), /Reading tables and rows/, /only reads/],
  'detect, failed': [
    () => new Walk([documents.metrics]).answer('detect', failed).press('enter').answer('detect', failed),
    /✗ The file is in use\. +LOCK\.HELD/,
    /Nothing was changed/,
    /next: Stop it/,
  ],
  detect: [
    () => new Walk().toDetect(),
    /2 identities to migrate, 1 left/,
    /› \[x\] jobs\.job_id +41,020/,
    /\[ \] tests\.test_id/,
  ],
  'detect, references': [
    () => new Walk().toDetect().press('tab'),
    /› \[x\] errors\.job_id +declared/,
    /\[x\] agent_executions\.job_id +inferred .* 312/,
    /\[ \] decisions\.subject/,
  ],
  'detect, evidence': [
    () => new Walk().toDetect().press('tab', 'tab'),
    /kinds +98 % name-timestamp \(40,200\), 2 % prefixed \(820\)/,
    /rows +41,020 rows; none empty, none twice/,
    /time +the id, else start_time; d changes to start_time or end_time/,
    /17 of the first 10,000 rows by id are older than the row before/,
    /orphans +312 references name no row/,
    /job-20260114-091203 +2026-01-14 09:12:03 UTC/,
    /cj_unknown +no time of its own/,
  ],
  'detect, evidence, its end': [
    () => new Walk().toDetect().press('tab', 'tab', 'G'),
    /agent_executions\.job_id inferred, accepted, 99 % sure, 60,400 matches, 312 orphans/,
    /no key, but 99 % of the values are job ids/,
    /decisions\.subject inferred, offered, 97 % sure/,
  ],
  'detect, evidence of what nothing refers to': [
    () => new Walk().toDetect().press('j', 'tab'),
    /100 % uuid4/,
    /Nothing refers to it/,
  ],
  'detect, findings': [
    () => new Walk().toDetect().press('f'),
    /312 values name no job/,
    /REFERENCE\.ORPHANS/,
  ],
  'targets, one blocked': [() => blocked(), /1 to go, 1 to accept/],
  'detect, blocked': [
    () => blocked().press('enter'),
    /✗ posts_ai has to be accepted first: f shows why, Space accepts/,
    /f what blocks/,
  ],
  'detect, an integer key': [() => blocked().press('enter'), /its integer is kept as legacy_id/],
  'detect, an integer key given up': [() => blocked().press('enter', 'i'), /its integer is given up/],
  'detect, findings to accept': [
    () => blocked().press('enter', 'f'),
    /1 finding, 1 to accept/,
    /› \[ \] posts_ai: This trigger has to change/,
    /--accept posts_ai/,
    /space accept/,
  ],
  'detect, findings accepted': [
    () => blocked().press('enter', 'f', ' '),
    /› \[x\] posts_ai: This trigger/,
    /enter dry-run/,
  ],
  'dry-run, with consent': [() => accepted(), /\[x\] accepted, and done in the rehearsal: posts_ai/],
  'confirm, with consent': [
    () => accepted().press('enter'),
    /posts\.id goes on as legacy_id/,
    /accepted\s+posts_ai/,
  ],
  'migrate, stopped after the commit': [
    () => stoppedLate(),
    /Committed already: only the proof from outside/,
  ],
  'migrate, failed after the commit': [
    () => stoppedLate().answer('migrate', failed),
    /was committed before this: r shows the way back/,
  ],
  'detect, refused with choices from a config file': [
    () =>
      new Walk([documents.metrics], { only: ['jbos.id'] }, ['/home/op/ulid-migrate.config.json'])
        .answer('detect', failed)
        .press('enter')
        .answer('detect', failed),
    /also stand in .*ulid-migrate\.config\.json/,
  ],
  'detect, no tables': [
    () => new Walk([documents.fresh]).toDetect(),
    /no tables in this database/,
    /fresh Crackerjack/,
  ],
  'detect, all ULIDs': [() => new Walk([documents.finished]).toDetect(), /✓ Nothing to do/, /enter done/],
  initialize: [
    () => new Walk([documents.fresh]).toDetect().press('enter'),
    /ulid-migrate initialize/,
    /enter make the tables/,
  ],
  'initialize, busy': [
    () => new Walk([documents.fresh]).toDetect().press('enter', 'enter'),
    /Making the tables/,
    /LIVE/,
  ],
  'initialize, by command or by schema': [
    () => withSystem().press('enter'),
    /python3 -c 'from crackerjack\.services\.metrics/,
    /MODE=quiet/,
    /c run its command/,
    /enter make the known schema/,
  ],
  'initialize, by command': [
    () => {
      const walk = withSystem().press('enter', 'c')
      const { job } = walk.last('initialize-system')
      const tables = { database: documents.fresh, tables: ['jobs'], missing: ['errors'] }
      const events = [
        { type: 'tables', ...tables },
        { type: 'output', stream: 'stdout', text: '\x1b[31mred' },
      ] as const
      for (const event of events) walk.send({ type: 'event', job, event, at })
      return walk
    },
    /Crackerjack is making its tables/,
    /still missing +errors/,
    /\| \\x1b\[31mred/,
    /LIVE/,
    /ctrl-c stop/,
  ],
  'initialize, command failed': [
    () => withSystem().press('enter', 'c').answer('initialize-system', failed),
    /LOCK\.HELD/,
    /c run it again/,
    /enter make the known schema/,
  ],
  'initialize, failed': [
    () => new Walk([documents.fresh]).toDetect().press('enter', 'enter').answer('initialize', failed),
    /LOCK\.HELD/,
    /No tables were made/,
  ],
  'dry-run, busy': [() => new Walk().toDetect().press('enter'), /private copy/, /esc abandon/],
  'dry-run, failed': [
    () => new Walk().toDetect().press('enter').answer('dry-run', failed),
    /LOCK\.HELD/,
    /target was not changed/,
  ],
  'dry-run': [
    () => new Walk().toDryRun(),
    /rehearsed, target unchanged/,
    /agent_executions +60,712/,
    /checks +✓ 5 of 5/,
    /undo +✓ 5 of 5/,
    /01KEXWDFNRRMDJHG5GXSQG2QCQ/,
  ],
  'dry-run, nothing would change': [
    () => {
      const value = {
        print: [],
        document: documents.rehearsed(documents.metrics, { changes: [] }),
        plan: documents.plan,
      }
      return new Walk().toDetect().press('enter').answer('dry-run', { type: 'result', value })
    },
    /Nothing would change/,
    /enter done/,
  ],
  'dry-run, checks failed': [
    () => {
      const document = documents.rehearsed(documents.metrics, { proof: documents.badProof })
      return new Walk()
        .toDetect()
        .press('enter')
        .answer('dry-run', { type: 'result', value: { print: [], document, plan: documents.plan } })
    },
    /cannot be run/,
    /baseline-queries/,
    /idx_jobs_start is not used/,
  ],
  'dry-run, statements': [
    () => new Walk().toDryRun().press('s'),
    /2 statements/,
    /› CREATE TABLE "jobs_new"/,
  ],
  confirm: [
    () => new Walk().toConfirm().type('metrics.d'),
    /changes the database your programs use/,
    /\/home\/op\/projects\/crackerjack\/metrics\.db/,
    /rows written meanwhile are/,
    /> metrics\.d/,
    /nothing changed/,
  ],
  migrate: [
    () => migrating(),
    /✓ snapshot/,
    /● rewrite/,
    /○ commit/,
    /9,110 of 18,220/,
    /\d+ %/,
    /rows\/s/,
    /Ctrl-C/,
    /ctrl-c stop and undo/,
  ],
  'migrate, an expansion': [
    () => filling(),
    /Short transactions: other programs go on meanwhile\. Ctrl-C stops; what is filled by then\s+stays/,
    /p pause +ctrl-c stop/,
  ],
  'migrate, pausing': [() => filling().press('p'), /Pausing after the transaction at hand/, /p go on/],
  'migrate, paused': [
    () => paused().send({ type: 'tick', at: at + 122_000 }),
    /LIVE, paused/,
    /Paused since \d\d:\d\d:\d\d, for 2 min 2 s\.\s+No lock is held:\s+other\s+programs\s+go on/,
    /● rewrite +0\.0 s/,
    /0\.0 s so far/,
    /p go on +ctrl-c stop/,
  ],
  'migrate, an expansion that was stopped': [
    () =>
      paused()
        .press('ctrl-c')
        .answer('migrate', { type: 'failed', error: documents.failure({ code: 'RUN.STOPPED', exit: 5 }) }),
    /✓ Stopped, as you asked\. The legacy ids are as they were/,
    /What is filled stays/,
  ],
  'migrate, waiting for a lock': [
    () => {
      const walk = new Walk().toMigrate()
      const event = {
        type: 'waiting',
        for: 'the write lock',
        holder: 'process 4411 (python3) holds a lock on it',
        seconds: 3,
        limit: 10,
      } as const
      return walk.send({ type: 'event', job: walk.last('migrate').job, event, at })
    },
    /Waiting for the write lock: process 4411 \(python3\) holds a lock on it; /,
  ],
  'migrate, stopping': [() => migrating().press('ctrl-c'), /Stopping at the next chunk/, /kill the engine/],
  'migrate, failed': [
    () => migrating().answer('migrate', failed),
    /Nothing was changed\. Enter tries again with the same plan/,
    /enter try again/,
    /phase rewrite/,
    /r rollback/,
  ],
  'migrate, proof failed inside': [
    () =>
      migrating().answer('migrate', {
        type: 'failed',
        error: documents.failure({ code: 'PROOF.FAILED', exit: 3 }),
      }),
    /failed inside the transaction/,
    /enter detect again/,
  ],
  verify: [() => new Walk().toVerify(), /✓ Proved: 5 checks/, /✓ untouched-cells/, /41,234 identifiers/],
  'verify, problems': [
    () =>
      new Walk().toMigrate().answer('migrate', {
        type: 'result',
        value: documents.done(documents.metrics, { outside: documents.badProof }),
      }),
    /1 problem, committed/,
    /› ✗ baseline-queries/,
    /idx_jobs_start is not used/,
    /\n r rollback/,
  ],
  'verify, busy': [() => new Walk().toVerify().press('v'), /Proving the run again/],
  'verify, failed': [
    () => new Walk().toVerify().press('v').answer('verify', failed),
    /stands as it was committed/,
  ],
  'rollback, no runs': [
    () => new Walk([documents.fresh]).read().press('r').answer('status').answer('code-runs'),
    /No run is known/,
    /ledger/,
  ],
  rollback: [
    () => new Walk().read().press('r'),
    /today|Feb/,
    /metrics\.db/,
    /12 new rows/,
    /undo +brings back the old ids and keeps the 12 rows written since/,
    /restore +puts the file back as it was .*; the 12 rows written since are lost: type the name/,
    /155 MB, .*taken and checked 46 min ago, same size and time since/,
    /enter undo/,
  ],
  'rollback, a snapshot is missing': [
    () => snapshotIs('missing'),
    /undo +brings back the old ids/,
    /restore +Its snapshot is gone, so there is nothing to put back\. Undo works without it/,
  ],
  'rollback, a snapshot is altered': [
    () => snapshotIs('altered'),
    /undo +brings back the old ids/,
    /restore +Its snapshot is not what the run took, so it is not put back/,
  ],
  'rollback, a snapshot was touched': [
    () => snapshotIs('touched'),
    /its file was touched since: s reads it whole/,
  ],
  'rollback, weighing a restore': [
    () => new Walk().read().press('r', 's'),
    /only reads/,
    /The snapshot is read whole, and what would be lost is counted/,
    /esc abandon/,
  ],
  'rollback, asking': [
    () => new Walk().read().press('r', 'enter'),
    /Undo the run/,
    /keeps the 12 rows/,
    /y \/ enter undo/,
  ],
  'rollback, source code': [
    () => withCode().press('g'),
    /source code/,
    /1 file changed since/,
    /undo +puts 2 files back/,
    /enter undo/,
  ],
  'rollback, asking of source code': [
    () => withCode().press('g', 'enter'),
    /Undo the update of source code/,
    /changed since, and left as it is/,
    /y \/ enter undo/,
  ],
  'rollback, source code put back': [
    () => withCode().press('g', 'enter', 'y').answer('undo-code'),
    /2 files of source code are as before, 1 left/,
  ],
  'rollback, restoring': [
    () => new Walk().read().press('r', 's').answer('rollback').type('metr'),
    /12 rows written since then are lost: jobs 12/,
    /read whole 0\.0 s ago: it is what the run took/,
    /> metr/,
  ],
  'rollback, busy': [() => new Walk().read().press('r', 'enter', 'y'), /LIVE/, /ctrl-c stop {3}/],
  'rollback, done': [
    () => new Walk().read().press('r', 'enter', 'y').answer('rollback'),
    /old ids are back/,
    /12 rows written since/,
  ],
  'rollback, failed': [
    () => new Walk().read().press('r', 'enter', 'y').answer('rollback', failed),
    /LOCK\.HELD/,
  ],
  'targets, with a journey to go on with': [
    () => journey().press('n', 'esc'),
    /1 of 3 done; a goes on with b\.db and 1 more/,
    /a go on/,
  ],
  'done, with source code that makes old ids': [
    () => {
      const walk = new Walk([documents.metrics]).ownedBy(documents.systemWithTests).toDetect().press('enter')
      walk.answer('code').answer('dry-run').press('enter').type('metrics.db').press('enter')
      return walk.answer('migrate').press('enter', 'n')
    },
    /Next:/,
    /2 places in the source still make old ids: ulid-migrate code crackerjack/,
    /once its programs have written to it: ulid-migrate verify \/home\/op\/projects\/crackerjack\/metrics\.db/,
    /finalize \/home\/op\/projects\/crackerjack\/metrics\.db --confirm\s+metrics\.db/,
  ],
  'detect, on a journey': [() => journey(), /1 of 3 {2}Crackerjack/, /a\.db/, /n skip/],
  'migrate, failed on a journey': [
    () => secondMigrating().answer('migrate', bug),
    /The journey stops here\. b rolls back all that was migrated here: 1; c\.db is\s+next/,
    /n skip/,
    /b roll back/,
  ],
  'verify, problems on a journey': [
    () => journey().carryOut('a.db').press('enter').carryOut('b.db', documents.badProof),
    /The journey stops here\. u rolls b\.db back; b rolls back all\s+that was\s+migrated here: 2; c\.db\s+is\s+next/,
    /u roll b\.db back/,
  ],
  'take back, asking': [
    () => journey().carryOut('a.db').press('enter').carryOut('b.db', documents.badProof).press('b'),
    /Take these 2 back, in this order, the newest first\?/,
    /1\. b\.db +41,234 ids/,
    /2\. a\.db/,
    /y \/ enter roll back 2/,
  ],
  'take back, busy': [() => takingBack(), /b\.db: one transaction; until its commit/, /LIVE/, /ctrl-c stop/],
  'take back, the second of two': [
    () => takingBack().answer('rollback'),
    /✓ The old ids are back in b\.db, 12 rows written since kept; proof ✓ 5 of 5/,
    /a\.db: one transaction/,
  ],
  'take back, done': [
    () => takingBack().answer('rollback').answer('rollback'),
    /The old ids are back in b\.db/,
    /The old ids are back in a\.db/,
    /2 targets back/,
  ],
  'take back, failed': [
    () => takingBack().answer('rollback', failed),
    /LOCK\.HELD/,
    /Still migrated: b\.db, a\.db/,
    /enter try again/,
  ],
  'application, asked': [
    () => application(),
    /Crackerjack is migrated\. Do its own tests still pass\?/,
    /python3 -m pytest -q/,
    /n goes on without/,
    /enter run its tests/,
  ],
  'application, busy': [
    () => application().press('enter').answer('compare-queries'),
    /Timing the queries of b\.db/,
    /✓ a\.db: 1 query timed/,
    /esc abandon/,
  ],
  'application, as it was': [
    () => tested(),
    /✓ Crackerjack is as it was/,
    /✓ its own tests passed, 3\.2 s/,
    /\| 12 passed in 3\.02s/,
    /enter next target/,
  ],
  'application, tests failed': [
    () => tested({ status: 'failed', exit: 1, why: 'Exit code 1.', tail: ['FAILED test_ids'] }),
    /✗ Crackerjack is not as it was\. u rolls its databases back; Enter goes\s+on/,
    /✗ its own tests failed, 3\.2 s: Exit code 1\./,
    /\| FAILED test_ids/,
    /problems/,
  ],
  'done, after a journey': [
    () =>
      tested()
        .press('enter', 'n')
        .send({ type: 'reported', report: { file: '/state/reports/r/report.md' }, at }),
    /✓ Crackerjack: as it was, its own tests passed/,
    /Checklist: 10 proved, 0 failed, 7 not applicable/,
    /Report: \/state\/reports\/r\/report\.md/,
    /Left out: c\.db/,
  ],
  done: [
    () => new Walk().toVerify().press('enter'),
    /Done/,
    /41,234 identifiers/,
    /Not changed: crackerjack\.db/,
    /Next:/,
    /run the tests of the programs/,
  ],
  'done, with the ledger in a folder that commands have to be told': [
    () => {
      const walk = new Walk().toVerify().press('enter')
      walk.wizard = { ...walk.wizard, stateDir: '/srv/my state' }
      return walk
    },
    /way back {2}ulid-migrate rollback \S+metrics\.db\s+--state-dir '\/srv\/my\s+state'/,
    /finalize \S+metrics\.db --confirm\s+metrics\.db\s+--state-dir\s+'\/srv\/my\s+state'/,
  ],
  'done, nothing done': [
    () => new Walk([documents.finished]).toDetect().press('enter'),
    /Nothing was (done|changed)/,
  ],
  'detect, the choices for the whole target': [
    () => new Walk().toDetect().press('c'),
    /What holds for the whole target/,
    /› strategy +replace/,
    /letters +upper/,
    /sentinels +keep/,
    /time zone +UTC/,
    /space change strategy/,
  ],
  'detect, what is known of an identity': [
    () => new Walk().toDetect(),
    /41,020 rows; none empty, none twice/,
    /98 % name-timestamp \(40,200\), 2 % prefixed \(820\)/,
    /time from the id, else start_time; d changes to start_time or end_time or\s+order of the key/,
    /17 of the first 10,000 rows by id are older than the row before/,
    /for example job-20260114-091203 of 2026-01-14 09:12:03, cj_unknown/,
  ],
  'dry-run, the schema as a diff': [
    () => new Walk().toDryRun().press('x'),
    /1 object of the schema with another text/,
    / table posts/,
    / - {3}id INTEGER PRIMARY KEY,/,
    / \+ {3}id TEXT NOT NULL UNIQUE,/,
    / \+ {3}legacy_id INTEGER PRIMARY KEY/,
    / {3}\)/,
  ],
  'open, with completions': [
    () =>
      new Walk()
        .read()
        .press('o')
        .type('da')
        .press('tab')
        .send({ type: 'completed', text: 'da', completions: ['data/', 'dates.db'], at }),
    /Path of a database/,
    /> dat/,
    /data\//,
    /dates\.db/,
    /tab complete/,
  ],
  'dry-run, where the schema stays': [
    () => {
      const walk = new Walk().toDetect().press('enter')
      const document = documents.rehearsed(documents.metrics, { schema: [] })
      return walk
        .answer('dry-run', { type: 'result', value: { print: [], document, plan: documents.plan } })
        .press('x')
    },
    /✓ The schema stays byte for byte/,
  ],
  'trace, the field': [
    () => new Walk().read().press('t').type('job-1'),
    /A ULID, or an id of before/,
    /> job-1/,
    /enter look for it/,
    /\? help/,
  ],
  'trace, under way': [
    () => new Walk().read().press('t').type('job-1').press('enter'),
    /Looking for job-1/,
    /esc abandon/,
  ],
  'trace, failed': [
    () => new Walk().read().press('t').type('job-1').press('enter').answer('trace', failed),
    /Enter tries again/,
  ],
  'trace, found': [
    () => new Walk().read().press('t').type('job-1').press('enter').answer('trace'),
    /job-1 {3}of 2026-01-14 09:12:03 UTC/,
    /crackerjack\s+\S*metrics\.db\s+✓ jobs\.job_id {2}row job-1/,
    /legacy id/,
    /status +success/,
    /errors\.job_id/,
    /01KEXWGED0CXE423W3PYD3Z736/,
    /enter follow/,
  ],
  'trace, found, at its end': [
    () => new Walk().read().press('t').type('job-1').press('enter').answer('trace').press('end'),
    /events\.data:\$\.job\.id/,
    /to jobs\.job_id in metrics\.db;? no index: all was read/,
    /within 1 min of 01KEXWGED0CXE423W3PYD3Z736/,
    /› \+12\.345 s +sessions\.session_id (row )?5? ?/,
    /sessions\.session_id in \S+: and 6 more/,
    /enter follow/,
  ],
  'trace, a row that was followed': [
    () =>
      new Walk()
        .read()
        .press('t')
        .type('job-1')
        .press('enter')
        .answer('trace')
        .press('enter')
        .answer('trace'),
    /from job-1/,
    / 01KEXWGED0CXE423W3PYD3Z736 /,
    /esc step back/,
  ],
  'trace, not found': [
    () =>
      new Walk()
        .read()
        .press('t')
        .type('no')
        .press('enter')
        .answer('trace', {
          type: 'result',
          value: { ...documents.traced('no', documents.metrics), found: [] },
        }),
    /! Not found/,
    /neither as a ULID nor as an id of before/,
  ],
  help: [() => new Walk().toDryRun().press('?'), /Keys here: dry-run/, /Exit codes/, /close help/],
}

function withCode(): Walk {
  const known = { type: 'result', value: [documents.codeRun()] } as const
  return new Walk().read().press('r').answer('code-runs', known)
}

describe.each(Object.entries(screens))('%s', (_name, [walk, ...patterns]) => {
  it.each([
    ['100', wide],
    ['60', narrow],
  ])('says what it has to at %s columns', (_columns, size) => {
    const frame = drawn(walk().wizard, size)
    // Lines may break anywhere at 60 columns, so sentences are compared without their breaks.
    const flowing = frame.replaceAll(/\s*\n\s*/g, ' ')
    for (const pattern of patterns) {
      expect(pattern.test(frame) || pattern.test(flowing), `${pattern} in\n${frame}`).toBe(true)
    }
    expect(frame.split('\n')).toHaveLength(size.rows - 1)
  })
})

describe('what the operator sees at first', () => {
  it('is a frame before the engine has answered', () => {
    expect(drawn(new Walk([documents.metrics]).wizard)).toMatchInlineSnapshot(`
      " ulid-migrate  targets                                                                     1 target
       ○ detect   ○ initialize   ○ dry-run   ○ confirm   ○ migrate   ○ verify
      ────────────────────────────────────────────────────────────────────────────────────────────────────

             target       folder                          engine   size   rows   state
       › [ ] metrics.db   /home/op/projects/crackerjack                          | reading





















      ────────────────────────────────────────────────────────────────────────────────────────────────────
       space select   enter detect   r rollback   o open file   t trace   ? help   q quit"
    `)
  })

  it('at 60 columns keeps the target and the state', () => {
    expect(drawn(new Walk().read().wizard, { columns: 60, rows: 14 })).toMatchInlineSnapshot(`
      " targets                                          3 targets
       ○ 6 steps ahead
      ────────────────────────────────────────────────────────────

             target           state
       › [ ] metrics.db       ready, 2 identities
         [ ] crackerjack.db   no tables yet
         [ ] skills.db        all ULIDs



      ────────────────────────────────────────────────────────────
       space select   enter detect   a all   r rollback   ? help"
    `)
  })
})

it('detect at 60 columns has name, rows, references and orphans', () => {
  expect(drawn(new Walk().toDetect().wizard, { columns: 60, rows: 16 })).toMatchInlineSnapshot(`
    " metrics.db                            read only, unchanged
     ● detect  1 of 6
    ────────────────────────────────────────────────────────────
     4 tables, 216,252 rows.  2 identities to migrate, 1 left
     alone.  1 warning, no blockers.

           identity          rows   references      orphans
     › [x] jobs.job_id     41,020   2 + 1 offered       312
       [x] providers.id       214   0                     0
       [ ] tests.test_id   96,300   left alone            -

     jobs.job_id
       9 lines more: tab twice
    ────────────────────────────────────────────────────────────
     enter dry-run   space migrate   tab references   ? help"
  `)
})

it.each([
  [39, 30, ['More room, please: 40 x 10, or --plain']],
  [100, 9, ['More room, please: 40 x 10, or --plain']],
  [30, 24, ['--plain, or 40 x 10']],
  [9, 24, ['--plain,', 'or 40 x', '10']],
  [9, 2, ['--plain,']],
  [100, 1, ['More room, please: 40 x 10, or --plain']],
])('at %i x %i more room is asked for, and --plain is named', (columns, rows, lines) => {
  const { wizard } = new Walk().toMigrate()
  expect(picture(wizard, { columns, rows }).map(textOf)).toEqual(lines)
})

it('what comes from the database can not reach the terminal as a code', () => {
  const evil = { ...documents.jobs, table: 'a\x1b[2Jb\n', column: '\u202egro' }
  const walk = new Walk([documents.metrics])
  walk.answer('detect', {
    type: 'result',
    value: documents.detected(documents.metrics, { identities: [evil] }),
  })
  const frame = drawn(walk.press('enter').wizard)
  expect(frame).toContain('a\\x1b[2Jb\\n.\\u{202e}gro')
  expect(frame).not.toContain('\x1b[2J')
})

describe('the summary on the main screen', () => {
  const summary = (walk: Walk) => summaryLines(walk.wizard).map(textOf)

  it('says when nothing was changed', () => {
    expect(summary(new Walk().toConfirm().press('ctrl-c'))).toEqual(['Nothing was changed.'])
  })

  it('has proof, snapshot and the way back', () => {
    expect(summary(new Walk().toVerify())).toMatchInlineSnapshot(`
      [
        "✓ metrics.db: 41,234 identifiers and 78,620 references are ULIDs",
        "  proof     ✓ 5 of 5 checks, by a process that did not write it",
        "  snapshot  /home/op/.local/state/ulid-migrate/snapshots/metrics.db.01KEXW.sqlite",
        "  way back  ulid-migrate rollback /home/op/projects/crackerjack/metrics.db",
      ]
    `)
  })

  it('tells what state a failed run left, and what to run', () => {
    const lines = summary(new Walk().toMigrate().answer('migrate', failed))
    expect(lines.join('\n')).toMatch(/migrate failed.*LOCK\.HELD[\s\S]*next {2}Stop it/)
  })

  it('is at most twelve lines long, and loses successes before failures', () => {
    const { wizard } = new Walk().toVerify()
    const good = wizard.deeds[0]!
    const bad = {
      did: 'failed',
      target: documents.metrics,
      during: 'migrate',
      failure: documents.failure(),
    } as const
    const lines = summaryLines({ ...wizard, deeds: [good, good, good, good, bad] }).map(textOf)
    expect(lines.length).toBeLessThanOrEqual(12)
    expect(lines.join('\n')).toMatch(/Stop it/)
    expect(summaryLines({ ...wizard, deeds: Array.from({ length: 40 }, () => bad) })).toHaveLength(12)
  })
})

it('each table has a bar while the rewrite is at it', () => {
  const frame = drawn(migrating().wizard, { columns: 100, rows: 40 })
  expect(frame).toMatch(/jobs +█{20} {2}100 % {3}41,020 of 41,020 rows/)
  expect(frame).toMatch(/errors +█{10}░{10} {3}50 % {3}9,110 of 18,220 rows/)
  expect(frame).toMatch(/agent_executions +░{20} {4}0 % {3}0 of 60,712 rows/)
})

it('the runs at 100 columns say of each snapshot how sure it is, and since when', () => {
  const states = ['kept', 'touched', 'altered', 'missing', 'none'] as const
  const runs = states.map((snapshotState, index) =>
    documents.record({
      run: `${index}`,
      snapshotState,
      ...(snapshotState === 'none' ? { snapshot: '' } : {}),
    }),
  )
  const value = [documents.status(documents.metrics, runs)]
  const walk = new Walk([documents.metrics]).read().press('r').answer('status', { type: 'result', value })
  const cells = [...drawn(walk.wizard).matchAll(/12 new rows +(.*?) *$/gm)].map(each => each[1])
  expect(cells).toEqual([
    '155 MB, checked 46 min ago',
    '155 MB, touched since',
    '155 MB, altered',
    'missing',
    'none',
  ])
})
