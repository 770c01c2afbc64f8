/** Checks by their ids, failures first and open. */
import type { Check } from '../core/index.ts'
import { count, duration } from '../ui/format.ts'
import { wideFrom } from '../ui/frame.ts'
import { type Area, cell, type Line, line, paragraph, span, unbounded } from '../ui/line.ts'
import { listOf } from '../ui/list.ts'
import { symbols } from '../wizard/symbols.ts'
import { failuresFirst } from './common.ts'

const faultsShown = 5

/**
 * @param cursor the check that has the pointer; -1 for none
 * @param details whether that one is open
 */
export function checkLines(
  checks: readonly Check[],
  cursor: number,
  details: boolean,
  area: Area,
): readonly Line[] {
  const blocks = failuresFirst(checks).map((check, index) =>
    checkBlock(check, index === cursor, details, area.width),
  )
  const focus = blocks.slice(0, Math.max(0, cursor)).reduce((sum, block) => sum + block.length, 0)
  return listOf(blocks.flat(), focus, area)
}

function checkBlock(check: Check, focused: boolean, details: boolean, width: number): readonly Line[] {
  const narrow = width < wideFrom
  const nameWidth = width === unbounded ? unbounded : narrow ? Math.min(30, width - 16) : 24
  const sign = span(check.ok ? ` ${symbols.done} ` : ` ${symbols.bad} `, check.ok ? 'ok' : 'danger')
  const named = span(cell(check.id, nameWidth), focused ? 'strong' : check.ok ? 'plain' : 'danger')
  const pointer = span(focused ? ` ${symbols.pointer}` : '  ', 'accent')
  const one = narrow ? (check.ok ? count(check.count) : 'failed') : check.detail
  const first = line(pointer, sign, named, span(`  ${one}`, check.ok ? 'muted' : 'plain'))
  if (check.ok && !(details && focused)) return [first]
  const faults = check.faults ?? []
  return [
    first,
    ...(narrow ? paragraph(check.detail, width, 'plain', 5) : []),
    ...(narrow || details ? paragraph(measures(check), width, 'muted', 5) : []),
    ...faults.slice(0, faultsShown).flatMap(fault => paragraph(fault, width, 'warning', 5)),
    ...(faults.length > faultsShown ? [line(`     and ${count(faults.length - faultsShown)} more`)] : []),
  ]
}

/** `23 compared, 2 of them changed since, in 0.2 s` */
function measures({ count: compared, changed, seconds }: Check): string {
  return [
    `${count(compared)} compared`,
    changed === undefined || changed === 0 ? '' : `${count(changed)} of them changed since`,
    seconds === undefined ? '' : `in ${duration(seconds)}`,
  ]
    .filter(Boolean)
    .join(', ')
}
