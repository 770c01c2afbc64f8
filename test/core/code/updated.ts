/** What becomes of a piece of source code, without any files. */
import { changesOf } from '../../../src/core/code/change-file.ts'
import { applyEdits } from '../../../src/core/code/edits.ts'
import { look } from '../../../src/core/code/look.ts'

const dhruva = { module: 'dhruva', name: 'generate' }

export function lookedAt(text: string, name = 'module.py') {
  const looked = look(name, text)
  if (looked.type !== 'looked') throw new Error(`${name}: ${looked.type}`)
  return looked
}

/** The text with every site changed whose verdict says so. */
export function updated(text: string, name = 'module.py', generator = dhruva): string {
  const { file, sites } = lookedAt(text, name)
  const changing = sites.filter(site => site.verdict === 'change')
  return applyEdits(
    text,
    changesOf(file, changing, generator, () => 'keys'),
  )
}

/** `line verdict subject` of each site. */
export function verdicts(text: string, name = 'module.py'): readonly string[] {
  return lookedAt(text, name).sites.map(({ node, verdict, subject }) =>
    [node.range().start.line + 1, verdict, subject].join(' '),
  )
}
