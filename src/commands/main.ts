/** Puts the real world behind the commands: streams, environment, clock, engine, wizard. Imported by the launcher. */
import { readFileSync } from 'node:fs'
import { createUlidFactory, loadDemo } from '../core/index.ts'
import { terminalQuestions } from '../prompts/questions.ts'
import type { Context } from './context.ts'
import { processEngine } from './engine.ts'
import { createInterrupts } from './interrupts.ts'
import { streamOutput } from './output.ts'
import { runProgram } from './program.ts'
import type { Wizard } from './wizard.ts'

// Ink holds every CI variable, even an empty one, for a sign that nobody watches (TERMINAL 4).
function inContinuousIntegration(): boolean {
  return ['CI', 'CONTINUOUS_INTEGRATION'].some(
    name => name in process.env && process.env[name] !== '0' && process.env[name] !== 'false',
  )
}

function whyNoWizard(): string {
  if (process.stdin.isTTY !== true) return 'stdin is not a terminal.'
  if (process.stdout.isTTY !== true) return 'stdout is not a terminal.'
  if (inContinuousIntegration()) return 'The variable CI is set, so nobody is expected to watch.'
  return ''
}

// Loaded only now: importing Ink without a terminal crashes, and costs time that no headless command should pay.
const openWizard: Wizard = async options =>
  options.plain
    ? (await import('../prompts/plain/open.ts')).openPlain(options)
    : (await import('../app.tsx')).openWizard(options)

function versionOf(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

function processContext(): Context {
  const noWizard = whyNoWizard()
  const answers = process.stdin.isTTY === true && process.stderr.isTTY === true && !inContinuousIntegration()
  return {
    argv: process.argv.slice(2),
    environment: process.env,
    folder: process.cwd(),
    stdout: streamOutput(process.stdout),
    stderr: streamOutput(process.stderr),
    questions: answers ? terminalQuestions(process.stdin, process.stderr) : null,
    wizard: noWizard === '' ? openWizard : null,
    noWizard,
    engine: processEngine,
    interrupts: createInterrupts(process),
    newRun: createUlidFactory(),
    clock: () => new Date(),
    loadDemo,
  }
}

// Set, not called: process.exit would cut off what a pipe has not taken yet.
process.exitCode = await runProgram(processContext(), versionOf())
