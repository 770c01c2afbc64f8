/** One file operation after the other fails, as a full, broken, foreign or read-only disk would make it. */
import { type ErrorCode, errors, withFileFailure } from '../support/failing-files.ts'
import { failEverywhere } from './in-line.ts'
import type { Attacked } from './report.ts'
import { subjects } from './subjects.ts'

const codes = Object.keys(errors) as ErrorCode[]

export async function attackFiles(
  say: (line: string) => void,
  every = 1,
  names = subjects.map(each => each.name),
): Promise<Attacked> {
  const violations: string[] = []
  let failures = 0
  for (const subject of subjects.filter(each => names.includes(each.name)))
    for (const [turn, code] of codes.entries()) {
      const tried = await failEverywhere(
        { ...subject, name: `${subject.name}, ${code}` },
        (at, work) => withFileFailure({ at, code }, work),
        n => (n + turn) % every === 0,
      )
      failures += tried.failures
      violations.push(...tried.violations)
      say(
        `  ${subject.name}, ${code}: ${tried.failures} file operations failed, ${tried.violations.length} violations`,
      )
      for (const violation of tried.violations.slice(0, 10)) say(`    ${violation}`)
    }
  return { line: `${failures} file operations made to fail, ${violations.length} violations`, violations }
}
