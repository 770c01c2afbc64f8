/** Where the program of a command is, looked for as the system would: told before it is started. */
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join, resolve } from 'node:path'
import { precondition } from '../../message.ts'
import type { Command, System } from '../system.ts'

/** Throws a refusal where the command cannot be started: its folder, or its program, is not there. */
export function assertStartable(system: System, command: Command): void {
  const folder = folderOf(system, command)
  if (folder === null)
    throw precondition(
      'SYSTEM.NO_FOLDER',
      system.name,
      `The source tree of ${system.title} was not found.`,
      `Its commands run there. Looked for: ${system.folders.join(', ')}.`,
      `Name it in the config file (systems.${system.name}.folder), or the folder in which all systems lie (projects).`,
    )
  if (!is('directory', folder))
    throw precondition(
      'SYSTEM.NO_FOLDER',
      folder,
      'There is no such folder to run the command in.',
      `It is the working folder of a command of ${system.title}.`,
      `Say another one in the config file (folder, beside its argv).`,
    )
  const [program = ''] = command.argv
  const path = command.environment?.PATH ?? process.env.PATH ?? ''
  const places = program.includes('/')
    ? [resolve(folder, program)]
    : path
        .split(delimiter)
        .filter(isAbsolute)
        .map(each => join(each, program))
  const files = places.filter(place => is('file', place))
  if (files.length === 0) throw programMissing(system, program, 'No folder of PATH holds it.')
  if (!files.some(mayRun)) throw notExecutable(system, files[0]!)
}

/** Absolute; null where the source tree was not found. */
export function folderOf(system: System, command: Command): string | null {
  return system.folder === null ? null : resolve(system.folder, command.folder ?? '.')
}

export function programMissing(system: System, program: string, why: string) {
  return precondition(
    'SYSTEM.NO_PROGRAM',
    program,
    `The program of ${system.title} is not there.`,
    `${why}${/python/i.test(program) ? ' It is the interpreter of its code.' : ''}`,
    `Install it, or name another one in the config file (systems.${system.name}); its known schema is made by: ulid-migrate initialize ${system.name} --known`,
  )
}

export function notExecutable(system: System, program: string) {
  return precondition(
    'SYSTEM.NOT_EXECUTABLE',
    program,
    `The program of ${system.title} may not be executed.`,
    'It lacks the permission, or lies on a disk that allows none.',
    `chmod +x, or name its interpreter in the config file (systems.${system.name}).`,
  )
}

function is(what: 'file' | 'directory', path: string): boolean {
  try {
    const stat = statSync(path)
    return what === 'file' ? stat.isFile() : stat.isDirectory()
  } catch {
    return false
  }
}

function mayRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
