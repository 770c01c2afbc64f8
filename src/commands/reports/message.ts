/** A message in full: what, about which object, why, and what to run next. */
import { type Choices, exitCodes, type Failure, type Message } from '../../core/index.ts'
import { printable } from '../../ui/printable.ts'
import { isAccepted } from '../../wizard/consent.ts'
import { marks } from './marks.ts'

function body(message: Message): readonly string[] {
  const why = message.why.split('\n').filter(Boolean)
  return [
    `${message.object}${why.length > 0 ? `: ${why[0]}` : ''}`,
    ...why.slice(1),
    ...(message.next ? [`next: ${message.next}`] : []),
  ].map(line => `  ${printable(line)}`)
}

/** @param choices what was accepted among them blocks no longer */
export function findingReport(finding: Message, choices: Choices = {}): readonly string[] {
  if (isAccepted(finding, choices))
    return [
      `${marks.good} ${printable(finding.message)}  ${finding.code}, accepted`,
      ...body({ ...finding, next: '' }),
    ]
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
