import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '../../src')

/** Lower layers first. A folder may import from its own layer and from those before it. */
const layers = [
  [
    'identifiers',
    'schema',
    'inside',
    'message.ts',
    'with-commas.ts',
    'models.ts',
    'shell.ts',
    'documents.ts',
    'links.ts',
    'events.ts',
    'systems/system.ts',
    'run-report.ts',
    'verification-failed.ts',
  ],
  [
    'plan/plan.ts',
    'plan/plan-schema.ts',
    'systems/system.ts',
    'requests.ts',
    'settings.ts',
    'host.ts',
    'context.ts',
    'pause.ts',
    'named.ts',
    'scratch.ts',
    'room.ts',
    'processes.ts',
    'replace-file.ts',
    'sync-folder.ts',
    'stat.ts',
    'schema-changes',
  ],
  ['engines'],
  ['systems'],
  ['code'],
  ['detect'],
  ['plan'],
  ['compile'],
  ['journal', 'verify', 'snapshot', 'baseline'],
  ['migrate'],
  ['rollback', 'contract', 'registry'],
  ['rehearse', 'status', 'trace', 'across'],
  ['config', 'report'],
  ['engine.ts', 'index.ts'],
]

function layerOf(file: string): number {
  const exact = layers.findIndex(names => names.includes(file))
  if (exact >= 0) return exact
  return layers.findIndex(names => names.some(name => file.startsWith(`${name}/`)))
}

function importsOf(file: string): readonly string[] {
  return [...readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(match =>
    normalize(join(dirname(file), match[1]!)),
  )
}

function sources(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => /\.tsx?$/.test(name))
    .map(name => join(folder, name))
}

it('has a layer for every file of the engine', () => {
  const homeless = sources(join(root, 'core'))
    .map(file => relative(join(root, 'core'), file))
    .filter(file => layerOf(file) < 0)
  expect(homeless).toEqual([])
})

it('imports in the engine go to the same layer or a lower one', () => {
  const core = join(root, 'core')
  const upward = sources(core).flatMap(file => {
    const from = relative(core, file)
    return importsOf(file)
      .map(target => relative(core, target))
      .filter(target => layerOf(target) > layerOf(from))
      .map(target => `${from} -> ${target}`)
  })
  expect(upward).toEqual([])
})

it('keeps the engine free of the screen: no Ink, no React, nothing of what stands above it', () => {
  const above = sources(join(root, 'core')).filter(
    file =>
      importsOf(file).some(target => !target.startsWith(join(root, 'core'))) ||
      /from '(ink|react)'/.test(readFileSync(file, 'utf8')),
  )
  expect(above).toEqual([])
})

it('lets screens and commands into the engine through its front door only', () => {
  const core = join(root, 'core')
  const intruders = sources(root)
    .filter(file => !file.startsWith(core))
    .flatMap(file =>
      importsOf(file)
        .filter(target => target.startsWith(core) && target !== join(core, 'index.ts'))
        .map(target => `${relative(root, file)} -> ${relative(root, target)}`),
    )
  expect(intruders).toEqual([])
})
