/**
 * What `import ... from 'ulid-migrate'` gives: ULIDs, what any id is, the operations that the commands are made of, and the
 * registry. No screen, no React, and SQLite only where a registry is opened: operations
 * run in processes of their own.
 */
import {
  createUlidFactory,
  type EngineRun,
  loadRegistry,
  type Operation,
  openTracer as open,
  type Registry,
  type RegistryOptions,
  type Requests,
  runEngine,
  type Settings,
  settingsFrom,
  type Tracer,
} from './core/index.ts'

export type {
  Answers,
  Choices,
  EngineEvent,
  EngineRun,
  ExitCode,
  Failure,
  IdKind,
  InspectedId,
  LookOptions,
  Message,
  NewRegistration,
  Operation,
  Outcome,
  ParsedUlid,
  Plan,
  Registration,
  Registry,
  RegistryOptions,
  RegistryStatistics,
  Requests,
  Settings,
  Stamped,
  Trace,
  Tracer,
} from './core/index.ts'
export {
  createUlidFactory,
  exitCodes,
  idTime,
  inspectId,
  isUlid,
  kindOf,
  parseUlid,
  Refusal,
  sqliteUlidExpression,
  ulidTime,
  uuidToUlid,
} from './core/index.ts'

/** A ULID for now, greater than every one that this process has made before. */
export const ulid: () => string = createUlidFactory()

/**
 * Starts an operation as the commands do: in a process of its own, whose events come as they happen.
 *
 * `outcome` never rejects: it is `{ type: 'result', value }`, or `{ type: 'failed', error }` with code, object, message, why,
 * next and the exit code that a command would end with. Whoever does not read `events` need not.
 *
 * @param settings where the ledger and the snapshots lie, and how long to wait for locks; as for the commands unless given
 */
export function start<O extends Operation>(
  operation: O,
  request: Requests[O],
  settings: Partial<Settings> = {},
): EngineRun<O> {
  return runEngine({ operation, request, settings: completed(settings), run: ulid() })
}

/**
 * Opens the registry of the state folder, and makes it where there is none. Close it when done.
 *
 * Rejects with a {@link Refusal} `REGISTRY.UNUSABLE` for a file that can't be opened or is none of ours.
 */
export async function openRegistry(
  settings: Partial<Settings> = {},
  options: RegistryOptions = {},
): Promise<Registry> {
  const { openRegistry: open } = await loadRegistry()
  return open(completed(settings), options)
}

/**
 * Opens databases, or all that the ledger knows, for whoever traces one id after the other. They are only read, what others
 * write is seen, and no lock is kept between two traces. Close it when done.
 */
export function openTracer(
  targets: readonly string[] = [],
  settings: Partial<Settings> = {},
): Promise<Tracer> {
  return open(targets, completed(settings))
}

function completed({ stateDir, snapshotDir, waitSeconds, duckdbMemory }: Partial<Settings>): Settings {
  const given = { stateDir, snapshotDir, wait: waitSeconds, duckdbMemory }
  return settingsFrom(given, process.env, process.cwd())
}
