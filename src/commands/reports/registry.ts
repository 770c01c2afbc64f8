import type { Registration, RegistryStatistics } from '../../core/index.ts'
import { counted, size } from '../../ui/format.ts'
import { printable } from '../../ui/printable.ts'
import { columns } from './columns.ts'
import { marks } from './marks.ts'

/** One a line, the ULID first, so that scripts can cut it off. */
export function registrationsReport(registrations: readonly Registration[]): readonly string[] {
  return columns(
    registrations.map(({ ulid, system, kind, legacy, metadata }) => [
      ulid,
      system,
      kind,
      legacy ?? marks.none,
      Object.keys(metadata).length === 0 ? '' : JSON.stringify(metadata),
    ]),
    [],
    0,
  )
}

export function addedReport(done: {
  readonly registered: number
  readonly known: number
}): readonly string[] {
  return [`${counted(done.registered, 'id')} registered, ${done.known} known already`]
}

export function statisticsReport(
  path: string,
  { registrations, ids, places, earliest, latest, made, collisions, bytes }: RegistryStatistics,
): readonly string[] {
  return [
    printable(`${path}  ${size(bytes)}`),
    `${counted(registrations, 'registration')} of ${counted(ids, 'id')}${earliest === null ? '' : `, from ${earliest} to ${latest}`}`,
    `${counted(made, 'ULID')} made here, ${counted(collisions, 'collision')}`,
    ...columns(
      places.map(each => [each.system, each.kind, counted(each.registrations, 'id')]),
      ['left', 'left', 'right'],
    ),
  ]
}
