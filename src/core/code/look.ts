/** Looks at one source file: its sites, and what would reject a ULID. */
import { extname } from 'node:path'
import { findSites } from './find-sites.ts'
import { type FoundValidator, findValidators } from './find-validators.ts'
import { type GraphClass, graphClassesIn, graphHint } from './graph-classes.ts'
import { bindingsOf } from './imports/imports.ts'
import type { Site } from './site.ts'
import { parseSource, type SourceFile } from './source-file.ts'
import { languageOf } from './source-tree.ts'

export type Looked =
  | {
      readonly type: 'looked'
      readonly file: SourceFile
      readonly sites: readonly Site[]
      readonly validators: readonly FoundValidator[]
    }
  | { readonly type: 'nothing' }
  | { readonly type: 'not-understood' }

/** @param name of the file, from the folder of the target; its ending tells the language */
export function look(name: string, text: string, graph: readonly GraphClass[] = []): Looked {
  const language = languageOf(name)
  if (language === null || !language.hint.test(text)) return { type: 'nothing' }
  const root = parseSource(text, language.grammars[extname(name)]!)
  if (root === null) return { type: 'not-understood' }
  const bindings = bindingsOf(root, language.name)
  const known = language.name === 'python' ? [...graphClassesIn(root, name), ...graph] : []
  const file: SourceFile = { name, text, language, root, bindings, graph: known }
  return { type: 'looked', file, sites: findSites(file), validators: findValidators(file) }
}

/** The classes that make up a graph, of a file that others import them from. */
export function graphClassesOf(name: string, text: string): readonly GraphClass[] {
  const language = languageOf(name)
  if (language?.name !== 'python' || !graphHint.test(text)) return []
  const root = parseSource(text, language.grammars[extname(name)]!)
  return root === null ? [] : graphClassesIn(root, name)
}
