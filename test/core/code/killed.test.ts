/** The update of a source tree, killed while it writes: the undo brings all of it back. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { codeRuns, undoCode } from '../../../src/core/code/code-runs.ts'
import { cli } from '../../support/program.ts'
import { sourceTree, standIn } from './tree.ts'

const files = 400
const module = (at: number) => `m${String(at).padStart(3, '0')}.py`

/** The contents alone: what was put back is as it was, but not of that minute. */
const textsIn = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map(name => [name, readFileSync(join(folder, name), 'utf8')]))

test.runIf(process.platform === 'linux')(
  'killed in the middle of writing (needs /proc), some files are new and none is torn; the undo puts all back and leaves nothing beside',
  async () => {
    const source = 'import uuid\n\n\ndef start():\n    job_id = str(uuid.uuid4())\n    return job_id\n'
    const modules = Array.from({ length: files }, (_, at) => [module(at), source])
    const tree = sourceTree({ 'dhruva.py': standIn, ...Object.fromEntries(modules) })
    const before = textsIn(tree.folder)
    const words = ['code', tree.folder, '--write', '--state-dir', tree.settings.stateDir]
    const child = spawn(process.execPath, [cli, ...words], { stdio: 'ignore' })
    const left = once(child, 'exit')
    const isNew = (at: number) => readFileSync(join(tree.folder, module(at)), 'utf8').includes('generate()')
    while (!isNew(5) && child.exitCode === null) await delay(1)
    const engines = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ')
    for (const pid of engines) process.kill(Number(pid), 'SIGKILL')
    await left
    expect(isNew(files - 1)).toBe(false)
    expect(codeRuns(tree.settings)).toMatchObject([{ status: 'unfinished', changedSince: [] }])

    const { restored, left: other } = undoCode({}, tree.settings)
    expect(restored).toHaveLength(files)
    expect(other).toEqual([])
    expect(textsIn(tree.folder)).toEqual(before)
    expect(codeRuns(tree.settings)).toMatchObject([{ status: 'undone' }])
  },
)
