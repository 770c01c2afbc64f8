/** Targets as the wizard is given them: with what flags, environment and config files say of each. */
import { existsSync } from 'node:fs'
import type { Choices } from '../core/index.ts'
import { typedPath } from '../wizard/complete-path.ts'
import type { GivenTarget } from '../wizard/state.ts'
import { openedOn } from './opened-on.ts'
import type { Session } from './session.ts'
import { systemCalled } from './system-words.ts'

type Opened = ReturnType<typeof openedOn>['targets'][number]

/** @param typed the choices that the flags say */
export function givenTargets(
  session: Session,
  typed: Choices,
  opened: readonly Opened[],
): readonly GivenTarget[] {
  return opened.map(({ path, system, owner }) => ({
    target: path,
    choices: session.choices(typed, path),
    configFiles: session.configured(path).files,
    ...(system === null ? {} : { system }),
    ...(owner === null ? {} : { owner }),
  }))
}

/** Finds what the operator names within the wizard: a file, a folder to search, or a system; nothing where it is none. */
export function openMore(session: Session, typed: Choices): (text: string) => readonly GivenTarget[] {
  const { folder } = session.context
  return text => {
    const isSystem = systemCalled(text, session.systems(), folder) !== null
    const path = typedPath(text, folder)
    if (!isSystem && !existsSync(path)) return []
    return givenTargets(session, typed, openedOn(session, [isSystem ? text : path]).targets)
  }
}
