/**
 * Tries what the source code is to make its ids with, in the system's own interpreter: imports it, calls it, and looks at
 * what it makes. A module that is there but makes sixteen zeros, or dies at the first call, is worse than none.
 */
import { execa } from 'execa'
import type { CodeGenerator } from '../documents.ts'
import { isUlid, ulidTime } from '../identifiers/index.ts'
import { callOf } from './change-file.ts'

export const tries = 1000
const minute = 60_000
const limit = 60_000

export interface Trial {
  readonly module: string
  readonly name: string
  readonly language: 'python' | 'javascript'
  readonly interpreter: readonly string[]
  /** Where it is run: the folder of the system, from which its own modules are found. */
  readonly folder: string
  /** Where Python has to look as well, for a module that lies in the source tree. */
  readonly root?: string
  /** The text of a module that is not in its place yet. */
  readonly text?: string
}

interface Made {
  readonly began: number
  readonly ended: number
  readonly values: readonly (readonly [type: string, value: string])[]
}

/** What comes before the answer, so that what the system itself prints does not matter. */
const answer = 'ulid-migrate-answer:'

export async function checkGenerator(trial: Trial): Promise<CodeGenerator> {
  const { module, name, interpreter } = trial
  const about = { module, name, interpreter: interpreter.join(' ') }
  const none = { ...about, values: 0, notes: [] }
  const [program = 'python3', ...words] = interpreter
  const ran = await execa(program, [...words, ...scriptFor(trial)], {
    cwd: trial.folder,
    reject: false,
    timeout: limit,
    killSignal: 'SIGKILL',
    stdin: 'ignore',
    maxBuffer: 8_000_000,
    env: { PYTHONDONTWRITEBYTECODE: '1', PYTHONIOENCODING: 'utf-8' },
  })
  if (ran.code === 'ENOENT')
    return { ...none, state: 'missing', reasons: [`The interpreter ${program} is not there.`] }
  if (ran.timedOut) return { ...none, state: 'wrong', reasons: [`It took longer than ${limit / 1000} s.`] }
  const line = ran.stdout.split('\n').find(each => each.startsWith(answer))
  if (line === undefined) {
    const lines = ran.stderr.trim().split('\n')
    const last =
      (trial.language === 'javascript' ? lines.find(each => /^\w*Error\b/.test(each)) : lines.at(-1)) ||
      `It ended with ${ran.exitCode ?? ran.signal}.`
    const absent =
      /ModuleNotFoundError|ImportError|has no attribute|ERR_MODULE_NOT_FOUND|does not provide an export/.test(
        ran.stderr,
      )
    return { ...none, state: absent ? 'missing' : 'wrong', reasons: [last] }
  }
  const made = JSON.parse(line.slice(answer.length)) as Made
  const { reasons, notes } = judge(made)
  return {
    ...about,
    state: reasons.length === 0 ? 'good' : 'wrong',
    values: made.values.length,
    reasons,
    notes,
  }
}

function scriptFor(trial: Trial): readonly string[] {
  return trial.language === 'python'
    ? ['-c', pythonScript(trial)]
    : ['--input-type=module', '-e', nodeScript(trial)]
}

function pythonScript({ module, name, root, text }: Trial): string {
  const put =
    text === undefined
      ? `${root === undefined ? '' : `sys.path.insert(0, ${JSON.stringify(root)})\n`}from ${module} import ${name} as make`
      : `space = {"__name__": "ulid_generate"}; exec(compile(${JSON.stringify(text)}, "ulid_generate.py", "exec"), space); make = space["${name}"]`
  return `
import json, sys, time
${put}
began = time.time()
values = [${callOf(name, 'make')} for _ in range(${tries})]
ended = time.time()
print()
print("${answer}" + json.dumps({
    "began": began * 1000,
    "ended": ended * 1000,
    "values": [[type(value).__name__, str(value)[:200]] for value in values],
}))
`
}

function nodeScript({ module, name }: Trial): string {
  return `
import { ${name} as make } from '${module}'
const began = Date.now()
const values = Array.from({ length: ${tries} }, () => make())
const ended = Date.now()
const told = values.map(value => [typeof value === 'string' ? 'str' : typeof value, String(value).slice(0, 200)])
console.log('\\n${answer}' + JSON.stringify({ began, ended, values: told }))
`
}

function judge({ began, ended, values }: Made): Pick<CodeGenerator, 'reasons' | 'notes'> {
  const texts = values.map(([, value]) => value)
  const otherType = values.find(([type]) => type !== 'str')
  const noUlid = texts.filter(text => !isUlid(text))
  const reasons: string[] = []
  if (otherType) reasons.push(`It makes ${otherType[0]}, and no str.`)
  if (noUlid.length > 0)
    reasons.push(
      `${noUlid.length} of ${texts.length} values are no ULIDs, as ${JSON.stringify(noUlid[0])}: 26 Crockford digits, the first 0 to 7, are one.`,
    )
  const different = new Set(texts.map(text => text.toUpperCase())).size
  if (different < texts.length) reasons.push(`Only ${different} of ${texts.length} values are different.`)
  if (reasons.length > 0) return { reasons, notes: [] }
  const times = texts.map(ulidTime)
  const off = times.filter(time => time < began - minute || time > ended + minute)
  if (off.length > 0)
    reasons.push(`${off.length} values are not of now, as ${new Date(off[0]!).toISOString()}.`)
  const back = times.filter((time, at) => at > 0 && time < times[at - 1]!).length
  if (back > 0) reasons.push(`The time goes back ${back} times.`)
  const cases = new Set(
    texts.map(text =>
      text === text.toUpperCase() ? 'upper' : text === text.toLowerCase() ? 'lower' : 'mixed',
    ),
  )
  if (cases.size > 1 || cases.has('mixed'))
    reasons.push('Upper and lower case are mixed: they do not sort together.')
  const inversions = texts.filter((text, at) => at > 0 && text < texts[at - 1]!).length
  const notes = [
    ...(cases.has('lower')
      ? ['It makes lower case: migrate with --case lower, so that a column has one case.']
      : []),
    ...(inversions > 0 && back === 0
      ? [
          `${inversions} of ${texts.length - 1} are less than the one before: within a millisecond they do not sort as they were made.`,
        ]
      : []),
  ]
  return { reasons, notes }
}
