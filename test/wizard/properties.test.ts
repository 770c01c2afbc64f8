import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { picture } from '../../src/steps/page.ts'
import { textOf, widthOf } from '../../src/ui/line.ts'
import { bindingOf, boundKeys, placeOf, places } from '../../src/wizard/keys.ts'
import type { Start } from '../../src/wizard/messages.ts'
import { typing, wasInUse } from '../../src/wizard/openings.ts'
import { isText, readKeys } from '../../src/wizard/read-keys.ts'
import { reduce } from '../../src/wizard/reduce.ts'
import { isLive, type Wizard, workOf } from '../../src/wizard/state.ts'
import * as documents from './documents.ts'
import { at, paused, Walk } from './walk.ts'

/** Every key of every screen, and some that belong to none. */
const keys = fc.constantFrom(...boundKeys(), 'x', 'é', '7', '日', 'ctrl-x', 'shift-tab')

type Move =
  | { readonly do: 'press'; readonly key: string }
  | { readonly do: 'name' }
  | { readonly do: 'answer'; readonly fails: boolean; readonly bad: boolean }
  | { readonly do: 'stop' }

const moves: fc.Arbitrary<Move> = fc.oneof(
  { weight: 6, arbitrary: keys.map(key => ({ do: 'press', key }) as const) },
  { weight: 3, arbitrary: fc.constant({ do: 'press', key: 'enter' } as const) },
  { weight: 2, arbitrary: fc.constant({ do: 'name' } as const) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      fails: fc.boolean(),
      bad: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'stop' } as const) },
)

function targetOf({ request }: Start): string {
  return 'target' in request ? request.target : ''
}

/** One thing happens: a key, the matching name typed, an answer of the engine, Ctrl-C during a run. */
function move(walk: Walk, next: Move): void {
  switch (next.do) {
    case 'press':
      walk.press(next.key)
      return
    case 'name': {
      const field = typing(walk.wizard)
      if (field?.name && field.typed === '') walk.type(field.name)
      return
    }
    case 'stop':
      if (isLive(walk.wizard.screen)) walk.press('ctrl-c')
      return
    case 'answer': {
      const job = workOf(walk.wizard.screen)?.job
      const call = walk.commands.find(command => command.type === 'start' && command.job === job)
      if (call?.type !== 'start') {
        for (const open of walk.started('detect')) walk.answerCall(open)
        walk.answer('status')
        return
      }
      if (next.fails) walk.answerCall(call, { type: 'failed', error: documents.failure() })
      else if (next.bad && call.operation === 'migrate')
        walk.answerCall(call, {
          type: 'result',
          value: documents.done(targetOf(call), { outside: documents.badProof }),
        })
      else walk.answerCall(call)
    }
  }
}

/** Random steps seldom come far by themselves, so walks begin anywhere on the way. */
const starts = {
  opened: (walk: Walk) => walk,
  detect: (walk: Walk) => walk.toDetect(),
  references: (walk: Walk) => walk.toDetect().press('tab'),
  rehearsed: (walk: Walk) => walk.toDryRun(),
  confirm: (walk: Walk) => walk.toConfirm(),
  migrate: (walk: Walk) => walk.toMigrate(),
  paused: () => paused(),
  verify: (walk: Walk) => walk.toVerify(),
  rollback: (walk: Walk) => walk.read().press('r', 'enter'),
  restore: (walk: Walk) => walk.read().press('r', 's').answer('rollback'),
  traced: (walk: Walk) => followed(walk.read().press('t', 'x', 'enter')),
  journey: () => journey().press('enter').answer('dry-run'),
  'journey, the last of a system': () => journey().carryOut('a.db').press('enter').carryOut('b.db'),
  application: () => journey().carryOut('a.db').press('enter').carryOut('b.db').press('enter'),
  'a failure after the first': () =>
    journey().carryOut('a.db').press('enter').carryOut('b.db', documents.badProof),
  'taking back': () =>
    journey().carryOut('a.db').press('enter').carryOut('b.db', documents.badProof).press('b'),
} as const

/** A trace whose first referring row can be followed. */
function followed(walk: Walk): Walk {
  return walk.answer('trace', { type: 'result', value: documents.referredTo('x') })
}

const journey = () => new Walk(documents.several).ownedBy(documents.systemWithTests).read().press('a')

const walks = fc.record({
  start: fc.constantFrom(...(Object.keys(starts) as (keyof typeof starts)[])),
  steps: fc.array(moves, { maxLength: 40 }),
})

type Steps = { readonly start: keyof typeof starts; readonly steps: readonly Move[] }

function walked({ start, steps }: Steps, look: (walk: Walk) => void = () => {}): Walk {
  const walk = starts[start](new Walk())
  look(walk)
  for (const next of steps) {
    move(walk, next)
    look(walk)
  }
  return walk
}

const runs = { numRuns: 300 }

describe('from any state', () => {
  it('no key is too much for the machine, and unknown keys change nothing', () => {
    fc.assert(
      fc.property(walks, fc.string({ minLength: 1, maxLength: 2, unit: 'grapheme' }), (steps, key) => {
        const { wizard } = walked(steps)
        const step = reduce(wizard, { type: 'key', key, at })
        const typed = typing(wizard) !== null && isText(key)
        if (wizard.help === null && bindingOf(wizard, key) === null && !typed) {
          expect(step.wizard).toEqual({ ...wizard, now: at })
          expect(step.commands).toEqual([])
        }
      }),
      runs,
    )
  })

  it('Esc leads to the targets, unless a run is under way', () => {
    fc.assert(
      fc.property(walks, steps => {
        const walk = walked(steps)
        if (isLive(walk.wizard.screen) || walk.wizard.screen.name === 'quitting') return
        for (let presses = 0; presses < 60; presses += 1) walk.press('esc')
        expect(walk.wizard.screen.name).toBe('targets')
      }),
      runs,
    )
  })

  it('a migration is only asked for with a rehearsed plan, under the typed name', () => {
    fc.assert(
      fc.property(walks, steps => {
        let before: Wizard | null = null
        let asked = 0
        walked(steps, walk => {
          const calls = walk.started('migrate')
          // A walk that begins behind the confirmation has none before it to look at.
          if (calls.length > asked && before !== null) {
            const field = typing(before)
            const { screen } = before
            // Either just confirmed, or confirmed before and found in use.
            const again = screen.name === 'migrate' && wasInUse(screen.work)
            expect(screen.name).toBe(again ? 'migrate' : 'confirm')
            expect(field?.typed).toBe(field?.name)
            const hash = calls.at(-1)?.request.plan?.hash ?? ''
            expect(walk.rehearsed).toContain(hash)
            expect(before.screen).toMatchObject({
              rehearsal: { plan: { hash }, document: { plan: { hash } } },
            })
          }
          asked = calls.length
          before = walk.wizard
        })
      }),
      runs,
    )
  })

  it('no frame is taller or wider than the terminal, and the footer has the help', () => {
    const sizes = fc.record({
      columns: fc.integer({ min: 1, max: 140 }),
      rows: fc.integer({ min: 1, max: 50 }),
    })
    fc.assert(
      fc.property(walks, sizes, (steps, size) => {
        const { wizard } = walked(steps)
        const lines = picture(wizard, size)
        expect(lines.length).toBeLessThanOrEqual(Math.max(1, size.rows - 1))
        for (const content of lines) expect(widthOf(content)).toBeLessThanOrEqual(size.columns)
        if (size.columns < 40 || size.rows < 10) {
          expect(textOf(lines[0] ?? [])).toMatch(/^(More|--plain|-)/)
          return
        }
        expect(lines).toHaveLength(size.rows - 1)
        const footer = textOf(lines.at(-1) ?? [])
        if (wizard.screen.name !== 'quitting') expect(footer).toMatch(/(\?|f1) (close )?help/)
      }),
      runs,
    )
  })
})

it('a walk of random steps does reach every screen, so that the properties above mean something', () => {
  const seen = new Set<string>()
  fc.assert(
    fc.property(walks, steps => {
      walked(steps, walk => seen.add(placeOf(walk.wizard)))
    }),
    { numRuns: 1000, seed: 7 },
  )
  const unseen = places.filter(place => !seen.has(place) && place !== 'initialize' && place !== 'quitting')
  expect(unseen).toEqual([])
})

/** What files, tables and columns may be called: anything, and above all what terminals count in their own way. */
const names = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 80 }),
  fc
    .array(
      fc.constantFrom(
        ...[
          '日本',
          '한글',
          'ｗｉｄｅ',
          'e\u0301',
          '\u0301',
          'שלום',
          'مرحبا',
          '\u202e',
          '\u200d',
          '👩‍👩‍👧',
          '🦀',
          '🇩🇪',
          '❤️',
        ],
        ...['\n', '\r\n', '\t', '\x1b[31m', '\x9b2J', '\x07', '\u2028', 'a', ' ', "'", '"', '.'],
      ),
      { minLength: 1, maxLength: 60 },
    )
    .map(parts => parts.join('')),
)

it('any text as the name of a file, a table or a column draws one line, on each screen up to the proof', () => {
  fc.assert(
    fc.property(names, fc.constantFrom(40, 60, 100), (name, columns) => {
      const target = `/home/op/${name}`
      const identities = [{ ...documents.jobs, table: name, column: name }]
      const walk = new Walk([target])
      walk.answer('detect', { type: 'result', value: documents.detected(target, { identities }) })
      const frames = [walk.wizard]
      for (const go of [
        () => walk.press('enter'),
        () => walk.press('enter'),
        () => walk.answer('dry-run'),
        () => walk.press('enter'),
        () => walk.press(...readKeys(name, true).keys.filter(isText)),
      ])
        frames.push(go().wizard)
      for (const wizard of frames) {
        const lines = picture(wizard, { columns, rows: 30 }).map(textOf)
        expect(lines).toHaveLength(29)
        for (const text of lines) {
          expect(stringWidth(text)).toBeLessThanOrEqual(columns)
          expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/)
        }
      }
    }),
    { numRuns: 200 },
  )
})
