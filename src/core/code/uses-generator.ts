/** Whether a source file makes ids with the generator already. */
import { extname } from 'node:path'
import type { Source } from './change-file.ts'
import { bindingsOf } from './imports/imports.ts'
import { parseSource } from './source-file.ts'
import { languageOf } from './source-tree.ts'

/** By its imports: of the module, however much of its path they name, or of the name in it. */
export function usesGenerator(fileName: string, text: string, { module, name }: Source): boolean {
  const last = module.split('.').at(-1)!
  const language = languageOf(fileName)
  if (language === null || !text.includes(last) || !text.includes(name)) return false
  const root = parseSource(text, language.grammars[extname(fileName)]!)
  if (root === null) return false
  const is = (full: string, what: string) => full === what || full.endsWith(`.${what}`)
  return bindingsOf(root, language.name).some(
    ({ full, local }) =>
      is(full, `${last}.${name}`) || (is(full, last) && text.includes(`${local}.${name}(`)),
  )
}
