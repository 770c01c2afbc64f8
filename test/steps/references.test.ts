import { describe, expect, it } from 'vitest'
import type { DetectedReference } from '../../src/core/index.ts'
import { picture } from '../../src/steps/page.ts'
import { textOf } from '../../src/ui/line.ts'
import { detected, jobs, metrics } from '../wizard/documents.ts'
import { Walk } from '../wizard/walk.ts'

const inside: DetectedReference = {
  ...jobs.references[1]!,
  table: 'events',
  column: 'data',
  path: '$.job.id',
  when: { column: 'kind', is: ['job'] },
  kind: 'json',
  choice: 'offered',
  samples: ['job-1', 'job-2', 'job-\x1b[2J3'],
  orphanSamples: ['job-gone'],
  sentinels: 7,
  why: 'the name of the path is that of jobs, and 60,400 of 60,712 values are found',
}
const references = [...jobs.references, inside, ...['a', 'b', 'c'].map(table => ({ ...inside, table }))]

function drawn(columns: number, rows: number, ...keys: readonly string[]): string {
  const composite = {
    table: 'lines',
    columns: ['job_id', 'no'],
    parent: 'jobs',
    parentColumns: ['job_id', 'no'],
    confidence: 1,
    matched: 3,
    orphans: 0,
    why: '',
    choice: 'accepted',
    kind: 'declared',
  } as const
  const value = detected(metrics, { identities: [{ ...jobs, references }], composites: [composite] })
  const walk = new Walk([metrics]).answer('detect', { type: 'result', value }).press('enter', ...keys)
  return picture(walk.wizard, { columns, rows }).map(textOf).join('\n')
}

/** A paragraph may be broken anywhere. */
const unbroken = (text: string) => text.replaceAll(/\s+/g, ' ')

describe.each([
  [100, 30],
  [80, 24],
  [60, 20],
])('in %i columns and %i rows the reference under the cursor', (columns, rows) => {
  const seen = unbroken(drawn(columns, rows, 'tab', 'j', 'j', 'j'))

  it('says where it is, why it is believed, and from which values', () => {
    expect(seen).toContain('› [ ] events.data')
    expect(seen).toContain('events.data[kind=job]:$.job.id')
    expect(seen).toContain(inside.why)
    expect(seen).toContain('for example job-1, job-2, job-\\x1b[2J3')
    expect(seen).toContain('312 name no row: job-gone')
    expect(seen).toContain('7 stand for "none"')
  })

  it('says what comes of leaving it out, and what the key does now', () => {
    expect(seen).toContain('left out: those values keep the old ids')
    expect(seen).toContain('space follow')
    expect(unbroken(drawn(columns, rows, 'tab', 'j'))).toContain('space leave out')
  })

  it('leaves others in sight', () => {
    expect(seen.match(/\[[x ]\] /g)?.length).toBeGreaterThanOrEqual(2)
  })
})

it('keys of several columns are told apart: nothing of them becomes a ULID', () => {
  expect(unbroken(drawn(100, 40, 'tab'))).toContain(
    'Keys of several columns, nothing of which becomes a ULID: lines (job_id, no) to jobs (job_id, no)',
  )
})
