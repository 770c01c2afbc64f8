import type { Proof } from './documents.ts'
import { exitCodes, Refusal } from './message.ts'

/** The refusal (exit 3) for a proof that failed before anything was committed. */
export function verificationFailed(
  target: string,
  proof: Proof,
  next = 'Look at the checks above; leave the identity they name out with --skip, and report it if the plan should have worked.',
): Refusal {
  const failed = proof.checks.filter(check => !check.ok)
  return new Refusal({
    code: 'PROOF.FAILED',
    object: target,
    message: `${failed.length} of ${proof.checks.length} checks failed, so nothing was committed. The file is as it was.`,
    why: failed
      .map(
        check => `${check.id}: ${check.detail}${check.faults?.length ? ` (${check.faults.join('; ')})` : ''}`,
      )
      .join('\n'),
    next,
    exit: exitCodes.verification,
  })
}
