/** Plans with places in them, made by hand: what detection finds in real databases has tests of its own. */

import { join } from 'node:path'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import { prepare } from '../../../src/core/migrate/prepare.ts'
import { hashOf } from '../../../src/core/plan/make-plan.ts'
import type { Plan, PlannedInside } from '../../../src/core/plan/plan.ts'
import type { Choices, Settings } from '../../../src/core/requests.ts'
import { undo } from '../../../src/core/rollback/undo.ts'
import { makeDatabase } from '../../support/database.ts'
import { settingsIn } from '../../support/engine.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'

export interface Made {
  readonly path: string
  readonly settings: Settings
}

export function made(...sql: readonly string[]): Made {
  const folder = temporaryFolder()
  return { path: makeDatabase(join(folder, 'app.db'), ...sql), settings: settingsIn(folder) }
}

/** The plan of these choices, with ids inside of values. */
export async function planned(
  { path, settings }: Made,
  inside: readonly PlannedInside[],
  choices: Choices = {},
): Promise<Plan> {
  const { plan } = await prepare(path, { seed: '5eed', ...choices }, undefined, inProcess(settings))
  const body = { ...plan, inside }
  return { ...body, hash: hashOf(body) }
}

export async function migrated(
  target: Made,
  inside: readonly PlannedInside[],
  choices: Choices = {},
  options: Parameters<typeof migrate>[4] = {},
) {
  const plan = await planned(target, inside, choices)
  return migrate(target.path, {}, plan, inProcess(target.settings), options)
}

export function undone({ path, settings }: Made) {
  return undo(path, undefined, inProcess(settings))
}
