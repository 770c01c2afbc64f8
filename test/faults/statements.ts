/** One statement after the other fails: once, and then for good. */
import { codes, withFailure } from '../support/failing-statements.ts'
import { failEverywhere } from './in-line.ts'
import type { Attacked } from './report.ts'
import { subjects } from './subjects.ts'

export async function attackStatements(
  say: (line: string) => void,
  every = 1,
  names = subjects.map(each => each.name),
): Promise<Attacked> {
  const violations: string[] = []
  let failures = 0
  for (const subject of subjects.filter(each => names.includes(each.name)))
    for (const persistent of [false, true]) {
      const tried = await failEverywhere(
        { ...subject, name: `${subject.name}, ${persistent ? 'for good' : 'once'}` },
        (at, work) =>
          withFailure({ at, code: codes[at % codes.length]!, persistent, duckdb: subject.duckdb }, work),
        n => n % every === 0,
      )
      failures += tried.failures
      violations.push(...tried.violations)
      say(
        `  ${subject.name}, ${persistent ? 'for good' : 'once'}: ${tried.failures} statements failed, ${tried.violations.length} violations`,
      )
      for (const violation of tried.violations.slice(0, 10)) say(`    ${violation}`)
    }
  return { line: `${failures} statements made to fail, ${violations.length} violations`, violations }
}
