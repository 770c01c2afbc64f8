/** Of the systems that the wizard was opened with: what is not there, with every place that was looked at, and what is left out. */
import type { DetectedSystem } from '../core/index.ts'
import { tilde } from '../ui/format.ts'
import { blank, type Line, paragraph } from '../ui/line.ts'
import { symbols } from '../wizard/symbols.ts'

/** @returns at most `most` lines; none where all is there */
export function systemLines(
  systems: readonly DetectedSystem[],
  width: number,
  most: number,
): readonly Line[] {
  const lines = systems.flatMap(system =>
    told(system).flatMap(text => paragraph(`${symbols.warning} ${text}`, width - 1, 'muted', 1)),
  )
  if (lines.length === 0 || most < 2) return []
  const room = most - 1
  const shown = lines.length <= room ? lines : lines.slice(0, room - 1)
  const cut = lines.length - shown.length
  const more =
    cut === 0 ? [] : paragraph(`and more: ulid-migrate detect lists all of it`, width - 1, 'muted', 3)
  return [blank, ...shown, ...more]
}

function told({ system, title, places, findings }: DetectedSystem): readonly string[] {
  return findings.flatMap(({ code, object, message }) => {
    if (object !== system) return [`${title}: ${tilde(object)} is left out. ${message}`]
    if (code !== 'SYSTEM.NO_DATABASE' || places.length === 0) return [message]
    return [`${message} Looked for ${places.map(({ path }) => tilde(path)).join(', ')}`]
  })
}
