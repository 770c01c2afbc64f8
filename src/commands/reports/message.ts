/** A message in full: what, about which object, why, and what to run next. */
import { exitCodes, type Failure, type Message } from '../../core/index.ts'
import { printable } from '../../ui/printable.ts'
import { marks } from './marks.ts'

function body(message: Message): readonly string[] {
  const why = message.why.split('\n').filter(Boolean)
  return [
    `${message.object}${why.length > 0 ? `: ${why[0]}` : ''}`,
    ...why.slice(1),
    ...(message.next ? [`next: ${message.next}`] : []),
  ].map(line => `  ${printable(line)}`)
}

export function findingReport(finding: Message): readonly string[] {
  const mark = { info: marks.none, warning: marks.warning, blocker: marks.bad }[finding.severity]
  return [`${mark} ${printable(finding.message)}  ${finding.code}`, ...body(finding)]
}

export function failureReport(failure: Failure): readonly string[] {
  const untouched = failure.exit === exitCodes.precondition || failure.exit === exitCodes.usage
  return [
    `${marks.bad} ${printable(failure.message)}  ${failure.code}`,
    ...body(failure),
    ...(untouched ? ['  Nothing was changed.'] : []),
  ]
}
