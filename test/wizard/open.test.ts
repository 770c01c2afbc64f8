import { mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { completePath, typedPath } from '../../src/wizard/complete-path.ts'
import { reduce } from '../../src/wizard/reduce.ts'
import type { GivenTarget } from '../../src/wizard/state.ts'
import { temporaryFolder } from '../support/folder.ts'
import * as documents from './documents.ts'
import { at, Walk } from './walk.ts'

const given = (target: string): GivenTarget => ({ target, choices: { case: 'lower' }, configFiles: [] })
const field = (text: string) => new Walk().read().press('o').type(text)
const completed = (walk: Walk, text: string, completions: readonly string[]) =>
  walk.send({ type: 'completed', text, completions, at })

describe('a file that is opened', () => {
  it('Tab asks how the path could go on, and goes on as far as all completions agree', () => {
    const walk = field('da').press('tab')
    expect(walk.commands.at(-1)).toEqual({ type: 'complete', text: 'da' })
    completed(walk, 'da', ['data/a.db', 'data/b.db'])
    expect(walk.wizard.screen).toEqual({
      name: 'open',
      typed: 'data/',
      completions: ['data/a.db', 'data/b.db'],
    })
    completed(walk.type('b').press('tab'), 'data/b', ['data/b.db'])
    expect(walk.wizard.screen).toEqual({ name: 'open', typed: 'data/b.db', completions: [] })
  })

  it('a completion that comes too late changes nothing of what was typed meanwhile', () => {
    const walk = field('da').press('tab').type('y')
    expect(completed(walk, 'da', ['data/']).wizard.screen).toMatchObject({ typed: 'day' })
  })

  it('that nothing begins like that is said', () => {
    expect(completed(field('zz').press('tab'), 'zz', []).wizard.notice).toContain('Nothing there begins')
  })

  it('is read by its own choices, and has the cursor', () => {
    const walk = field('/new/x.db').press('enter')
    expect(walk.commands.at(-1)).toEqual({ type: 'find', text: '/new/x.db' })
    walk.send({ type: 'found', text: '/new/x.db', given: [given('/new/x.db')], at })
    expect(walk.wizard.screen).toMatchObject({ name: 'targets', cursor: 3 })
    expect(walk.last('detect').request).toEqual({ target: '/new/x.db', choices: { case: 'lower' } })
    expect(walk.last('status').request.targets).toContain('/new/x.db')
  })

  it('one that is there already only gets the cursor', () => {
    const before = field('x').started('detect').length
    const walk = field('x').press('enter')
    walk.send({ type: 'found', text: 'x', given: [given(documents.fresh)], at })
    expect(walk.wizard.screen).toMatchObject({ name: 'targets', cursor: 1 })
    expect(walk.started('detect')).toHaveLength(before)
  })

  it('one that is not there leaves the field as it is, and says so', () => {
    const walk = field('nowhere').press('enter')
    walk.send({ type: 'found', text: 'nowhere', given: [], at })
    expect(walk.wizard.screen).toMatchObject({ name: 'open', typed: 'nowhere' })
    expect(walk.wizard.notice).toContain('no such file')
  })

  it('is answered after the field was left, and nothing comes of that', () => {
    const walk = field('x').press('enter', 'esc')
    const late = { type: 'found', text: 'x', given: [given('/new/x.db')], at } as const
    expect(reduce(walk.wizard, late).wizard).toEqual(walk.wizard)
  })
})

describe('completion', () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'data'))
  for (const name of ['data/a.db', 'data/a.db-wal', 'data/.hidden', 'dates.db'])
    writeFileSync(join(folder, name), '')

  it.each([
    ['da', ['data/', 'dates.db']],
    ['data/', ['data/a.db']],
    ['data/.', ['data/.hidden']],
    ['nowhere/', []],
  ])('of %j', async (text, expected) => {
    expect(await completePath(text, folder)).toEqual(expected)
  })

  it('knows the home folder', () => {
    expect(typedPath('~/a.db', folder)).toBe(join(homedir(), 'a.db'))
    expect(typedPath('a.db', folder)).toBe(join(folder, 'a.db'))
  })
})
