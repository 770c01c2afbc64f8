/** Everything a command touches outside itself, so that a test can hand it a smaller world. */
import type { Settings } from '../core/index.ts'
import type { Questions } from '../prompts/questions.ts'
import type { DemoWriter } from './demo.ts'
import type { Engine } from './engine.ts'
import type { Interrupts } from './interrupts.ts'
import type { Output } from './output.ts'
import type { Wizard } from './wizard.ts'

export interface Context {
  /** As typed, without node and script; for messages that give the whole command to copy. */
  readonly argv: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The current folder; relative targets and `--out` start here. */
  readonly folder: string
  readonly stdout: Output
  readonly stderr: Output
  /** Null where nobody can answer: no terminal, or CI. */
  readonly questions: Questions | null
  /** Null where no wizard can be drawn; `noWizard` then says why. */
  readonly wizard: Wizard | null
  readonly noWizard: string
  readonly engine: (settings: Settings, run: string) => Engine
  readonly interrupts: Interrupts
  readonly newRun: () => string
  readonly clock: () => Date
  readonly loadDemo: () => Promise<DemoWriter>
}
