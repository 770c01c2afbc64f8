/** What is left to do in the source code of a system. It is read, and its generator tried; nothing is changed. */
import {
  exitCodes,
  type Failure,
  lookAtSource,
  type SourceReport,
  type System,
  sourceFound,
  sourceNotLookedAt,
  sourceWords,
} from '../../core/index.ts'
import { counted } from '../../ui/format.ts'
import { messageOf } from '../failure.ts'
import { marks } from '../reports/marks.ts'
import type { Run } from './run.ts'
import { stopped } from './stopped.ts'

/** The failure is a stop: whatever else keeps it from being looked at is told, and fails nothing. */
export async function lookAtSourceOf({ session, book }: Run, system: System): Promise<Failure | null> {
  const request = lookAtSource(system, 'used')
  if (request === null) return null
  const stop = stopped(session)
  if (stop) return stop
  const outcome = await session.ask('code', request, { name: system.name, findings: false })
  if (outcome.type === 'failed' && outcome.error.exit === exitCodes.stopped) return outcome.error
  const source =
    outcome.type === 'result' ? sourceFound(outcome.value) : sourceNotLookedAt(messageOf(outcome.error))
  book.note(system.name, { source })
  session.note(...noted(system.name, source))
  return null
}

function noted(name: string, source: SourceReport): readonly string[] {
  const words = sourceWords(name, source)
  if (words.length > 0) return words.map(each => `${marks.warning} ${name}  source code  ${each}`)
  const good = `${counted(source.files, 'file')}, nothing left to do`
  return [`${marks.good} ${name}  source code  ${good}`]
}
