/** What a target is called: its file name, with as much of its path as tells it from the others. */
import { printable } from './printable.ts'

const partsOf = (path: string) => path.split(/[\\/]/).filter(Boolean)

/** @returns the name of each path, in order */
export function targetNames(paths: readonly string[]): readonly string[] {
  const parts = paths.map(partsOf)
  return parts.map((own, index) => {
    const tail = (of: readonly string[], length: number) => of.slice(-length).join('/')
    const others = parts.filter((_, other) => paths[other] !== paths[index])
    let length = 1
    while (length < own.length && others.some(other => tail(other, length) === tail(own, length))) length += 1
    return tail(own, length) || paths[index]!
  })
}

/** The name of one target among all of them. */
export function targetName(target: string, all: readonly string[]): string {
  return targetNames(all)[all.indexOf(target)] ?? fileName(target)
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
