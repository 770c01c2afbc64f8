import { readConfigFiles } from './config.ts'
import type { Context } from './context.ts'
import { messageOf } from './failure.ts'
import { createSession, type Session, type SessionOptions } from './session.ts'

/**
 * Opens a session, works in it, and ends the command with the exit code. Where a config file can't be used, that is
 * said in place of working.
 */
export async function inSession(
  context: Context,
  ended: (exit: number) => void,
  command: string,
  options: SessionOptions,
  work: (session: Session) => Promise<number>,
): Promise<void> {
  const loaded = await readConfigFiles(context, options.config)
  if (loaded.type === 'loaded') {
    const session = createSession(context, command, options, loaded)
    if (session.verbose) session.note(...loaded.files.map(({ file }) => `config: ${file}`))
    return ended(await work(session))
  }
  const session = createSession(context, command, options)
  session.complain(loaded.error)
  session.document({ targets: [], error: messageOf(loaded.error) })
  ended(loaded.error.exit)
}
