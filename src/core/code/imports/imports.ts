/** Imports of a file, whatever its language. */
import type { Edit } from '../edits.ts'
import type { Binding, Node, SourceFile } from '../source-file.ts'
import { addJavascriptImport, javascriptBindings, withoutJavascriptImports } from './javascript-imports.ts'
import { addPythonImport, pythonBindings, withoutPythonImports } from './python-imports.ts'

export function bindingsOf(root: Node, language: string): readonly Binding[] {
  return language === 'python' ? pythonBindings(root) : javascriptBindings(root)
}

export function addImport(
  { root, name: file, text, language }: SourceFile,
  module: string,
  name: string,
  local: string,
): Edit {
  return language.name === 'python'
    ? addPythonImport(root, text, module, name, local)
    : addJavascriptImport(root, file, text, module, name, local)
}

/** @returns null where the statement has to stay as it is */
export function withoutImports(
  { text, language, bindings }: SourceFile,
  statement: Node,
  unused: readonly Binding[],
): readonly Edit[] | null {
  return language.name === 'python'
    ? withoutPythonImports(statement, unused, text)
    : withoutJavascriptImports(statement, bindings, unused, text)
}
