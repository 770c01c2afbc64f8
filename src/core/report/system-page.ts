/** What a system's own tests say of its migration, and what it waits for afterwards. */
import type { Check } from '../documents.ts'
import type { Message } from '../message.ts'
import type { SourceReport, TestRun } from '../run-report.ts'
import { commandLine } from '../shell.ts'
import { judgeTests } from '../systems/judge-tests.ts'
import type { System } from '../systems/system.ts'
import { sourceWords } from './source.ts'

export interface JudgedTests {
  readonly check: Check
  readonly why: string
  /** That they fail, but as they did before. */
  readonly findings: readonly Message[]
}

export function testsPage(
  { name, title }: Pick<System, 'name' | 'title'>,
  before: TestRun | null,
  after: TestRun,
): JudgedTests {
  const { verdict, why } = judgeTests(before, after)
  const command = after.command.join(' ')
  return {
    check: {
      id: 'system-tests',
      ok: verdict !== 'failed',
      count: 1,
      detail: verdict === 'passed' ? `${command} passed` : `${command}: ${why}`,
      seconds: after.seconds,
    },
    why,
    findings:
      verdict === 'as-before'
        ? [
            {
              code: 'TESTS.FAILED_BEFORE',
              severity: 'warning',
              object: name,
              message: `The tests of ${title} fail, as they did before the migration.`,
              why,
              next: `Read ${after.log}`,
            },
          ]
        : [],
  }
}

/**
 * What is due of its source code.
 *
 * @param source what a look at it found; null where nobody looked, so that only that it has to be updated is known
 */
export function dueOfSystem(
  { name, folder }: Pick<System, 'name' | 'folder'>,
  source: SourceReport | null,
): readonly string[] {
  if (folder === null) return [`The source code of ${name} was not found; it has to make ULIDs from now on.`]
  if (source === null) return [`Its source code has to make ULIDs from now on: ${commandLine('code', name)}`]
  return sourceWords(name, source).map(each => `Source code of ${name}: ${each}`)
}
