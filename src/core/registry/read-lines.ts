/** Registrations as JSON, one a line: what `export` writes and `add --from` reads. */
import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { z } from 'zod'
import { precondition, usage } from '../message.ts'
import type { NewRegistration } from './registration.ts'

const lineSchema = z.strictObject({
  ulid: z.string(),
  system: z.string(),
  kind: z.string(),
  legacy: z.string().nullable().default(null),
  metadata: z.record(z.string(), z.json()).default({}),
})

const pieceSize = 1 << 16

/**
 * The registrations of a file, read piece by piece; empty lines are left out.
 *
 * Throws a {@link Refusal}: `REGISTRY.NO_FILE` (exit 4), or `REGISTRY.LINE` (exit 2) with the number of the line.
 */
export function* readRegistrations(path: string): Generator<NewRegistration> {
  let number = 0
  for (const line of linesOf(path)) {
    number++
    if (line.trim() === '') continue
    yield parsed(line, `${path}:${number}`)
  }
}

/** One line, checked. `object` names it where it is refused. */
function parsed(line: string, object: string): NewRegistration {
  try {
    return lineSchema.parse(JSON.parse(line))
  } catch (error) {
    throw usage(
      'REGISTRY.LINE',
      object,
      'This line is no registration, and nothing was registered.',
      error instanceof z.ZodError
        ? z.prettifyError(error)
        : error instanceof Error
          ? error.message
          : String(error),
      'One JSON object a line: {"ulid": "...", "system": "...", "kind": "...", "legacy": "...", "metadata": {}}',
    )
  }
}

function* linesOf(path: string): Generator<string> {
  const file = opened(path)
  try {
    const piece = Buffer.alloc(pieceSize)
    const decoder = new StringDecoder('utf8')
    let rest = ''
    for (;;) {
      const read = readSync(file, piece)
      if (read === 0) break
      const lines = (rest + decoder.write(piece.subarray(0, read))).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
    rest += decoder.end()
    if (rest !== '') yield rest
  } finally {
    closeSync(file)
  }
}

function opened(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    throw precondition(
      'REGISTRY.NO_FILE',
      path,
      'The file with registrations can not be read.',
      error instanceof Error ? error.message : String(error),
      'Name a file with one JSON object a line, as ulid-migrate registry export writes it; - is standard input',
    )
  }
}
