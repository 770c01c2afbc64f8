/** What is attacked: a database in a folder of its own, brought to where the operation begins, as often as needed. */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EngineRun } from '../../src/core/host.ts'
import { createUlidFactory } from '../../src/core/identifiers/index.ts'
import type { Plan } from '../../src/core/plan/plan.ts'
import type { Answers, Choices, Operation, Requests, Settings } from '../../src/core/requests.ts'
import { runEngine } from '../support/program.ts'
import { type Medium, type MediumName, mediumOf } from './media.ts'

export const operations = [
  'migrate',
  'expand',
  'contract',
  'integers',
  'undo',
  'restore',
  'dry-run',
  'detect',
] as const
export type SceneName = (typeof operations)[number]

export interface Scene {
  readonly name: SceneName
  readonly kind: MediumName
  readonly medium: Medium
  readonly folder: string
  readonly target: string
  readonly settings: Settings
  readonly choices: Choices
  /** Of a contract, which is made once. */
  readonly plan?: Plan
  /** Content hashes before the operation, and after it where nobody disturbs it. */
  readonly before: string
  readonly after: string
  /** How long it takes undisturbed. */
  readonly milliseconds: number
  /** Puts everything back to where the operation begins: same files, same paths. */
  reset(): void
  /** Begins the operation. */
  begin(): EngineRun<Operation>
  drop(): void
}

const newRun = createUlidFactory()
/** Two runs give the same ULIDs, so that what is complete can be told by its hash. */
const frozen: Choices = { seed: '5eed'.repeat(16), baseTime: '2026-02-11T07:25:00Z' }

/** Runs an operation that must succeed. */
export async function mustRun<O extends Operation>(
  settings: Settings,
  operation: O,
  request: Requests[O],
): Promise<Answers[O]> {
  const outcome = await runEngine({ operation, request, settings, run: newRun() }).outcome
  if (outcome.type === 'result') return outcome.value
  const { code, object, message, why } = outcome.error
  throw new Error(`${operation}: ${code} ${object}: ${message} ${why}`)
}

/** What the operation of a scene is called, and asked. */
export function requestOf(scene: Pick<Scene, 'name' | 'target' | 'choices' | 'plan'>): {
  readonly operation: Operation
  readonly request: Requests[Operation]
} {
  const { name, target, choices } = scene
  switch (name) {
    case 'migrate':
    case 'expand':
    case 'integers':
      return { operation: 'migrate', request: { target, choices } }
    case 'contract':
      return {
        operation: 'migrate',
        request: { target, choices: {}, confirm: 'a.db', ...(scene.plan ? { plan: scene.plan } : {}) },
      }
    case 'undo':
      return { operation: 'rollback', request: { target, mode: 'undo', dryRun: false } }
    case 'restore':
      return { operation: 'rollback', request: { target, mode: 'restore', dryRun: false, confirm: 'a.db' } }
    case 'dry-run':
    case 'detect':
      return { operation: name, request: { target, choices } }
  }
}

/** Makes a scene, and runs its operation once to know how it ends. */
export async function makeScene(name: SceneName, kind: MediumName, rows: number): Promise<Scene> {
  const root = mkdtempSync(join(tmpdir(), 'ulid-migrate-faults-'))
  const [folder, pristine] = [join(root, 'at'), join(root, 'pristine')]
  const target = join(folder, 'data', 'a.db')
  const settings = {
    stateDir: join(folder, 'state'),
    snapshotDir: join(folder, 'snapshots'),
    waitSeconds: 60,
  }
  mkdirSync(join(folder, 'data'), { recursive: true })
  const medium = mediumOf(kind)
  await medium.make(target, name === 'integers' ? 'integers' : 'texts', rows)
  const choices: Choices = name === 'expand' ? { ...frozen, strategy: 'expand' } : frozen
  if (name === 'undo' || name === 'restore') {
    await mustRun(settings, 'migrate', { target, choices })
    await medium.change(target, "INSERT INTO logs(job_id, line) SELECT job_id, 'since' FROM jobs LIMIT 3")
  }
  let plan: Plan | undefined
  if (name === 'contract') {
    // It reads the columns that go, and a contract leaves views to their owner.
    if (kind === 'DuckDB') await medium.change(target, 'DROP VIEW lines')
    await mustRun(settings, 'migrate', { target, choices: { ...frozen, strategy: 'expand' } })
    await medium.change(target, "INSERT INTO logs(job_id, line) SELECT job_id, 'since' FROM jobs LIMIT 3")
    // DuckDB has no triggers: its newer rows are completed by the same command again.
    if (kind === 'DuckDB') await mustRun(settings, 'migrate', { target, choices: {} })
    plan = (await mustRun(settings, 'plan-contract', { target, choices: { early: true } })).plan
  }
  cpSync(folder, pristine, { recursive: true, preserveTimestamps: true })
  const before = await medium.content(target)
  const { operation, request } = requestOf({ name, target, choices, ...(plan ? { plan } : {}) })
  const begun = performance.now()
  await mustRun(settings, operation, request)
  const milliseconds = performance.now() - begun
  const after = await medium.content(target)
  return {
    name,
    kind,
    medium,
    folder,
    target,
    settings,
    choices,
    ...(plan ? { plan } : {}),
    before,
    after,
    milliseconds,
    reset: () => {
      rmSync(folder, { recursive: true, force: true })
      cpSync(pristine, folder, { recursive: true, preserveTimestamps: true })
    },
    begin: () => runEngine({ operation, request, settings, run: newRun() }),
    drop: () => rmSync(root, { recursive: true, force: true }),
  }
}
