/**
 * Entities of a graph that are known by natural keys, `user:alice`: an entity whose id is known already is not added
 * again, and edges name both ends by such keys. A fresh ULID at every such place would break both, so each becomes the
 * ULID that a registry keeps for the key (see `put/registry-module.ts`), at every place or at none.
 */
import type { Edit } from './edits.ts'
import { type GraphClass, graphClassOf, parametersOf } from './graph-classes.ts'
import { addImport } from './imports/imports.ts'
import type { Site } from './site.ts'
import { isInside, type Node, type SourceFile, type Span, sameNode, scopeOf, spanOf } from './source-file.ts'

const naturalKey = 'natural_key'

/** Where else an entity keeps what is known of it. */
const properties = ['properties', 'attributes', 'metadata', 'props', 'attrs']

/** A key says first what kind of thing it names: `"user:alice"`, `f"{kind}:{name}"`, `"user:" + name`. */
const key = /^[a-zA-Z]*(['"]{3}|['"])([A-Za-z_]+|\{[\w.]+\}):(?!\/\/)|^(['"]):\3\.join\(/
const keyKinds = new Set(['string', 'binary_operator', 'concatenated_string', 'call'])

/** The places of a file where a graph is told the key of an entity. */
export function graphSites(file: SourceFile): readonly Site[] {
  if (file.language.name !== 'python') return []
  const sites = file.root.findAll({ rule: { kind: 'call' } }).flatMap(call => {
    const made = graphClassOf(call.field('function')?.text() ?? '', file.graph)
    if (made === null) return []
    return argumentsOf(call, made).flatMap(({ name, value }) => {
      const found = made.ids.includes(name) ? keyIn(value, file) : null
      return found === null ? [] : [siteOf(name, found, value, property(call, made, found, file), made, file)]
    })
  })
  // Several may share one key, which is changed once.
  const same = (one: Site) => sites.filter(each => sameNode(each.node, one.node))
  const handedOn = file.language.tests.test(file.name) ? [] : handedOnSites(file, sites.length > 0)
  const single = sites
    .filter(each => same(each)[0] === each)
    .map(each => ({ ...each, also: same(each).flatMap(other => other.also ?? []) }))
  return [...single, ...handedOn]
}

/** Functions that make an entity or an edge of a key that they are given: they make a ULID of it first. */
function handedOnSites(file: SourceFile, isKeyed: boolean): readonly Site[] {
  return file.root.findAll({ rule: { kind: 'function_definition' } }).flatMap(found => {
    const name = found.field('name')?.text() ?? ''
    const given = handedOn(found, file).filter(
      ({ parameter }) => !new RegExp(`\\b(ulid_for|known_ulid)\\(${parameter}\\)`).test(found.text()),
    )
    const at = headOf(found, file)
    const [first] = given
    if (first === undefined || at === null || !(isKeyed || isCalledWithKey(name, file))) return []
    const parameters = [...new Set(given.map(each => each.parameter))]
    const site = {
      rule: 'graph-key',
      node: first.value,
      span: { start: at.start, end: at.start },
      subject: parameters.join(', '),
      parts: [],
      becomes: parameters.map(each => `${each} = ulid_for(${each})${at.between}`).join(''),
    }
    const verdict = given.every(each => each.sure) ? 'change' : 'ask'
    return [{ ...site, verdict, why: `${name} is given natural keys: each key gets one ULID for good.` }]
  })
}

interface HandedOn {
  readonly parameter: string
  readonly value: Node
  readonly sure: boolean
}

/** The parameters of a function that become the id of an entity, or an end of an edge, in it. */
function handedOn(definition: Node, file: SourceFile): readonly HandedOn[] {
  const parameters = parametersOf(definition)
  return definition.findAll({ rule: { kind: 'call' } }).flatMap(call => {
    const made = graphClassOf(call.field('function')?.text() ?? '', file.graph)
    if (made === null || !sameNode(scopeOf(call, file), definition)) return []
    return argumentsOf(call, made)
      .filter(({ name, value }) => made.ids.includes(name) && parameters.includes(value.text()))
      .map(({ value }) => ({ parameter: value.text(), value, sure: made.sure }))
  })
}

function isCalledWithKey(name: string, { root }: SourceFile): boolean {
  return root
    .findAll({ rule: { kind: 'call', has: { field: 'function', regex: `(^|\\.)${name}$` } } })
    .flatMap(call => call.field('arguments')?.namedChildren() ?? [])
    .map(each => each.field('value') ?? each)
    .some(each => keyKinds.has(String(each.kind())) && key.test(each.text()))
}

/** Where the statements of a function begin, behind its docstring, and what goes between two of them. */
function headOf(
  definition: Node,
  { text }: SourceFile,
): { readonly start: number; readonly between: string } | null {
  const [first, second] = definition.field('body')?.namedChildren() ?? []
  const documented = first?.kind() === 'expression_statement' && first.child(0)?.kind() === 'string'
  const next = documented ? second : first
  // On the line of the `def`, or with nothing to do: no place for a line of its own, and nothing to look up.
  if (next === undefined || next.range().start.line === definition.range().start.line) return null
  const { start } = spanOf(next)
  const newline = /\r?\n/.exec(text)?.[0] ?? '\n'
  return { start, between: `${newline}${text.slice(text.lastIndexOf('\n', start) + 1, start)}` }
}

function siteOf(
  name: string,
  found: Node,
  value: Node,
  also: readonly Edit[],
  { sure }: GraphClass,
  file: SourceFile,
): Site {
  // What is held by a variable, or made by a function, is changed there, for all who use it.
  const place = isInside(spanOf(found), spanOf(value)) ? value : found
  const site = {
    rule: 'graph-key',
    node: place,
    span: spanOf(place),
    subject: name,
    parts: [],
    becomes: `ulid_for(${found.text()})`,
    also,
  }
  if (file.language.tests.test(file.name))
    return {
      ...site,
      rule: 'graph-key-of-test',
      verdict: 'leave',
      why: 'A test makes this value for itself.',
    }
  return sure
    ? {
        ...site,
        verdict: 'change',
        why: `${name} is a natural key by which the graph knows its entities: each key gets one ULID for good.`,
      }
    : {
        ...site,
        verdict: 'ask',
        why: `${name} may be a natural key by which a graph knows its entities; then all such change together.`,
      }
}

interface Argument {
  readonly name: string
  readonly value: Node
}

function argumentsOf(call: Node, { fields }: GraphClass): readonly Argument[] {
  const given =
    call
      .field('arguments')
      ?.namedChildren()
      .filter(each => each.kind() !== 'comment') ?? []
  return given.flatMap((argument, at): readonly Argument[] => {
    if (argument.kind() === 'keyword_argument') {
      const value = argument.field('value')
      return value === null ? [] : [{ name: argument.field('name')?.text() ?? '', value }]
    }
    return [{ name: fields[at] ?? '', value: argument }]
  })
}

/**
 * The natural key in a value: itself, what a variable was given, what a function of this file returns, or what is taken
 * where no ULID could be made.
 */
function keyIn(value: Node, file: SourceFile): Node | null {
  const kind = String(value.kind())
  if (keyKinds.has(kind) && key.test(value.text())) return value
  if (kind === 'boolean_operator') {
    const right = value.field('right')
    return right === null ? null : keyIn(right, file)
  }
  if (kind === 'call') return returnedBy(value, file)
  if (kind !== 'identifier') return null
  const assigned = scopeOf(value, file)
    .findAll({ rule: { kind: 'assignment' } })
    .filter(each => each.field('left')?.text() === value.text())
  const right = assigned.length === 1 ? assigned[0]!.field('right') : null
  return right === null || right.kind() === 'identifier' ? null : keyIn(right, file)
}

/** The key that a function of this file returns, where it returns nothing else. */
function returnedBy(call: Node, { root }: SourceFile): Node | null {
  const name = /^(?:self\.|cls\.)?(\w+)$/.exec(call.field('function')?.text() ?? '')?.[1]
  const defined = root
    .findAll({ rule: { kind: 'function_definition' } })
    .filter(each => each.field('name')?.text() === name)
  const returned = defined.flatMap(each => each.findAll({ rule: { kind: 'return_statement' } }))
  const value = returned.length === 1 ? returned[0]!.namedChildren()[0] : undefined
  return value !== undefined && keyKinds.has(String(value.kind())) && key.test(value.text()) ? value : null
}

/** The key goes on as a property of the entity, for whoever reads it there. */
function property(call: Node, made: GraphClass, found: Node, file: SourceFile): readonly Edit[] {
  const { role, fields } = made
  // Only an expression in the call itself can be written there a second time.
  const holder = properties.find(each => fields.includes(each))
  if (role !== 'entity' || holder === undefined || !sameNode(scopeOf(found, file), scopeOf(call, file)))
    return []
  const pair = `"${naturalKey}": ${found.text()}`
  const given = argumentsOf(call, made)
  const there = given.find(each => each.name === holder)?.value
  if (there?.kind() === 'dictionary') {
    const at = spanOf(there).start + 1
    const comma = there.namedChildren().length > 0 ? ', ' : ''
    return [{ start: at, end: at, text: `${pair}${comma}` }]
  }
  const nodes =
    call
      .field('arguments')
      ?.namedChildren()
      .filter(each => each.kind() !== 'comment') ?? []
  const last = nodes.at(-1)
  if (there !== undefined || last === undefined || nodes.some(each => /splat/.test(String(each.kind()))))
    return []
  const at = spanOf(last).end
  return [{ start: at, end: at, text: `, ${holder}={${pair}}` }]
}
/** What the file needs besides: the registry's import, and whatever asks by natural key answered as before. */
export function graphEdits(file: SourceFile, module: string, changed: readonly Span[]): readonly Edit[] {
  const lookups = [...askedEdits(file), ...keyEdits(file, changed)]
  const names = lookups.length > 0 ? ['known_ulid', 'ulid_for'] : ['ulid_for']
  const has = (name: string) => file.bindings.some(each => each.full === `${module}.${name}`)
  const missing = names.filter(name => !has(name)).join(', ')
  return missing === '' ? lookups : [...lookups, addImport(file, module, missing, missing)]
}

const idFields = ({ graph }: SourceFile) =>
  new Set(['entity_id', 'source_id', 'target_id', 'node_id', ...graph.flatMap(each => each.ids)])

/** `entity_id = known_ulid(entity_id)` first in every function that others ask for an entity. */
function askedEdits(file: SourceFile): readonly Edit[] {
  const own = ['entity_id', 'source_id', 'target_id', 'node_id']
  const lookups = lookupsIn(file)
  return file.root.findAll({ rule: { kind: 'function_definition' } }).flatMap(found => {
    const name = found.field('name')?.text() ?? ''
    const body = found.field('body')
    if (name.startsWith('_') || body === null) return []
    const looked = lookups.filter(each => sameNode(scopeOf(each, file), found)).map(each => each.text())
    const asked = parametersOf(found)
      .filter(each => own.includes(each) || looked.includes(each))
      .filter(each => !body.text().includes(`known_ulid(${each})`))
      .filter(each => !handedOn(found, file).some(({ parameter }) => parameter === each))
    const at = headOf(found, file)
    if (asked.length === 0 || at === null) return []
    return [
      {
        start: at.start,
        end: at.start,
        text: asked.map(each => `${each} = known_ulid(${each})${at.between}`).join(''),
      },
    ]
  })
}

/** Natural keys that entities are asked for by, and that are not made ULIDs where they are written. */
function keyEdits(file: SourceFile, changed: readonly Span[]): readonly Edit[] {
  const asked = new Map(lookupsIn(file).map(each => [spanOf(each).start, each]))
  return [...asked.values()].flatMap(each => {
    const found = keyIn(each, file)
    const span = spanOf(each)
    if (found === null || changed.some(site => isInside(spanOf(found), site) || isInside(span, site)))
      return []
    return [
      { start: span.start, end: span.start, text: 'known_ulid(' },
      { start: span.end, end: span.end, text: ')' },
    ]
  })
}

/** What is looked up among entities, or compared with the id of one. */
function lookupsIn(file: SourceFile): readonly Node[] {
  const ids = idFields(file)
  const isId = (node: Node) => node.kind() === 'attribute' && ids.has(node.field('attribute')?.text() ?? '')
  const subscripts = file.root.findAll({ rule: { kind: 'subscript' } }).flatMap(each => {
    const [holder, index] = [each.field('value'), each.field('subscript')]
    return holder && index ? [{ holder: holder.text(), asked: index }] : []
  })
  const calls = file.root
    .findAll({ rule: { kind: 'call', has: { field: 'function', regex: '\\.(get|pop|setdefault)$' } } })
    .flatMap(each => {
      const holder = each.field('function')?.field('object')
      const asked = each.field('arguments')?.namedChildren()[0]
      return holder && asked ? [{ holder: holder.text(), asked }] : []
    })
  const compared = file.root.findAll({ rule: { kind: 'comparison_operator' } }).flatMap(each => {
    const [one, other, ...more] = each.namedChildren()
    return one && other && more.length === 0 ? [[one, other] as const] : []
  })
  const within = compared.map(([asked, holder]) => ({ holder: holder.text(), asked }))
  const all = [...subscripts, ...calls, ...within]
  const holders = new Set(all.filter(each => isId(each.asked)).map(each => each.holder))
  return [
    ...all.filter(each => holders.has(each.holder)).map(each => each.asked),
    ...compared.flatMap(([one, other]) => (isId(one) ? [other] : isId(other) ? [one] : [])),
  ].filter(each => !isId(each))
}
