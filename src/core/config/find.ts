/** Where config files lie: the project's in the current folder or one above it, the user's in the XDG config folder. */
import { statSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { usage } from '../message.ts'

const base = 'ulid-migrate.config'
const data = ['.json', '.yaml', '.yml'] as const
const code = ['.ts', '.mts', '.js', '.mjs'] as const

/** Whether reading the file means running it. */
export function isCode(file: string): boolean {
  return (code as readonly string[]).includes(extname(file))
}

/** @returns the config file of one folder, or null; throws a refusal where there are several */
export function configIn(folder: string): string | null {
  const there = [...data, ...code]
    .map(extension => join(folder, base + extension))
    .filter(file => statSync(file, { throwIfNoEntry: false })?.isFile())
  const [first = null, ...others] = there
  if (others.length === 0) return first
  throw usage(
    'CONFIG.AMBIGUOUS',
    folder,
    'There are several config files in this folder.',
    `They are ${there.join(', ')}; none of them comes before the others.`,
    'Keep one, or name it: --config FILE',
  )
}

/** Where a config file is made in a folder that has none. */
export function newConfigIn(folder: string): string {
  return join(folder, `${base}.json`)
}

/** @returns the nearest config file from `folder` upwards, or null */
export function configAbove(folder: string): string | null {
  const found = configIn(folder)
  const parent = dirname(folder)
  if (found !== null || parent === folder) return found === null ? null : ownCode(found)
  return configAbove(parent)
}

/** A folder above may be open to all, as /tmp is: what somebody else put there is not run without being named. */
function ownCode(file: string): string {
  const me = process.getuid?.()
  const owner = statSync(file).uid
  if (!isCode(file) || me === undefined || owner === me || owner === 0) return file
  throw usage(
    'CONFIG.FOREIGN',
    file,
    'This config file is a program, and belongs to somebody else.',
    `Reading it would run it. Its owner has the number ${owner}, you have ${me}.`,
    `If you trust it, name it: --config ${file}`,
  )
}
