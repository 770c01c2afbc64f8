/** The report as it comes to be: after each step it is on the disk, so that a run that is killed can be gone on with. */
import { join } from 'node:path'
import {
  criteriaOf,
  newReport,
  type RunReport,
  reportFolder,
  type System,
  type SystemReport,
  systemAtFirst,
  type TargetReport,
  unfinishedReport,
  writeReport,
} from '../../core/index.ts'
import { messageOf } from '../failure.ts'
import type { Session } from '../session.ts'

export interface Book {
  /** Of an earlier run, that this one goes on with. */
  readonly earlier: RunReport | null
  readonly report: RunReport
  /** Where the report lies, for people. */
  readonly file: string
  readonly folder: string
  system(name: string): SystemReport
  /** Changes what is said of a system. */
  note(name: string, news: Partial<SystemReport>): void
  target(path: string): TargetReport
  noteTarget(path: string, news: Partial<TargetReport>): void
  /** Puts the systems into the order in which they are worked on. */
  inOrder(names: readonly string[]): void
  /** Systems that are to be rolled back from now on. */
  takeBack(names: readonly string[]): void
  end(news: Pick<RunReport, 'status' | 'error' | 'next'>): void
}

/** Throws what the system says where the first page can't be written: nothing is begun that could not be reported. */
export function openBook(session: Session, systems: readonly System[]): Book {
  const { settings, run, context } = session
  const now = () => context.clock().toISOString()
  const earlier = unfinishedReport(
    settings,
    systems.map(each => each.name),
  )
  let report: RunReport = {
    ...newReport(run, earlier?.run ?? '', now()),
    systems: systems.map(systemAtFirst),
  }
  let told = false
  writeReport(settings, report)

  function change(news: Partial<RunReport>): void {
    report = { ...report, ...news }
    report = { ...report, criteria: criteriaOf(report) }
    try {
      writeReport(settings, report)
    } catch (error) {
      // The databases record what was done to them; the report only tells of it.
      if (!told)
        session.note(`The report could not be written: ${error instanceof Error ? error.message : error}`)
      told = true
    }
  }
  const folder = reportFolder(settings, run)
  const system = (name: string) => report.systems.find(each => each.system === name)!
  return {
    earlier,
    get report() {
      return report
    },
    folder,
    file: join(folder, 'report.md'),
    system,
    note: (name, news) =>
      change({ systems: report.systems.map(each => (each.system === name ? { ...each, ...news } : each)) }),
    target: path => report.systems.flatMap(each => each.targets).find(each => each.target === path)!,
    noteTarget: (path, news) =>
      change({
        systems: report.systems.map(each => ({
          ...each,
          targets: each.targets.map(target => (target.target === path ? { ...target, ...news } : target)),
        })),
      }),
    takeBack: names => change({ takesBack: names }),
    inOrder: names => change({ systems: names.map(system) }),
    end: ({ status, error, next }) =>
      change({ status, error: error && messageOf(error), next, ended: now() }),
  }
}
