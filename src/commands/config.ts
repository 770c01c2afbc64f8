/** The config files that hold for one invocation, read before anything else is done. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import {
  type ConfigFile,
  type ConfigPlaces,
  commandLine,
  configuredTargets,
  type Failure,
  type LoadedConfig,
  loadConfig,
} from '../core/index.ts'
import type { Context } from './context.ts'
import { usageFailure } from './failure.ts'

/** @param named the value of --config */
export async function readConfigFiles(
  context: Context,
  named: string | undefined,
  reading: Pick<ConfigPlaces, 'dataOnly'> = {},
): Promise<LoadedConfig> {
  const { environment, folder } = context
  const userFolder = userConfigFolder(environment)
  if (named === undefined) return loadConfig({ folder, userFolder, ...reading })
  const file = resolve(folder, named)
  return existsSync(file)
    ? loadConfig({ folder, userFolder, named: file })
    : { type: 'failed', error: missing(file) }
}

function userConfigFolder(environment: Context['environment']): string {
  const config = environment.XDG_CONFIG_HOME
  // The XDG specification wants relative paths ignored.
  const base = config && isAbsolute(config) ? config : join(environment.HOME || homedir(), '.config')
  return join(base, 'ulid-migrate')
}

function missing(file: string): Failure {
  return usageFailure('CONFIG.MISSING', {
    object: file,
    message: 'There is no such config file.',
    why: 'It was named by --config, or by ULID_MIGRATE_CONFIG.',
    next: commandLine('detect', '--help'),
  })
}

/** Databases that the files name and that are there. */
export function targetsIn(files: readonly ConfigFile[]): readonly string[] {
  return files.flatMap(configuredTargets).filter(path => existsSync(path))
}
