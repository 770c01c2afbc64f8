/** What each line of a config file may say, and the file as a whole may not. */
import { dirname } from 'node:path'
import { usage } from '../message.ts'
import { builtInSystems } from '../systems/built-in.ts'
import type { ConfigFile } from './config.ts'
import { located, samePlace } from './paths.ts'

/** Throws a refusal. */
export async function refuseContradictions(files: readonly ConfigFile[]): Promise<void> {
  const named = files.flatMap(({ config }) => Object.keys(config.systems ?? {}))
  const systems = [...new Set([...builtInSystems.map(each => each.name), ...named])]
  for (const each of files) {
    await refuseTwice(each)
    await refuseUnknownOrder(each, systems)
  }
}

/** Two names for one database would be two answers to one question. */
async function refuseTwice({ file, config }: ConfigFile): Promise<void> {
  const paths = Object.keys(config.targets ?? {})
  const at = (path: string) => located(dirname(file), path)
  for (const [index, path] of paths.entries()) {
    const before = paths.slice(0, index).find(other => samePlace(at(other), at(path)))
    if (before === undefined) continue
    const [first, second] = await Promise.all(
      [before, path].map(async each => `${JSON.stringify(each)}${await onLine(file, ['targets', each])}`),
    )
    throw usage(
      'CONFIG.INVALID',
      file,
      'The config file names one database twice.',
      `targets: ${first} and ${second} are the same file.`,
      'Put what is said of it in one place.',
    )
  }
}

/** A name with a slip of the pen in it would leave its system to come last, unnoticed. */
async function refuseUnknownOrder({ file, config }: ConfigFile, systems: readonly string[]): Promise<void> {
  const order = config.order ?? []
  const index = order.findIndex((name, at) => !systems.includes(name) || order.indexOf(name) < at)
  if (index < 0) return
  const name = JSON.stringify(order[index])
  const known = systems.includes(order[index]!)
  throw usage(
    'CONFIG.INVALID',
    file,
    known
      ? 'The order of the systems names one twice.'
      : 'The order of the systems names one that is unknown.',
    `order: ${name}${await onLine(file, ['order', index])}; the systems are ${systems.join(', ')}.`,
    'Correct it, or describe that system under "systems".',
  )
}

async function onLine(file: string, place: readonly PropertyKey[]): Promise<string> {
  const { linesIn } = await import('./lines.ts') // brings the YAML reader along
  const line = linesIn(file)(place)
  return line === null ? '' : ` (line ${line})`
}
