import type { InspectedId } from '../../core/index.ts'
import { printable } from '../../ui/printable.ts'
import { columns } from './columns.ts'

/** What an id is, one fact a line; forms that it does not have are left out. */
export function inspectedReport({
  value,
  kind,
  ulid,
  time,
  canonical,
  uuid,
  asUlid,
  why,
}: InspectedId): readonly string[] {
  const facts: readonly (readonly [string, string | null])[] = [
    ['value', value],
    ['kind', kind],
    ['ULID', ulid ? 'yes' : 'no'],
    ['time', time ?? 'none inside'],
    ['canonical', canonical],
    ['as a UUID', uuid],
    ['as a ULID', asUlid],
  ]
  return [
    ...columns(facts.flatMap(([name, fact]) => (fact === null ? [] : [[name, printable(fact)]]))),
    ...why.map(reason => `  ${printable(reason)}`),
  ]
}
