/** Places of a file that would not take a ULID for an id. */
import { matches } from './find-sites.ts'
import type { SourceFile } from './source-file.ts'

export interface FoundValidator {
  readonly rule: string
  readonly line: number
  readonly text: string
  readonly why: string
}

export function findValidators(file: SourceFile): readonly FoundValidator[] {
  const found = file.language.validators.flatMap(({ id, rule, called, why }) =>
    matches(rule, called, file).map(node => ({
      rule: id,
      line: node.range().start.line + 1,
      text: oneLine(node.text()),
      why,
    })),
  )
  const first = (at: number) =>
    found.findIndex(each => each.rule === found[at]!.rule && each.line === found[at]!.line)
  return found.filter((_, at) => first(at) === at).sort((a, b) => a.line - b.line)
}

export function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > 100 ? `${line.slice(0, 99)}…` : line
}
