/** Imports of a Python file: what they make known, where another goes, and how one is taken out. */
import type { Edit } from '../edits.ts'
import { type Binding, type Node, sameNode, spanOf } from '../source-file.ts'
import { wholeLines } from '../whole-lines.ts'
import { takenOut } from './taken-out.ts'

export function pythonBindings(root: Node): readonly Binding[] {
  const whole = root.findAll({ rule: { kind: 'import_statement' } }).flatMap(statement =>
    statement.fieldChildren('name').map(part => {
      const alias = part.field('alias')?.text()
      const full = part.field('name')?.text() ?? part.text()
      // `import a.b` makes `a` known, and a.b under it.
      const local = alias ?? full.split('.')[0]!
      return { local, full: alias === undefined ? local : full, statement, part }
    }),
  )
  const from = root.findAll({ rule: { kind: 'import_from_statement' } }).flatMap(statement => {
    const module = statement.field('module_name')?.text() ?? ''
    const all = statement.children().find(each => each.kind() === 'wildcard_import')
    if (all !== undefined) return [{ local: '*', full: module, statement, part: all }]
    return statement.fieldChildren('name').map(part => {
      const name = part.field('name')?.text() ?? part.text()
      return { local: part.field('alias')?.text() ?? name, full: `${module}.${name}`, statement, part }
    })
  })
  return [...whole, ...from]
}

/** `from MODULE import NAME [as LOCAL]`, after the last import of other packages at the head of the file. */
export function addPythonImport(root: Node, text: string, module: string, name: string, local: string): Edit {
  const line = `from ${module} import ${name}${local === name ? '' : ` as ${local}`}`
  const head = headOf(root)
  const relative = head.imports.find(each => isRelative(each))
  const last = head.imports.filter(each => !isRelative(each)).at(-1)
  const newline = /\r?\n/.exec(text)?.[0] ?? '\n'
  if (last !== undefined) return below(last, text, line, newline)
  if (relative !== undefined) {
    const at = spanOf(relative).start
    return { start: at, end: at, text: `${line}${newline}` }
  }
  if (head.last !== null) {
    const edit = below(head.last, text, line, newline)
    return { ...edit, text: `${newline}${edit.text}` }
  }
  const first = root.namedChildren()[0]
  const at = first === undefined ? text.length : startOfCode(first, text)
  return { start: at, end: at, text: `${line}${newline}${newline}` }
}

function below(node: Node, text: string, line: string, newline: string): Edit {
  const end = text.indexOf('\n', spanOf(node).end)
  if (end < 0) return { start: text.length, end: text.length, text: `${newline}${line}${newline}` }
  return { start: end + 1, end: end + 1, text: `${line}${newline}` }
}

interface Head {
  readonly imports: readonly Node[]
  /** The docstring, or what is imported from the future: nothing may come before. */
  readonly last: Node | null
}

function headOf(root: Node): Head {
  const imports: Node[] = []
  let last: Node | null = null
  for (const each of root.namedChildren()) {
    const kind = String(each.kind())
    if (kind === 'comment') continue
    if (kind === 'import_statement' || kind === 'import_from_statement') imports.push(each)
    else if (kind === 'future_import_statement') last = each
    else if (kind === 'expression_statement' && each.child(0)?.kind() === 'string' && last === null)
      last = each
    // What is tried, or imported for types only, may stand among the imports.
    else if (kind !== 'try_statement' && kind !== 'if_statement') break
  }
  return { imports, last }
}

function isRelative(node: Node): boolean {
  return node.field('module_name')?.text().startsWith('.') ?? false
}

/** A first line for the shell, and one that names the encoding, stay first. */
function startOfCode(first: Node, text: string): number {
  const comments = /^\uFEFF?(#!.*\n)?(#.*coding[:=].*\n)?/.exec(text)?.[0].length ?? 0
  return Math.max(comments, first.kind() === 'comment' ? comments : spanOf(first).start)
}

/** Takes names out of one import statement; null where it has to stay. */
export function withoutPythonImports(
  statement: Node,
  unused: readonly Binding[],
  text: string,
): readonly Edit[] | null {
  const { start, end } = spanOf(statement)
  const lineEnd = text.indexOf('\n', end)
  const rest = text.slice(end, lineEnd < 0 ? text.length : lineEnd)
  if (/#\s*noqa|#\s*type:/i.test(rest)) return null
  const parts = statement.fieldChildren('name')
  const kept = parts.filter(part => !unused.some(each => sameNode(each.part, part)))
  if (kept.length > 0) return takenOut(parts, kept, text)
  if (
    statement
      .parent()
      ?.namedChildren()
      .filter(each => each.kind() !== 'comment').length === 1
  ) {
    if (statement.parent()?.kind() !== 'module') return null // a block must hold something
  }
  const line = wholeLines({ start, end }, text)
  return line === null ? null : [{ start: line.start, end: withBlank(line.end, statement, text), text: '' }]
}

/** Where an import was the first of a function, the empty line behind it goes with it. */
function withBlank(end: number, statement: Node, text: string): number {
  const block = statement.parent()
  const isFirst = block?.kind() === 'block' && sameNode(block.namedChildren()[0] ?? null, statement)
  return isFirst ? end + (/^[ \t]*\r?\n/.exec(text.slice(end))?.[0].length ?? 0) : end
}
