/** What is said of a run on a DuckDB file: nobody waits for it, and nothing of it goes in steps. */
import { expect, it } from 'vitest'
import { picture } from '../../src/steps/page.ts'
import { textOf } from '../../src/ui/line.ts'
import { footerKeys } from '../../src/wizard/keys.ts'
import * as documents from './documents.ts'
import { Walk } from './walk.ts'

function toConfirm(plan = documents.plan): Walk {
  return new Walk()
    .toDetect()
    .press('enter')
    .answer('dry-run', {
      type: 'result',
      value: {
        print: documents.print,
        plan: { ...plan, engine: 'duckdb' },
        document: documents.rehearsed(documents.metrics, { engine: 'duckdb' }),
      },
    })
    .press('enter')
}

const page = ({ wizard }: Walk) =>
  picture(wizard, { columns: 100, rows: 30 }).map(textOf).join(' ').replaceAll(/\s+/g, ' ')

it('says that other programs are refused, not that they wait', () => {
  expect(page(toConfirm())).toMatch(/locked 2 to 3 s; other programs that want to write are refused at once/)
})

it('says of an expansion that it is one transaction, which can not be paused', () => {
  const walk = toConfirm(documents.expansion)
    .type('metrics.db')
    .press('enter')
    .tell('migrate', { type: 'phase', phase: 'rewrite', status: 'started' })
  expect(page(walk)).toMatch(/One transaction: until the commit the file is as it was/)
  expect(page(walk)).not.toMatch(/p pause/)
  expect(page(walk)).toMatch(/ctrl-c stop and undo/)
})

it('completes what programs wrote since an expansion, by Enter and the typed name, in one transaction', () => {
  const walk = new Walk([documents.metrics])
  walk.answer('detect', {
    type: 'result',
    value: documents.detected(documents.metrics, { engine: 'duckdb', state: 'expanded' }),
  })
  walk.answer('status', {
    type: 'result',
    value: [{ ...documents.status(documents.metrics), expansions: [behind] }],
  })
  expect(page(walk)).toMatch(/have no ULID beside them \(3\): DuckDB has no triggers\. Enter completes them/)
  expect(footerKeys(walk.wizard).find(({ label }) => label === 'enter')?.short).toBe('complete')
  walk.press('enter')
  expect(page(walk)).toMatch(/completes the expansion \S+: 3 ids that programs wrote since/)
  walk.type('metrics.db').press('enter')
  expect(walk.last('migrate').request).toEqual({ target: documents.metrics, choices: {} })
  expect(page(walk)).toMatch(/One transaction/)
})

const behind = {
  run: '01KEXWDFNRRMDJHG5GXSQG2QCQ',
  since: '2026-11-20T00:00:00.000Z',
  verifyUntil: '2026-12-20T00:00:00.000Z',
  coverage: [{ column: 'errors.job_ulid', role: 'reference', rows: 10, without: 3, outOfStep: 0 }],
  lookups: [],
} as const
