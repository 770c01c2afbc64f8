/**
 * Entities of a graph that are known by natural keys, `user:alice`: an entity whose id is known already is not added
 * again, and edges name both ends by such keys. A fresh ULID at every such place would break both, so each becomes the
 * ULID that a registry keeps for the key (see `put/registry-module.ts`), at every place or at none.
 */
import type { Edit } from './edits.ts'
import { addImport } from './imports/imports.ts'
import type { Site } from './site.ts'
import { type Node, type SourceFile, sameNode, scopeOf, spanOf } from './source-file.ts'

/** What such code looks like. */
const graph = {
  /** Classes of entities and of edges. */
  made: /(^|\.)Graph(Entity|Edge|Node|Relationship)$/,
  entity: /(^|\.)Graph(Entity|Node)$/,
  /** Arguments that hold the key of an entity; also what functions call the entity that they are asked for. */
  ids: ['entity_id', 'source_id', 'target_id', 'node_id'],
  /** A key says what kind of thing it names. */
  key: /^[a-z]*(['"])[A-Za-z_]+:/,
  properties: 'properties',
  property: 'natural_key',
}

export function graphSites(file: SourceFile): readonly Site[] {
  if (file.language.name !== 'python') return []
  return file.root.findAll({ rule: { kind: 'call' } }).flatMap(call => {
    const made = call.field('function')?.text() ?? ''
    if (!graph.made.test(made)) return []
    return argumentsOf(call).flatMap(({ name, value }) => {
      const key = graph.ids.includes(name) ? keyIn(value, file) : null
      if (key === null) return []
      const also =
        name !== 'source_id' && name !== 'target_id' && graph.entity.test(made)
          ? property(call, key.text())
          : []
      return [siteOf(name, key, value, also, file)]
    })
  })
}

function siteOf(name: string, key: Node, value: Node, also: readonly Edit[], file: SourceFile): Site {
  // A variable holds the key: that is where it is made, for all who use it.
  const place = file.language.kinds.identifiers.has(String(value.kind())) ? key : value
  return {
    rule: 'graph-key',
    node: place,
    span: spanOf(place),
    subject: name,
    verdict: 'change',
    why: `${name} is a natural key by which the graph knows its entities: each key gets one ULID for good.`,
    parts: [],
    becomes: `ulid_for(${key.text()})`,
    also,
  }
}

interface Argument {
  readonly name: string
  readonly value: Node
}

function argumentsOf(call: Node): readonly Argument[] {
  const given = call.field('arguments')?.namedChildren() ?? []
  return given.flatMap((argument, at): readonly Argument[] => {
    if (argument.kind() === 'keyword_argument') {
      const value = argument.field('value')
      return value === null ? [] : [{ name: argument.field('name')?.text() ?? '', value }]
    }
    // The first field of an entity is its id, the first two of an edge are its ends.
    const names = graph.entity.test(call.field('function')?.text() ?? '')
      ? ['entity_id']
      : ['source_id', 'target_id']
    return names[at] === undefined ? [] : [{ name: names[at], value: argument }]
  })
}

/** The natural key in a value: itself, what a variable was given, or what is taken where no ULID could be made. */
function keyIn(value: Node, file: SourceFile): Node | null {
  const kind = String(value.kind())
  if (kind === 'string') return graph.key.test(value.text()) ? value : null
  if (kind === 'boolean_operator') {
    const right = value.field('right')
    return right === null ? null : keyIn(right, file)
  }
  if (kind !== 'identifier') return null
  const assigned = scopeOf(value, file)
    .findAll({ rule: { kind: 'assignment' } })
    .filter(each => each.field('left')?.text() === value.text())
  const right = assigned.length === 1 ? assigned[0]!.field('right') : null
  return right === null || right.kind() === 'identifier' ? null : keyIn(right, file)
}

/** The key goes on as a property of the entity, for whoever reads it there. */
function property(call: Node, key: string): readonly Edit[] {
  const pair = `"${graph.property}": ${key}`
  const properties = argumentsOf(call).find(each => each.name === graph.properties)?.value
  if (properties?.kind() === 'dictionary') {
    const at = spanOf(properties).start + 1
    const comma = properties.namedChildren().length > 0 ? ', ' : ''
    return [{ start: at, end: at, text: `${pair}${comma}` }]
  }
  if (properties !== undefined) return []
  const last = call.field('arguments')?.namedChildren().at(-1)
  if (last === undefined || last === null) return []
  const at = spanOf(last).end
  return [{ start: at, end: at, text: `, ${graph.properties}={${pair}}` }]
}

/** What the file needs besides: the registry's import, and its functions asked by natural key as before. */
export function graphEdits(file: SourceFile, module: string): readonly Edit[] {
  const lookups = lookupEdits(file)
  const names = lookups.length > 0 ? ['known_ulid', 'ulid_for'] : ['ulid_for']
  const has = (name: string) => file.bindings.some(each => each.full === `${module}.${name}`)
  const missing = names.filter(name => !has(name)).join(', ')
  return missing === '' ? lookups : [...lookups, addImport(file, module, missing, missing)]
}

/** `entity_id = known_ulid(entity_id)` first in every function that others ask for an entity. */
function lookupEdits(file: SourceFile): readonly Edit[] {
  const newline = /\r?\n/.exec(file.text)?.[0] ?? '\n'
  return file.root.findAll({ rule: { kind: 'function_definition' } }).flatMap(found => {
    const name = found.field('name')?.text() ?? ''
    const body = found.field('body')
    if (name.startsWith('_') || body === null) return []
    const parameters = found.field('parameters')?.namedChildren() ?? []
    const asked = parameters
      .map(each =>
        each.kind() === 'identifier' ? each.text() : (each.field('name') ?? each.child(0))?.text(),
      )
      .filter(each => each !== undefined && graph.ids.includes(each))
      .filter(each => !body.text().includes(`known_ulid(${each})`))
    if (asked.length === 0) return []
    const [first, second] = body.namedChildren()
    const documented = first?.kind() === 'expression_statement' && first.child(0)?.kind() === 'string'
    const next = documented ? second : first
    // On the line of the `def`, or with nothing to do: no place for a line of its own, and nothing to look up.
    if (next === undefined || sameNode(next, found) || next.range().start.line === found.range().start.line)
      return []
    const at = spanOf(next).start
    const indent = ' '.repeat(next.range().start.column)
    return [
      {
        start: at,
        end: at,
        text: asked.map(each => `${each} = known_ulid(${each})${newline}${indent}`).join(''),
      },
    ]
  })
}
