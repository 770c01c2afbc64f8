/** Imports of JavaScript and TypeScript, in both forms: `import` and `require`. */
import type { Edit } from '../edits.ts'
import { type Binding, type Node, sameNode, spanOf } from '../source-file.ts'
import { wholeLines } from '../whole-lines.ts'
import { takenOut } from './taken-out.ts'

const unquoted = (node: Node | null) => node?.text().slice(1, -1) ?? ''
const childrenOf = (node: Node | null, kind: string) =>
  node?.namedChildren().filter(each => each.kind() === kind) ?? []

export function javascriptBindings(root: Node): readonly Binding[] {
  const imported = root.findAll({ rule: { kind: 'import_statement' } }).flatMap(statement => {
    const module = unquoted(statement.field('source'))
    const [clause] = childrenOf(statement, 'import_clause')
    return (clause?.namedChildren() ?? []).flatMap((part): readonly Binding[] => {
      if (part.kind() === 'identifier') return [{ local: part.text(), full: module, statement, part }]
      if (part.kind() === 'namespace_import') {
        const local = part.namedChildren()[0]?.text() ?? ''
        return [{ local, full: module, statement, part }]
      }
      return childrenOf(part, 'import_specifier').map(each => {
        const name = each.field('name')?.text() ?? ''
        return {
          local: each.field('alias')?.text() ?? name,
          full: `${module}.${name}`,
          statement,
          part: each,
        }
      })
    })
  })
  const required = root
    .findAll({ rule: { kind: 'variable_declarator', has: { pattern: 'require($M)' } } })
    .flatMap((declarator): readonly Binding[] => {
      const value = declarator.field('value')
      const name = declarator.field('name')
      const statement = declarator.parent()
      const module = unquoted(value?.field('arguments')?.namedChildren()[0] ?? null)
      if (name === null || statement === null || value?.field('function')?.text() !== 'require') return []
      if (name.kind() === 'identifier') return [{ local: name.text(), full: module, statement, part: name }]
      return name.namedChildren().map(part => {
        const key = part.field('key')?.text() ?? part.text()
        return { local: part.field('value')?.text() ?? key, full: `${module}.${key}`, statement, part }
      })
    })
  return [...imported, ...required]
}

/** After the last of the imports at the head of the file, in the form that they have. */
export function addJavascriptImport(
  root: Node,
  file: string,
  text: string,
  module: string,
  name: string,
  local: string,
): Edit {
  const top = root.namedChildren()
  const imports = top.filter(each => each.kind() === 'import_statement')
  const requires = top.filter(
    each => /_declaration$/.test(String(each.kind())) && each.has({ rule: { pattern: 'require($M)' } }),
  )
  const exporting = top.some(each => each.kind() === 'export_statement')
  const common =
    imports.length === 0 &&
    !exporting &&
    (/\.c[jt]s$/.test(file) || requires.length > 0 || /\bmodule\.exports\b|\bexports\.\w/.test(text))
  const quote = (imports[0] ?? requires[0])?.text().includes('"') ? '"' : "'"
  const end = /;\s*$/.test((imports[0] ?? requires[0] ?? top.at(-1))?.text() ?? ';') ? ';' : ''
  const names = local === name ? name : common ? `${name}: ${local}` : `${name} as ${local}`
  const from = `${quote}${module}${quote}`
  const line = common
    ? `const { ${names} } = require(${from})${end}`
    : `import { ${names} } from ${from}${end}`
  const newline = /\r?\n/.exec(text)?.[0] ?? '\n'
  const last = (common ? requires : imports).at(-1)
  if (last !== undefined) {
    const at = text.indexOf('\n', spanOf(last).end)
    if (at < 0) return { start: text.length, end: text.length, text: `${newline}${line}${newline}` }
    return { start: at + 1, end: at + 1, text: `${line}${newline}` }
  }
  const first = top.find(each => !isHead(each))
  const at = first === undefined ? text.length : spanOf(first).start
  return { start: at, end: at, text: `${line}${newline}${newline}` }
}

/** What stays first: a line for the shell, comments about the file, and `'use strict'`. */
function isHead(node: Node): boolean {
  const kind = String(node.kind())
  if (kind === 'comment' || kind === 'hash_bang_line') return true
  return kind === 'expression_statement' && node.child(0)?.kind() === 'string'
}

/** @returns null where the statement has to stay as it is */
export function withoutJavascriptImports(
  statement: Node,
  bindings: readonly Binding[],
  unused: readonly Binding[],
  text: string,
): readonly Edit[] | null {
  const own = bindings.filter(each => sameNode(each.statement, statement))
  const isUnused = (binding: Binding) => unused.some(each => sameNode(each.part, binding.part))
  if (own.every(isUnused)) {
    if (childrenOf(statement, 'variable_declarator').length > 1) return null
    const lines = wholeLines(spanOf(statement), text)
    return lines === null ? null : [{ ...lines, text: '' }]
  }
  // Names between one pair of braces; what stands before those is left as it is.
  const parts = unused[0]?.part.parent()?.namedChildren() ?? []
  const inBraces = /^(named_imports|object_pattern)$/.test(String(unused[0]?.part.parent()?.kind()))
  const kept = parts.filter(part => !unused.some(each => sameNode(each.part, part)))
  return inBraces && kept.length > 0 ? takenOut(parts, kept, text) : null
}
