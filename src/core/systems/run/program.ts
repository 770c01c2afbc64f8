/** Where the program of a command is, looked for as the operating system would: told before it is started. */
import { accessSync, constants } from 'node:fs'
import { delimiter, resolve } from 'node:path'
import { precondition, type Refusal } from '../../message.ts'
import { inShell } from '../../shell.ts'
import { isFile, isFolder } from '../../stat.ts'
import type { Command, System } from '../system.ts'

/** What keeps a command from being started. */
export interface Obstacle {
  readonly what: 'no-folder' | 'no-program' | 'not-executable'
  /** The folder, or the program. */
  readonly object: string
  readonly why: string
}

/** The folder in which a command runs, absolute. */
export function workingFolder({ folder }: Command, base: string): string {
  return resolve(base, folder ?? '.')
}

/**
 * @param base the folder of its system, absolute
 * @param path the PATH of this process, for a command that sets none
 */
export function obstacleTo(command: Command, base: string, path = process.env.PATH ?? ''): Obstacle | null {
  const folder = workingFolder(command, base)
  if (!isFolder(folder)) return { what: 'no-folder', object: folder, why: `There is no folder ${folder}.` }
  const [program = ''] = command.argv
  const places = program.includes('/')
    ? [resolve(folder, program)]
    : (command.environment?.PATH ?? path)
        .split(delimiter)
        .filter(each => each !== '')
        .map(each => resolve(folder, each, program))
  const files = places.filter(isFile)
  if (files.length === 0) return noProgram(program, `There is no program ${program}.${divided(program)}`)
  return files.some(mayRun) ? null : notExecutable(files[0]!)
}

/** A command line in one piece is what one writes for a shell. */
function divided(program: string): string {
  return /\s/.test(program)
    ? ' No shell divides it: each word of the command stands by itself in the list.'
    : ''
}

export function noProgram(program: string, why: string): Obstacle {
  return { what: 'no-program', object: program, why }
}

export function notExecutable(program: string): Obstacle {
  return { what: 'not-executable', object: program, why: `${program} may not be executed.` }
}

/** Where it is the command that makes the tables of a system. */
export function refusalOf(obstacle: Obstacle, system: System): Refusal {
  const { name, title } = system
  const { what, object, why } = obstacle
  if (what === 'no-folder')
    return precondition(
      'SYSTEM.NO_FOLDER',
      object,
      'There is no such folder to run the command in.',
      `It is the working folder of a command of ${title}.`,
      `Say another one in the config file (folder, beside its argv).`,
    )
  if (what === 'not-executable')
    return precondition(
      'SYSTEM.NOT_EXECUTABLE',
      object,
      `The program of ${title} may not be executed.`,
      'It lacks the permission, or lies on a disk that allows none.',
      `chmod +x, or name its interpreter in the config file (systems.${name}).`,
    )
  return precondition(
    'SYSTEM.NO_PROGRAM',
    object,
    `The program of ${title} is not there.`,
    `${why}${/python/i.test(object) ? ' It is the interpreter of its code.' : ''}`,
    `Install it, or name another one in the config file (systems.${name})${orKnown(system)}`,
  )
}

/** The other way to tables, for the end of a sentence. */
export function orKnown({ name, schema }: System): string {
  return schema === null ? '.' : inShell`; or make the known schema: ulid-migrate initialize ${name} --known`
}

/** The source tree of a system, in which its commands run. Throws a refusal where it was not found. */
export function treeOf({ name, title, folder, folders }: System): string {
  if (folder !== null) return folder
  throw precondition(
    'SYSTEM.NO_FOLDER',
    name,
    `The source tree of ${title} was not found.`,
    `Its commands run there. Looked for: ${folders.join(', ')}.`,
    `Name it in the config file (systems.${name}.folder), or the folder in which all systems lie (projects).`,
  )
}

function mayRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
