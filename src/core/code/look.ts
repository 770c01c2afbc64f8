/** Looks at one source file: its sites, and what would reject a ULID. */
import { extname } from 'node:path'
import { findSites } from './find-sites.ts'
import { type FoundValidator, findValidators } from './find-validators.ts'
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
export function look(name: string, text: string): Looked {
  const language = languageOf(name)
  if (language === null || !language.hint.test(text)) return { type: 'nothing' }
  const root = parseSource(text, language.grammars[extname(name)]!)
  if (root === null) return { type: 'not-understood' }
  const file: SourceFile = { name, text, language, root, bindings: bindingsOf(root, language.name) }
  return { type: 'looked', file, sites: findSites(file), validators: findValidators(file) }
}
