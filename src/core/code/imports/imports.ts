/** Imports of a file, whatever its language. */
import type { Edit } from '../edits.ts'
import type { Binding, Node, SourceFile } from '../source-file.ts'
import { addPythonImport, pythonBindings, withoutPythonImports } from './python-imports.ts'

export function bindingsOf(root: Node, _language: string): readonly Binding[] {
  return pythonBindings(root)
}

export function addImport({ root, text }: SourceFile, module: string, name: string, local: string): Edit {
  return addPythonImport(root, text, module, name, local)
}

/** @returns null where the statement has to stay as it is */
export function withoutImports(
  { text }: SourceFile,
  statement: Node,
  unused: readonly Binding[],
): readonly Edit[] | null {
  return withoutPythonImports(statement, unused, text)
}
