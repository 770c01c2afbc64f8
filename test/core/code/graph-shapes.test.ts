/** Graphs that are written otherwise than Akosha's: each is run before and after, and has to hold the same. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isUlid } from '../../../src/core/identifiers/index.ts'
import { sourceTree, standIn, type Tree, update } from './tree.ts'
import { verdicts } from './updated.ts'

const apart = {
  'graph/__init__.py': '',
  'graph/entities.py': `from dataclasses import dataclass, field


@dataclass
class GraphEntity:
    entity_id: str
    entity_type: str
    properties: dict = field(default_factory=dict)


@dataclass
class GraphEdge:
    source_id: str
    target_id: str
`,
  'graph/builder.py': `from .entities import GraphEdge, GraphEntity


class Builder:
    def __init__(self):
        self.nodes = {}
        self.edges = []

    def add(self, entity):
        self.nodes.setdefault(entity.entity_id, entity)

    def learn(self, it):
        self.add(GraphEntity(entity_id=f"system:{it['system']}", entity_type="system"))
        self.add(GraphEntity(f"user:{it['user']}", "user", {}))
        project_key = f"project:{it['project']}"
        self.add(GraphEntity(project_key, "project"))
        self.edges.append(GraphEdge(source_id=f"user:{it['user']}", target_id=project_key))
        self.edges.append(GraphEdge(f"system:{it['system']}", project_key))

    def neighbours(self, key):
        """Who is at the other end."""
        return [e.target_id for e in self.edges if e.source_id == key and e.target_id in self.nodes]

    def has(self, user):
        return f"user:{user}" in self.nodes
`,
}

const otherNames = {
  'graph/__init__.py': '',
  'graph/builder.py': `from typing import NamedTuple


class Node(NamedTuple):
    node_id: str
    kind: str
    attributes: dict = {}


class Link(NamedTuple):
    source: str
    target: str


def key_for(kind, name):
    return f"{kind}:{name}"


class Builder:
    def __init__(self):
        self.nodes = {}
        self.edges = []

    def add(self, node):
        return self.nodes.setdefault(node.node_id, node)

    def learn(self, it):
        self.add(Node(key_for("system", it["system"]), "system"))
        user = self.add(Node("user:" + it["user"], "user", {"name": it["user"]}))
        project = self.add(Node(node_id="project:{}".format(it["project"]), kind="project"))
        self.edges += [
            Link(user.node_id, project.node_id),
            Link(source="system:%s" % it["system"], target=project.node_id),
        ]

    def neighbours(self, key):
        return [e.target for e in self.edges if e.source == key and e.target in self.nodes]

    def has(self, user):
        key = f"user:{user}"
        return self.nodes.get(key) is not None
`,
}

const handedOn = {
  'graph/__init__.py': '',
  'graph/builder.py': `from dataclasses import dataclass


@dataclass
class GraphEntity:
    entity_id: str
    entity_type: str


@dataclass
class GraphEdge:
    source_id: str
    target_id: str


class Builder:
    def __init__(self):
        self.nodes = {}
        self.edges = []

    def node(self, key, kind):
        if key not in self.nodes:
            self.nodes[key] = GraphEntity(key, kind)
        return self.nodes[key]

    def link(self, one, other):
        self.edges.append(GraphEdge(one, other))

    def learn(self, it):
        self.link(f"user:{it['user']}", f"project:{it['project']}")
        self.link(f"system:{it['system']}", f"project:{it['project']}")
        self.node(f"system:{it['system']}", "system")
        self.node(f"user:{it['user']}", "user")
        self.node(f"project:{it['project']}", "project")

    def neighbours(self, key):
        return [e.target_id for e in self.edges if e.source_id == key and e.target_id in self.nodes]

    def has(self, user):
        return f"user:{user}" in self.nodes
`,
}

const scenario = `
import json
from graph.builder import Builder

graph = Builder()
for _ in range(3):
    graph.learn({"system": "s1", "user": "alice", "project": "demo"})
ends = [end for edge in graph.edges for end in list(vars(edge).values() if hasattr(edge, "__dict__") else edge)[:2]]
print(json.dumps({
    "nodes": len(graph.nodes),
    "dangling": sum(end not in graph.nodes for end in ends),
    "neighbours": len(graph.neighbours("user:alice")),
    "found": graph.has("alice"),
    "ids": sorted(graph.nodes),
}))
`

const whole = { nodes: 3, dangling: 0, neighbours: 3, found: true }

function run(tree: Tree) {
  const env = { ...process.env, GRAPH_NATURAL_KEYS: join(tree.folder, '../keys.sqlite') }
  const told = execFileSync('python3', ['-c', scenario], { cwd: tree.folder, encoding: 'utf8', env })
  return JSON.parse(told) as { ids: string[] }
}

test.each([
  ['with its classes in another file, some arguments without names', apart],
  ['of other classes, keys put together otherwise or by a function', otherNames],
  ['whose functions are handed the keys', handedOn],
])('a graph %s holds the same entities and edges after the update', async (_, files) => {
  const tree = sourceTree({ 'dhruva.py': standIn, ...files })
  expect(run(tree)).toMatchObject({ ...whole, ids: ['project:demo', 'system:s1', 'user:alice'] })
  const paths = [tree.path('graph')]
  expect((await update(tree, { paths, write: true })).written).toBe(true)
  const after = run(tree)
  expect(after).toMatchObject(whole)
  expect(after.ids.every(isUlid)).toBe(true)
  expect(run(tree).ids).toEqual(after.ids)
  expect(await update(tree, { paths, write: true })).toMatchObject({ changed: [], written: false })
})

test('an entity keeps its key among the properties that it is given, and gets none where it has no place', async () => {
  const tree = sourceTree({ 'dhruva.py': standIn, ...apart })
  await update(tree, { paths: [tree.path('graph')], write: true })
  const text = readFileSync(tree.path('graph/builder.py'), 'utf8')
  expect(text).toContain(
    `GraphEntity(ulid_for(f"user:{it['user']}"), "user", {"natural_key": f"user:{it['user']}"})`,
  )
  const bare = sourceTree({ 'dhruva.py': standIn, ...handedOn })
  await update(bare, { paths: [bare.path('graph')], write: true })
  expect(readFileSync(bare.path('graph/builder.py'), 'utf8')).not.toContain('natural_key"')
})

test('what only has the shape of a graph is asked about, and what a test makes is left', () => {
  const flow = `class Node:
    def __init__(self, id, kind): ...


class Edge:
    def __init__(self, source, target): ...


first = Node(f"step:{name}", "step")
`
  expect(verdicts(flow)).toEqual(['9 ask id'])
  expect(
    verdicts(flow.replace('Node', 'GraphNode').replace('Node(f', 'GraphNode(f'), 'tests/test_graph.py'),
  ).toEqual(['9 leave id'])
})
