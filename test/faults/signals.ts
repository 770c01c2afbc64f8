/**
 * Ends or suspends the program by every way that a system and a terminal have, at every phase: the file must be the old
 * one or the complete new one, what is said and the exit code must fit, and the same command must then end well.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { type OpenTerminal, openTerminal } from '../e2e/terminal.ts'
import { cli } from '../support/program.ts'
import { aftermath, printOf } from './kill.ts'
import { type MediumName, media } from './media.ts'
import { untilUnused } from './processes.ts'
import type { Attacked } from './report.ts'
import { makeScene, type Scene, type SceneName } from './scenes.ts'
import { flags, openWizard, walkToMigrate, wordsOf } from './screens.ts'

const exits = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
type Signal = keyof typeof exits

/** What is done to the program. */
export const ways = [
  'SIGINT',
  'SIGINT twice',
  'SIGTERM',
  'SIGHUP',
  'terminal closed',
  'suspended and back',
] as const
export type Way = (typeof ways)[number]

const order = (command: Scene) => [cli, ...wordsOf(command), '--events', '--json', ...flags(command)]
const started = (phase: string) => `"phase":"${phase}","status":"started"`

/** @returns what is not as it must be; one entry that begins with "too late" where the program was quicker */
export async function interrupt(scene: Scene, phase: string, way: Way): Promise<readonly string[]> {
  scene.reset()
  const print = printOf(scene)
  const violations =
    way === 'terminal closed'
      ? await closeTerminal(scene, phase)
      : way === 'suspended and back'
        ? await suspend(scene, phase)
        : await signal(scene, phase, way)
  const struck = await aftermath(scene, true, print)
  const content = struck.ended === 'new' && scene.before !== scene.after
  return [...violations.flatMap(each => each(content)), ...struck.violations]
}

/** What can be judged only when it is known whether the change was made. */
type Judgement = (made: boolean) => readonly string[]

async function signal(scene: Scene, phase: string, way: Way): Promise<readonly Judgement[]> {
  const [name, twice] = way.split(' ') as [Signal, string | undefined]
  const child = spawn(process.execPath, order(scene), { stdio: ['ignore', 'pipe', 'pipe'] })
  let [said, told, sent] = ['', '', false]
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told += text
    if (sent || !told.includes(started(phase))) return
    sent = true
    child.kill(name)
    if (twice) void delay(20).then(() => child.kill(name))
  })
  const [code, by] = (await once(child, 'close')) as [number | null, Signal | null]
  // A second signal may come when all is said, and nobody listens any more: for a shell that is the same.
  const exit = code ?? (twice && by === name ? exits[name] : by)
  return [
    made => {
      if (!sent) return [`the phase ${phase} did not come`]
      if (exit === 0)
        return made || scene.before === scene.after ? [] : ['it ended with 0, and nothing is done']
      if (exit !== exits[name]) return [`it ended with ${exit}: ${said.slice(0, 300)}`]
      if (made && /as it was|Nothing was changed/.test(said))
        return [`the change is made, and it says: ${said}`]
      if (!made && /is made|is committed/.test(said)) return [`nothing is changed, and it says: ${said}`]
      return []
    },
  ]
}

async function closeTerminal(scene: Scene, phase: string): Promise<readonly Judgement[]> {
  const terminal = openTerminal({ command: process.execPath, args: order(scene), cols: 500 })
  try {
    await untilBytes(terminal, started(phase))
    terminal.hangUp()
    const ended = await endedWithin(terminal.pid, 60)
    return ended ? [] : [() => ['the program is still there a minute after its terminal went']]
  } finally {
    terminal.close()
  }
}

/** Ctrl-Z in a shell, and `fg`: the engine goes on meanwhile, and the command comes to its end. */
async function suspend(scene: Scene, phase: string): Promise<readonly Judgement[]> {
  const terminal = openTerminal({
    command: 'bash',
    args: ['--norc', '--noprofile', '-i'],
    env: { PS1: 'shell> ' },
    cols: 500,
  })
  try {
    await terminal.until(/shell>/)
    const command = [process.execPath, ...order(scene)].map(word => `'${word}'`).join(' ')
    terminal.type(`${command}; echo "ended with $?"\r`)
    await untilBytes(terminal, started(phase))
    terminal.press('ctrl-z')
    const stopped = await untilBytes(terminal, 'Stopped', 'ended with 0')
    await delay(300)
    if (stopped === 'Stopped') terminal.type('fg; echo "came back with $?"\r')
    const end = stopped === 'Stopped' ? 'came back with ' : 'ended with '
    await untilBytes(terminal, `${end}0`)
    return [
      made => (made || scene.before === scene.after ? [] : ['it came back with 0, and nothing is done']),
    ]
  } finally {
    terminal.close()
    await untilUnused(scene.folder)
  }
}

/** Waits until one of these was written to the terminal, whatever the screen made of it. */
async function untilBytes(terminal: OpenTerminal, ...texts: readonly string[]): Promise<string> {
  for (let waited = 0; waited < 120_000; waited += 5) {
    const found = texts.find(text => terminal.bytes().includes(text))
    if (found !== undefined) return found
    await delay(5)
  }
  throw new Error(`${texts.join(' or ')} did not come:\n${terminal.bytes().slice(-2000)}`)
}

async function endedWithin(pid: number, seconds: number): Promise<boolean> {
  for (let waited = 0; waited < seconds * 20; waited++) {
    try {
      process.kill(pid, 0)
    } catch {
      return true
    }
    await delay(50)
  }
  return false
}

/** What the wizard's process is sent while it shows a live migration in this phase. */
export async function interruptWizard(
  scene: Scene,
  phase: RegExp,
  way: 'SIGTERM' | 'SIGHUP' | 'SIGINT twice' | 'terminal closed',
): Promise<readonly string[]> {
  scene.reset()
  const print = printOf(scene)
  const terminal = openWizard(scene)
  try {
    await walkToMigrate(terminal)
    // The screen is drawn a few times a second: what passes quicker is met a phase later, or at the end.
    await terminal.until(new RegExp(`${phase.source}|committed and proved`), 60_000)
    if (way === 'terminal closed') terminal.hangUp()
    else if (way === 'SIGINT twice') terminal.press('ctrl-c', 'ctrl-c')
    else terminal.signal(way)
    if (way === 'SIGINT twice') {
      // The wizard stays, and says what came of it.
      await terminal.until(/as it was|committed|Stopped|stopped|killed/i, 60_000)
      terminal.signal('SIGTERM')
    }
    const left = (await endedWithin(terminal.pid, 60)) ? [] : ['the wizard is still there a minute later']
    return [...left, ...(await aftermath(scene, true, print)).violations]
  } finally {
    terminal.close()
  }
}

const wizardPhases = [
  'snapshot|check the snapshot',
  'new identifiers|rewrite',
  'rewrite|verify before commit',
  'commit|verify from outside',
] as const

const scenes: readonly (readonly [SceneName, MediumName])[] = [
  ['migrate', 'DELETE'],
  ['expand', 'WAL'],
  ['undo', 'WAL'],
  ['restore', 'DELETE'],
  ['dry-run', 'DELETE'],
  ['migrate', 'DuckDB'],
  ['expand', 'DuckDB'],
  ['contract', 'DuckDB'],
  ['undo', 'DuckDB'],
  ['restore', 'DuckDB'],
]

/** @param every of all ways at all phases, only each so many-th */
export async function attackBySignals(
  rows: number,
  say: (line: string) => void,
  every = 1,
  kinds: readonly MediumName[] = media,
  isLate: () => boolean = () => false,
): Promise<Attacked> {
  const violations: string[] = []
  let sent = 0
  let turn = 0
  const isChosen = () => turn++ % every === 0 && !isLate()
  for (const [name, kind] of scenes.filter(([, kind]) => kinds.includes(kind))) {
    const scene = await makeScene(name, kind, rows)
    try {
      const phases = await phasesOf(scene)
      for (const phase of phases)
        for (const way of ways) {
          if (!isChosen()) continue
          sent += 1
          for (const each of await interrupt(scene, phase, way))
            violations.push(`${name}, ${kind}, ${phase}, ${way}: ${each}`)
        }
      if (name === 'migrate')
        for (const phase of wizardPhases)
          for (const way of ['SIGTERM', 'SIGHUP', 'SIGINT twice', 'terminal closed'] as const) {
            if (!isChosen()) continue
            sent += 1
            for (const each of await interruptWizard(scene, new RegExp(`● (${phase})`), way))
              violations.push(`the wizard, ${phase}, ${way}: ${each}`)
          }
      say(`  ${name}, ${kind}: ${phases.length} phases`)
    } finally {
      scene.drop()
    }
  }
  for (const violation of violations) say(`  ${violation}`)
  return {
    line: `${sent} times ended or suspended by a signal or the terminal, ${violations.length} violations`,
    violations,
  }
}

async function phasesOf(scene: Scene): Promise<readonly string[]> {
  scene.reset()
  const phases = new Set<string>()
  for await (const event of scene.begin().events) if (event.type === 'phase') phases.add(event.phase)
  return [...phases]
}
