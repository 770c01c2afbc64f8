/** A stored statement as people read it, line by line. */
import { tokenize } from './tokens.ts'

/** Its own lines; where it is written in one, one for each column or clause in the outer parentheses. */
export function sqlLines(sql: string): readonly string[] {
  if (/[\r\n]/.test(sql)) return sql.split(/\r\n|\r|\n/)
  const lines = ['']
  let depth = 0
  const append = (text: string) => {
    lines[lines.length - 1] += text
  }
  const turn = (indent: string) => lines.push(indent)
  for (const { kind, text } of tokenize(sql)) {
    if (kind === 'space' && lines.at(-1)?.trim() === '') continue
    if (text === ')' && depth === 1) turn('')
    append(text)
    if (text === '(') depth += 1
    if (text === ')') depth -= 1
    if ((text === '(' && depth === 1) || (text === ',' && depth === 1)) turn('  ')
  }
  return lines
}
