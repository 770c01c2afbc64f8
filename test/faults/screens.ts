/** The process that shows a run is killed, not the engine: the engine then has nobody to work for, rolls back and ends. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { type OpenTerminal, openTerminal } from '../e2e/terminal.ts'
import { cli } from '../support/program.ts'
import { aftermath, printOf, type Struck } from './kill.ts'
import type { Scene } from './scenes.ts'

export const flags = ({ settings, choices, name }: Scene) => [
  ...['--state-dir', settings.stateDir, '--snapshot-dir', settings.snapshotDir],
  ...(name === 'migrate' || name === 'expand' || name === 'integers'
    ? [...['--seed', choices.seed ?? '', '--base-time', choices.baseTime ?? '']]
    : []),
  ...(choices.strategy ? ['--strategy', choices.strategy] : []),
]

/** What is typed for the operation of a scene. */
export function wordsOf({ name, target }: Scene): readonly string[] {
  switch (name) {
    case 'undo':
      return ['rollback', target, '--yes']
    case 'restore':
      return ['rollback', target, '--restore', '--confirm', 'a.db']
    case 'contract':
      return ['contract', target, '--early', '--confirm', 'a.db']
    case 'dry-run':
    case 'detect':
      return [name, target]
    default:
      return ['migrate', target, '--yes']
  }
}

/** Kills the command line `after` milliseconds or when it has said that a phase began. */
export async function killCommand(
  scene: Scene,
  when: { readonly after: number } | { readonly at: string },
): Promise<Struck> {
  scene.reset()
  const print = printOf(scene)
  const child = spawn(process.execPath, [cli, ...wordsOf(scene), '--events', '--json', ...flags(scene)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
    if ('at' in when && said.includes(`"phase":"${when.at}","status":"started"`)) child.kill('SIGKILL')
  })
  if ('after' in when) void delay(when.after).then(() => child.kill('SIGKILL'))
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null]
  return aftermath(scene, signal === 'SIGKILL', print)
}

/** Kills the wizard while it shows this phase of a live migration. */
export async function killWizard(scene: Scene, phase: RegExp): Promise<Struck> {
  scene.reset()
  const print = printOf(scene)
  const terminal = openWizard(scene)
  try {
    await walkToMigrate(terminal)
    await terminal.until(phase, 60_000)
    terminal.signal('SIGKILL')
    await terminal.exit
    return await aftermath(scene, true, print)
  } finally {
    terminal.close()
  }
}

export function openWizard(scene: Scene): OpenTerminal {
  return openTerminal({
    command: process.execPath,
    args: [cli, scene.target, ...flags(scene)],
    env: { XDG_CONFIG_HOME: scene.folder },
    cwd: scene.folder,
  })
}

/** From the wizard's first screen to the moment where the live migration begins. */
export async function walkToMigrate(terminal: OpenTerminal): Promise<void> {
  await terminal.until(/a\.db .*ready/, 60_000)
  terminal.press('enter')
  await terminal.until(/enter dry-run/, 60_000)
  terminal.press('enter')
  await terminal.until(/enter confirm/, 60_000)
  terminal.press('enter')
  await terminal.until(/Type the name of the database/)
  terminal.type('a.db\r')
}
