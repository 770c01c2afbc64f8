/** A system that keeps no database: what there is to do is in its source code, the whole way and back. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { RunReport } from '../../../src/core/run-report.ts'
import { knowledgeGraph } from '../../core/code/akosha.ts'
import { git } from '../../core/code/tree.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { cli } from '../../support/program.ts'

const generated = 'All new ids are made by the configured generator'

test('Akosha: found, due, updated, proved, and taken back by its name', () => {
  const folder = temporaryFolder()
  const tree = join(folder, 'akosha')
  mkdirSync(join(tree, 'akosha/processing'), { recursive: true })
  for (const name of ['akosha/__init__.py', 'akosha/processing/__init__.py'])
    writeFileSync(join(tree, name), '')
  writeFileSync(join(tree, 'akosha/processing/knowledge_graph.py'), knowledgeGraph())
  git(tree, 'init', '-q')
  git(tree, 'add', '-A')
  git(tree, 'commit', '-q', '-m', 'as it was')
  const argv = (words: readonly string[]) => [cli, ...words, '--json', '--state-dir', join(folder, 'state')]
  const ran = (...words: readonly string[]) =>
    JSON.parse(
      execFileSync(process.execPath, argv(words), { cwd: folder, encoding: 'utf8', stdio: 'pipe' }),
    ) as Record<string, unknown>
  const judged = (report: unknown) =>
    (report as RunReport).criteria.find(each => each.criterion === generated)!

  expect(ran('detect', 'akosha')).toMatchObject({
    targets: [],
    systems: [
      { findings: [{ severity: 'info', next: expect.stringContaining('ulid-migrate code akosha') }] },
    ],
  })

  const before = ran('run', 'akosha', '--yes')
  expect(before).toMatchObject({
    status: 'nothing-to-do',
    systems: [{ system: 'akosha', findings: [{ code: 'SYSTEM.NO_DATABASE', severity: 'info' }] }],
  })
  expect(judged(before).verdict).toBe('due')
  expect(judged(before).by).toMatch(/4 places .*knowledge_graph\.py:\d+.*ulid-migrate code akosha/)

  ran('code', 'akosha', '--put-generator', '--write')
  const after = ran('run', 'akosha', '--yes')
  expect(judged(after)).toMatchObject({ verdict: 'proved', by: expect.stringContaining('1,000 good ULIDs') })
  expect(after).toMatchObject({ systems: [{ source: { old: [], undecided: [] } }] })

  const without = spawnSync(process.execPath, argv(['rollback', 'akosha']), { cwd: folder })
  expect(without.status).toBe(2)
  expect(ran('rollback', 'akosha', '--yes')).toMatchObject({
    targets: [],
    code: [{ target: tree, left: [], rehearsed: false }],
  })
  expect(git(tree, 'status', '--porcelain')).toBe('')
})
