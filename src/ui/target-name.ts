/** What a target is called: its file name, with as much of its path as tells it from the others. */
import { printable } from './printable.ts'

const partsOf = (path: string) => path.split(/[\\/]/).filter(Boolean)

/** @returns the name of each path, in order */
export function targetNames(paths: readonly string[]): readonly string[] {
  const names = new Map<string, string>()
  // Those that still have one name say one part more each, or all they have: once for each part, not for each pair.
  let open = [...new Set(paths)].map(path => ({ path, parts: partsOf(path) }))
  for (let length = 1; open.length > 0; length += 1) {
    const many = new Map<string, number>()
    for (const { path, parts } of open) {
      const name = parts.slice(-length).join('/')
      names.set(path, name)
      many.set(name, (many.get(name) ?? 0) + 1)
    }
    open = open.filter(({ path, parts }) => length < parts.length && many.get(names.get(path) ?? '') !== 1)
  }
  return paths.map(path => names.get(path) || path)
}

/** The last part of a path. */
export function fileName(target: string): string {
  return partsOf(target).at(-1) ?? target
}

/** Whether `typed` names the target at `path`: its file name, or any longer end of its path. */
export function isNameOf(typed: string, path: string): boolean {
  return typed !== '' && (typed === path || path.endsWith(`/${typed}`) || path.endsWith(`\\${typed}`))
}

/**
 * Whether what was typed is the name, exactly. The name as it is shown is the name to type, so that one with an escape
 * code in it can be typed at all; composed and decomposed letters look the same and count as the same.
 */
export function matchesName(typed: string, name: string): boolean {
  return printable(typed).normalize('NFC') === printable(name).normalize('NFC')
}
