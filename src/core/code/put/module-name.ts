/** What a Python file is called in an import. */
import { existsSync, lstatSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'

/** The folder that a module is put in beside what is at `path`: of a package its topmost folder. */
export function packageOf(path: string): string {
  const folder = lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ? path : dirname(path)
  return isPackage(dirname(folder)) && isPackage(folder) ? packageOf(dirname(folder)) : folder
}

/**
 * The dotted name of a module: from the topmost package that holds it. Without any `__init__.py`, from `folder`, where
 * the system is started.
 */
export function moduleOf(path: string, folder: string): string {
  const name = basename(path, '.py')
  let at = dirname(path)
  const parts = [name]
  if (isPackage(at)) for (; isPackage(at); at = dirname(at)) parts.unshift(basename(at))
  else {
    const from = relative(folder, at).split(sep).filter(Boolean)
    if (from.every(part => /^[A-Za-z_]\w*$/.test(part))) parts.unshift(...from)
  }
  return parts.join('.')
}

/** The folder above the topmost package that holds what is at `path`. */
export function rootOf(path: string): string {
  const folder = lstatSync(path, { throwIfNoEntry: false })?.isFile() ? dirname(path) : path
  return isPackage(folder) ? rootOf(dirname(folder)) : folder
}

function isPackage(folder: string): boolean {
  return existsSync(join(folder, '__init__.py'))
}
