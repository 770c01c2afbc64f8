/** Failures that commands find themselves, before or beside the engine, in the one shape of all messages. */
import { type ExitCode, exitCodes, type Failure, type Message, type Proof } from '../core/index.ts'

interface Words {
  readonly object: string
  readonly message: string
  readonly why: string
  readonly next: string
}

/** A failure of the command itself; `exit` is the process's exit code. */
export function failure(exit: ExitCode, code: string, words: Words): Failure {
  return { code, severity: 'blocker', ...words, exit }
}

/** Misuse, or an answer that is missing where nobody can be asked. */
export function usageFailure(code: string, words: Words): Failure {
  return failure(exitCodes.usage, code, words)
}

/** What documents and `--events` carry: every message has the same six fields. */
export function messageOf({ code, severity, object, message, why, next }: Message): Message {
  return { code, severity, object, message, why, next }
}

/**
 * Turns a proof with failed checks into a failure (exit 3).
 *
 * @returns null when every check passed
 */
export function failedProof(proof: Proof, object: string, next: string): Failure | null {
  const failed = proof.checks.filter(check => !check.ok)
  if (proof.ok && failed.length === 0) return null
  return failure(exitCodes.verification, 'PROOF.FAILED', {
    object,
    message: `${failed.length} of ${proof.checks.length} checks failed: ${failed.map(check => check.id).join(', ')}.`,
    why: failed[0]?.detail ?? 'The proof is not complete.',
    next,
  })
}
