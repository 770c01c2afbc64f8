/** The wizard line by line, without an engine: what is said in each state, and what an answer does. */
import { describe, expect, it } from 'vitest'
import { choicesOf } from '../../../src/prompts/plain/choices.ts'
import { converse } from '../../../src/prompts/plain/conversation.ts'
import { pageText } from '../../../src/prompts/plain/page-text.ts'
import { footerKeys } from '../../../src/wizard/keys.ts'
import type { reduce } from '../../../src/wizard/reduce.ts'
import type { Wizard } from '../../../src/wizard/state.ts'
import type { Store } from '../../../src/wizard/store.ts'
import * as documents from '../../wizard/documents.ts'
import { at, filling, paused, Walk } from '../../wizard/walk.ts'

const failing = { type: 'failed', error: documents.failure() } as const

/** A walk that is also talked to: keys and answers of the engine as in a walk, lines as from a terminal. */
class Talk {
  readonly walk: Walk
  readonly #heard: string[] = []
  readonly #conversation
  readonly #changed = new Set<() => void>()

  constructor(walk: Walk) {
    this.walk = walk
    const store: Store = {
      get: () => walk.wizard,
      dispatch: message => {
        walk.send(message)
        for (const changed of this.#changed) changed()
      },
      subscribe: changed => {
        this.#changed.add(changed)
        return () => this.#changed.delete(changed)
      },
    }
    this.#conversation = converse(
      store,
      () => at,
      line => this.#heard.push(line),
    )
    this.#look()
  }

  #look(): void {
    for (const changed of this.#changed) changed()
  }

  /** Types lines, each with its Enter. */
  say(...lines: readonly string[]): this {
    for (const line of lines) this.#conversation.hear(line)
    return this
  }

  /** Picks choices by their words, as one reads their numbers. */
  choose(...words: readonly string[]): this {
    for (const word of words) {
      const number = choicesOf(this.walk.wizard).findIndex(({ short }) => short === word) + 1
      expect(number, word).toBeGreaterThan(0)
      this.say(`${number}`)
    }
    return this
  }

  /** Things that the engine does meanwhile. */
  meanwhile(act: (walk: Walk) => void): this {
    act(this.walk)
    this.#look()
    return this
  }

  end(): this {
    this.#conversation.end()
    return this
  }

  /** What was said since this was asked last. */
  heard(): string {
    return this.#heard.splice(0).join('\n')
  }
}

const talk = (walk: Walk) => new Talk(walk)
const numbered = (wizard: Wizard) => choicesOf(wizard).map(({ short }, index) => `${index + 1}. ${short}`)

const states: Readonly<Record<string, () => Walk>> = {
  'targets, still being read': () => new Walk(),
  targets: () => new Walk().read(),
  'no target at all': () => new Walk([]),
  detect: () => new Walk().toDetect(),
  references: () => new Walk().toDetect().press('tab'),
  evidence: () => new Walk().toDetect().press('tab', 'tab'),
  findings: () => new Walk().toDetect().press('f'),
  'detect, failed': () => new Walk().answer('detect', failing).press('enter'),
  'dry-run, under way': () => new Walk().toDetect().press('enter'),
  'dry-run': () => new Walk().toDryRun(),
  statements: () => new Walk().toDryRun().press('s'),
  checks: () => new Walk().toDryRun().press('c'),
  'dry-run, failed': () => new Walk().toDetect().press('enter').answer('dry-run', failing),
  confirm: () => new Walk().toConfirm(),
  migrate: () => new Walk().toMigrate(),
  'migrate, stopping': () => new Walk().toMigrate().press('ctrl-c'),
  'migrate, filling': () => filling(),
  'migrate, paused': () => paused(),
  'migrate, failed': () => new Walk().toMigrate().answer('migrate', failing),
  verify: () => new Walk().toVerify(),
  rollback: () => new Walk().read().press('r'),
  undo: () => new Walk().read().press('r', 'enter'),
  restore: () => new Walk().read().press('r', 's').answer('rollback'),
  'rolling back': () => new Walk().read().press('r', 'enter', 'y'),
  'rolled back': () => new Walk().read().press('r', 'enter', 'y').answer('rollback'),
  initialize: () => new Walk([documents.fresh]).toDetect().press('enter'),
  done: () => new Walk().toVerify().press('enter'),
}

describe.each(Object.entries(states))('%s', (_, walk) => {
  it('is said in lines that hold no control characters', () => {
    const lines = pageText(walk().wizard)
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) expect(line).toMatch(/^[^\p{Cc}]+$/u)
    expect(lines[0]).toMatch(/\.$/)
  })

  it('offers by number what the footer of the screen offers, and nothing that is closed', () => {
    const { wizard } = walk()
    const offered = choicesOf(wizard).map(({ short }) => short)
    const letters = ['esc', 'q', '?', 'f1', 'ctrl-c', 'backspace']
    const isTyped =
      ['confirm'].includes(wizard.screen.name) ||
      ('stage' in wizard.screen && wizard.screen.stage.is === 'typing')
    const shown = footerKeys(wizard)
      .filter(({ label }) => !letters.includes(label) && !(isTyped && label === 'enter'))
      .map(({ short }) => short)
    expect(offered).toEqual(expect.arrayContaining(shown))
  })

  it('ends with a question, and asks it again after an answer that is none', () => {
    const one = talk(walk())
    expect(one.heard()).toMatch(/:$/)
    expect(one.say('what is this').heard()).toMatch(/:$/)
  })

  it('survives any answer at all', () => {
    for (const line of [
      '',
      ' ',
      '?',
      'b',
      'q',
      'm',
      '0',
      '1',
      '99',
      '-1',
      '1.5',
      '\x1b[A',
      'ü',
      'space',
      'enter',
      'esc',
      'x'.repeat(5000),
    ])
      expect(() => talk(walk()).say(line, line)).not.toThrow()
  })
})

describe('the way through', () => {
  it('leads by numbers from the start to the proof, and back by undo', () => {
    const one = talk(new Walk().read())
    one.choose('detect').choose('dry-run')
    one.meanwhile(walk => walk.answer('dry-run')).choose('confirm')
    expect(one.heard()).toMatch(/Type the name of the database to start \(metrics\.db\)/)
    one.say('metrics').meanwhile(() => {})
    expect(one.walk.started('migrate')).toHaveLength(0)
    one.say('metrics.db')
    expect(one.walk.started('migrate')).toHaveLength(1)
    one.meanwhile(walk => walk.answer('migrate'))
    expect(one.heard()).toMatch(/Proved: \d+ checks passed/)
    one.choose('rollback').choose('undo').choose('undo')
    one.meanwhile(walk => walk.answer('rollback'))
    expect(one.heard()).toMatch(/The old ids are back in metrics\.db/)
  })

  it('goes back with b as far as the start, and says when there is nothing before it', () => {
    const one = talk(new Walk().toConfirm())
    one.say('b', 'b', 'b')
    expect(one.walk.wizard.screen.name).toBe('targets')
    one.heard()
    expect(one.say('b').heard()).toMatch(/nothing to go back to/)
  })

  it('leaves with q from wherever nothing is being changed, also while a name is asked for', () => {
    for (const walk of [new Walk(), new Walk().toDetect(), new Walk().toConfirm(), states.restore!()])
      expect(talk(walk).say('q').walk.wizard.screen).toMatchObject({ name: 'quitting', code: 0 })
  })

  it('says why a run under way cannot be left, and Ctrl-C stops it', () => {
    const one = talk(new Walk().toMigrate())
    expect(one.heard()).toMatch(/Ctrl-C stop and undo/)
    expect(one.say('q').heard()).toMatch(/A run is under way/)
    expect(one.say('b').heard()).toMatch(/A run is under way/)
    expect(one.walk.wizard.screen.name).toBe('migrate')
    one.meanwhile(walk => walk.press('ctrl-c'))
    expect(one.heard()).toMatch(/Stopping at the next chunk, then rolling back/)
  })

  it('a restore wants the name, exactly', () => {
    const one = talk(new Walk().read().press('r'))
    one.choose('restore snapshot').heard()
    one.meanwhile(walk => walk.answer('rollback'))
    expect(one.heard()).toMatch(/12 rows written since then are lost: jobs 12/)
    one.say('metrics', 'y', '')
    expect(one.walk.started('rollback').map(each => each.request.dryRun)).toEqual([true])
    one.say('metrics.db')
    expect(one.walk.last('rollback').request).toMatchObject({ mode: 'restore', dryRun: false })
  })

  it('rehearses an undo, makes tables, keeps choices, writes a plan, and takes everything in turn', () => {
    const rehearsing = talk(new Walk().read().press('r')).choose('rehearse')
    expect(rehearsing.walk.last('rollback').request).toMatchObject({ mode: 'undo', dryRun: true })
    const fresh = talk(new Walk([documents.fresh]).read()).choose('detect', 'initialize', 'make the tables')
    expect(fresh.walk.started('initialize')).toHaveLength(1)
    const keeping = talk(new Walk().toDetect()).choose('keep choices')
    expect(keeping.walk.commands).toContainEqual(expect.objectContaining({ type: 'remember' }))
    const writing = talk(new Walk().toDryRun()).choose('write plan')
    expect(writing.walk.commands).toContainEqual(expect.objectContaining({ type: 'write' }))
    const all = talk(new Walk(documents.several).read()).choose('all')
    expect(all.walk.wizard.screen).toMatchObject({
      name: 'detect',
      journey: { of: documents.several.length },
    })
  })

  it('leaves at the end of the input as q does, and after a run only once that is over', () => {
    expect(talk(new Walk().toConfirm()).end().walk.wizard.screen.name).toBe('quitting')
    const one = talk(new Walk().toMigrate()).end()
    expect(one.walk.wizard.screen.name).toBe('migrate')
    expect(one.meanwhile(walk => walk.answer('migrate')).walk.wizard.screen.name).toBe('quitting')
  })
})

describe('lists', () => {
  it('takes the row that was picked by its number, and says only what is new', () => {
    const one = talk(new Walk().toDetect())
    expect(one.heard()).toMatch(/at hand: jobs\.job_id/)
    const another = choicesOf(one.walk.wizard).length + 1
    expect(one.say(`${another}`).heard()).toMatch(
      /^1\. jobs\.job_id\n2\. .*\n(.*\n)*Which identity\?.*b stays with jobs\.job_id/,
    )
    const said = one.say('2').heard()
    expect(one.walk.wizard.screen).toMatchObject({ name: 'detect', cursor: 1 })
    expect(said).not.toMatch(/how declared/)
    expect(said).toMatch(/at hand: /)
  })

  it('a choice is about the row at hand', () => {
    const one = talk(new Walk().toDetect())
    one.choose('migrate')
    expect(one.walk.wizard.entries[0]!.choices.skip).toEqual(['jobs.job_id'])
  })

  it('more than is heard at once is said when it is asked for', () => {
    const many = Array.from({ length: 60 }, (_, index) => `/data/of/many/${index}.db`)
    const one = talk(new Walk(many))
    expect(one.heard()).toMatch(/m \d+ more lines/)
    expect(one.say('m').heard()).toMatch(/30\.db/)
    one.say('m', 'm')
    one.heard()
    expect(one.say('m').heard()).toMatch(/There is no more/)
  })

  it('shows only rows with a text that was typed, and all of them after an empty line', () => {
    const one = talk(new Walk().read())
    one.choose('show only rows that contain a text')
    expect(one.heard()).toMatch(/Which rows\? Type a part of their name/)
    one.say('skills')
    expect(one.walk.wizard.screen).toMatchObject({ filter: { text: 'skills', editing: false } })
    one.choose('show only rows that contain a text').say('')
    expect(one.walk.wizard.screen).toMatchObject({ filter: { text: '', editing: false } })
  })
})

describe('answers', () => {
  it('names of keys are understood, since the texts of the wizard speak of them', () => {
    expect(talk(new Walk().read()).say('space').walk.wizard.entries[0]!.selected).toBe(true)
    expect(talk(new Walk().toDetect()).say('esc').walk.wizard.screen.name).toBe('targets')
    expect(talk(new Walk().toDetect()).say('tab').walk.wizard.screen).toMatchObject({ pane: 'references' })
  })

  it('an empty line says everything again and does nothing', () => {
    const one = talk(new Walk().toDetect())
    const before = one.walk.wizard
    one.heard()
    expect(one.say('').heard()).toMatch(/^\ndetect: metrics\.db/)
    expect(one.walk.wizard).toBe(before)
  })

  it('? explains each choice, by its words in the table of keys', () => {
    const one = talk(new Walk().toDetect())
    one.heard()
    expect(one.say('?').heard()).toMatch(/1\. dry-run: rehearse on a copy.* \(key enter\)\n/)
    expect(one.walk.wizard.help).toBeNull()
  })

  it('says why the way on is closed', () => {
    const one = talk(new Walk())
    one.choose('detect')
    expect(one.heard()).toMatch(/not yet: Still reading: a moment, please/)
  })

  it('a name with a letter too much is never taken for the name', () => {
    const one = talk(new Walk().toConfirm())
    for (const name of ['metrics?.db', 'metrics.dbq', 'xmetrics.db', 'metrics.db x', 'METRICS.DB', '', ' '])
      one.say(name)
    expect(one.walk.started('migrate')).toHaveLength(0)
  })

  it('a database may be called as a letter is that means something', () => {
    const one = talk(new Walk(['/data/q']).toConfirm())
    one.say('q')
    expect(one.walk.started('migrate')).toHaveLength(1)
  })

  it('a letter that texts use for something else here is not taken for the way back', () => {
    const walk = new Walk(documents.several).read().press('a')
    const one = talk(walk.carryOut('a.db').press('enter').carryOut('b.db', documents.badProof))
    expect(one.heard()).toMatch(/esc back/)
    expect(one.say('b').heard()).toMatch(/b could be meant in two ways here/)
    one.choose('roll back all')
    expect(one.walk.wizard.screen).toMatchObject({ name: 'take-back' })
  })
})

describe('a pause', () => {
  it('is asked for by p or its number, and told: since when, what goes on, and how it ends', () => {
    const one = talk(new Walk(undefined, { strategy: 'expand' }).toMigrate())
    expect(one.say('p').heard()).toMatch(/only while rows are filled/)
    one.meanwhile(walk => walk.tell('migrate', { type: 'phase', phase: 'rewrite', status: 'started' }))
    expect(one.heard()).toMatch(/\d\. pause: /)
    expect(one.say('p').heard()).toMatch(/Pausing after the transaction at hand\./)
    one.meanwhile(walk => walk.tell('migrate', { type: 'pause', status: 'started' }))
    expect(one.heard()).toMatch(
      /LIVE, paused\.\nPaused since \d\d:\d\d:\d\d, for .*other programs go on\. p ends the pause, Ctrl-C stops[\s\S]*\d\. go on[\s\S]*Ctrl-C stop,/,
    )
    one.choose('go on')
    expect(one.walk.commands.at(-1)).toMatchObject({ type: 'resume' })
    one.meanwhile(walk => walk.tell('migrate', { type: 'pause', status: 'done', seconds: 3 }))
    expect(one.heard()).toMatch(/Short transactions: other programs go on/)
  })

  it('is refused with the reason where ids are replaced', () => {
    expect(talk(new Walk().toMigrate()).say('p').heard()).toMatch(/One transaction can not be paused/)
  })
})

describe('progress', () => {
  it('is one line per phase, and one per 10 % of the whole', () => {
    const one = talk(new Walk().toMigrate())
    one.heard()
    const { job } = one.walk.last('migrate')
    const event = (given: object) =>
      one.meanwhile(walk =>
        walk.send({ type: 'event', job, event: given, at } as Parameters<typeof reduce>[1]),
      )
    event({ type: 'phase', phase: 'snapshot', status: 'started' })
    expect(one.heard()).toBe('')
    event({ type: 'phase', phase: 'snapshot', status: 'done', seconds: 0.4, detail: '155 MB' })
    expect(one.heard()).toMatch(/^snapshot: 0\.4 s, 155 MB/)
    event({ type: 'phase', phase: 'rewrite', status: 'started' })
    for (let done = 1; done <= 1000; done += 1)
      event({ type: 'progress', phase: 'rewrite', object: 'jobs', unit: 'rows', done, total: 1000 })
    const lines = one.heard().split('\n').filter(Boolean)
    expect(lines.length).toBeLessThanOrEqual(10)
    for (const line of lines) expect(line).toMatch(/^\d0 %/)
  })

  it('the first question does not wait for the targets: each answer adds what is new', () => {
    const one = talk(new Walk())
    expect(one.heard()).toMatch(/metrics\.db: .*reading[\s\S]*What next\?/)
    const said = one.meanwhile(walk => walk.answerCall(walk.started('detect')[0]!)).heard()
    expect(said).toMatch(/metrics\.db: .*ready/)
    expect(said).not.toMatch(/skills\.db/)
    expect(numbered(one.walk.wizard)[1]).toBe('2. detect')
  })
})
