/** The whole way over one target without anybody watching: detect, initialize where needed, dry-run, migrate, verify. */
import {
  type Answers,
  commandLine,
  type MigratedTarget,
  type Operation,
  type Outcome,
  type Proof,
  type Requests,
  type TargetState,
} from '../core/index.ts'
import type { Target, Worked } from './each-target.ts'
import { failedProof } from './failure.ts'
import type { Session } from './session.ts'

export interface Walked {
  readonly target: string
  /** As detect found it, before anything was made. */
  readonly state: TargetState
  readonly initialized: readonly string[]
  readonly status: 'succeeded' | 'nothing-to-do'
  readonly strategy: MigratedTarget['strategy'] | null
  readonly identities: number
  readonly identifiers: number
  readonly references: number
  /** Checks of the rehearsal and its undo, of the run, and of each proof from outside. */
  readonly checks: { readonly passed: number; readonly total: number }
}

function tally(proofs: readonly Proof[]) {
  const checks = proofs.flatMap(proof => proof.checks)
  return { passed: checks.filter(check => check.ok).length, total: checks.length }
}

export async function walk(session: Session, target: Target): Promise<Worked<Walked>> {
  const shown = { name: target.name, findings: false }
  const ask = <O extends Operation>(operation: O, request: Requests[O]): Promise<Outcome<Answers[O]>> =>
    session.ask(operation, request, shown)
  const request = { target: target.path, choices: {} }

  let detected = await ask('detect', request)
  if (detected.type === 'failed') return detected
  const { state } = detected.value
  let initialized: readonly string[] = []
  if (state === 'empty') {
    const made = await ask('initialize', { target: target.path, schema: '' })
    if (made.type === 'failed') return made
    initialized = made.value.tables
    detected = await ask('detect', request)
    if (detected.type === 'failed') return detected
  }

  const proofs: Proof[] = []
  let plan: Answers['dry-run']['plan'] | undefined
  if (detected.value.identities.some(identity => identity.migrate)) {
    const rehearsed = await ask('dry-run', request)
    if (rehearsed.type === 'failed') return rehearsed
    plan = rehearsed.value.plan
    proofs.push(rehearsed.value.document.proof, rehearsed.value.document.undo)
    const error = proofs.map(proof =>
      failedProof(proof, target.path, commandLine('dry-run', target.path, '-v')),
    )
    const [wrong] = error.filter(one => one !== null)
    if (wrong) return { type: 'failed', error: wrong }
  }

  const migrated = await ask('migrate', plan === undefined ? request : { ...request, plan })
  if (migrated.type === 'failed') return migrated
  const done = migrated.value
  const changed = done.status === 'succeeded'
  if (changed) {
    proofs.push(done.proof, done.outside)
    const verified = await ask('verify', { target: target.path })
    if (verified.type === 'failed') return verified
    proofs.push(verified.value.proof)
  }

  const document: Walked = {
    target: target.path,
    state,
    initialized,
    status: done.status,
    strategy: changed ? done.strategy : null,
    identities: changed ? done.identities : 0,
    identifiers: changed ? done.identifiers : 0,
    references: changed ? done.references : 0,
    checks: tally(proofs),
  }
  const back = commandLine('rollback', target.path)
  const [wrong] = proofs.map(proof => failedProof(proof, target.path, back)).filter(one => one !== null)
  return wrong ? { type: 'failed', error: wrong, document } : { type: 'done', document }
}
