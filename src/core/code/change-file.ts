/** What becomes of one file when its sites are changed: edits of its text, each with its reason. */
import { withoutParts } from './drop-parts.ts'
import type { Edit } from './edits.ts'
import { graphEdits } from './graph-keys.ts'
import { addImport, withoutImports } from './imports/imports.ts'
import type { Site } from './site.ts'
import {
  type Binding,
  isInside,
  type Node,
  type SourceFile,
  type Span,
  sameNode,
  spanOf,
} from './source-file.ts'
import type { ExplainedEdit } from './unified-diff.ts'

/** What makes an id from now on: `from MODULE import NAME`. */
export interface Source {
  readonly module: string
  readonly name: string
}

/**
 * @param sites those that are to change, and no others
 * @param registry the module that keeps a ULID for each natural key, asked for where one is needed
 */
export function changesOf(
  file: SourceFile,
  sites: readonly Site[],
  generator: Source,
  registry: () => string,
): readonly ExplainedEdit[] {
  if (sites.length === 0) return []
  const making = sites.some(site => site.becomes === null)
  const { local, edit: added } = importOf(file, generator)
  const call = callOf(generator.name, local)
  const handedOn = file.language.factory(local, call)
  const replaced = sites.map(({ span, becomes, factory, why }) => ({
    ...span,
    text: becomes ?? (factory ? handedOn : call),
    why,
  }))
  const dropped = withoutParts(file, sites)
  const gone = [...sites.map(site => site.span), ...dropped]
  const kept = sites.map(site => site.becomes ?? '').join(' ')
  const unused = unusedImports(file, gone, new Set(kept.match(/\w+/g)))
  const isGraph = sites.some(site => site.becomes?.includes('ulid_for('))
  const graph = isGraph
    ? graphEdits(
        file,
        registry(),
        sites.map(site => site.span),
      )
    : []
  return [
    ...replaced,
    ...sites.flatMap(site => site.also ?? []).map(edit => ({ ...edit, why: '' })),
    ...graph.map(edit => ({ ...edit, why: '' })),
    ...dropped.map(span => ({ ...span, text: '', why: 'It was only a part of the id.' })),
    ...(making && added !== null ? [{ ...added, why: '' }] : []),
    ...unused.map(edit => ({ ...edit, why: '' })),
  ]
}

/** A class makes an object whose text is the ULID (python-ulid); a function makes the text. */
export function callOf(name: string, local: string): string {
  return /^[A-Z]/.test(name) ? `str(${local}())` : `${local}()`
}

/** The name that the generator has in this file: the one it has already, or a new import's. */
export function importOf(
  file: SourceFile,
  { module, name }: Source,
): { readonly local: string; readonly edit: Edit | null } {
  const known = file.bindings.find(
    each => each.full === `${module}.${name}` && sameNode(each.statement.parent(), file.root),
  )
  if (known) return { local: known.local, edit: null }
  const taken = (text: string) => namesIn(file).some(each => each.text() === text)
  const local = [name, `${name}_ulid`, `new_ulid`, `ulid_migrate_${name}`].find(each => !taken(each)) ?? name
  return { local, edit: addImport(file, module, name, local) }
}

/** Names that stand for themselves: no attributes of something, and no names of arguments. */
function namesIn({ root, language }: SourceFile): readonly Node[] {
  return [...language.kinds.identifiers]
    .flatMap(kind => root.findAll({ rule: { kind } }))
    .filter(node => {
      const parent = node.parent()
      if (parent?.kind() === 'attribute') return sameNode(parent.field('object'), node)
      if (parent?.kind() === 'keyword_argument') return !sameNode(parent.field('name'), node)
      return true
    })
}

/** Imports that only what is gone made use of. */
function unusedImports(file: SourceFile, gone: readonly Span[], kept: ReadonlySet<string>): readonly Edit[] {
  if (/(^|\/)__init__\.py$/.test(file.name)) return [] // a package hands its imports on
  const isGone = (node: Node) => gone.some(span => isInside(spanOf(node), span))
  const uses = namesIn(file)
  const quoted = quotedNames(file)
  const unused = file.bindings.filter(({ local, statement }) => {
    const own = uses.filter(node => node.text() === local && !isInside(spanOf(node), spanOf(statement)))
    const others = own.filter(
      node => !file.bindings.some(each => isInside(spanOf(node), spanOf(each.statement))),
    )
    return own.some(isGone) && others.every(isGone) && !quoted.has(local) && !kept.has(local)
  })
  const statements: Binding['statement'][] = []
  for (const { statement } of unused)
    if (!statements.some(each => sameNode(each, statement))) statements.push(statement)
  return statements.flatMap(
    statement =>
      withoutImports(
        file,
        statement,
        unused.filter(each => sameNode(each.statement, statement)),
      ) ?? [],
  )
}

/** Names in quotes that are names all the same: annotations, and what a module says that it exports. */
function quotedNames({ root, language }: SourceFile): ReadonlySet<string> {
  if (language.name !== 'python') return new Set()
  const types = root.findAll({ rule: { kind: 'string', inside: { kind: 'type', stopBy: 'end' } } })
  const casts = root.findAll({
    rule: {
      kind: 'string',
      inside: { any: [{ pattern: 'cast($$$A)' }, { pattern: 'typing.cast($$$A)' }], stopBy: 'end' },
    },
  })
  const exported = root.findAll({
    rule: { kind: 'string', inside: { kind: 'assignment', regex: '^__all__', stopBy: 'end' } },
  })
  return new Set([...types, ...casts, ...exported].flatMap(node => node.text().match(/\w+/g) ?? []))
}
