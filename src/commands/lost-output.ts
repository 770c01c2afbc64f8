/**
 * What is done about output that cannot be written. A reader that has seen enough (`| head`) or a terminal that is gone
 * must not end a run half-way: the engine goes on and the exit code tells. Any other fault of a stream loses results.
 */
import type { Failure } from '../core/index.ts'

/** Makes a failure of what would end with 0 although its results were lost, and says so where that is still possible. */
export function tellLostOutput(program: NodeJS.Process): void {
  let fault = ''
  for (const stream of [program.stdout, program.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') fault = error.message
    })
  program.on('exit', () => {
    if (fault === '') return
    program.exitCode ||= 1
    const error: Omit<Failure, 'exit'> = {
      code: 'OUTPUT.LOST',
      severity: 'blocker',
      object: 'ulid-migrate',
      message: 'Results could not be written.',
      why: fault,
      next: 'What was done is done: see ulid-migrate status.',
    }
    const event = { schema: 'ulid-migrate.event/1', at: new Date().toISOString(), type: 'failed', error }
    const isEvents = program.argv.includes('--events')
    program.stderr.write(
      isEvents ? `${JSON.stringify(event)}\n` : `ulid-migrate: results could not be written: ${fault}\n`,
    )
  })
}
