/** The one layout of errors and findings: what, why, what state things are in, the next step. */
import type { Message } from '../core/index.ts'
import { symbols } from '../wizard/symbols.ts'
import type { Tone } from '../wizard/theme.ts'
import { type Line, line, paragraph, span, spread } from './line.ts'

/** What stands before a message, and in which colour. */
export interface Sign {
  readonly sign: string
  readonly tone: Tone
}

const looks: Readonly<Record<Message['severity'], Sign>> = {
  blocker: { sign: symbols.bad, tone: 'danger' },
  warning: { sign: symbols.warning, tone: 'warning' },
  info: { sign: symbols.mentioned, tone: 'plain' },
}

/**
 * @param state what state the target is in, when that needs saying
 * @param look the sign in front, where it is not that of the severity
 * @returns lines of at most `width` cells; the code stands at the right, for searching the docs
 */
export function messageBlock(
  message: Message,
  width: number,
  state = '',
  look: Sign = looks[message.severity],
): readonly Line[] {
  const room = width - 5 - look.sign.length - message.code.length
  const [first = '', ...more] = paragraph(message.message, room).map(content => content[1]?.text ?? '')
  const why = message.why.split('\n').filter(text => text.trim() !== '')
  return [
    spread(line(span(` ${look.sign} ${first}`, look.tone)), line(span(message.code, 'muted')), width),
    ...more.map(text => line('   ', span(text, look.tone))),
    ...paragraph([message.object, why[0] ?? ''].filter(Boolean).join(': '), width, 'plain', 3),
    ...why.slice(1).flatMap(text => paragraph(text, width, 'muted', 3)),
    ...(state === '' ? [] : paragraph(state, width, 'strong', 3)),
    ...(message.next === '' ? [] : paragraph(`next: ${message.next}`, width, 'plain', 3)),
  ]
}
