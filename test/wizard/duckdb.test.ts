/** What is said of a run on a DuckDB file: nobody waits for it, and nothing of it goes in steps. */
import { expect, it } from 'vitest'
import { picture } from '../../src/steps/page.ts'
import { textOf } from '../../src/ui/line.ts'
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
