/** Progress for whoever reads line by line: a line per phase, and one per 10 % of the whole. */
import { phaseNames } from '../../steps/running.ts'
import { duration } from '../../ui/format.ts'
import { type Progress, roughly, secondsLeft, shareDone } from '../../wizard/progress.ts'

const tenth = (progress: Progress) => Math.floor((shareDone(progress) ?? 0) * 10 + 1e-9)

/** @returns what is new in `after`, in the order in which it is to be told: mostly nothing */
export function progressText(before: Progress, after: Progress, now: number): readonly string[] {
  return [
    ...waitText(before, after),
    ...outputText(before, after),
    ...madeText(before, after),
    ...after.checks
      .slice(before.checks.length)
      .flatMap(check => (check.ok ? [] : [`check ${check.id} failed: ${check.detail}`])),
    ...phaseText(before, after),
    ...shareText(before, after, now),
  ]
}

function phaseText(before: Progress, after: Progress): readonly string[] {
  const wasOver = (phase: string) => before.phases.some(each => each.phase === phase && each.seconds !== null)
  return after.phases.flatMap(({ phase, seconds, detail }) => {
    if (seconds === null || wasOver(phase)) return []
    return [`${phaseNames[phase]}: ${[duration(seconds), detail].filter(Boolean).join(', ')}`]
  })
}

/** 100 % is said by what comes after it. */
function shareText(before: Progress, after: Progress, now: number): readonly string[] {
  const tens = tenth(after)
  if (tens <= tenth(before) || tens >= 10) return []
  const left = secondsLeft(after, now)
  return [`${tens * 10} %${left === null ? '' : `, ${roughly(left)} left`}`]
}

function waitText({ wait: before }: Progress, { wait }: Progress): readonly string[] {
  if (wait === null || before?.for === wait.for) return []
  const holder = wait.holder === '' ? '' : `, held by ${wait.holder}`
  return [`waiting for ${wait.for}${holder}, at most ${wait.limit} s`]
}

function outputText({ output: before }: Progress, { output }: Progress): readonly string[] {
  const last = output.at(-1)
  return output === before || last === undefined ? [] : [`output: ${last}`]
}

function madeText({ made: before }: Progress, { made }: Progress): readonly string[] {
  if (made === null || before === made) return []
  const { tables, missing } = made
  const still = missing.length === 0 ? '' : `; still missing: ${missing.join(', ')}`
  return [`tables: ${tables.join(', ')}${still}`]
}
