/** Small source trees, real repositories, and the update of either. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { updateCode } from '../../../src/core/code/update.ts'
import type { CodeTarget } from '../../../src/core/documents.ts'
import { Refusal } from '../../../src/core/message.ts'
import type { Requests, Settings } from '../../../src/core/requests.ts'
import { settingsIn } from '../../support/engine.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'

export interface Tree {
  readonly folder: string
  readonly settings: Settings
  readonly path: (name: string) => string
}

export function sourceTree(files: Readonly<Record<string, string | Buffer>>): Tree {
  const root = temporaryFolder()
  const folder = join(root, 'src')
  mkdirSync(folder)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return { folder, settings: settingsIn(root), path: name => join(folder, name) }
}

export function git(folder: string, ...words: readonly string[]): string {
  const identity = [
    '-c',
    'user.name=test',
    '-c',
    'user.email=test@localhost',
    '-c',
    'init.defaultBranch=main',
  ]
  return execFileSync('git', [...identity, ...words], { cwd: folder, encoding: 'utf8' })
}

export function committed(files: Readonly<Record<string, string | Buffer>>): Tree {
  const tree = sourceTree(files)
  git(tree.folder, 'init', '-q')
  git(tree.folder, 'add', '-A')
  git(tree.folder, 'commit', '-q', '-m', 'as it was')
  return tree
}

/** A module of Python's own tests, made good enough to pass for a generator: what it makes is tried for real. */
export const standIn = `import os, time
DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
last = 0
def generate():
    global last
    number = (time.time_ns() // 1000000) << 80 | int.from_bytes(os.urandom(9), "big")
    last = max(last + 1, number)
    return "".join(DIGITS[last >> shift & 31] for shift in range(125, -1, -5))
`

export async function update(tree: Tree, options: Partial<Requests['code']> = {}): Promise<CodeTarget> {
  const { document } = await updateRun(tree, options)
  return document
}

export async function updateRun(tree: Tree, options: Partial<Requests['code']> = {}) {
  const context = inProcess(tree.settings)
  const document = await updateCode(
    {
      target: tree.folder,
      system: '',
      folder: tree.folder,
      paths: [tree.folder],
      generator: { module: 'dhruva', name: 'generate' },
      named: false,
      interpreter: ['python3'],
      putGenerator: false,
      case: 'upper',
      change: [],
      leave: [],
      write: false,
      allowDirty: false,
      accept: [],
      ...options,
    },
    context,
  )
  return { run: context.run, document }
}

export async function refused(work: Promise<unknown>) {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (error instanceof Refusal) return error.failure
  throw new Error(`Not refused: ${String(error)}`)
}
