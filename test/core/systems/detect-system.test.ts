import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemsFrom } from '../../../src/core/config/systems.ts'
import { detectSystem, unreadable } from '../../../src/core/systems/detect-system.ts'
import { putFile } from '../../support/files.ts'
import { temporaryFolder } from '../../support/folder.ts'

function place() {
  const folder = temporaryFolder()
  const home = join(folder, 'home')
  return {
    folder,
    home,
    detect: (name: string, config = {}) => {
      const file = { file: join(folder, 'config.json'), config }
      const systems = systemsFrom([file], { folder, home, projects: join(folder, 'p') })
      return detectSystem(systems.find(each => each.name === name)!, null)
    },
  }
}

test('what is there is told by its first bytes, whatever it is called', () => {
  const { folder, home, detect } = place()
  const sessions = putFile(join(folder, 'p/session-buddy/session_buddy.db'))
  const empty = putFile(join(folder, 'p/session-buddy/.session-buddy/session_buddy.db'), 'empty')
  const duck = putFile(join(home, '.claude/data/workflow_metrics.db'), 'duckdb')
  const shelf = putFile(join(home, '.claude/data/activity.db'), 'other')
  const found = detect('session-buddy')
  expect(found.folder).toBe(join(folder, 'p/session-buddy'))
  expect(found.targets).toEqual([empty, sessions, duck])
  expect(found.places.filter(each => each.found !== 'nothing').map(each => [each.path, each.found])).toEqual([
    [empty, 'empty'],
    [sessions, 'sqlite'],
    [duck, 'duckdb'],
    [shelf, 'other'],
  ])
  expect(found.findings.map(each => [each.code, each.severity, each.object])).toEqual([
    ['TARGET.NOT_A_DATABASE', 'warning', shelf],
  ])
})

test('where nothing is there, the finding lists every place that was looked at, and what would be there', () => {
  const { folder, home, detect } = place()
  const { targets, findings } = detect('crackerjack')
  expect(targets).toEqual([])
  expect(findings).toHaveLength(1)
  const [finding] = findings
  expect(finding).toMatchObject({ code: 'SYSTEM.NO_DATABASE', severity: 'warning', object: 'crackerjack' })
  expect(finding?.why).toContain(join(folder, 'p/crackerjack/.crackerjack/crackerjack.db'))
  expect(finding?.why).toContain(`${join(home, '.cache/crackerjack/metrics.db')} (metrics: jobs`)
  expect(finding?.why).toContain(`No source tree is at ${join(folder, 'p/crackerjack')}.`)
  expect(finding?.next).toContain('ulid-migrate initialize crackerjack')
  expect(finding?.next).toContain('--projects DIR')
})

test('what nobody can make is not offered to be made', () => {
  expect(place().detect('akosha').findings[0]?.next).not.toContain('initialize')
  const mail = place().detect('mail', { systems: { mail: {} } })
  expect(mail.findings[0]?.why).toContain('Nothing is known of where its databases lie.')
})

test('where nothing that is there can be read, that is said', () => {
  const { home, detect } = place()
  const shelf = putFile(join(home, '.claude/data/reflection.duckdb'), 'other')
  expect(detect('session-buddy').findings.map(each => each.code)).toEqual([
    'SYSTEM.UNREADABLE',
    'TARGET.NOT_A_DATABASE',
  ])
  expect(detect('session-buddy').findings[0]?.why).toBe(
    `${shelf}: This is an encrypted database, or no database at all.`,
  )
})

test('one file at two places, by a link, is one target', () => {
  const { folder, home, detect } = place()
  const file = putFile(join(home, '.cache/crackerjack/metrics.db'))
  putFile(join(folder, 'p/crackerjack/x'))
  symlinkSync(file, join(folder, 'p/crackerjack/metrics.db'))
  expect(detect('crackerjack').targets).toEqual([join(folder, 'p/crackerjack/metrics.db')])
})

test('of any file it can be asked why nothing can be done with it', () => {
  const { folder } = place()
  expect(unreadable(putFile(join(folder, 'a.db')))).toBeNull()
  expect(unreadable(putFile(join(folder, 'b.db'), 'duckdb'))).toBeNull()
  expect(unreadable(putFile(join(folder, 'd.db'), 'other'))?.code).toBe('TARGET.NOT_A_DATABASE')
  expect(unreadable(join(folder, 'c.db'))?.code).toBe('TARGET.MISSING')
})
