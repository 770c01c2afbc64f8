import type { RecordedRun } from './in-target.ts'

/** As long as the guide's own systems allow, and the middle of what its documents name. */
const VERIFICATION_DAYS = 14

/** When an expansion has been watched for long enough, milliseconds since 1970. */
export function verificationEnd({ at }: Pick<RecordedRun, 'at'>, days = VERIFICATION_DAYS): number {
  return Date.parse(at) + days * 86_400_000
}
