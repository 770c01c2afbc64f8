/**
 * The config files that hold here, and what they say of a target. Within a file, what stands under a target beats what
 * stands under its system, and that the file's defaults; the project's file beats the user's.
 */
import { dirname } from 'node:path'
import { lastEquals, splitTarget } from '../detect/target-column.ts'
import { type Failure, Refusal } from '../message.ts'
import type { Choices } from '../requests.ts'
import { refuseContradictions } from './contradictions.ts'
import { configAbove, configIn, isCode, newConfigIn } from './find.ts'
import { layered } from './layers.ts'
import { located, samePlace } from './paths.ts'
import { readConfig } from './read.ts'
import type { Config, SystemConfig, TargetConfig } from './schema.ts'
import { targetKeys } from './target-keys.ts'

export interface ConfigPlaces {
  /** Absolute; the search for the project's file goes upwards from here. */
  readonly folder: string
  /** Of the user's file, absolute. */
  readonly userFolder: string
  /** A file, absolute, in place of the project's. */
  readonly named?: string
  /** Files that are programs are passed over, not run. */
  readonly dataOnly?: boolean
}

export interface ConfigFile {
  readonly file: string
  readonly config: Config
}

export type LoadedConfig =
  | {
      readonly type: 'loaded'
      /** The strongest first. */
      readonly files: readonly ConfigFile[]
      /** The project's, which need not be there yet: choices are remembered in it. */
      readonly project: string
    }
  | { readonly type: 'failed'; readonly error: Failure }

/** Finds and reads all config files that hold in a folder. Never throws; a file that is not understood is a failure. */
export async function loadConfig(places: ConfigPlaces): Promise<LoadedConfig> {
  const { folder, userFolder, named, dataOnly = false } = places
  try {
    const project = named ?? configAbove(folder)
    const user = configIn(userFolder)
    const found = [...new Set([project, user].filter(file => file !== null))].filter(
      file => !(dataOnly && isCode(file)),
    )
    const files = await Promise.all(found.map(async file => ({ file, config: await readConfig(file) })))
    await refuseContradictions(files)
    return { type: 'loaded', files, project: project ?? newConfigIn(folder) }
  } catch (error) {
    if (error instanceof Refusal) return { type: 'failed', error: error.failure }
    throw error
  }
}

export interface Configured {
  readonly choices: Choices
  /** Null where no file says. */
  readonly waitSeconds: number | null
  /** Null where no file says. */
  readonly verificationDays: number | null
  /** Those that say something of the target. */
  readonly files: readonly string[]
}

/**
 * @param target its path, absolute
 * @param system the name of the one that keeps it
 */
export function configuredFor(
  files: readonly ConfigFile[],
  target: string,
  system: string | null = null,
): Configured {
  const said = files.map(each => ({ file: each.file, ...saidOf(each, target, system) }))
  return {
    choices: said.map(each => each.choices).reduceRight((lower, upper) => layered(upper, lower), {}),
    waitSeconds: said.find(each => each.wait !== undefined)?.wait ?? null,
    verificationDays: said.find(each => each.verificationDays !== undefined)?.verificationDays ?? null,
    files: said
      .filter(
        each =>
          each.wait !== undefined ||
          each.verificationDays !== undefined ||
          Object.keys(each.choices).length > 0,
      )
      .map(each => each.file),
  }
}

/** The name under which a file speaks of a target; undefined where it does not. */
export function nameIn({ file, config }: ConfigFile, target: string): string | undefined {
  return Object.keys(config.targets ?? {}).find(path => samePlace(located(dirname(file), path), target))
}

/** Targets that a file names, as absolute paths. */
export function configuredTargets({ file, config }: ConfigFile): readonly string[] {
  return Object.keys(config.targets ?? {}).map(path => located(dirname(file), path))
}

interface Said {
  readonly choices: Choices
  readonly wait: number | undefined
  readonly verificationDays: number | undefined
}

function saidOf(file: ConfigFile, target: string, system: string | null): Said {
  const { config } = file
  const name = nameIn(file, target)
  const ofTarget = split(file, (name === undefined ? undefined : config.targets?.[name]) ?? {})
  const ofSystem = split(file, system === null ? {} : choicesOf(config.systems?.[system] ?? {}))
  const usual = split(file, config.defaults ?? {})
  return {
    choices: layered(ofTarget.choices, layered(whereThere(ofSystem.choices), usual.choices)),
    wait: ofTarget.wait ?? ofSystem.wait ?? usual.wait,
    verificationDays: ofTarget.verificationDays ?? ofSystem.verificationDays ?? usual.verificationDays,
  }
}

function split(file: ConfigFile, { wait, verificationDays, ...said }: TargetConfig): Said {
  const { references } = said
  const choices =
    references === undefined
      ? said
      : { ...said, references: references.map(text => fromFolder(file.file, text)) }
  return { choices, wait, verificationDays }
}

/** Of what is said of a system, what may be said of a target as well. */
function choicesOf(system: SystemConfig): TargetConfig {
  return Object.fromEntries(targetKeys.flatMap(key => (key in system ? [[key, system[key]]] : [])))
}

/** Not each database of a system has all of its tables. */
function whereThere(choices: Choices): Choices {
  const { only, skip, references, noReferences, times, ulidColumns } = choices
  const said = [only, skip, references, noReferences, times, ulidColumns].flatMap(list => list ?? [])
  return said.length === 0 ? choices : { ...choices, whereThere: said }
}

/** `links.session_id=../sessions.db::sessions.id`: a path of the file, as those of its targets are. */
function fromFolder(file: string, reference: string): string {
  const at = lastEquals(reference)
  const { target, column } = splitTarget(reference.slice(at + 1))
  if (target === null || at < 0) return reference
  return `${reference.slice(0, at + 1)}${located(dirname(file), target)}::${column}`
}
