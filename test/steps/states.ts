/**
 * Every screen in each of its states (TERMINAL 3): the one list that the matrix is drawn from. A screen that is not here
 * does not compile; one that has no such state says why.
 */
import type { Screen } from '../../src/wizard/state.ts'
import * as documents from '../wizard/documents.ts'
import { at, paused, Walk } from '../wizard/walk.ts'

export const states = ['empty', 'busy', 'paused', 'error', 'long'] as const

export type State = (typeof states)[number]

/** A way into the state, and what has to be in sight there even on the smallest screen; or why there is no such state. */
export type Way = { readonly walk: () => Walk; readonly shows: RegExp } | string

/** Only an expansion rests. */
const noPause = 'what is under way there holds a lock, or nobody waits for it'

const many = Array.from({ length: 200 }, (_, index) => String(index + 1).padStart(3, '0'))
const failed = { type: 'failed', error: documents.failure() } as const
const longName = `${'a'.repeat(90)}長い名前${'é'.repeat(90)}`

const way = (walk: () => Walk, shows: RegExp): Way => ({ walk, shows })
const metrics = () => new Walk([documents.metrics])
const manyChecks = many.map(each => ({ ...documents.checks[0]!, id: `check-${each}` }))
const manyOk = { ok: true, checks: manyChecks } as const

function detectedAs(change: Parameters<typeof documents.detected>[1]): Walk {
  const value = documents.detected(documents.metrics, change)
  return metrics().answer('detect', { type: 'result', value }).press('enter')
}

function rehearsedAs(change: Parameters<typeof documents.rehearsed>[1]): Walk {
  const value = { print: [], document: documents.rehearsed(documents.metrics, change), plan: documents.plan }
  return new Walk().toDetect().press('enter').answer('dry-run', { type: 'result', value })
}

function runs(count: number): Walk {
  const known = many.slice(0, count).map(run => documents.record({ run }))
  const value = [documents.status(documents.metrics, known)]
  return metrics().read().press('r').answer('status', { type: 'result', value })
}

const rows = { type: 'progress', phase: 'rewrite', unit: 'rows', done: 1, total: 9 } as const

/** While tables are rewritten, one after the other. */
function rewriting(): Walk {
  const walk = new Walk().toMigrate()
  const { job } = walk.last('migrate')
  walk.send({ type: 'event', job, at, event: { type: 'phase', phase: 'rewrite', status: 'started' } })
  for (const table of [...many, longName]) {
    const event = { ...rows, object: table }
    walk.send({ type: 'event', job, at, event })
  }
  return walk
}

const journey = (count = 3) =>
  new Walk(count === 3 ? documents.several : many.map(each => `/srv/${each}.db`))
    .ownedBy(documents.systemWithTests)
    .read()
    .press('a')
const failedSecond = () => journey().carryOut('a.db').press('enter').carryOut('b.db', documents.badProof)
const application = () => journey().carryOut('a.db').press('enter').carryOut('b.db').press('enter')

export const matrix: Readonly<Record<Screen['name'] | 'help', Readonly<Record<State, Way>>>> = {
  targets: {
    empty: way(() => new Walk([]), /no database/),
    busy: way(() => new Walk(), /reading/),
    paused: noPause,
    error: way(() => metrics().answer('detect', failed), /The file is/),
    long: way(() => new Walk(many.map(each => `/srv/${longName}/${each}.db`)).read().press('G'), /200\.db/),
  },
  detect: {
    empty: way(() => new Walk([documents.fresh]).toDetect(), /no tables/),
    busy: way(() => new Walk().press('enter'), /Reading/),
    paused: noPause,
    error: way(
      () => metrics().answer('detect', failed).press('enter').answer('detect', failed),
      /LOCK\.HELD/,
    ),
    long: way(
      () =>
        detectedAs({
          identities: many.map(each => ({ ...documents.jobs, table: `t${each}`, column: longName })),
        }).press('G'),
      /› \[x\] t200/,
    ),
  },
  initialize: {
    empty: way(() => new Walk([documents.fresh]).toDetect().press('enter'), /make the tables/),
    busy: way(() => new Walk([documents.fresh]).toDetect().press('enter', 'enter'), /Making the tables/),
    paused: noPause,
    error: way(
      () => new Walk([documents.fresh]).toDetect().press('enter', 'enter').answer('initialize', failed),
      /LOCK\.HELD/,
    ),
    long: way(() => {
      const walk = new Walk([documents.fresh]).ownedBy(documents.system).toDetect().press('enter', 'c')
      const { job } = walk.last('initialize-system')
      for (const each of many)
        walk.send({
          type: 'event',
          job,
          at,
          event: { type: 'output', stream: 'stdout', text: `${each} ${longName}` },
        })
      return walk
    }, /LIVE/),
  },
  'dry-run': {
    empty: way(() => rehearsedAs({ changes: [] }), /Nothing would change/),
    busy: way(() => new Walk().toDetect().press('enter'), /copy/),
    paused: noPause,
    error: way(() => new Walk().toDetect().press('enter').answer('dry-run', failed), /LOCK\.HELD/),
    long: way(
      () =>
        rehearsedAs({
          changes: many.map(table => ({ table, rows: 1, columns: [longName] })),
        }).press('G'),
      /194 more tables|-(\d+) of \1/,
    ),
  },
  confirm: {
    empty: 'there is always a rehearsal to confirm',
    busy: way(() => {
      const walk = new Walk().toConfirm()
      walk.planFits = false
      return walk.type('metrics.db').press('enter')
    }, /schema is read once more/),
    paused: noPause,
    error: 'it leads back to the rehearsal, which says what moved',
    long: way(() => new Walk().toConfirm().type(longName), /> a+[…~].*é/),
  },
  migrate: {
    empty: 'a run has phases from the start',
    busy: way(() => new Walk().toMigrate(), /LIVE/),
    paused: way(() => paused(), /Paused since/),
    error: way(() => new Walk().toMigrate().answer('migrate', failed), /LOCK\.HELD/),
    long: way(() => rewriting().press('l'), /LIVE/),
  },
  verify: {
    empty: 'it is only reached with a proof',
    busy: way(() => new Walk().toVerify().press('v'), /Proving/),
    paused: noPause,
    error: way(() => new Walk().toVerify().press('v').answer('verify', failed), /LOCK\.HELD/),
    long: way(() => {
      const value = documents.done(documents.metrics, { outside: manyOk })
      return new Walk().toMigrate().answer('migrate', { type: 'result', value }).press('G')
    }, /check-200/),
  },
  application: {
    empty: 'without tests and queries there is nothing to ask, and it is passed over',
    busy: way(() => application().press('enter'), /Timing the queries/),
    paused: noPause,
    error: way(() => application().press('enter').answer('compare-queries', failed), /LOCK\.HELD|not proved/),
    long: way(() => application(), /tests/),
  },
  rollback: {
    empty: way(
      () => new Walk([documents.fresh]).read().press('r').answer('status').answer('code-runs'),
      /No run is known/,
    ),
    busy: way(() => new Walk().read().press('r', 's'), /only reads/),
    paused: noPause,
    error: way(() => new Walk().read().press('r', 'enter', 'y').answer('rollback', failed), /LOCK\.HELD/),
    long: way(() => runs(200).press('G'), / of 200/),
  },
  'take-back': {
    empty: 'it is only offered where there is something to take back',
    busy: way(() => failedSecond().press('b', 'y'), /LIVE/),
    paused: noPause,
    error: way(() => failedSecond().press('b', 'y').answer('rollback', failed), /LOCK\.HELD/),
    long: way(() => failedSecond().press('b'), /Take these 2 back/),
  },
  done: {
    empty: way(() => new Walk([documents.finished]).toDetect().press('enter'), /Nothing/),
    busy: 'it is the end',
    paused: noPause,
    error: 'what failed is told where it did, and once more in the summary',
    long: way(() => new Walk().toVerify().press('enter'), /41,234/),
  },
  trace: {
    empty: way(() => new Walk().read().press('t'), /ULID/),
    busy: way(() => new Walk().read().press('t').type('job-1').press('enter'), /[Ll]ooking/),
    paused: noPause,
    error: way(
      () => new Walk().read().press('t').type('job-1').press('enter').answer('trace', failed),
      /LOCK\.HELD/,
    ),
    long: way(() => new Walk().read().press('t').type(longName), /a+[…~].*é/),
  },
  open: {
    empty: way(() => new Walk().read().press('o'), /Tab/i),
    busy: 'what a path names is known at once',
    paused: noPause,
    error: 'what is not there is said, and the text stays',
    long: way(() => new Walk().read().press('o').type(longName), /a+[…~].*é/),
  },
  quitting: {
    empty: 'it waits for the engine',
    busy: way(() => new Walk().toMigrate().send({ type: 'signal', code: 143, at }), /Stopping the engine/),
    paused: noPause,
    error: 'the summary tells how it ended',
    long: 'it is one sentence',
  },
  help: {
    empty: 'there are always keys',
    busy: 'it is there at once',
    paused: noPause,
    error: 'it can not fail',
    long: way(() => new Walk().toDryRun().press('?', 'G'), /\d+-(\d+) of \1/),
  },
}
