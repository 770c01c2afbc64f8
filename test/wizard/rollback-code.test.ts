/** Updates of source code in the wizard: taken back by the same menu as migrations, and named while they are due. */
import { expect, test } from 'vitest'
import { picture } from '../../src/steps/page.ts'
import { summaryLines } from '../../src/steps/summary.ts'
import { textOf } from '../../src/ui/line.ts'
import { footerKeys } from '../../src/wizard/keys.ts'
import * as documents from './documents.ts'
import { Walk } from './walk.ts'

const shown = ({ wizard }: Walk) => picture(wizard, { columns: 110, rows: 30 }).map(textOf).join('\n')
const offered = ({ wizard }: Walk) => footerKeys(wizard).map(({ label, short }) => `${label} ${short}`)
const inMenu = (...runs: ReturnType<typeof documents.codeRun>[]) =>
  new Walk().read().press('r').answer('status').answer('code-runs', { type: 'result', value: runs })

test('they stand among the runs, the last first: what was done, where, and what changed since', () => {
  const walk = inMenu(documents.codeRun())
  const rows = shown(walk).split('\n')
  const code = rows.findIndex(row => /crackerjack.*code, 3 files.*1 file changed since/.test(row))
  expect(code).toBeGreaterThan(0)
  expect(rows.findIndex(row => /metrics\.db.*12 new rows/.test(row))).toBeGreaterThan(code)
  const untouched = inMenu(documents.codeRun({ changedSince: [] }))
  expect(shown(untouched)).toMatch(/code, 3 files +nothing new/)
})

test('the cursor stays on its run when they become known', () => {
  const walk = new Walk().read().press('r').answer('status')
  expect(walk.wizard.screen).toMatchObject({ stage: { cursor: 0 } })
  walk.answer('code-runs', { type: 'result', value: [documents.codeRun()] })
  expect(walk.wizard.screen).toMatchObject({ stage: { is: 'list', cursor: 1 } })
  walk.press('enter')
  expect(walk.wizard.screen).toMatchObject({ stage: { is: 'asking', choice: { of: 'database' } } })
})

test('Enter asks, with every file by name, and then takes back that run', () => {
  const walk = inMenu(documents.codeRun()).press('g', 'enter')
  expect(shown(walk)).toMatch(/Undo the update of source code of/)
  expect(shown(walk)).toMatch(/puts 2 files back as before: jobs\.py, ulid_generate\.py/)
  expect(shown(walk)).toMatch(/errors\.py: changed since, and left as it is/)
  expect(walk.started('undo-code')).toEqual([])
  walk.press('y')
  expect(walk.last('undo-code').request).toEqual({ run: documents.codeRun().run })
  walk.answer('undo-code')
  expect(shown(walk)).toMatch(/2 files of source code are as before, 1 left/)
  expect(summaryLines(walk.wizard).map(textOf).join('\n')).toMatch(
    /2 files of source code put back, 1 left: changed since\n +left +.*errors\.py/,
  )
  walk.press('enter')
  expect(walk.wizard.screen.name).toBe('targets')
})

test('a restore and a rehearsal are not for source code, and say why', () => {
  const walk = inMenu(documents.codeRun()).press('g')
  expect(offered(walk)).not.toContain('s restore snapshot')
  expect(walk.press('s').wizard.notice).toContain('Source code has no snapshot')
  expect(walk.press('d').wizard.notice).toContain('Enter shows what would go back')
  walk.press('enter', 'd')
  expect(walk.started('rollback')).toEqual([])
  expect(walk.started('undo-code')).toEqual([])
})

test('what is undone, or changed since as a whole, has nothing to take back', () => {
  const undone = inMenu(documents.codeRun({ status: 'undone', changedSince: [] })).press('g', 'enter')
  expect(undone.wizard.notice).toBe('This run is undone already.')
  const { files } = documents.codeRun()
  const changed = inMenu(documents.codeRun({ changedSince: files })).press('g', 'enter')
  expect(changed.wizard.notice).toContain('Every file of it changed since')
})

test('an undo that fails is told, and leads back to the runs', () => {
  const error = documents.failure({ code: 'CODE.COPY_LOST', message: 'The copy of this file is gone.' })
  const walk = inMenu(documents.codeRun())
    .press('g', 'enter', 'y')
    .answer('undo-code', { type: 'failed', error })
  expect(shown(walk)).toContain('CODE.COPY_LOST')
  expect(walk.press('enter').wizard.screen).toMatchObject({ name: 'rollback', stage: { is: 'list' } })
})

test('without any database the menu has the source code all the same', () => {
  const walk = new Walk([]).press('r')
  walk.answer('code-runs', { type: 'result', value: [documents.codeRun()] })
  expect(shown(walk)).toContain('code, 3 files')
})

test('before the name is typed, and at the end, it is said where the source still makes old ids', () => {
  const walk = new Walk()
    .ownedBy({ ...documents.system, places: [] })
    .toDetect()
    .press('enter')
  expect(walk.last('code').request).toMatchObject({ write: false, trial: 'never', system: 'crackerjack' })
  walk.answer('code').answer('dry-run').press('enter')
  const words = '2 places in the source still make old ids: ulid-migrate code crackerjack'
  expect(shown(walk)).toMatch(new RegExp(`not done +${words}`))
  walk.type('metrics.db').press('enter').answer('migrate')
  expect(summaryLines(walk.wizard).map(textOf)).toContain(`! ${words}`)
  expect(walk.started('code')).toHaveLength(1)
})

test('each rehearsal looks again; source that makes no old ids, or is not known, is no line', () => {
  const walk = new Walk()
    .ownedBy({ ...documents.system, places: [] })
    .toDetect()
    .press('enter')
    .answer('code')
    .answer('dry-run')
  walk.press('esc', 'd').answer('detect').press('enter')
  expect(walk.started('code')).toHaveLength(2)
  walk.answer('code', { type: 'result', value: documents.sourceCode({ sites: [] }) }).answer('dry-run')
  expect(shown(walk.press('enter'))).not.toContain('not done')
  const unknown = new Walk().toConfirm()
  expect(unknown.started('code')).toEqual([])
  expect(shown(unknown)).not.toContain('not done')
})
