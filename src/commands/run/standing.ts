import type { Failure, RunRecord, StatusTarget } from '../../core/index.ts'
import type { Session } from '../session.ts'

/** The migration of a target that stands, be it complete or not; null where there is none. */
export async function standingRun(
  session: Session,
  target: string,
  name: string,
): Promise<{ readonly run: RunRecord | null; readonly status: StatusTarget } | Failure> {
  const known = await session.ask('status', { targets: [target] }, { name, findings: false })
  if (known.type === 'failed') return known.error
  const status = known.value[0]!
  const run = status.runs.find(
    each => each.what === 'migrate' && (each.status === 'succeeded' || each.status === 'expanding'),
  )
  return { run: run ?? null, status }
}
