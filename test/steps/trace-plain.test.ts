import { expect, it } from 'vitest'
import { traceBody } from '../../src/steps/trace.ts'
import { textOf, unbounded } from '../../src/ui/line.ts'
import type { TraceScreen } from '../../src/wizard/state.ts'
import { finished, follower, fresh, metrics, neighbour } from '../wizard/documents.ts'
import { Walk } from '../wizard/walk.ts'

it('a trace can be read line by line, or aloud: the tree and the time line say the same as on the screen', () => {
  const { wizard } = new Walk().read().press('t').type('job-1').press('enter').answer('trace')
  const lines = traceBody(wizard, wizard.screen as TraceScreen, { width: unbounded, height: unbounded })
  expect(lines.map(each => textOf(each).trim()).filter(each => each !== '')).toEqual([
    'job-1   of 2026-01-14 09:12:03 UTC',
    'crackerjack',
    metrics,
    '✓ jobs.job_id  row job-1',
    'ULID: job-1',
    'legacy id: job-20260114-091203',
    'status: success',
    'referred to by',
    `›   errors.job_id: rows 18; row 17; its own ULID ${follower}`,
    'row 18',
    'logs.job: rows 1; row 4',
    'session-buddy',
    fresh,
    'refers to it',
    'events.data:$.job.id: rows 3; row 9',
    'events.data:$.job.id: to jobs.job_id in metrics.db; no index: all was read',
    `within 1 min of ${follower}`,
    `+12.345 s: sessions.session_id; row 5; ${neighbour}; in session-buddy, crackerjack.db`,
    'sessions.session_id in crackerjack.db: and 6 more',
    '✗ The file is in use.  LOCK.HELD',
    `${finished}: Process 4411 (python3) holds a write lock for 30 s.`,
    'next: Stop it, then try again.',
    'Asked 2 targets, 2 migrated identities; 3 other keys; 1 target never migrated; 1 target could not be asked.',
  ])
})
