/** Files by a path with `*` in it: any name, or a part of one; hidden ones where the pattern names the dot. */
import { readdirSync } from 'node:fs'

/** Those that are there, by name; without a `*`, the path itself, be it there or not. Never throws. */
export function filesLike(path: string): readonly string[] {
  const [first = '', ...steps] = path.split('/')
  return steps.reduce<readonly string[]>(
    (folders, step) =>
      folders.flatMap(folder => namesLike(folder || '/', step).map(name => `${folder}/${name}`)),
    [first],
  )
}

function namesLike(folder: string, step: string): readonly string[] {
  if (!step.includes('*')) return [step]
  const parts = step.split('*').map(part => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
  const like = new RegExp(`^${step.startsWith('*') ? '(?!\\.)' : ''}${parts.join('.*')}$`)
  try {
    return readdirSync(folder)
      .filter(name => like.test(name))
      .sort()
  } catch {
    return [] // it is not there, or not ours to look into
  }
}
