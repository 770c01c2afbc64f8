/** What a Python file is called in an import. */
import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import { readSource } from '../source-text.ts'

/** The folder that a module is put in beside what is at `path`: of a package its topmost folder. */
export function packageOf(path: string): string {
  const folder = lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ? path : dirname(path)
  return isPackage(dirname(folder)) && isPackage(folder) ? packageOf(dirname(folder)) : folder
}

/**
 * The dotted name of a module: from the topmost package that holds it. Without any `__init__.py` its folder may be one
 * that modules are found in (`python3 src/main.py`), or one that is part of their names (`python3 -m src.main`): what
 * `sources` import from it tells, and most are of the first kind.
 */
export function moduleOf(path: string, folder: string, sources: readonly string[]): string {
  const name = basename(path, '.py')
  let at = dirname(path)
  const parts = [name]
  if (isPackage(at)) for (; isPackage(at); at = dirname(at)) parts.unshift(basename(at))
  else {
    const from = relative(folder, at).split(sep).filter(Boolean)
    if (isImportedAs(from, at, sources)) parts.unshift(...from)
  }
  return parts.join('.')
}

/** The folder that has to be among those where Python looks, for a module to be found by its name. */
export function searchedFor(path: string, module: string): string {
  return module.split('.').reduce(at => dirname(at), path)
}

/** Whether more of the sources know what is in the folder by dotted names than by plain ones. */
function isImportedAs(from: readonly string[], at: string, sources: readonly string[]): boolean {
  if (from.length === 0 || !from.every(isName)) return false
  const beside = readdirSync(at)
    .map(each => each.replace(/\.py$/, ''))
    .filter(isName)
  const imports = (names: readonly string[]) =>
    new RegExp(`^[ \\t]*(?:from|import)[ \\t]+(?:${names.join('|')})\\b`, 'm')
  const [dotted, plain] = [imports([from.join('\\.')]), imports(beside)]
  let votes = 0
  for (const source of sources) {
    const read = readSource(source)
    if ('skipped' in read) continue
    if (dotted.test(read.text)) votes += 1
    else if (beside.length > 0 && plain.test(read.text)) votes -= 1
  }
  return votes > 0
}

function isName(text: string): boolean {
  return /^[A-Za-z_]\w*$/.test(text)
}

/** The folder above the topmost package that holds what is at `path`. */
export function rootOf(path: string): string {
  const folder = lstatSync(path, { throwIfNoEntry: false })?.isFile() ? dirname(path) : path
  return isPackage(folder) ? rootOf(dirname(folder)) : folder
}

function isPackage(folder: string): boolean {
  return existsSync(join(folder, '__init__.py'))
}
