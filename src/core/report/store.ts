/** Reports in the state folder: one folder a run, written anew as a whole after each step, so that a killed run has one too. */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRunning, markOf } from '../processes.ts'
import type { Settings } from '../requests.ts'
import type { RunReport } from '../run-report.ts'
import { reportMarkdown } from './markdown.ts'

const schema = 'ulid-migrate.run/1'

export function reportFolder({ stateDir }: Pick<Settings, 'stateDir'>, run: string): string {
  return join(stateDir, 'reports', run)
}

/** The report of a run that is about to begin. */
export function newReport(run: string, resumes: string, begun: string): RunReport {
  return {
    run,
    resumes,
    status: 'running',
    begun,
    ended: '',
    process: markOf(process.pid),
    systems: [],
    criteria: [],
    error: null,
    takesBack: [],
    next: [],
  }
}

/** Throws what the system says. */
export function writeReport(settings: Settings, report: RunReport): void {
  const folder = reportFolder(settings, report.run)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  replace(join(folder, 'report.json'), `${JSON.stringify({ schema, ...reportDocument(report) }, null, 2)}\n`)
  replace(join(folder, 'report.md'), reportMarkdown(report))
}

/** The report as `--json` prints it, and as the file holds it. */
export function reportDocument({ error, ...report }: RunReport): object {
  return {
    ...report,
    targets: report.systems.flatMap(({ system, targets }) => targets.map(each => ({ system, ...each }))),
    ...(error === null ? {} : { error }),
  }
}

function replace(file: string, text: string): void {
  writeFileSync(`${file}.tmp`, text, { mode: 0o600 })
  renameSync(`${file}.tmp`, file)
}

/**
 * The last run over these very systems, if it did not come to its end: killed, stopped, or failed. What is on the disk
 * and can't be read as a report is none.
 */
export function unfinishedReport(settings: Settings, systems: readonly string[]): RunReport | null {
  const folders = foldersIn(join(settings.stateDir, 'reports'))
  for (const run of folders.sort().reverse()) {
    const report = readReport(join(reportFolder(settings, run), 'report.json'))
    if (report === null || !sameNames(report, systems)) continue
    const open =
      report.status === 'running'
        ? !isRunning(report.process)
        : report.status === 'stopped' || report.status === 'failed'
    return open ? report : null
  }
  return null
}

function sameNames(report: RunReport, systems: readonly string[]): boolean {
  return (
    report.systems.length === systems.length && report.systems.every(each => systems.includes(each.system))
  )
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return [] // there is none yet
  }
}

function readReport(file: string): RunReport | null {
  try {
    const read = JSON.parse(readFileSync(file, 'utf8')) as RunReport & { readonly schema?: string }
    return read.schema === schema
      ? { ...read, error: read.error ?? null, takesBack: read.takesBack ?? [] }
      : null
  } catch {
    return null
  }
}
