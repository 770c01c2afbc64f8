/** The machine and its effects, put together: what screens and plain questions have in common. */
import {
  type Choices,
  type DetectedSystem,
  discard,
  makeScratch,
  type Remembered,
  type Settings,
  settingsFrom,
} from '../core/index.ts'
import { createEffects } from './effects.ts'
import { type Engine, processEngine } from './engine.ts'
import { createReports } from './report-file.ts'
import { type GivenTarget, initialWizard } from './state.ts'
import { createStore, type Store } from './store.ts'

export interface WizardOptions {
  readonly targets: readonly GivenTarget[]
  readonly systems: readonly DetectedSystem[]
  /** @param target its path; '' for what is about all targets */
  readonly settingsFor: (target: string) => Settings
  /** Writes the choices for a target into the config file. */
  readonly remember: (target: string, choices: Choices) => Promise<Remembered>
  /** What a path that is typed names; nothing where it is not there. */
  readonly find: (text: string) => readonly GivenTarget[]
  readonly engine?: Engine
}

/** What only whoever shows the wizard can do. */
export interface Shown {
  redraw(): void
  suspend(): void
}

/** What the shell's screen says while the wizard is away. */
export const suspendedNote =
  'ulid-migrate: suspended; the engine goes on, so that it keeps no lock. fg to return.'

export interface Machine {
  readonly store: Store
  /** Whether the engine is at work. */
  busy(): boolean
  /** The exit code, once everything has ended. */
  readonly left: Promise<number>
  /** Throws away the copies that targets were rehearsed with. */
  close(): void
}

export function createMachine(options: WizardOptions, now: () => number, shown: Shown): Machine {
  let leave: (code: number) => void = () => {}
  const left = new Promise<number>(resolve => {
    leave = resolve
  })
  let copies: string | null = null
  const effects = createEffects({
    engine: options.engine ?? processEngine(options.settingsFor),
    now,
    folder: process.cwd(),
    remember: options.remember,
    find: options.find,
    reports: createReports(() => options.settingsFor('')),
    copies: () => {
      copies ??= makeScratch(options.settingsFor(''), 'rehearsal')
      return copies
    },
    dispatch: message => store.dispatch(message),
    redraw: shown.redraw,
    suspend: shown.suspend,
    leave,
  })
  const stateDir = toBeTold(options.settingsFor('').stateDir)
  const store = createStore(initialWizard(options.targets, now(), options.systems, stateDir), effects.perform)
  return {
    store,
    busy: effects.busy,
    left,
    close: () => {
      if (copies !== null) discard(copies)
    },
  }
}

/** The state folder, unless commands that are copied from the screen find it without being told. */
function toBeTold(stateDir: string): string | null {
  const { ULID_MIGRATE_STATE_DIR: set } = process.env
  const found = settingsFrom({ stateDir: set }, process.env, process.cwd()).stateDir
  return stateDir === found ? null : stateDir
}
