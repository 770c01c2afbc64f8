/** The pages of a report before anything has been done. */
import type { SystemReport, TargetReport } from '../run-report.ts'
import type { System } from '../systems/system.ts'

export function systemAtFirst({
  name,
  title,
  folder,
  places,
}: Pick<System, 'name' | 'title' | 'folder' | 'places'>): SystemReport {
  return {
    system: name,
    title,
    folder,
    status: 'waiting',
    places,
    targets: [],
    tests: { before: null, after: null },
    checks: [],
    source: null,
    findings: [],
    due: [],
  }
}

export function targetAtFirst(target: string): TargetReport {
  return {
    target,
    run: '',
    ofThisRun: false,
    status: 'waiting',
    state: '',
    rows: 0,
    strategy: '',
    identities: 0,
    identifiers: 0,
    references: 0,
    seconds: 0,
    snapshot: '',
    rehearsal: null,
    proof: null,
    outside: null,
    queries: [],
    traced: 0,
    findings: [],
    wayBack: [],
    due: [],
  }
}
