/** The classes of a source tree that make up a graph: what an edge joins by its ends, and what those name. */
import { type Node, sameNode } from './source-file.ts'

export interface GraphClass {
  readonly name: string
  /** In the order in which they are given without names. */
  readonly fields: readonly string[]
  /** Those that hold the id of an entity. */
  readonly ids: readonly string[]
  readonly role: 'entity' | 'edge'
  /** Whether the names say that it is a graph, or only its shape. */
  readonly sure: boolean
}

const ends: readonly (readonly [string, string])[] = [
  ['source_id', 'target_id'],
  ['from_id', 'to_id'],
  ['src_id', 'dst_id'],
  ['start_id', 'end_id'],
  ['subject_id', 'object_id'],
  ['source', 'target'],
  ['src', 'dst'],
]
const names = ['entity_id', 'node_id', 'id']

/** Such a class, where its source is not at hand. */
const usual = /^Graph(Entity|Node|Edge|Relationship)$/

/** A file without any of these words has none. */
export const graphHint = /class\s+\w*(Entity|Node|Vertex|Edge|Relation|Link)/

export function graphClassesIn(root: Node, file: string): readonly GraphClass[] {
  const classes = root.findAll({ rule: { kind: 'class_definition' } })
  const named = classes.map(each => each.field('name')?.text() ?? '')
  const sure = [file, ...named].some(each => /graph/i.test(each))
  return classes.flatMap((each, at): readonly GraphClass[] => {
    const fields = fieldsOf(each)
    const name = named[at]!
    const pair = ends.find(both => both.every(end => fields.includes(end)))
    if (pair) return [{ name, fields, ids: pair, role: 'edge', sure }]
    const id = names.find(known => fields.includes(known))
    const isEntity = id !== undefined && /(Entity|Node|Vertex)$/.test(name)
    return isEntity ? [{ name, fields, ids: [id], role: 'entity', sure }] : []
  })
}

/** The class that is called, by the last part of its name. */
export function graphClassOf(called: string, known: readonly GraphClass[]): GraphClass | null {
  const name = /(\w+)$/.exec(called)?.[1] ?? ''
  const found = known.find(each => each.name === name)
  if (found) return known.some(each => each.role === 'edge') ? found : null
  if (!usual.test(name)) return null
  const role = /(Entity|Node)$/.test(name) ? 'entity' : 'edge'
  const fields = role === 'entity' ? ['entity_id'] : ['source_id', 'target_id']
  return { name, fields, ids: [...fields, 'node_id'], role, sure: true }
}

/** Annotated fields, as of a dataclass; else the parameters of `__init__`. */
function fieldsOf(definition: Node): readonly string[] {
  const body = definition.field('body')
  const annotated = (body?.namedChildren() ?? []).flatMap(statement => {
    const [assignment] = statement.kind() === 'expression_statement' ? statement.namedChildren() : []
    return assignment?.kind() === 'assignment' && assignment.field('type') !== null
      ? (assignment.field('left')?.text() ?? [])
      : []
  })
  if (annotated.length > 0) return annotated
  const init = body
    ?.findAll({ rule: { kind: 'function_definition', has: { field: 'name', regex: '^__init__$' } } })
    .find(each => each.ancestors().some(above => sameNode(above, body)))
  return parametersOf(init ?? null).slice(1)
}

/** The names of a function's parameters. */
export function parametersOf(definition: Node | null): readonly string[] {
  const given = definition?.field('parameters')?.namedChildren() ?? []
  return given.flatMap(
    each =>
      (each.kind() === 'identifier' ? each.text() : (each.field('name') ?? each.child(0))?.text()) ?? [],
  )
}
