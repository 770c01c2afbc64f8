/** The lines that `npm run corpus` prints, one for a database and a way of choosing. */
import type { Journey, Mode } from './journey.ts'

export const head: string = line(
  'database',
  'mode',
  'ids',
  'refs',
  'rows',
  'proof',
  'undo',
  'seconds',
  'result',
)

export function lineOf(
  name: string,
  mode: Mode,
  journey: Journey,
  seconds: number,
  complaint: string | null,
): string {
  // What could not be opened was not counted.
  const counts = [journey.identities, journey.references, journey.rows]
  const found = journey.end === 'refused' && journey.rows === 0 ? counts.map(() => '') : counts.map(String)
  const result = resultOf(journey, complaint)
  return line(name, mode, ...found, journey.proof, journey.undo, seconds.toFixed(1), result)
}

function resultOf(journey: Journey, complaint: string | null): string {
  if (complaint !== null) return `FAILED: ${complaint}`
  return journey.end === 'refused' ? `refused ${journey.code}` : journey.end
}

function line(...cells: readonly string[]): string {
  const widths = [37, 13, -4, -5, -6, 10, 10, -7, 0]
  return cells
    .map((cell, at) => {
      const width = widths[at] ?? 0
      return width < 0 ? cell.padStart(-width) : cell.padEnd(width)
    })
    .join('  ')
    .trimEnd()
}
