/** The one report of this wizard: its name, its folder, and how it gets there. */
import { join } from 'node:path'
import { createUlidFactory, newReport, reportFolder, type Settings, writeReport } from '../core/index.ts'
import type { ReportContent } from './report.ts'

export interface Reports {
  /** Where the report lies, and the output of tests beside it. */
  folder(): string
  /**
   * Writes it anew, as a whole.
   *
   * @returns the file for people
   * @throws what the system says
   */
  write(content: ReportContent): string
}

/** @param settings asked for when there is something to write */
export function createReports(settings: () => Settings): Reports {
  const run = createUlidFactory()()
  const folder = () => reportFolder(settings(), run)
  return {
    folder,
    write: content => {
      writeReport(settings(), { ...newReport(run, '', content.begun), ...content })
      return join(folder(), 'report.md')
    },
  }
}
