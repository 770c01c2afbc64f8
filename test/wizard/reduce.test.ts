import { describe, expect, it } from 'vitest'
import { footerKeys } from '../../src/wizard/keys.ts'
import { exitCodeOf } from '../../src/wizard/moves/leaving.ts'
import { snapshotOf } from '../../src/wizard/snapshots.ts'
import { entryOf, type InitializeScreen, type Wizard } from '../../src/wizard/state.ts'
import * as documents from './documents.ts'
import { at, filling, paused, Walk } from './walk.ts'

const { metrics, fresh, finished } = documents

const screen = (walk: Walk) => walk.wizard.screen.name
const entry = (wizard: Wizard) => entryOf(wizard, metrics)

describe('the start', () => {
  it('asks for the runs and looks into every target', () => {
    const walk = new Walk()
    expect(walk.started('status')).toHaveLength(1)
    expect(walk.started('detect').map(call => call.request.target)).toEqual([metrics, fresh, finished])
  })

  it('puts a target with an unfinished run first', () => {
    const walk = new Walk().answer('status', {
      type: 'result',
      value: [documents.status(metrics), documents.status(finished, [], ['A run stopped. Enter resumes.'])],
    })
    walk.press('space', ' ')
    expect(walk.wizard.entries.find(each => each.selected)?.target).toBe(finished)
  })

  it('walks the selected targets in order', () => {
    const walk = new Walk().read().press(' ', 'down', 'down', ' ', 'enter')
    expect(walk.wizard.screen).toMatchObject({
      name: 'detect',
      journey: { target: metrics, rest: [finished], of: 2 },
    })
  })

  it('narrows the list by a filter, in which letters are text', () => {
    const walk = new Walk().read().press('/').type('skq').press('backspace')
    expect(walk.wizard.screen).toMatchObject({ name: 'targets', filter: { text: 'sk', editing: true } })
    walk.press('enter', 'enter')
    expect(walk.wizard.screen).toMatchObject({ name: 'detect', journey: { target: finished } })
  })

  it('says that Esc leads nowhere from here', () => {
    expect(new Walk().read().press('esc').wizard.notice).toMatch(/q quits/)
  })
})

describe('detect', () => {
  it('leaves an identity out by skip, and reads again with that', () => {
    const walk = new Walk().toDetect().press('down', ' ')
    expect(walk.last('detect').request.choices).toEqual({ skip: ['providers.id'] })
  })

  it('names all wanted identities once one is wanted that detection leaves alone', () => {
    const walk = new Walk().toDetect().press('G', ' ')
    expect(walk.last('detect').request.choices).toEqual({
      only: ['jobs.job_id', 'providers.id', 'tests.test_id'],
    })
  })

  it('returns to the choices of the start when a choice is taken back', () => {
    const walk = new Walk().toDetect().press(' ', ' ')
    expect(walk.last('detect').request.choices).toEqual({})
  })

  it('accepts an offered reference and takes that back', () => {
    const walk = new Walk().toDetect().press('tab', 'G', ' ')
    expect(walk.last('detect').request.choices).toEqual({ references: ['decisions.subject=jobs.job_id'] })
    walk.press(' ')
    expect(walk.last('detect').request.choices).toEqual({})
  })

  it('says why a declared reference cannot be left out', () => {
    const walk = new Walk().toDetect().press('tab', ' ')
    expect(walk.wizard.notice).toMatch(/foreign key/)
    expect(walk.started('detect')).toHaveLength(3)
  })

  it('cycles through the sources of the time', () => {
    const walk = new Walk().toDetect()
    const times = [1, 2, 3, 4].map(() => walk.press('d').last('detect').request.choices.times)
    expect(times).toEqual([
      ['jobs.job_id=start_time'],
      ['jobs.job_id=end_time'],
      ['jobs.job_id=order'],
      ['jobs.job_id=id'],
    ])
  })

  it('returns to the choices that held when the engine refuses the new ones', () => {
    const walk = new Walk().toDetect().press(' ')
    walk.answer('detect', { type: 'failed', error: documents.failure({ message: 'No.', why: 'Because.' }) })
    expect(entry(walk.wizard)).toMatchObject({
      choices: {},
      detection: { is: 'known', document: { state: 'legacy' } },
    })
    expect(walk.wizard.notice).toBe('No. Because.')
  })

  it('drops the answer to a question that was asked anew', () => {
    const walk = new Walk().toDetect().press(' ')
    const first = walk.last('detect')
    walk.press('down', ' ')
    expect(walk.commands).toContainEqual({ type: 'stop', job: first.job })
    walk.answerCall(first)
    expect(entry(walk.wizard).detection.is).toBe('reading')
  })

  it('is closed by a blocker, and names it', () => {
    const blocker = { ...documents.failure(), code: 'IDENTITY.DUPLICATES', message: 'Twice there.' }
    const walk = new Walk([metrics])
    walk.answer('detect', { type: 'result', value: documents.detected(metrics, { findings: [blocker] }) })
    walk.press('enter', 'enter')
    expect(screen(walk)).toBe('detect')
    expect(walk.wizard.notice).toMatch(/Twice there/)
  })

  it('leads to initialize where there are no tables, and back by itself', () => {
    const walk = new Walk([fresh]).toDetect().press('enter')
    expect(screen(walk)).toBe('initialize')
    walk.press('enter')
    expect(walk.last('initialize').request).toEqual({ target: fresh, schema: '' })
    walk.answer('initialize')
    expect(screen(walk)).toBe('detect')
    expect(walk.wizard.deeds).toEqual([{ did: 'initialized', target: fresh, tables: 2 }])
    expect(walk.started('detect')).toHaveLength(2)
  })

  it('runs the command of a system, shows what it makes, and leads back by itself', () => {
    const walk = new Walk([fresh]).ownedBy(documents.system).toDetect().press('enter', 'c')
    const { job, request } = walk.last('initialize-system')
    expect(request).toEqual({
      target: fresh,
      named: true,
      system: documents.system,
      run: true,
      accept: false,
    })
    const tables = { type: 'tables', database: fresh, tables: ['jobs'], missing: ['errors'] } as const
    for (const event of [{ type: 'output', stream: 'stdout', text: 'starting' } as const, tables])
      walk.send({ type: 'event', job, event, at: 0 })
    const { work } = walk.wizard.screen as InitializeScreen
    expect(work).toMatchObject({ progress: { output: ['starting'], made: { missing: ['errors'] } } })
    walk.answer('initialize-system')
    expect(screen(walk)).toBe('detect')
    expect(walk.wizard.deeds).toEqual([{ did: 'initialized', target: fresh, tables: 2 }])
  })

  it('offers the known schema where the command of a system failed', () => {
    const walk = new Walk([fresh]).ownedBy(documents.system).toDetect().press('enter', 'c')
    walk.answer('initialize-system', { type: 'failed', error: documents.failure() })
    expect(walk.wizard.deeds).toMatchObject([{ did: 'failed', during: 'initialize' }])
    expect(footerKeys(walk.wizard).map(each => each.short)).toContain('make the known schema')
    walk.press('enter')
    expect(walk.last('initialize').request).toEqual({ target: fresh, schema: '' })
  })

  it('runs nothing of a system of which no command is known', () => {
    const walk = new Walk([fresh]).toDetect().press('enter', 'c')
    expect(walk.started('initialize-system')).toEqual([])
    expect(walk.wizard.notice).toMatch(/No command is known/)
  })

  it('calls nothing to do a success and goes on', () => {
    const walk = new Walk([finished]).toDetect().press('enter')
    expect(screen(walk)).toBe('done')
    expect(exitCodeOf(walk.wizard)).toBe(0)
  })

  it('tries again after a failure, which is what quitting from it reports', () => {
    const walk = new Walk([metrics])
      .answer('detect', { type: 'failed', error: documents.failure() })
      .press('enter')
    expect(walk.started('detect')).toHaveLength(2)
    walk.answer('detect', { type: 'failed', error: documents.failure() })
    expect(exitCodeOf(walk.wizard)).toBe(4)
    expect(exitCodeOf(walk.press('esc').wizard)).toBe(0)
  })

  it('goes round the selected targets', () => {
    const walk = new Walk().read().press(' ', 'down', ' ', 'enter', ']')
    expect(walk.wizard.screen).toMatchObject({ journey: { target: fresh, rest: [metrics] } })
    expect(walk.press('[').wizard.screen).toMatchObject({ journey: { target: metrics, rest: [fresh] } })
  })
})

describe('dry-run and confirm', () => {
  it('rehearses with the choices, and keeps the rehearsal when one goes back', () => {
    const walk = new Walk().toDryRun().press('esc', 'enter')
    expect(walk.wizard.screen).toMatchObject({ name: 'dry-run', work: { is: 'rehearsed' } })
    expect(walk.started('dry-run')).toHaveLength(1)
  })

  it('rehearses anew after other choices', () => {
    const walk = new Walk().toDryRun().press('esc', 'down', ' ').answer('detect').press('enter')
    expect(walk.started('dry-run')).toHaveLength(2)
    expect(walk.last('dry-run').request.choices).toEqual({ skip: ['providers.id'] })
  })

  it('abandons a rehearsal on Esc, and does not hear of it again', () => {
    const walk = new Walk().toDetect().press('enter', 'esc')
    expect(walk.commands.at(-1)).toEqual({ type: 'stop', job: walk.last('dry-run').job })
    walk.answer('dry-run')
    expect(screen(walk)).toBe('detect')
    expect(entry(walk.wizard).rehearsal).toBeNull()
  })

  it.each([
    ['the proof', { proof: documents.badProof }],
    ['the rehearsed undo', { undo: documents.badProof }],
  ])('is closed when %s failed', (_what, change) => {
    const walk = new Walk().toDetect().press('enter')
    const value = { print: [], document: documents.rehearsed(metrics, change), plan: documents.plan }
    walk.answer('dry-run', { type: 'result', value }).press('enter')
    expect(screen(walk)).toBe('dry-run')
    expect(walk.wizard.notice).toMatch(/failed its checks/)
  })

  it('refuses a plan that is not the one that was rehearsed', () => {
    const walk = new Walk().toDetect().press('enter')
    const value = { print: [], document: documents.rehearsed(), plan: { ...documents.plan, hash: 'another' } }
    walk.answer('dry-run', { type: 'result', value })
    expect(walk.wizard.screen).toMatchObject({
      work: { is: 'failed', failure: { code: 'WIZARD.OTHER_PLAN' } },
    })
  })

  it('writes the plan beside where one is, under the name of the target', () => {
    const walk = new Walk().toDryRun().press('w')
    const command = walk.commands.at(-1)
    expect(command).toMatchObject({ type: 'write', file: 'metrics.db.plan.json' })
    expect(command?.type === 'write' && JSON.parse(command.text)).toEqual({
      ...documents.plan,
      target: metrics,
      hash: 'plan-1',
    })
    walk.send({ type: 'wrote', file: 'metrics.db.plan.json', at })
    expect(walk.wizard.notice).toBe('Written: metrics.db.plan.json')
  })

  it('starts only when the name is typed exactly', () => {
    const walk = new Walk().toConfirm().type('metrics.d').press('enter')
    expect(screen(walk)).toBe('confirm')
    expect(walk.wizard.notice).toMatch(/Type metrics\.db exactly/)
    expect(walk.started('migrate')).toHaveLength(0)
    walk.type('b').press('enter')
    expect(screen(walk)).toBe('migrate')
    expect(walk.last('migrate').request.plan?.hash).toBe('plan-1')
  })

  describe('once the name is typed', () => {
    const confirmed = () => {
      const walk = new Walk().toConfirm()
      walk.planFits = false
      return walk.type('metrics.db').press('enter')
    }
    const moved = documents.failure({
      code: 'PLAN.OTHER_SCHEMA',
      message: 'The schema of this database moved since the plan was made.',
      why: 'Since then: trigger posts_ai is gone.',
    })

    it('reads the schema once more, and begins nothing before that is answered', () => {
      const walk = confirmed()
      expect(walk.wizard.screen).toMatchObject({ name: 'confirm', work: { is: 'working' } })
      expect(walk.last('check-plan').request).toMatchObject({ target: metrics, print: documents.print })
      expect(walk.started('migrate')).toHaveLength(0)
      walk.press('enter', 'x', 'backspace', 'ctrl-n')
      expect(walk.wizard.screen).toMatchObject({ name: 'confirm', typed: 'metrics.db' })
      expect(screen(walk.answer('check-plan'))).toBe('migrate')
    })

    it('goes back to the rehearsal, with what moved, and has done nothing', () => {
      const walk = confirmed().answer('check-plan', { type: 'failed', error: moved })
      expect(walk.wizard.screen).toMatchObject({
        name: 'dry-run',
        work: { is: 'failed', failure: { why: 'Since then: trigger posts_ai is gone.' } },
      })
      expect(walk.started('migrate')).toHaveLength(0)
      expect(walk.wizard.deeds).toEqual([])
      expect(walk.press('enter').started('dry-run')).toHaveLength(2)
    })

    it('Esc leaves that, back to the name; a word that comes late begins nothing', () => {
      const walk = confirmed()
      const { job } = walk.last('check-plan')
      expect(walk.press('esc').commands.at(-1)).toEqual({ type: 'stop', job })
      expect(walk.wizard.screen).toMatchObject({
        name: 'confirm',
        typed: 'metrics.db',
        work: { is: 'asked' },
      })
      walk.answer('check-plan')
      expect(walk.started('migrate')).toHaveLength(0)
    })
  })

  it('takes letters that are keys elsewhere as text', () => {
    const walk = new Walk().toConfirm().type('qrjk/ G')
    expect(walk.wizard.screen).toMatchObject({ name: 'confirm', typed: 'qrjk/ G' })
  })

  it('wants as much of the path as tells two files of one name apart', () => {
    const other = '/home/op/other/metrics.db'
    const walk = new Walk([metrics, other]).toConfirm().type('metrics.db').press('enter')
    expect(screen(walk)).toBe('confirm')
    walk.press(...Array.from({ length: 10 }, () => 'backspace'))
    walk.type('crackerjack/metrics.db').press('enter')
    expect(screen(walk)).toBe('migrate')
  })

  it('lets a question mark be typed where the name has one', () => {
    const odd = '/tmp/what?.db'
    const walk = new Walk([odd]).toConfirm().type('what?.db').press('enter')
    expect(screen(walk)).toBe('migrate')
  })
})

describe('migrate', () => {
  it('has no Esc and no quit, and says so', () => {
    const walk = new Walk().toMigrate()
    for (const key of ['esc', 'q', 'r']) {
      walk.press(key)
      expect(screen(walk)).toBe('migrate')
      expect(walk.wizard.notice).toMatch(/Ctrl-C/)
      walk.press('l')
    }
  })

  it('stops on the first Ctrl-C and kills on the second', () => {
    const walk = new Walk().toMigrate()
    const { job } = walk.last('migrate')
    expect(walk.press('ctrl-c').commands.at(-1)).toEqual({ type: 'stop', job })
    expect(walk.press('ctrl-c').commands.at(-1)).toEqual({ type: 'kill', job })
  })

  it('pauses an expansion while it fills rows, and goes on', () => {
    const walk = filling()
    const { job } = walk.last('migrate')
    expect(walk.press('p').commands.at(-1)).toEqual({ type: 'pause', job })
    expect(walk.wizard.screen).toMatchObject({ work: { pausing: true, progress: { pausedAt: null } } })
    walk.tell('migrate', { type: 'pause', status: 'started' }, at + 9000)
    expect(walk.wizard.screen).toMatchObject({ work: { pausing: true, progress: { pausedAt: at + 9000 } } })
    expect(walk.press('p').commands.at(-1)).toEqual({ type: 'resume', job })
    walk.tell('migrate', { type: 'pause', status: 'done', seconds: 5 })
    expect(walk.wizard.screen).toMatchObject({ work: { pausing: false, progress: { pausedAt: null } } })
  })

  it('stops and kills in a pause as ever', () => {
    const walk = paused()
    const { job } = walk.last('migrate')
    expect(walk.press('ctrl-c').commands.at(-1)).toEqual({ type: 'stop', job })
    expect(walk.press('p').wizard.notice).toMatch(/being stopped/)
    expect(walk.press('ctrl-c').commands.at(-1)).toEqual({ type: 'kill', job })
  })

  it.each([
    ['replaces ids', () => new Walk().toMigrate(), /One transaction can not be paused/],
    [
      'has not begun to fill',
      () => new Walk(undefined, { strategy: 'expand' }).toMigrate(),
      /only while rows are filled/,
    ],
    [
      'has filled them',
      () =>
        filling().tell('migrate', {
          type: 'phase',
          phase: 'rewrite',
          status: 'done',
          seconds: 1,
          detail: '',
        }),
      /only while rows are filled/,
    ],
    [
      'has failed',
      () => filling().answer('migrate', { type: 'failed', error: documents.failure() }),
      /Nothing/,
    ],
  ] as const)('is not paused where it %s, and says why', (_, walkTo, why) => {
    const walk = walkTo()
    const asked = walk.commands.length
    expect(walk.press('p').wizard.notice).toMatch(why)
    expect(walk.commands).toHaveLength(asked)
  })

  it('tells a stop that was asked for from a failure, and leaves with 130', () => {
    const walk = new Walk().toMigrate().press('ctrl-c')
    walk.answer('migrate', { type: 'failed', error: documents.failure({ exit: 5 }) })
    expect(walk.wizard.screen).toMatchObject({ name: 'migrate', work: { is: 'failed', stopped: true } })
    expect(walk.press('q').commands.at(-1)).toEqual({ type: 'leave', code: 130 })
  })

  it('returns to the rehearsal, with what moved, when the schema is another one', () => {
    const walk = new Walk().toMigrate()
    walk.answer('migrate', {
      type: 'failed',
      error: documents.failure({ code: 'PLAN.SCHEMA_CHANGED', exit: 4 }),
    })
    expect(walk.wizard.screen).toMatchObject({
      name: 'dry-run',
      work: { failure: { code: 'PLAN.SCHEMA_CHANGED' } },
    })
    walk.press('enter')
    expect(walk.started('dry-run')).toHaveLength(2)
  })

  it('keeps what was chosen when a run fails', () => {
    const walk = new Walk().toDetect().press('down', ' ').answer('detect').press('enter').answer('dry-run')
    walk
      .press('enter')
      .type('metrics.db')
      .press('enter')
      .answer('migrate', { type: 'failed', error: documents.failure() })
    expect(entry(walk.wizard).choices).toEqual({ skip: ['providers.id'] })
    expect(exitCodeOf(walk.wizard)).toBe(4)
  })

  it('is tried again by Enter alone where the file was in use: the same plan, confirmed already', () => {
    const walk = new Walk().toMigrate()
    const first = walk.last('migrate').request
    walk.answer('migrate', { type: 'failed', error: documents.failure() }).press('enter')
    expect(walk.started('migrate')).toHaveLength(2)
    expect(walk.last('migrate').request).toEqual(first)
    expect(screen(walk.answer('migrate'))).toBe('verify')
  })

  it('looks at the target again after any other failure', () => {
    const walk = new Walk().toMigrate()
    walk.answer('migrate', { type: 'failed', error: documents.failure({ code: 'DISK.FULL' }) }).press('enter')
    expect(walk.started('migrate')).toHaveLength(1)
    expect(screen(walk)).toBe('detect')
  })

  it('hears the last word of a run that a signal stopped', () => {
    const walk = new Walk().toMigrate().send({ type: 'signal', code: 143, at })
    expect(walk.commands.at(-1)).toEqual({ type: 'leave', code: 143 })
    walk.answer('migrate', { type: 'failed', error: documents.failure({ exit: 5 }) })
    expect(walk.wizard.deeds).toMatchObject([{ did: 'stopped', target: metrics }])
  })
})

describe('verify', () => {
  it('shows the proof from outside, and goes on to the end', () => {
    const walk = new Walk().toVerify()
    expect(walk.wizard.screen).toMatchObject({ name: 'verify', work: { is: 'proved', proof: { ok: true } } })
    expect(exitCodeOf(walk.wizard)).toBe(0)
    expect(screen(walk.press('enter'))).toBe('done')
  })

  it('goes on to the next selected target', () => {
    const walk = new Walk().read().press(' ', 'down', ' ', 'enter', 'enter').answer('dry-run').press('enter')
    walk.type('metrics.db').press('enter').answer('migrate').press('enter')
    expect(walk.wizard.screen).toMatchObject({ name: 'detect', journey: { target: fresh, rest: [] } })
  })

  it('leaves with 3 after a proof with problems, until it is proved again', () => {
    const walk = new Walk().toMigrate()
    const value = documents.done(metrics, { outside: documents.badProof })
    walk.answer('migrate', { type: 'result', value })
    expect(exitCodeOf(walk.wizard)).toBe(3)
    walk.press('v').answer('verify')
    expect(exitCodeOf(walk.wizard)).toBe(0)
    expect(walk.wizard.deeds).toHaveLength(1)
  })

  it('looks at the target again after the run, by the choices of the start', () => {
    const walk = new Walk().toVerify()
    expect(walk.last('detect').request).toEqual({ target: metrics, choices: {} })
    expect(entry(walk.wizard).rehearsal).toBeNull()
  })
})

describe('rollback', () => {
  it('undoes after one question, and returns to the targets', () => {
    const walk = new Walk().read().press('r', 'enter')
    expect(walk.wizard.screen).toMatchObject({ stage: { is: 'asking' } })
    expect(walk.started('rollback')).toHaveLength(0)
    walk.press('y')
    expect(walk.last('rollback').request).toMatchObject({ target: metrics, mode: 'undo', dryRun: false })
    walk.answer('rollback').press('enter')
    expect(screen(walk)).toBe('targets')
    expect(walk.wizard.deeds).toMatchObject([{ did: 'rolled-back' }])
  })

  it('rehearses an undo without counting it as done', () => {
    const walk = new Walk().read().press('r', 'd')
    expect(walk.last('rollback').request.dryRun).toBe(true)
    walk.answer('rollback')
    expect(walk.wizard.deeds).toEqual([])
    expect(walk.press('enter').wizard.screen).toMatchObject({ stage: { is: 'asking' } })
  })

  it('restores only under the typed name', () => {
    const walk = new Walk().read().press('r', 's').answer('rollback').type('metrics').press('enter')
    expect(walk.started('rollback').map(each => each.request.dryRun)).toEqual([true])
    walk.type('.db').press('enter')
    expect(walk.last('rollback').request).toMatchObject({ mode: 'restore', confirm: 'metrics.db' })
  })

  it('reads the snapshot and counts what would be lost before it asks for the name', () => {
    const walk = new Walk().read().press('r', 's')
    expect(walk.last('rollback').request).toMatchObject({ mode: 'restore', dryRun: true })
    expect(walk.wizard.screen).toMatchObject({ stage: { is: 'running', how: 'weigh' } })
    walk.answer('rollback')
    expect(walk.wizard.screen).toMatchObject({ stage: { is: 'typing', weighed: { rowsDiscarded: 12 } } })
    expect(walk.wizard.deeds).toEqual([])
    walk.press('esc')
    expect(snapshotOf(walk.wizard, documents.record()).is).toBe('as taken')
  })

  it('Esc abandons that, and nothing was done', () => {
    const walk = new Walk().read().press('r', 's')
    const { job } = walk.last('rollback')
    expect(walk.press('esc').commands.at(-1)).toEqual({ type: 'stop', job })
    expect(walk.wizard.screen).toMatchObject({ stage: { is: 'list' } })
  })

  it.each(['SNAPSHOT.MISSING', 'SNAPSHOT.ALTERED'])('%s closes the restore, and undo stays', code => {
    const error = documents.failure({ code })
    const walk = new Walk().read().press('r', 's').answer('rollback', { type: 'failed', error })
    expect(walk.wizard.deeds).toEqual([])
    walk.press('enter').answer('status').press('s')
    expect(walk.wizard.notice).toMatch(/Undo works without it/)
    expect(walk.started('rollback')).toHaveLength(1)
    expect(walk.press('enter').wizard.screen).toMatchObject({ stage: { is: 'asking' } })
  })

  it.each(['missing', 'altered'] as const)('a snapshot that is %s at a glance closes it as well', is => {
    const runs = [documents.record({ snapshotState: is })]
    const walk = new Walk().answer('status', { type: 'result', value: [documents.status(metrics, runs)] })
    expect(walk.press('r', 's').wizard.notice).toMatch(/Undo works without it/)
    expect(walk.started('rollback')).toHaveLength(0)
    expect(walk.press('enter').wizard.screen).toMatchObject({ stage: { is: 'asking' } })
  })

  it('says why a run cannot be undone', () => {
    const walk = new Walk()
    const runs = [documents.record({ status: 'undone' })]
    walk
      .answer('status', { type: 'result', value: [documents.status(metrics, runs)] })
      .press('r')
      .press('enter')
    expect(walk.wizard.notice).toMatch(/undone already/)
  })

  it('is reachable from verify, and Esc returns there', () => {
    const walk = new Walk().toVerify().press('r')
    expect(screen(walk)).toBe('rollback')
    expect(screen(walk.press('esc'))).toBe('verify')
  })

  it('is reachable from a failure', () => {
    const walk = new Walk()
      .toMigrate()
      .answer('migrate', { type: 'failed', error: documents.failure() })
      .press('r')
    expect(screen(walk)).toBe('rollback')
  })

  it('tries an undo again by Enter where the file was in use; a restore wants its name anew', () => {
    const inUse = { type: 'failed', error: documents.failure() } as const
    const walk = new Walk().read().press('r', 'enter', 'y').answer('rollback', inUse).press('enter')
    expect(walk.started('rollback')).toHaveLength(2)
    expect(walk.last('rollback').request).toMatchObject({ mode: 'undo', dryRun: false })
    const restoring = new Walk().read().press('r', 's').answer('rollback').type('metrics.db').press('enter')
    expect(restoring.last('rollback').request).toMatchObject({ mode: 'restore' })
    restoring.answer('rollback', inUse).press('enter')
    expect(restoring.started('rollback')).toHaveLength(2)
    expect(restoring.wizard.screen).toMatchObject({ name: 'rollback', stage: { is: 'list' } })
  })

  it('stops a live undo by Ctrl-C only', () => {
    const walk = new Walk().read().press('r', 'enter', 'y', 'esc', 'q')
    expect(walk.wizard.screen).toMatchObject({ stage: { is: 'running' } })
    expect(walk.press('ctrl-c').commands.at(-1)).toMatchObject({ type: 'stop' })
  })
})

describe('leaving', () => {
  it('quits with 0 and is interrupted with 130', () => {
    expect(new Walk().read().press('q').commands.at(-1)).toEqual({ type: 'leave', code: 0 })
    expect(new Walk().read().press('ctrl-c').commands.at(-1)).toEqual({ type: 'leave', code: 130 })
  })

  it('is interrupted in a text field, too', () => {
    expect(new Walk().toConfirm().press('ctrl-c').commands.at(-1)).toEqual({ type: 'leave', code: 130 })
  })

  it('kills what still runs when Ctrl-C is pressed while leaving', () => {
    expect(new Walk().press('q', 'ctrl-c').commands.at(-1)).toEqual({ type: 'kill-all' })
  })

  it('shows help over a run, and any key closes it', () => {
    const walk = new Walk().toMigrate().press('?')
    expect(walk.wizard.help).toEqual({ scroll: 0 })
    walk.press('x')
    expect(walk.wizard).toMatchObject({ help: null, screen: { name: 'migrate' } })
  })
})
