/**
 * The one shape of everything the program tells a person: a finding, an error, a warning.
 * `object` names the thing (file, table, column), `why` the reason, `next` the command or step to take.
 */
export interface Message {
  /** Dotted, stable, in capitals: `TARGET.MISSING`. docs/messages.md explains each. */
  readonly code: string
  readonly severity: 'info' | 'warning' | 'blocker'
  readonly object: string
  readonly message: string
  readonly why: string
  readonly next: string
}

/** Exit codes are a promise to scripts; README's table is checked against this. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  verification: 3,
  precondition: 4,
  stopped: 5,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** What a refusal leaves behind, so that every screen can say it in the same words. */
export interface Failure extends Message {
  readonly exit: ExitCode
}

/**
 * Unwinds the stack (and with it a transaction) carrying a {@link Failure}. It is thrown only inside the engine and
 * becomes a `failed` event at its edge; whoever reads events never needs try/catch.
 */
export class Refusal extends Error {
  readonly failure: Failure

  constructor(failure: Omit<Failure, 'severity'>) {
    super(`${failure.code} ${failure.object}: ${failure.message}`)
    this.name = 'Refusal'
    this.failure = { severity: 'blocker', ...failure }
  }
}

/** A precondition does not hold: nothing was changed. */
export function precondition(
  code: string,
  object: string,
  message: string,
  why: string,
  next: string,
): Refusal {
  return new Refusal({ code, object, message, why, next, exit: exitCodes.precondition })
}

/** The caller asked for something that does not exist or contradicts itself. */
export function usage(code: string, object: string, message: string, why: string, next: string): Refusal {
  return new Refusal({ code, object, message, why, next, exit: exitCodes.usage })
}
