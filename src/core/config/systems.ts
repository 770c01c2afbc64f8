/** The systems that hold here: those that are built in and those of the config files, with where each is. */
import { dirname, join } from 'node:path'
import { isFile, isFolder } from '../stat.ts'
import { type BuiltIn, builtInSystems, usualGenerator, usualInterpreter } from '../systems/built-in.ts'
import type { Place, System } from '../systems/system.ts'
import type { ConfigFile } from './config.ts'
import { located } from './paths.ts'
import { filesLike } from './pattern.ts'
import type { SystemConfig } from './schema.ts'

export interface SystemPlaces {
  /** Where the search for source trees starts where nobody names a folder: absolute. */
  readonly folder: string
  readonly home: string
  /** What stands for folders below the home folder where somebody moved them: `~/.cache/` and its like. */
  readonly bases?: Readonly<Record<string, string>>
  /** The folder in which all systems lie beside each other: absolute. */
  readonly projects?: string
}

/** All systems, in the order in which they are migrated. Nothing is opened, and nothing that is missing is an error. */
export function systemsFrom(files: readonly ConfigFile[], places: SystemPlaces): readonly System[] {
  const said = files.flatMap(({ file, config }) =>
    config.projects === undefined ? [] : [located(dirname(file), config.projects, places.home)],
  )
  const projects = places.projects ?? said[0] ?? null
  const named = files.flatMap(({ config }) => Object.keys(config.systems ?? {}))
  const names = [...new Set([...builtInSystems.map(each => each.name), ...named])]
  const order = files.find(({ config }) => config.order !== undefined)?.config.order ?? []
  return [...order.filter(name => names.includes(name)), ...names.filter(name => !order.includes(name))].map(
    name => systemOf(name, files, { ...places, projects }),
  )
}

/** What a file says of a system, with the folder from which its paths are read. */
interface Said {
  readonly from: string
  readonly config: SystemConfig
}

interface Where extends Pick<SystemPlaces, 'folder' | 'home' | 'bases'> {
  readonly projects: string | null
}

function systemOf(name: string, files: readonly ConfigFile[], where: Where): System {
  const known: BuiltIn | undefined = builtInSystems.find(each => each.name === name)
  const said = files.flatMap(({ file, config }): readonly Said[] => {
    const own = config.systems?.[name]
    return own === undefined ? [] : [{ from: dirname(file), config: own }]
  })
  /** What the strongest file says of one thing, else what is built in. */
  const told = <K extends keyof SystemConfig>(key: K): SystemConfig[K] | undefined =>
    said.find(each => each.config[key] !== undefined)?.config[key]
  const home = said.find(each => each.config.folder !== undefined)
  const folders =
    home !== undefined
      ? [located(home.from, home.config.folder!, where.home)]
      : (known?.folders ?? [name]).flatMap(each =>
          where.projects === null
            ? [join(where.folder, each), ...(each === lastOf(where.folder) ? [where.folder] : [])]
            : [join(where.projects, each)],
        )
  const folder = folders.find(isFolder) ?? null
  const base = folder ?? folders[0]!
  const targets = told('targets')
  const whatIs = (path: string) => known?.places.find(([each]) => each === path)?.[1] ?? ''
  const databases =
    targets?.map(path => placeAt(located(base, path, where.home), whatIs(path))) ??
    known?.places.flatMap(([path, what]) => builtInPlaces(base, path, what, where)) ??
    []
  const initialize = told('initialize')
  return {
    name,
    title: told('title') ?? known?.title ?? name,
    folder,
    folders,
    places: databases,
    inMemory:
      (targets ?? known?.places ?? []).length === 0 || (known?.inMemory === true && targets === undefined),
    schema: told('schema') ?? known?.schema ?? null,
    initialize: initialize
      ? { ...initialize, expect: initialize.expect ?? known?.initialize?.expect ?? [] }
      : (known?.initialize ?? null),
    sources: told('sources') ?? known?.sources ?? [],
    generator: told('generator') ?? known?.generator ?? usualGenerator,
    interpreter: told('interpreter') ?? known?.interpreter ?? usualInterpreter,
    test: told('test') ?? known?.test ?? null,
    queries: told('queries') ?? known?.queries ?? {},
  }
}

/** Where a folder of the home folder was moved, both are looked at: not every application goes by that. */
function builtInPlaces(base: string, path: string, what: string, where: Where): readonly Place[] {
  const moved = Object.entries(where.bases ?? {}).flatMap(([usual, to]) =>
    path.startsWith(usual) ? [join(to, path.slice(usual.length))] : [],
  )
  const all = new Set([...moved, located(base, path, where.home)])
  return [...all].flatMap(each => {
    const there = filesLike(each)
    return (there.length > 0 ? there : [each]).map(file => placeAt(file, what))
  })
}

function placeAt(path: string, what: string): Place {
  return { path, what, there: isFile(path) }
}

function lastOf(folder: string): string {
  return folder.split(/[\\/]/).at(-1) ?? ''
}
