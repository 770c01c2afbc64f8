import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { undoCode } from '../../../src/core/code/code-runs.ts'
import { isUlid } from '../../../src/core/identifiers/index.ts'
import { knowledgeGraph, scenario } from './akosha.ts'
import { refused, sourceTree, standIn, type Tree, update } from './tree.ts'

interface Graph {
  readonly entities: number
  readonly edges: number
  readonly dangling: number
  readonly neighbours: number
  readonly path: number
  readonly ids: readonly string[]
  readonly keys: readonly string[]
  readonly names: readonly (string | null)[]
}

const module = 'akosha/processing/knowledge_graph.py'

function akosha(graph: string): Tree {
  return sourceTree({
    'dhruva.py': standIn,
    'akosha/__init__.py': '',
    'akosha/processing/__init__.py': '',
    [module]: graph,
  })
}

function python(tree: Tree, script: string): string {
  const env = { ...process.env, AKOSHA_NATURAL_KEYS: join(tree.folder, '../data/keys.sqlite') }
  return execFileSync('python3', ['-c', script], { cwd: tree.folder, encoding: 'utf8', env }).trim()
}

const graphOf = (tree: Tree) => JSON.parse(python(tree, scenario)) as Graph

const paths = (tree: Tree) => ({ paths: [tree.path('akosha')] })

test('the stand-in is true: natural keys keep the graph whole, and a fresh ULID at each documented place breaks it', () => {
  expect(graphOf(akosha(knowledgeGraph()))).toMatchObject({
    entities: 3,
    edges: 6,
    dangling: 0,
    neighbours: 3,
  })
  const documented = knowledgeGraph(
    key => `make_ulid() or ${key}`,
    'from dhruva import generate as make_ulid\n',
  )
  expect(graphOf(akosha(documented))).toMatchObject({
    entities: 9,
    edges: 6,
    dangling: 3,
    neighbours: 0,
    path: 0,
  })
})

test.each([
  ['as it was', knowledgeGraph()],
  [
    'as it is now, half migrated',
    knowledgeGraph(key => `make_ulid() or ${key}`, 'from dhruva import generate as make_ulid\n'),
  ],
])(
  'the updated module %s: the same conversation three times gives 3 entities, 0 dangling, 3 neighbours',
  async (_, text) => {
    const tree = akosha(text)
    const { sites, made } = await update(tree, { ...paths(tree), write: true })
    expect(sites.filter(site => site.rule === 'graph-key').map(site => [site.subject, site.verdict])).toEqual(
      [
        ['entity_id', 'change'],
        ['entity_id', 'change'],
        ['entity_id', 'change'],
        ['source_id', 'change'],
      ],
    )
    expect(made).toEqual(['akosha/processing/natural_keys.py'])
    const graph = graphOf(tree)
    expect(graph).toMatchObject({ entities: 3, edges: 6, dangling: 0, neighbours: 3, path: 3 })
    expect(graph.ids.every(isUlid)).toBe(true)
    expect(graph.keys).toEqual(['project:demo', 'system:s1', 'user:alice'])
    expect(graph.names).toContain('s1')
    expect(graphOf(tree).ids).toEqual(graph.ids) // another process, the same ULIDs
  },
)

test('nothing else of the module changes, and a second update finds it up to date', async () => {
  const tree = akosha(knowledgeGraph())
  await update(tree, { ...paths(tree), write: true })
  const text = readFileSync(tree.path(module), 'utf8')
  const added = new Set(text.split('\n'))
  const gone = knowledgeGraph()
    .split('\n')
    .filter(line => !added.has(line))
  expect(gone.map(line => line.trim())).toEqual([
    'entity_id=f"system:{system_id}",',
    'properties={"name": system_id},  # shown in lists',
    'entities.append(GraphEntity(entity_id=f"user:{user_id}", entity_type="user"))',
    'GraphEntity(entity_id=f"project:{project}", entity_type="project", properties={})',
    'source_id=f"system:{system_id}",',
  ])
  expect(text).toContain(
    'properties={"natural_key": f"system:{system_id}", "name": system_id},  # shown in lists',
  )
  expect(await update(tree, { ...paths(tree), write: true })).toMatchObject({
    changed: [],
    made: [],
    written: false,
  })
  undoCode({}, tree.settings)
  expect(readFileSync(tree.path(module), 'utf8')).toBe(knowledgeGraph())
  expect(existsSync(tree.path('akosha/processing/natural_keys.py'))).toBe(false)
})

test('the registry answers both ways, and many processes at once agree on the ULID of a key', async () => {
  const tree = akosha(knowledgeGraph())
  await update(tree, { ...paths(tree), write: true })
  const answered = python(
    tree,
    `
import subprocess, sys
from akosha.processing.natural_keys import key_of, known_ulid, ulid_for
ask = [sys.executable, "-c", "from akosha.processing.natural_keys import ulid_for; print([ulid_for(f'user:{n}') for n in range(20)])"]
asked = [subprocess.Popen(ask, stdout=subprocess.PIPE, text=True) for _ in range(6)]
answers = {each.communicate()[0] for each in asked}
assert len(answers) == 1, answers
ulid = ulid_for("user:3")
assert ulid in answers.pop()
assert key_of(ulid) == key_of(ulid.lower()) == "user:3"
assert known_ulid("user:3") == known_ulid(ulid) == ulid
assert known_ulid("user:nobody") == "user:nobody" and key_of("user:nobody") is None
print("good")
`,
  )
  expect(answered).toBe('good')
})

test('a tree has one registry: a later file asks the one that is there', async () => {
  const tree = akosha(knowledgeGraph())
  await update(tree, { ...paths(tree), write: true })
  writeFileSync(
    tree.path('akosha/other.py'),
    'from akosha.processing.knowledge_graph import GraphEntity\n\nkey = "system:main"\nmain = GraphEntity(key, "system")\n',
  )
  const { made } = await update(tree, { ...paths(tree), write: true })
  expect(made).toEqual([])
  expect(readFileSync(tree.path('akosha/other.py'), 'utf8')).toBe(
    'from akosha.processing.knowledge_graph import GraphEntity\nfrom akosha.processing.natural_keys import ulid_for\n\nkey = ulid_for("system:main")\nmain = GraphEntity(key, "system", properties={"natural_key": "system:main"})\n',
  )
})

test('a graph changes as a whole or not at all', async () => {
  const tree = akosha(knowledgeGraph())
  const { sites } = await update(tree, paths(tree))
  const places = sites.filter(site => site.rule === 'graph-key').map(site => `${site.file}:${site.line}`)
  expect(await refused(update(tree, { ...paths(tree), leave: places.slice(3) }))).toMatchObject({
    code: 'CODE.GRAPH_IN_PARTS',
    object: places[3],
  })
  expect(await update(tree, { ...paths(tree), leave: places })).toMatchObject({ changed: [], made: [] })
})
